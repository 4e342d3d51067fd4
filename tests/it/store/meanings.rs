//! What a column means is kept beside its rows, and compared with what is declared now.

use super::changes::things;
use super::database::{Database, Opened};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::{Migrate, StoreError};
use crewed::__internals::wire::{Shape, UnitEnumMeta};
use crewed::value::Value;

const LIVE: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["live", "gone"]);
const LOW: &UnitEnumMeta = &UnitEnumMeta::numbers("Level", "", &[1, 2]);

fn with(change: impl FnOnce(&mut Table)) -> Table {
    let mut table = things();
    change(&mut table);
    table
}

fn of<'a>(table: &'a mut Table, name: &str) -> &'a mut TableColumn {
    table.columns.iter_mut().find(|column| column.name == name).unwrap()
}

fn refused(database: &Database, table: Table, migrate: Migrate) -> String {
    let before = database.dump();
    let told = database.opens(vec![table], migrate).map(drop).unwrap_err();
    assert_eq!(database.dump(), before, "{told}");
    told
}

/// A database of an earlier build is taken for what is declared, as far as its rows do not say otherwise.
#[test]
fn a_database_without_meanings_is_adopted() {
    let bounded = |min, max| Some(Shape::Integer { min, max, format: "" });
    for database in Database::fixtures("things") {
        for (wrong, told) in [
            (
                with(|t| of(t, "state").kind = ColumnType::UnitEnum(LIVE)),
                "1 row holds what does not fit: 'draft' (1 row)",
            ),
            (
                with(|t| of(t, "level").shape = Some(Shape::UnitEnum(LOW))),
                "1 row holds what does not fit: '3' (1 row)",
            ),
            (with(|t| of(t, "label").kind = ColumnType::Date), "3 rows hold what does not fit: 'a' (1 row)"),
            (
                with(|t| of(t, "large").kind = ColumnType::Boolean),
                "3 rows hold what does not fit: '1099511627776' (3",
            ),
            (
                with(|t| of(t, "small").shape = bounded(-128, 127)),
                "2 rows hold what does not fit: '150' (1 row), '200'",
            ),
            (
                with(|t| {
                    of(t, "state").kind = ColumnType::UnitEnum(LIVE);
                    t.visible.retain(|column| *column != 8);
                }),
                "1 row holds what does not fit",
            ),
        ] {
            let hidden = wrong.visible.len() < wrong.columns.len();
            for migrate in [Migrate::Apply, Migrate::Convert, Migrate::Check, Migrate::Print] {
                let said = refused(&database, wrong.clone(), migrate);
                assert!(said.contains(told), "{said}");
                // What clients never see stands in no log.
                assert!(!hidden || !said.contains("'draft' (1 row)"), "{said}");
            }
        }
        // It is no difference, and looking makes nothing.
        let before = database.dump();
        for migrate in [Migrate::Check, Migrate::Print] {
            assert_eq!(database.opens(vec![things()], migrate).unwrap().changes, [""; 0]);
        }
        assert_eq!(database.dump(), before);
        let adopted = "`_crewed_schema` keeps from now on what 18 columns may hold, as they are declared now: a later declaration is compared with that";
        assert_eq!(database.opens(vec![things()], Migrate::Apply).unwrap().changes, [adopted]);
        assert_eq!(database.opens(vec![things()], Migrate::Apply).unwrap().changes, [""; 0]);
    }
}

