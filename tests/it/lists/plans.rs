//! How the engines read what a list asks for: by an index, and without sorting, where there is an index for it.

use crewed::__internals::operation::page_reads;
use crewed::__internals::resource::Table;
use crewed::__internals::store::{Comparison, Condition, Scope, Select, postgres, sqlite};
use crewed::Sort;
use crewed::value::Value as Stored;

use super::*;
use crate::store::harness::{postgres_client, postgres_schema, wait};

#[resource("/items", index(kind, rank))]
struct Item {
    #[field(key, generated)]
    id: i64,
    #[field(unique, filter, sort)]
    name: String,
    #[field(index, filter, sort)]
    size: Option<i64>,
    #[field(index, filter, sort)]
    rank: i64,
    plain: i64,
    #[field(filter)]
    kind: i64,
}

fn table() -> Table {
    Table::of(<Item as crewed::Resource>::RESOURCE)
}

/// A question, the order, and the position of the last row of the page before.
struct Asked {
    what: &'static str,
    reads: Vec<Select>,
    /// Whether the page begins among rows that only the key tells apart.
    among_equals: bool,
}

/// A list that an index serves, from the start and after a row.
fn asked() -> Vec<Asked> {
    let fields = Item::FIELDS;
    let (integer, text) = (Stored::Integer, |text: &str| Stored::Text(text.to_owned()));
    type Question = (&'static str, Predicate<Item>, fn() -> Vec<Sort<Item>>, Option<Vec<Stored>>);
    let all: Vec<Question> = vec![
        ("by the key", Predicate::all(), || vec![], Some(vec![integer(5)])),
        ("by the key, backwards", Predicate::all(), || vec![Item::FIELDS.id.desc()], Some(vec![integer(5)])),
        ("by a unique field", Predicate::all(), || vec![Item::FIELDS.name.asc()], Some(vec![text("m")])),
        (
            "by a field",
            Predicate::all(),
            || vec![Item::FIELDS.rank.asc()],
            Some(vec![integer(5), integer(7)]),
        ),
        (
            "by a field, backwards",
            Predicate::all(),
            || vec![Item::FIELDS.rank.desc()],
            Some(vec![integer(5), integer(7)]),
        ),
        (
            "by what may be null",
            Predicate::all(),
            || vec![Item::FIELDS.size.asc()],
            Some(vec![integer(5), integer(7)]),
        ),
        (
            "by what may be null, backwards",
            Predicate::all(),
            || vec![Item::FIELDS.size.desc()],
            Some(vec![integer(5), integer(7)]),
        ),
        (
            "among the nulls",
            Predicate::all(),
            || vec![Item::FIELDS.size.desc()],
            Some(vec![Stored::Null, integer(7)]),
        ),
        (
            "filtered and sorted by a field",
            fields.rank.gte(9),
            || vec![Item::FIELDS.rank.asc()],
            Some(vec![integer(10), integer(7)]),
        ),
        (
            "equal, by another field",
            fields.kind.eq(3),
            || vec![Item::FIELDS.rank.asc()],
            Some(vec![integer(503), integer(7)]),
        ),
        (
            "equal, by another field, backwards",
            fields.kind.eq(3),
            || vec![Item::FIELDS.rank.desc()],
            Some(vec![integer(503), integer(7)]),
        ),
        ("one of several", fields.rank.is_in([1, 2, 3]), || vec![Item::FIELDS.rank.asc()], None),
        ("equal, by the key", fields.rank.eq(9), || vec![], Some(vec![integer(7)])),
        ("not less", !fields.rank.lt(9), || vec![Item::FIELDS.rank.asc()], None),
        ("begins", fields.name.starts_with("item 1"), || vec![Item::FIELDS.name.asc()], None),
    ];
    let mut asked = Vec::new();
    for (what, filter, sorts, after) in all {
        for after in [None, after] {
            asked.push(Asked {
                what,
                among_equals: after.as_ref().is_some_and(|values| values.len() > 1),
                reads: page_reads(filter.clone(), sorts(), after.as_deref(), &Scope::all()),
            });
        }
    }
    asked
}

#[test]
fn sqlite_uses_the_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let config = crewed::rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("crewed.store", format!("sqlite:{}", folder.path().join("items.db").display())));
    drop(kit::client(config, Api::new().resource::<Item>()));
    let connection = rusqlite::Connection::open(folder.path().join("items.db")).unwrap();
    for Asked { what, reads, among_equals } in asked() {
        let mut finds_keys = false;
        for text in reads.iter().flat_map(|read| sqlite::explained(&table(), read)) {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
            let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
            let plan: Vec<String> = lines.map(Result::unwrap).collect();
            let plan = plan.join("; ");
            assert!(!plan.contains("TEMP B-TREE"), "{what}: {plan}\n{text}");
            if text.contains(" WHERE ") {
                assert!(plan.contains("SEARCH"), "{what}: {plan}\n{text}");
            }
            finds_keys |= plan.contains("rowid>") || plan.contains("rowid<");
        }
        assert!(
            finds_keys || !among_equals,
            "{what}: all rows that are equal are read for every page of them"
        );
    }
}

