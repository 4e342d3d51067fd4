//! Indexes over several columns: made, kept, given up, and refused where rows are in their way.

use super::database::{Database, pasted, printed};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, IndexMeta, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;

const PLAIN: IndexMeta = IndexMeta::new(&[1, 3]);
const UNIQUE: IndexMeta = IndexMeta::new(&[1, 2]).unique();

/// `heroes (id counted, team, name, age nullable)`.
fn heroes(indexes: &'static [IndexMeta]) -> Table {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let age = TableColumn { nullable: true, ..column("age", ColumnType::Integer) };
    let columns = vec![id, column("team", ColumnType::Text), column("name", ColumnType::Text), age];
    Table { indexes, ..table("heroes", columns) }
}

/// The same, whose `age` is indexed and rows can be sorted by.
fn sorted(key: ColumnType) -> Table {
    let mut table = heroes(&[]);
    (table.columns[0].kind, table.columns[3].index, table.columns[3].sort) = (key, true, true);
    if !matches!(key, ColumnType::Integer) {
        table.columns[0].role = Role::Key;
    }
    table
}

/// The statements of all indexes but those of keys, without what PostgreSQL adds to them.
fn indexes(database: &Database) -> Vec<String> {
    let made = database.texts(match database {
        Database::Postgres(_) => {
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_crewed%'
             AND indexname NOT LIKE '%pkey' ORDER BY 1"
        }
        _ => {
            "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL
             AND tbl_name NOT LIKE '\\_crewed%' ESCAPE '\\' ORDER BY 1"
        }
    });
    let plain = |text: &String| {
        let text = text.replace('"', "").replace(" USING btree", "");
        text.split_once("ON ").map(|(made, on)| {
            let on = on.split_once('.').map_or(on, |(_, on)| on);
            format!("{made}ON {on}")
        })
    };
    made.iter().map(|text| plain(text).unwrap()).collect()
}

const MADE: [&str; 2] = [
    "CREATE INDEX _crewed_index_6_4_heroes_team_age ON heroes (team, age)",
    "CREATE UNIQUE INDEX _crewed_unique_6_4_heroes_team_name ON heroes (team, name)",
];

#[test]
fn are_made_and_given_up() {
    for database in Database::each() {
        // With a new table, and with one that is there.
        database.open(vec![heroes(&[PLAIN, UNIQUE])], Migrate::Apply).unwrap();
        assert_eq!(indexes(&database), MADE);
        database.open(vec![heroes(&[PLAIN, UNIQUE])], Migrate::Check).unwrap();
        let told = database.opens(vec![heroes(&[])], Migrate::Check).map(drop).unwrap_err();
        for line in [
            "`_crewed_index_6_4_heroes_team_age` of table `heroes`: dropped, as `team`, `age` are not declared indexed any more",
            "`_crewed_unique_6_4_heroes_team_name` of table `heroes`: dropped, as `team`, `name` are not declared unique any more",
        ] {
            assert!(told.contains(&format!("\n  index {line}")), "{told}");
        }
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        assert_eq!(indexes(&database), [""; 0]);
        let told = database.opens(vec![heroes(&[PLAIN, UNIQUE])], Migrate::Print).map(drop).unwrap_err();
        assert_eq!(database.paste(&printed(&told)), "");
        assert_eq!(indexes(&database), MADE);
        let opened = database.opens(vec![heroes(&[PLAIN, UNIQUE])], Migrate::Apply).unwrap();
        assert_eq!((opened.changes, opened.notes), (Vec::new(), Vec::new()));
        drop(opened.store);
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        let changes = database.opens(vec![heroes(&[UNIQUE, PLAIN])], Migrate::Apply).unwrap().changes;
        assert_eq!(
            changes,
            [
                "new index `_crewed_unique_6_4_heroes_team_name` of table `heroes`",
                "new index `_crewed_index_6_4_heroes_team_age` of table `heroes`"
            ]
        );
    }
}