/// The same words on both engines, for every type of column.
#[test]
fn meanings_are_the_same_on_both_engines() {
    let kept = Database::fixtures("things").map(|database| {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        database.texts(r#"SELECT "column" || ' ' || meaning FROM _crewed_schema ORDER BY 1"#)
    });
    assert_eq!(kept[0], kept[1]);
    assert_eq!(kept[0].len(), 18);
    for known in [
        r#"doc {"is":"json","of":{"is":"object","members":[{"name":"street","required":true,"of":{"is":"text"}}]},"version":1}"#,
        r#"level {"is":"enum","numbers":[1,2,3],"version":1}"#,
        r#"price {"is":"decimal","scale":2,"version":1}"#,
        r#"small {"is":"integer","min":-32768,"max":32767,"version":1}"#,
        r#"state {"is":"enum","names":["draft","live","gone"],"version":1}"#,
    ] {
        assert!(kept[0].iter().any(|kept| kept == known), "{known}\n{kept:?}");
    }
}

/// Types that are the same bytes on disk are told apart: no value is taken for another.
#[test]
fn what_shares_bytes_is_not_taken_for_each_other() {
    let kinds = || {
        [
            ColumnType::Integer,
            ColumnType::Boolean,
            ColumnType::Decimal { scale: 2 },
            ColumnType::Decimal { scale: 5 },
            ColumnType::Timestamp,
            ColumnType::Time,
            ColumnType::Real,
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Json,
            ColumnType::Bytes,
            ColumnType::Uuid,
        ]
    };
    let declared = |kind| {
        let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
        table("t", vec![id, TableColumn { nullable: true, ..column("c", kind) }])
    };
    let numbered: Vec<_> = kinds().into_iter().enumerate().collect();
    in_parallel(&numbered, |&(i, from)| {
        let databases = Database::each();
        for database in &databases {
            database.opens(vec![declared(from)], Migrate::Apply).unwrap();
        }
        for (j, to) in kinds().into_iter().enumerate() {
            for database in &databases {
                let opened = database.opens(vec![declared(to)], Migrate::Check);
                assert_eq!(opened.is_ok(), i == j, "{from:?} to {to:?} on {database:?}");
                let greater = matches!(
                    (from, to),
                    (ColumnType::Decimal { scale: 2 }, ColumnType::Decimal { scale: 5 })
                );
                if i != j && !(greater && matches!(database, Database::Postgres(_))) {
                    let told = refused(database, declared(to), Migrate::Apply);
                    assert!(told.contains("table `t`, column `c`: "), "{told}");
                }
            }
        }
    });
}

/// What a column means goes with it, whatever its name, and stays while nobody declares it.
#[test]
fn a_meaning_stays_with_its_column() {
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        let without = with(|t| {
            t.columns.pop();
            t.visible.pop();
        });
        let opened = database.opens(vec![without], Migrate::Apply).unwrap();
        assert!(
            opened
                .notes
                .iter()
                .any(|note| note.contains("column `count`: is") && note.contains("not declared"))
        );
        drop(opened);
        let moment = with(|t| of(t, "count").kind = ColumnType::Timestamp);
        let told = refused(&database, moment, Migrate::Apply);
        assert!(told.contains("column `count`: "), "{told}");
        let renamed = |kind| {
            with(|t| {
                let count = of(t, "count");
                (count.name, count.was, count.kind) = ("amount", Some("count"), kind);
            })
        };
        let told = refused(&database, renamed(ColumnType::Timestamp), Migrate::Apply);
        assert!(told.contains("column `amount`: "), "{told}");
        let opened = database.opens(vec![renamed(ColumnType::Integer)], Migrate::Apply).unwrap();
        assert_eq!(opened.changes, ["column `amount` of table `things`, which was `count`"]);
        drop(opened);
        let kept =
            database.texts(r#"SELECT "column" FROM _crewed_schema WHERE "column" IN ('count', 'amount')"#);
        assert_eq!(kept, ["amount"]);
        refused(&database, renamed(ColumnType::Timestamp), Migrate::Apply);
    }
}

/// What a later build has written is not taken for anything else.
#[test]
fn a_meaning_of_another_version_is_no_other() {
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        for text in [r#"{"is":"text","version":2}"#, r#"{"is":"text","folded":true,"version":1}"#, "?"] {
            database
                .runs(&format!(r#"UPDATE _crewed_schema SET meaning = '{text}' WHERE "column" = 'label'"#));
            let told = refused(&database, things(), Migrate::Apply);
            assert!(told.contains(&format!("holds what another version of crewed calls {text}")), "{told}");
        }
    }
}

/// A decimal has 18 digits; a value that has no room for more places is named.
#[test]
fn a_greater_scale_that_has_no_room_names_the_row() {
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        let most = match &database {
            Database::Sqlite(_) | Database::At(_) => "999999999999999999",
            Database::Postgres(_) => "9999999999999999.99",
        };
        database.runs(&format!("UPDATE things SET price = {most} WHERE id = 2"));
        let finer = || with(|t| of(t, "price").kind = ColumnType::Decimal { scale: 3 });
        for migrate in [Migrate::Apply, Migrate::Convert] {
            let told = refused(&database, finer(), migrate);
            assert!(told.contains("1 row holds what does not fit: `id` 2"), "{told}");
        }
    }
}

/// A program of the former declaration goes on writing beside one that has added columns.
#[test]
fn a_former_program_goes_on_beside_new_columns() {
    for database in Database::fixtures("things") {
        let former = database.opens(vec![things()], Migrate::Apply).unwrap();
        let more = || {
            with(|t| {
                let default = Some(Value::Integer(7));
                t.columns.extend([
                    TableColumn { role: Role::CreatedAt, ..column("made_at", ColumnType::Timestamp) },
                    TableColumn { role: Role::UpdatedAt, ..column("changed_at", ColumnType::Timestamp) },
                    TableColumn { default, ..column("stars", ColumnType::Integer) },
                ]);
                t.visible = (0..t.columns.len()).collect();
            })
        };
        let before = chrono_now();
        let new = database.opens(vec![more()], Migrate::Apply).unwrap();
        assert_eq!(former.inserts(&things()), Value::Integer(5), "{database:?}");
        for name in ["made_at", "changed_at"] {
            let times = new.column(&more(), name);
            let within =
                |time: &Value| matches!(time, Value::Integer(t) if (before..=chrono_now()).contains(t));
            assert!(times.len() == 4 && times.iter().all(within), "{times:?}");
        }
        assert_eq!(new.column(&more(), "stars"), [7; 4].map(Value::Integer));
        drop((former, new));
        // And so does one that is started again.
        let former = database.opens(vec![things()], Migrate::Apply).unwrap();
        assert_eq!(former.notes.len(), 3, "{:?}", former.notes);
        assert_eq!(former.column(&things(), "id").len(), 4);
    }
}

fn chrono_now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_micros()).unwrap()
}

