//! Migrations of a program with access rules, which are above these.

use super::*;
use crate::migrations::Database;

/// What was everybody's before, and is its owners' from now on.
#[resource("/people", access(caller = Me, read(public), write(owner)))]
struct Person {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: Option<i64>,
    name: String,
}

const COUNT: &str = "SELECT count(*) FROM people";

/// Nobody asks in a migration, so that it says what it asks for beside the rules: before the tables are changed, too.
#[test]
fn migrations_say_that_they_ask_no_rules() {
    for database in Database::each() {
        let api = Api::new()
            .resource::<Person>()
            .migration_with("shout", Before, |tx| async move {
                assert_eq!(tx.sql(COUNT, &[]).await.unwrap_err().code(), 500);
                let shout = "UPDATE people SET name = name || $1";
                tx.sql_unscoped(shout, &["!".into()]).await.map(drop)
            })
            .migration_with("own", After, |tx| async move {
                assert_eq!(tx.sql(COUNT, &[]).await.unwrap_err().code(), 500);
                let named = |name: &str| PersonPatch { name: Patched::Value(name.to_owned()) };
                let refused = tx.of::<Person>().patch(&1, named("Ada")).await;
                assert_eq!(refused.map(drop).unwrap_err().code(), 401);
                tx.unscoped::<Person>().patch(&1, named("Ada")).await?;
                tx.sql_unscoped("UPDATE people SET owner_id = $1 WHERE id = 1", &[7.into()]).await.map(drop)
            })
            .migration(
                "own the rest",
                After,
                Sql {
                    sqlite: "UPDATE people SET owner_id = 8 WHERE owner_id IS NULL",
                    postgres: "UPDATE people SET owner_id = 8 WHERE owner_id IS NULL",
                },
            );
        let client = database.launch(api);
        let (status, people) = ask(&client, "GET", "/people", "", None);
        let migrated = json!([
            {"id": 1, "owner_id": 7, "name": "Ada"},
            {"id": 2, "owner_id": 8, "name": "Grace Hopper!"},
        ]);
        assert_eq!((status, people), (200, migrated));
        let patch =
            |caller: &str| ask(&client, "PATCH", "/people/1", caller, Some(json!({"name": "Augusta"}))).0;
        assert_eq!((patch("8 user"), patch("7 user")), (403, 200));
    }
}