/// Each list has an index of its own, beside that of a field with a similar name, however long the names are.
#[test]
fn have_names_of_their_own() {
    let long: &'static str = "x".repeat(60).leak();
    let declared = || {
        let names = ["id", "a", "b", "a_b", "b_c", "c", long];
        let mut columns = names.map(|name| column(name, ColumnType::Integer));
        columns[0].role = Role::Key;
        columns[3].index = true;
        const LISTS: &[IndexMeta] = &[
            IndexMeta::new(&[1, 2]),
            IndexMeta::new(&[2, 1]),
            IndexMeta::new(&[1, 4]),
            IndexMeta::new(&[3, 5]),
            IndexMeta::new(&[6, 1]),
            IndexMeta::new(&[6, 2]),
            IndexMeta::new(&[1, 2, 5]),
            IndexMeta::new(&[5, 2]).unique(),
        ];
        Table { indexes: LISTS, ..table("t", columns.to_vec()) }
    };
    for database in Database::each() {
        database.open(vec![declared()], Migrate::Apply).unwrap();
        let made = indexes(&database);
        assert_eq!(made.len(), 9, "{made:#?}");
        let name =
            |text: &String| text.split(' ').find(|word| word.starts_with("_crewed")).unwrap().to_owned();
        assert!(made.iter().all(|text| name(text).len() <= 63), "{made:#?}");
        for expected in [
            "CREATE INDEX _crewed_index_1_t_a_b ON t (a_b)",
            "CREATE INDEX _crewed_index_1_1_t_a_b ON t (a, b)",
            "CREATE INDEX _crewed_index_1_1_t_a_b_c ON t (a, b_c)",
            "CREATE INDEX _crewed_index_1_3_t_a_b_c ON t (a_b, c)",
            "CREATE INDEX _crewed_index_1_1_1_t_a_b_c ON t (a, b, c)",
        ] {
            assert!(made.iter().any(|text| text == expected), "{expected}: {made:#?}");
        }
        database.open(vec![declared()], Migrate::Check).unwrap();
    }
}

/// On SQLite an index over a field and the key is one over the field.
#[test]
fn with_the_key_and_without_are_one_where_the_engine_adds_it() {
    const WITH_KEY: &[IndexMeta] = &[IndexMeta::new(&[1, 0]), IndexMeta::new(&[3, 1, 0])];
    let mut table = heroes(WITH_KEY);
    table.columns[1].index = true;
    for database in Database::each() {
        database.open(vec![table.clone()], Migrate::Apply).unwrap();
        let expected = match &database {
            Database::Postgres(_) => &[
                "CREATE INDEX _crewed_index_6_3_4_heroes_age_team_id ON heroes (age, team, id)",
                "CREATE INDEX _crewed_index_6_4_heroes_team_id ON heroes (team, id)",
                "CREATE INDEX _crewed_index_6_heroes_team ON heroes (team)",
            ][..],
            _ => &[
                "CREATE INDEX _crewed_index_6_3_heroes_age_team ON heroes (age, team)",
                "CREATE INDEX _crewed_index_6_heroes_team ON heroes (team)",
            ],
        };
        assert_eq!(indexes(&database), expected);
        database.open(vec![table.clone()], Migrate::Check).unwrap();
    }
}

#[test]
fn of_somebody_else_serve_as_well() {
    let made = |database: &Database, statements: &str| {
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        database.runs(statements);
    };
    for (statements, serves) in [
        ("CREATE INDEX mine ON heroes (team, age)", true),
        ("CREATE INDEX mine ON heroes (team, age, name)", true),
        ("CREATE UNIQUE INDEX mine ON heroes (team, age)", true),
        ("CREATE INDEX mine ON heroes (team DESC, age DESC)", true),
        ("CREATE INDEX mine ON heroes (team DESC, age)", false),
        ("CREATE INDEX mine ON heroes (age, team)", false),
        ("CREATE INDEX mine ON heroes (team, name, age)", false),
        ("CREATE INDEX mine ON heroes (team, (age + 1))", false),
        ("CREATE INDEX mine ON heroes (team, age) WHERE age > 3", false),
        ("CREATE INDEX mine ON heroes (team); CREATE INDEX other ON heroes (age)", false),
    ] {
        for database in Database::each() {
            made(&database, statements);
            let opened = database.opens(vec![heroes(&[PLAIN])], Migrate::Check);
            assert_eq!(opened.is_ok(), serves, "{statements}: {opened:?}");
            drop(opened);
            database.open(vec![heroes(&[PLAIN])], Migrate::Apply).unwrap();
            // Nothing of somebody else's is dropped.
            database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
            assert!(indexes(&database).iter().any(|text| text.contains(" mine ")), "{statements}");
        }
    }
    for (statements, serves) in [
        ("CREATE UNIQUE INDEX mine ON heroes (team, name)", true),
        // For what is unique the order does not matter.
        ("CREATE UNIQUE INDEX mine ON heroes (name, team)", true),
        ("CREATE UNIQUE INDEX mine ON heroes (team, name, age)", false),
        ("CREATE INDEX mine ON heroes (team, name)", false),
        ("CREATE UNIQUE INDEX mine ON heroes (team, name) WHERE age > 3", false),
    ] {
        for database in Database::each() {
            made(&database, statements);
            let opened = database.opens(vec![heroes(&[UNIQUE])], Migrate::Check);
            assert_eq!(opened.is_ok(), serves, "{statements}: {opened:?}");
        }
    }
    for database in Database::each() {
        made(&database, "CREATE UNIQUE INDEX mine ON heroes (name, team)");
        assert_eq!(
            database.opens(vec![heroes(&[])], Migrate::Check).unwrap().notes,
            [
                "table `heroes`, columns `name`, `team`: are kept unique by `mine`, which crewed has not made, and are not \
              declared unique; to give that up: DROP INDEX \"mine\""
            ]
        );
    }
}

