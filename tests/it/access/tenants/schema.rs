//! The tables of tenants: what is made, how a table of before becomes one, and how lists are read from it.

use crewed::__internals::operation::page_reads;
use crewed::__internals::resource::{Resource, Table};
use crewed::__internals::store::{Migrate, Scope, postgres, sqlite};
use crewed::Sort;

use super::*;
use crate::store::database::Database;
use crate::store::harness::{postgres_client, postgres_schema, wait};

/// A table of before there were tenants.
mod before {
    use super::*;

    #[resource("/swapped", unique(shelf, place), index(shelf, name))]
    pub(super) struct Book {
        #[field(key, generated)]
        id: i64,
        #[field(index)]
        org_id: i64,
        #[field(unique)]
        name: String,
        #[field(unique)]
        code: Option<String>,
        shelf: i64,
        place: i64,
    }
}

/// The same, of tenants.
mod after {
    use super::*;

    #[resource(
        "/swapped",
        access(caller = Worker, public),
        unique(shelf, place),
        unique(place, name, everywhere),
        index(shelf, name)
    )]
    pub(super) struct Book {
        #[field(key, generated)]
        id: i64,
        #[field(tenant)]
        org_id: i64,
        #[field(unique)]
        name: String,
        #[field(unique(everywhere))]
        code: Option<String>,
        shelf: i64,
        place: i64,
    }
}

fn old() -> Table {
    Table::of(before::Book::RESOURCE)
}

fn tenants() -> Table {
    Table::of(after::Book::RESOURCE)
}

/// The indexes of a table, as kind and columns.
fn indexes(database: &Database) -> Vec<String> {
    let made = database.texts(match database {
        Database::Postgres(_) => {
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'swapped' \
             AND indexname NOT LIKE '%pkey'"
        }
        _ => "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL AND tbl_name = 'swapped'",
    });
    let plain = |text: &String| {
        let kind = if text.contains("UNIQUE") { "unique" } else { "index" };
        let columns = text.rsplit('(').next().unwrap().trim_end_matches(')').replace('"', "");
        format!("{kind} {columns}")
    };
    let mut all: Vec<String> = made.iter().map(plain).collect();
    all.sort();
    all
}

/// The index of the tenant ends with the key, as lists do: on SQLite every index does.
fn of_tenants(database: &Database) -> Vec<String> {
    let tenant = if let Database::Postgres(_) = database { "index org_id, id" } else { "index org_id" };
    [
        tenant,
        "index shelf, name",
        "unique code",
        "unique org_id, name",
        "unique org_id, shelf, place",
        "unique place, name",
    ]
    .map(str::to_owned)
    .to_vec()
}

const ROWS: &str = "INSERT INTO swapped (org_id, name, code, shelf, place) \
                    VALUES (1, 'a', 'x', 1, 1), (1, 'b', NULL, 1, 2), (2, 'c', NULL, 1, 3)";
const ALL: &str = "SELECT concat_ws(' ', id, org_id, name, code, shelf, place) FROM swapped ORDER BY id";

#[test]
fn a_table_of_before_becomes_one_of_tenants() {
    for database in Database::each() {
        database.open(vec![old()], Migrate::Apply).unwrap();
        database.runs(ROWS);
        let rows = database.texts(ALL);
        let told = database.opens(vec![tenants()], Migrate::Check).map(drop).unwrap_err();
        for line in [
            "`_crewed_unique_7_swapped_name` of table `swapped`: dropped, as `name` is not declared unique any more",
            "`_crewed_unique_7_5_swapped_shelf_place` of table `swapped`: dropped, as `shelf`, `place` are not declared \
             unique any more",
        ] {
            assert!(told.contains(&format!("\n  index {line}")), "{told}");
        }
        assert!(told.contains("new index `_crewed_unique_7_6_swapped_org_id_name`"), "{told}");
        database.open(vec![tenants()], Migrate::Apply).unwrap();
        assert_eq!(indexes(&database), of_tenants(&database));
        assert_eq!(database.texts(ALL), rows);
        let opened = database.opens(vec![tenants()], Migrate::Apply).unwrap();
        assert_eq!((opened.changes, opened.notes), (Vec::new(), Vec::new()));
        drop(opened.store);
        // As a new table has them.
        let [file, server] = Database::each();
        let new = if let Database::Postgres(_) = &database { server } else { file };
        new.open(vec![tenants()], Migrate::Apply).unwrap();
        assert_eq!(indexes(&new), of_tenants(&new));

        // And back, as long as no two tenants have the same.
        database.open(vec![old()], Migrate::Apply).unwrap();
        database.open(vec![tenants()], Migrate::Apply).unwrap();
        database.runs("INSERT INTO swapped (org_id, name, shelf, place) VALUES (2, 'a', 1, 4)");
        let told = database.opens(vec![old()], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("2 rows have a value that another row has too: 'a' (2 rows)"), "{told}");
        assert_eq!(indexes(&database), of_tenants(&database));
        assert_eq!(database.texts(ALL).len(), 4);
    }
}

