//! What is said at the start of filters and sorts that no index serves.

use crewed::__internals::resource::{Resource, Table};
use crewed::__internals::store::Migrate;
use crewed::prelude::*;

use crate::store::database::Database;

#[model]
#[derive(Clone, Copy, Debug)]
enum Team {
    Red,
    Blue,
}

/// Declares a resource with these words and fields, as a table.
macro_rules! table {
    (($($word:tt)*) $($field:tt)*) => {{
        #[resource("/heroes", table = "heroes" $($word)*)]
        #[allow(dead_code)]
        struct Hero {
            #[field(key, generated, filter)]
            id: i64,
            $($field)*
        }
        Table::of(Hero::RESOURCE)
    }};
}

fn notes(database: &Database, table: Table) -> Vec<String> {
    database.opens(vec![table], Migrate::Apply).unwrap().notes
}

/// What cannot be served by an index is not complained about.
#[test]
fn what_no_index_serves_is_told_once() {
    for (table, told) in [
        (
            table! {
                ()
                #[field(filter, sort)] name: String,
                #[field(filter)] team: Team,
                #[field(filter(gte), sort)] age: Option<i32>,
                #[field(created_at, filter, sort)] created_at: DateTime<Utc>,
            },
            &[
                "table `heroes`: filters by `name`, `team`, `age`, `created_at` and sorts by `name`, `age`, `created_at` read \
               all rows, as no index serves them; to add one: #[field(index)], or for a filter with a sort \
               #[resource(.., index(team, created_at))]",
            ][..],
        ),
        (
            table! { () #[field(filter)] team: Team, #[field(sort)] age: i32, },
            &[
                "table `heroes`: filters by `team` and sorts by `age` read all rows, as no index serves them; to add one: \
               #[field(index)], or for a filter with a sort #[resource(.., index(team, age))]",
            ],
        ),
        (
            table! { () #[field(filter(startswith))] name: String, },
            &[
                "table `heroes`: filters by `name` read all rows, as no index serves them; to add one: #[field(index)]",
            ],
        ),
        (
            // The index of both serves the one that it begins with.
            table! { (, index(team, age)) #[field(filter)] team: Team, #[field(sort)] age: i32, },
            &[
                "table `heroes`: sorts by `age` read all rows, as no index serves them; to add one: #[field(index)]",
            ],
        ),
        (
            table! {
                (, unique(age, born))
                #[field(filter, sort, unique)] name: String,
                #[field(filter, sort)] age: i32,
                #[field(index, filter, sort)] born: Option<NaiveDate>,
            },
            &[],
        ),
        (
            table! {
                ()
                #[field(filter(contains, icontains, endswith, ne, not_in, isnull), search)] name: Option<String>,
                #[field(filter)] masked: bool,
                #[field(json, filter)] powers: Vec<String>,
                note: String,
            },
            &[],
        ),
    ] {
        for database in Database::each() {
            // Of a new table, and of one that is there.
            for _ in 0..2 {
                assert_eq!(notes(&database, table.clone()), told);
            }
        }
    }
}

#[test]
fn an_index_of_somebody_else_serves() {
    let table = || table! { () #[field(filter)] team: Team, #[field(sort)] age: i32, };
    let indexed = || table! { () #[field(filter, index)] team: Team, #[field(index, sort)] age: i32, };
    for database in Database::each() {
        assert_eq!(notes(&database, indexed()), [""; 0]);
        // Those that are given up do not.
        assert_eq!(notes(&database, table()).len(), 1);
        database.runs(
            "CREATE INDEX mine ON heroes (team, age); CREATE INDEX partly ON heroes (age) WHERE age > 3",
        );
        let [told] = &*notes(&database, table()) else { panic!() };
        assert!(told.starts_with("table `heroes`: sorts by `age` read all rows"), "{told}");
        database.runs("CREATE INDEX another ON heroes (age DESC)");
        assert_eq!(notes(&database, table()), [""; 0]);
    }
}

/// What a mask hides, no index has.
#[test]
fn a_mask_hides_an_index() {
    let table = table! {
        (, access(read(public), write(never)))
        open: bool,
        #[field(index, filter, sort, read(open))]
        age: Option<i32>,
        #[field(filter, read(open))]
        name: Option<String>,
    };
    for database in Database::each() {
        assert_eq!(
            notes(&database, table.clone()),
            [
                "table `heroes`: filters by `age`, `name` and sorts by `age` read all rows for who does not see the field in \
                 every row, whether or not it has an index",
                "table `heroes`: filters by `name` read all rows, as no index serves them; to add one: #[field(index)]",
            ]
        );
    }
}