const NAMED: &str =
    "INSERT INTO heroes (team, name, age) VALUES ('red', 'Ada', 1), ('blue', 'Ada', 2), ('red', 'Bo', 3)";

#[test]
fn are_refused_where_rows_are_the_same() {
    for database in Database::each() {
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        database.runs(NAMED);
        database.runs("INSERT INTO heroes (team, name) VALUES ('red', 'Ada')");
        let told = database.opens(vec![heroes(&[UNIQUE])], Migrate::Apply).map(drop).unwrap_err();
        let (_, told) = told.split_once('\n').unwrap();
        assert_eq!(
            told,
            "  table `heroes`, columns `team`, `name`: have the same values in more than one row, declared unique
    2 rows have values that another row has too: 'red, Ada' (2 rows)
    in the rows: `id` 1, 4
    look at them first: SELECT \"team\", \"name\", \"id\" FROM \"heroes\" WHERE (\"team\", \"name\") IN (SELECT \"team\", \"name\" FROM \"heroes\" GROUP BY \"team\", \"name\" HAVING count(*) > 1) ORDER BY 1, 2, 3
    and give each values of its own: UPDATE \"heroes\" SET \"team\" = <VALUE>, \"name\" = <VALUE> WHERE \"id\" = <KEY>"
        );
        let statement = |start: &str| {
            let line = told.lines().find_map(|line| line.trim().strip_prefix(start)).unwrap();
            line.replace("SELECT \"team\", \"name\", \"id\"", "SELECT CAST(\"id\" AS text)")
                .replace(" ORDER BY 1, 2, 3", " ORDER BY 1")
                .replacen("<VALUE>", "'red'", 1)
                .replace("<VALUE>", "'Cy'")
                .replace("<KEY>", "4")
        };
        assert_eq!(database.texts(&statement("look at them first: ")), ["1", "4"]);
        database.runs(&statement("and give each values of its own: "));
        database.open(vec![heroes(&[UNIQUE])], Migrate::Apply).unwrap();
        // A NULL is like no other.
        const NULLABLE: IndexMeta = IndexMeta::new(&[3, 1]).unique();
        const NAME_AND_AGE: &[IndexMeta] = &[IndexMeta::new(&[2, 3]).unique()];
        database.runs("INSERT INTO heroes (team, name) VALUES ('red', 'Di')");
        database.open(vec![heroes(&[UNIQUE, NULLABLE])], Migrate::Apply).unwrap();
        let hidden = Table { visible: vec![0, 1, 3], ..heroes(NAME_AND_AGE) };
        database.runs("UPDATE heroes SET name = 'Eve', age = 1 WHERE id < 3");
        let told = database.opens(vec![hidden], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("2 rows have values that another row has too\n"), "{told}");
        assert!(!told.contains("Eve"), "{told}");
    }
}

/// A column that is new has its default in every row, so that the others have to be unique by themselves.
#[test]
fn over_a_new_column_are_made_with_it() {
    let with = |default: Option<i64>, indexes| {
        let mut table = heroes(indexes);
        table.columns.push(TableColumn {
            nullable: default.is_none(),
            default: default.map(|value| cell(value).0),
            ..column("rank", ColumnType::Integer)
        });
        table.visible.push(4);
        table
    };
    const NAME_AND_RANK: &[IndexMeta] = &[IndexMeta::new(&[2, 4]).unique()];
    const WITH_RANK: &[IndexMeta] = &[IndexMeta::new(&[4, 2]).unique(), IndexMeta::new(&[4, 1])];
    for database in Database::each() {
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        database.runs(NAMED);
        let told = database.opens(vec![with(Some(1), WITH_RANK)], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("columns `rank`, `name`: have the same values in more than one row"), "{told}");
        assert!(told.contains("'Ada' (2 rows)"), "{told}");
        database.open(vec![with(None, WITH_RANK)], Migrate::Apply).unwrap();
        assert_eq!(indexes(&database).len(), 2);
        // What another version of the program has added stays, unless no row could be added any more.
        let opened = database.opens(vec![heroes(&[])], Migrate::Apply).unwrap();
        assert_eq!((opened.changes.len(), indexes(&database).len()), (0, 2), "{opened:?}");
        assert!(
            opened.notes[0].contains("its index `_crewed_unique_6_4_heroes_rank_name` stays"),
            "{opened:?}"
        );
    }
    for database in Database::each() {
        // Only a column that is added has its default in the database.
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        database.open(vec![with(Some(1), NAME_AND_RANK)], Migrate::Apply).unwrap();
        database.runs("INSERT INTO heroes (team, name) VALUES ('red', 'Ada')");
        let opened = database.opens(vec![heroes(&[])], Migrate::Apply).unwrap();
        assert_eq!(
            opened.changes,
            [
                "index `_crewed_unique_6_4_heroes_name_rank` of table `heroes`: dropped, as `rank` is not declared any more"
            ]
        );
        let again = insert(0, [(1, cell("red")), (2, cell("Ada")), (3, null())]);
        wait(write(&*opened.store, 4, again)).unwrap();
    }
}