#[test]
fn postgres_uses_the_indexes() {
    let url = postgres_schema();
    let config =
        crewed::rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", url.clone()));
    drop(kit::client(config, Api::new().resource::<Item>()));
    wait(postgres_client(&url, async |client| {
        let fill = "INSERT INTO items (name, size, rank, plain, kind) \
                    SELECT 'item ' || n, CASE WHEN n % 4 > 0 THEN n % 1000 END, n % 1000, n, n % 10 FROM generate_series(1, 20000) n; \
                    ANALYZE items";
        client.batch_execute(fill).await.unwrap();
        for Asked { what, reads, .. } in asked() {
            for read in reads {
                let text = postgres::explained(&table(), &read);
                let rows = client.query(&format!("EXPLAIN {text}"), &[]).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                let plan = plan.join("\n");
                assert!(!plan.contains("Seq Scan"), "{what}:\n{plan}\n{text}");
                // A few rows that are equal in the index are sorted by the key, but never all of them.
                let sorts = plan.replace("Incremental Sort", "").contains("Sort  (");
                assert!(!sorts || what == "equal, by the key", "{what}:\n{plan}\n{text}");
            }
        }
    }));
}

/// Who asks, for the rows of an owner.
#[crewed::caller]
struct Me {
    #[caller(id)]
    id: i64,
}

#[crewed::rocket::async_trait]
impl<'r> crewed::rocket::request::FromRequest<'r> for Me {
    type Error = HttpError;

    async fn from_request(
        _: &'r crewed::rocket::Request<'_>,
    ) -> crewed::rocket::request::Outcome<Self, HttpError> {
        crewed::rocket::outcome::Outcome::Success(Me { id: 1 })
    }
}

#[resource("/owned", access(caller = Me, owner), index(owner_id, rank))]
struct Owned {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(sort)]
    rank: i64,
}

/// The pages of an owner's rows, in the order of the key and in another one, from the start and after a row.
fn owned() -> Vec<Select> {
    let (column, comparison) = (1, Comparison::Equal);
    let owner = || Scope::of(Condition::Compare { column, comparison, value: Stored::Integer(3) });
    let page = |sorts: Vec<Sort<Owned>>, after: Option<&[Stored]>| {
        page_reads(Predicate::<Owned>::all(), sorts, after, &owner())
    };
    let (key, rank) = ([Stored::Integer(7)], [Stored::Integer(5), Stored::Integer(7)]);
    [
        page(vec![], None),
        page(vec![], Some(&key)),
        page(vec![Owned::FIELDS.rank.asc()], None),
        page(vec![Owned::FIELDS.rank.desc()], Some(&rank)),
    ]
    .concat()
}

#[test]
fn the_pages_of_an_owner_are_read_by_an_index() {
    let table = Table::of(<Owned as crewed::Resource>::RESOURCE);
    let folder = tempfile::tempdir().unwrap();
    let config = crewed::rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("crewed.store", format!("sqlite:{}", folder.path().join("owned.db").display())));
    drop(kit::client(config, Api::new().resource::<Owned>()));
    let connection = rusqlite::Connection::open(folder.path().join("owned.db")).unwrap();
    for text in owned().iter().flat_map(|read| sqlite::explained(&table, read)) {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let plan = lines.map(Result::unwrap).collect::<Vec<_>>().join("; ");
        assert!(plan.contains("owner_id=?") && !plan.contains("TEMP B-TREE"), "{plan}\n{text}");
    }
    let url = postgres_schema();
    let config =
        crewed::rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", url.clone()));
    drop(kit::client(config, Api::new().resource::<Owned>()));
    wait(postgres_client(&url, async |client| {
        let fill = "INSERT INTO owned (owner_id, rank) \
                    SELECT n % 20, n % 100 FROM generate_series(1, 20000) n; ANALYZE owned";
        client.batch_execute(fill).await.unwrap();
        for text in owned().iter().map(|read| postgres::explained(&table, read)) {
            let rows = client.query(&format!("EXPLAIN {text}"), &[]).await.unwrap();
            let plan = rows.iter().map(|row| row.get(0)).collect::<Vec<String>>().join("\n");
            assert!(plan.contains("owner_id = ") && !plan.contains("Seq Scan"), "{plan}\n{text}");
            assert!(!plan.replace("Incremental Sort", "").contains("Sort  ("), "{plan}\n{text}");
        }
    }));
}