/// Two rows of one tenant that have the same stand in the way of a `unique` that is new.
#[test]
fn rows_of_a_tenant_that_repeat_stop_the_launch() {
    for database in Database::each() {
        let mut loose = old();
        loose.columns[2].unique = false;
        database.open(vec![loose], Migrate::Apply).unwrap();
        let row = "INSERT INTO swapped (org_id, name, shelf, place) VALUES";
        database.runs(&format!("{row} (1, 'a', 1, 1), (2, 'a', 1, 2)"));
        database.open(vec![tenants()], Migrate::Apply).unwrap();
        let mut loose = old();
        loose.columns[2].unique = false;
        database.open(vec![loose], Migrate::Apply).unwrap();
        database.runs(&format!("{row} (1, 'a', 1, 3)"));
        let told = database.opens(vec![tenants()], Migrate::Apply).map(drop).unwrap_err();
        for line in [
            "table `swapped`, columns `org_id`, `name`: have the same values in more than one row, declared unique",
            "2 rows have values that another row has too: '1, a' (2 rows)",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}

/// A default would make all rows those of one tenant, and is refused; so it is not proposed.
#[test]
fn a_new_tenant_column_needs_values() {
    for database in Database::each() {
        let mut without = old();
        without.columns.remove(1);
        without.indexes = &[];
        without.visible.pop();
        database.open(vec![without], Migrate::Apply).unwrap();
        database.runs("INSERT INTO swapped (name, shelf, place) VALUES ('a', 1, 1)");
        let told = database.opens(vec![tenants()], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("rows that are there need a value: ALTER TABLE"), "{told}");
        assert!(!told.contains("give the field a `default`"), "{told}");
    }
}

/// What is asked for, and in which order.
type Question<R> = (&'static str, Predicate<R>, Vec<Sort<R>>);

/// What is listed of tenants, by other keys.
macro_rules! listed {
    ($name:ident, $path:literal, $key:ty) => {
        #[resource($path, access(caller = Worker, public), index(org_id, rank))]
        struct $name {
            #[field(key, generated)]
            id: $key,
            #[field(tenant, filter)]
            org_id: i64,
            #[field(unique, filter, sort)]
            name: String,
            #[field(filter, sort)]
            rank: i64,
        }

        impl Planned for $name {
            fn asked() -> Vec<Question<Self>> {
                let fields = Self::FIELDS;
                let own = || fields.org_id.eq(3);
                vec![
                    ("by the key", own(), vec![]),
                    ("by the key, backwards", own(), vec![fields.id.desc()]),
                    ("by what is unique", own(), vec![fields.name.asc()]),
                    ("by what is unique, backwards", own(), vec![fields.name.desc()]),
                    ("one, by what is unique", own() & fields.name.eq("item 3"), vec![]),
                    ("by a field", own(), vec![fields.rank.asc()]),
                    ("by a field, backwards", own(), vec![fields.rank.desc()]),
                ]
            }
        }
    };
}

trait Planned: Resource + Sized {
    /// Lists of one tenant, which an index serves.
    fn asked() -> Vec<Question<Self>>;
}

listed!(Counted, "/counted", i64);
listed!(Random, "/random", Uuid);

#[test]
fn sqlite_reads_a_page_of_a_tenant_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tenants.db");
    let config = crewed::rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("crewed.store", format!("sqlite:{}", file.display())));
    let api = Api::new().resource::<Counted>().resource::<Random>();
    drop(crate::kit::client(config, api));
    let connection = rusqlite::Connection::open(file).unwrap();
    fn plans<R: Planned>(connection: &rusqlite::Connection) {
        for (what, filter, sorts) in R::asked() {
            for read in page_reads(filter, sorts, None, &Scope::all()) {
                for text in sqlite::explained(&Table::of(R::RESOURCE), &read) {
                    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
                    let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
                    let plan: Vec<String> = lines.map(Result::unwrap).collect();
                    let plan = plan.join("; ");
                    assert!(plan.contains("SEARCH"), "{what}: {plan}\n{text}");
                    // Rows that are equal in the index are sorted by the key, which are few.
                    let sorts = plan.replace("USE TEMP B-TREE FOR LAST TERM OF ORDER BY", "");
                    let of_one = what == "one, by what is unique";
                    assert!(!sorts.contains("TEMP B-TREE") || of_one, "{what}: {plan}\n{text}");
                }
            }
        }
    }
    plans::<Counted>(&connection);
    plans::<Random>(&connection);
}

#[test]
fn postgres_reads_a_page_of_a_tenant_by_an_index() {
    let url = postgres_schema();
    let config =
        crewed::rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", url.clone()));
    let api = Api::new().resource::<Counted>().resource::<Random>();
    drop(crate::kit::client(config, api));
    async fn plans<R: Planned>(client: &tokio_postgres::Client) {
        for (what, filter, sorts) in R::asked() {
            for read in page_reads(filter, sorts, None, &Scope::all()) {
                let text = postgres::explained(&Table::of(R::RESOURCE), &read);
                let rows = client.query(&format!("EXPLAIN {text}"), &[]).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                let plan = plan.join("\n");
                assert!(!plan.contains("Seq Scan"), "{what}:\n{plan}\n{text}");
                let sorts = plan.replace("Incremental Sort", "").contains("Sort  (");
                assert!(!sorts || what == "one, by what is unique", "{what}:\n{plan}\n{text}");
            }
        }
    }
    wait(postgres_client(&url, async |client| {
        client
            .batch_execute(
                "INSERT INTO counted (org_id, name, rank) \
                 SELECT n % 5, 'item ' || n, n % 1000 FROM generate_series(1, 20000) n; \
                 INSERT INTO random (id, org_id, name, rank) \
                 SELECT gen_random_uuid(), n % 5, 'item ' || n, n % 1000 FROM generate_series(1, 20000) n; ANALYZE",
            )
            .await
            .unwrap();
        plans::<Counted>(client).await;
        plans::<Random>(client).await;
    }));
}

/// What a tenant's lists are filtered and sorted by, after the tenant.
#[test]
fn what_no_index_of_a_tenant_serves_is_told() {
    #[resource("/counted", table = "counted", access(caller = Worker, public), index(org_id, rank))]
    struct Wide {
        #[field(key, generated)]
        id: i64,
        #[field(tenant, filter)]
        org_id: i64,
        #[field(unique, filter, sort)]
        name: String,
        #[field(filter, sort)]
        rank: i64,
        #[field(unique(everywhere), filter)]
        code: i64,
        #[field(filter)]
        size: i64,
        #[field(sort)]
        age: i64,
    }
    for database in Database::each() {
        let notes = |table| database.opens(vec![table], Migrate::Apply).unwrap().notes;
        assert_eq!(notes(Table::of(Counted::RESOURCE)), [""; 0]);
        let mut wide = Table::of(Wide::RESOURCE);
        wide.columns.iter_mut().skip(4).for_each(|column| column.nullable = true);
        assert_eq!(
            notes(wide),
            [
                "table `counted`: filters by `size` and sorts by `age` read all rows of a tenant, as no index serves them; \
              to add one: #[resource(.., index(org_id, size))], or for a filter with a sort #[resource(.., \
              index(org_id, size, age))]"
            ]
        );
    }
}