#[test]
fn go_with_columns_that_are_renamed_or_converted() {
    let renamed = || {
        let mut table = heroes(&[PLAIN, UNIQUE]);
        (table.columns[2].name, table.columns[2].was) = ("title", Some("name"));
        table.columns[3].kind = ColumnType::Decimal { scale: 2 };
        table
    };
    for database in Database::each() {
        database.open(vec![heroes(&[PLAIN, UNIQUE])], Migrate::Apply).unwrap();
        database.runs(NAMED);
        database.open(vec![renamed()], Migrate::Convert).unwrap();
        let expected = MADE.map(|text| text.replace("(team, name)", "(team, title)"));
        assert_eq!(indexes(&database), expected);
        database.open(vec![renamed()], Migrate::Check).unwrap();
        // A table that is made anew, by statements that a person pastes.
        let mut another = renamed();
        another.columns[0].role = Role::Key;
        let told = database.opens(vec![another], Migrate::Apply).map(drop).unwrap_err();
        assert_eq!(database.paste(&pasted(&told)), "", "{told}");
        assert_eq!(indexes(&database), expected);
    }
}

/// The index of a field that rows are sorted by ends with the key. On SQLite each does, where the key is the rowid.
#[test]
fn of_a_sorted_field_end_with_the_key() {
    for (key, on_sqlite) in [
        (ColumnType::Integer, "_6_heroes_age ON heroes (age)"),
        (ColumnType::Uuid, "_6_3_heroes_age_id ON heroes (age, id)"),
    ] {
        for database in Database::each() {
            let ends = match database {
                Database::Postgres(_) => "_6_3_heroes_age_id ON heroes (age, id)",
                _ => on_sqlite,
            };
            let mut plain = sorted(key);
            plain.columns[3].sort = false;
            database.open(vec![plain.clone()], Migrate::Apply).unwrap();
            assert_eq!(indexes(&database), ["CREATE INDEX _crewed_index_6_heroes_age ON heroes (age)"]);
            let opened = database.opens(vec![sorted(key)], Migrate::Apply).unwrap();
            assert_eq!(indexes(&database), [format!("CREATE INDEX _crewed_index{ends}")]);
            let changed = [
                "new index `_crewed_index_6_3_heroes_age_id` of table `heroes`",
                "index `_crewed_index_6_heroes_age` of table `heroes`: dropped, as a longer one serves `age`",
            ];
            let changed = if ends.contains("age_id") { &changed[..] } else { &[] };
            assert_eq!(opened.changes, changed);
            drop(opened);
            // The longer one serves what the shorter one does.
            database.open(vec![plain], Migrate::Check).unwrap();
            database.open(vec![sorted(key)], Migrate::Check).unwrap();
        }
    }
    // Neither is one made of which somebody else has made the like.
    for (statement, serves) in [
        ("CREATE INDEX mine ON heroes (age, id)", [true, true]),
        ("CREATE INDEX mine ON heroes (age)", [true, false]),
        ("CREATE INDEX mine ON heroes (age DESC)", [false, false]),
        ("CREATE INDEX mine ON heroes (age DESC, id DESC)", [true, true]),
        ("CREATE INDEX mine ON heroes (age, name)", [false, false]),
    ] {
        for (database, serves) in Database::each().into_iter().zip(serves) {
            database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
            database.runs(statement);
            let opened = database.opens(vec![sorted(ColumnType::Integer)], Migrate::Check);
            assert_eq!(opened.is_ok(), serves, "{statement}: {database:?} {opened:?}");
        }
    }
}