/// `unique` that is given up is given up in the database, if crewed has made it; what others have made is told.
#[test]
fn what_keeps_values_apart_is_what_is_declared() {
    let plain = || with(|t| of(t, "label").unique = false);
    let again = |opened: &Opened| {
        opened.inserts(&plain());
        wait(write(&*opened.store, 18, update(0, 1, [(1, cell("new"))])))
    };
    for database in Database::fixtures("things") {
        for migrate in [Migrate::Check, Migrate::Print] {
            let told = refused(&database, plain(), migrate);
            assert!(told.contains("things_label_unique"), "{told}");
        }
        let opened = database.opens(vec![plain()], Migrate::Apply).unwrap();
        assert!(
            opened
                .changes
                .iter()
                .any(|change| change.starts_with("index `things_label_unique` of table `things`: dropped"))
        );
        again(&opened).unwrap();
    }
    let theirs = "DROP INDEX things_label_unique; CREATE UNIQUE INDEX theirs ON things (label)";
    for database in Database::fixtures("things") {
        database.runs(theirs);
        let opened = database.opens(vec![plain()], Migrate::Apply).unwrap();
        let told = "table `things`, column `label`: is kept unique by `theirs`, which crewed has not made, and is not \
                    declared unique; to give that up: DROP INDEX \"theirs\"";
        assert_eq!(opened.notes, [told]);
        assert!(
            matches!(again(&opened), Err(StoreError::UniqueViolation { ref columns }) if *columns == [1])
        );
        drop(opened);
        assert_eq!(database.opens(vec![plain()], Migrate::Check).unwrap().notes, [told]);
    }
}

/// An index keeps its name with its column, and a new field of the old name has one of its own.
#[test]
fn a_new_field_may_have_the_name_of_one_that_was_renamed() {
    let first = || {
        with(|t| {
            let label = of(t, "label");
            (label.name, label.was) = ("title", Some("label"));
        })
    };
    let renamed = || {
        let mut table = first();
        table.columns.push(TableColumn { unique: true, nullable: true, ..column("label", ColumnType::Text) });
        table.visible.push(18);
        table
    };
    for (fixture, at_once) in [(true, true), (true, false), (false, true), (false, false)] {
        let databases = if fixture { Database::fixtures("things") } else { Database::each() };
        for database in databases {
            database.opens(vec![things()], Migrate::Apply).unwrap();
            if !at_once {
                database.opens(vec![first()], Migrate::Apply).unwrap();
            }
            let opened = database.opens(vec![renamed()], Migrate::Apply).unwrap();
            let key = opened.inserts(&renamed());
            let taken = wait(write(&*opened.store, 19, update(0, Cell(key.clone()), [(18, cell("x"))])));
            taken.unwrap();
            assert_eq!(key, Value::Integer(if fixture { 5 } else { 1 }));
            if fixture {
                let label = |text: &str| Value::Text(text.to_owned());
                assert_eq!(opened.column(&renamed(), "title")[..3], ["a", "b", "c"].map(label));
                assert_eq!(opened.column(&renamed(), "label")[..3], [Value::Null, Value::Null, Value::Null]);
            }
            drop(opened);
            database.opens(vec![renamed()], Migrate::Check).map(drop).unwrap();
        }
    }
}