/// Making an index of a large table takes long, and nothing could be written meanwhile.
#[test]
fn of_a_large_table_are_made_beside_writes() {
    const LONG: IndexMeta = IndexMeta::new(&[2, 3]);
    let postgres =
        || Database::each().into_iter().filter(|database| matches!(database, Database::Postgres(_)));
    let noted = "SELECT statement FROM _crewed_history WHERE statement LIKE 'CREATE INDEX CONCURRENTLY %'";
    let valid = "SELECT indisvalid::text FROM pg_index WHERE indexrelid = '_crewed_index_6_4_heroes_team_age'::regclass";
    assert!(postgres().next().is_some());
    for database in postgres() {
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        database.runs(
            "INSERT INTO heroes (team, name) SELECT 'red', repeat(md5(n::text), 50) FROM generate_series(1, 24000) n",
        );
        let opened = database.opens(vec![heroes(&[PLAIN])], Migrate::Apply).unwrap();
        let new = "new index `_crewed_index_6_4_heroes_team_age` of table `heroes`, made beside writes";
        assert_eq!(opened.changes, [new]);
        drop(opened);
        assert_eq!(indexes(&database), MADE[..1]);
        assert_eq!(database.texts(noted).len(), 1);
        database.open(vec![heroes(&[PLAIN])], Migrate::Check).unwrap();
        // One whose making was broken off is made anew.
        database.runs(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '_crewed_index_6_4_heroes_team_age'::regclass",
        );
        let opened = database.opens(vec![heroes(&[PLAIN])], Migrate::Apply).unwrap();
        let name = "_crewed_index_6_4_heroes_team_age";
        let dropped = format!("index `{name}` of table `heroes`: dropped, as its making was broken off");
        assert_eq!(opened.changes, [&*dropped, new]);
        drop(opened);
        assert_eq!(database.texts(valid), ["true"]);
        assert_eq!(indexes(&database), MADE[..1]);
        // A person can make it as well.
        database.open(vec![heroes(&[])], Migrate::Apply).unwrap();
        let told = database.opens(vec![heroes(&[PLAIN])], Migrate::Print).map(drop).unwrap_err();
        assert_eq!(database.paste(&printed(&told)), "");
        database.open(vec![heroes(&[PLAIN])], Migrate::Check).unwrap();
        // What cannot be made is told, and leaves nothing.
        database.runs(
            "INSERT INTO heroes (team, name)
             SELECT 'red', string_agg(md5(n::text), '') FROM generate_series(1, 1000) n",
        );
        let opened = database.opens(vec![heroes(&[PLAIN, LONG])], Migrate::Apply).unwrap();
        let told = opened.changes.last().unwrap();
        let statement = "CREATE INDEX CONCURRENTLY \"_crewed_index_6_4_heroes_name_age\" ON \"heroes\" (\"name\", \"age\"); (";
        assert!(told.contains(statement) && told.contains("index row"), "{told}");
        assert_eq!(indexes(&database), MADE[..1]);
    }
}

/// That is what the key at the end is for: no sort in either direction, and the filter with the sort.
#[test]
fn serve_sorts_in_both_directions() {
    let mut table = sorted(ColumnType::Integer);
    table.indexes = &[PLAIN];
    for database in Database::each() {
        database.open(vec![table.clone()], Migrate::Apply).unwrap();
        for order in [
            "FROM heroes ORDER BY age, id",
            "FROM heroes ORDER BY age DESC, id DESC",
            "FROM heroes WHERE team = 'red' ORDER BY age, id",
            "FROM heroes WHERE team = 'red' ORDER BY age DESC, id DESC",
        ] {
            let plan = match &database {
                Database::Postgres(url) => wait(postgres_client(url, async |client| {
                    let settings = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off";
                    client.batch_execute(settings).await.unwrap();
                    let plan =
                        client.query(&format!("EXPLAIN SELECT * {order} LIMIT 20"), &[]).await.unwrap();
                    client.batch_execute("ROLLBACK").await.unwrap();
                    plan.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
                })),
                _ => {
                    let connection = rusqlite::Connection::open(database.file()).unwrap();
                    let mut plan =
                        connection.prepare(&format!("EXPLAIN QUERY PLAN SELECT * {order} LIMIT 20")).unwrap();
                    let plan = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
                    plan.map(Result::unwrap).collect::<Vec<_>>().join("\n")
                }
            };
            assert!(plan.contains("_crewed_index"), "{order}: {plan}");
            let sorts = plan.contains("Sort") || plan.contains("TEMP B-TREE");
            assert!(!sorts, "{order}: {plan}");
        }
    }
}
