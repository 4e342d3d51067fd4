//! Changes of PostgreSQL's tables while somebody else is at work, or has set limits.

use std::sync::Arc;
use std::time::Duration;

use super::alter::{database, of};
use super::database::Database;
use super::harness::*;
use crewed::__internals::resource::ColumnType;
use crewed::__internals::store::{
    Migrate, SchemaPolicy, SchemaStep, Sql, StepAction, Store, Transaction, When,
};
use crewed::value::Value;

const TURNS: i64 = 0x6372_6577_6564;

/// Holds the turn that programs take at a change, until so many wait for it.
async fn hold_until_they_wait(url: &str, count: i64, opening: impl Future<Output = ()>) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.execute("SELECT pg_advisory_lock($1)", &[&TURNS]).await.unwrap();
    let held = async {
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND classid = $1::bigint::oid AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let high = TURNS >> 32;
        while client.query_one(waiting, &[&high]).await.unwrap().get::<_, i64>(0) < count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // For longer than any of their roles would wait.
        tokio::time::sleep(Duration::from_millis(800)).await;
        client.execute("SELECT pg_advisory_unlock($1)", &[&TURNS]).await.unwrap();
    };
    tokio::join!(held, opening);
}

/// Whatever the database or a role has as its usual isolation and limits, the second of two programs sees what the
/// first has done, and waits for it.
#[test]
fn the_settings_of_a_role_do_not_matter_to_a_change() {
    async fn sleep(transaction: Box<dyn Transaction>) -> (Option<Box<dyn Transaction>>, Result<(), String>) {
        tokio::time::sleep(Duration::from_millis(800)).await;
        (Some(transaction), Ok(()))
    }
    for settings in [
        "default_transaction_isolation=serializable",
        "default_transaction_isolation=repeatable\\%20read",
        "lock_timeout=300",
        "statement_timeout=300",
        "idle_in_transaction_session_timeout=300",
    ] {
        let own = postgres_schema();
        let url = format!("{own}%20-c{}", settings.replace('=', "%3D").replace("\\%20", "%5C%20"));
        let database = Database::Postgres(own.clone());
        drop(database.opens(vec![heroes()], Migrate::Apply).unwrap());
        let steps = || {
            let insert = "INSERT INTO heroes (name, secret) VALUES ('new', '')";
            let insert = StepAction::Sql(Sql { sqlite: insert, postgres: insert });
            let mut policy = SchemaPolicy::from(Migrate::Apply);
            policy.steps = vec![
                SchemaStep::new("insert", When::Before, insert),
                SchemaStep::new("wait", When::After, StepAction::Run(Arc::new(|tx| Box::pin(sleep(tx))))),
            ];
            policy
        };
        // So that a step which is run again would be seen.
        let mut same = heroes();
        same.columns[1].unique = false;
        let open = || {
            let (database, table) = (Database::Postgres(url.clone()), same.clone());
            std::thread::spawn(move || database.opens(vec![table], steps()).map(|opened| opened.changes))
        };
        wait(hold_until_they_wait(&own, 2, async {
            let opening = [open(), open()];
            let opened = tokio::task::spawn_blocking(|| opening.map(|thread| thread.join().unwrap()));
            let mut changes = opened.await.unwrap().map(|changes| changes.expect(settings).len());
            changes.sort_unstable();
            assert_eq!(changes, [0, 3], "{settings}");
        }));
        assert_eq!(database.texts("SELECT name FROM heroes"), ["new"], "{settings}");
    }
}

/// A former program may write between the look at the rows and the change.
#[test]
fn what_is_written_meanwhile_is_looked_at_too() {
    let database = database();
    let Database::Postgres(url) = &database else { panic!() };
    let decimal = |scale| of(ColumnType::Decimal { scale });
    let opened = database.opens(vec![decimal(2)], Migrate::Apply).unwrap();
    let store: Arc<dyn Store> = Arc::clone(&opened.store);
    let changed = wait(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        // It is seen by nobody yet, and holds up the change alone.
        client.batch_execute("BEGIN; INSERT INTO things (c) VALUES (1.25)").await.unwrap();
        let other = Database::Postgres(url.clone());
        let change = std::thread::spawn(move || {
            other.opens(vec![of(ColumnType::Decimal { scale: 1 })], Migrate::Convert).map(drop)
        });
        let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'things'::regclass AND NOT granted";
        while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        client.batch_execute("COMMIT").await.unwrap();
        tokio::task::spawn_blocking(|| change.join().unwrap()).await.unwrap()
    });
    let told = changed.unwrap_err();
    assert!(told.contains("1 row holds what does not fit: `id` 1"), "{told}");
    assert_eq!(wait(read(&*store, 2, one(0, 1))).unwrap(), [[Value::Integer(1), Value::Integer(125)]]);
}

/// A step that does not wait for what it has begun has not done it, and nothing else is done.
#[test]
fn a_step_that_does_not_wait_changes_nothing() {
    async fn hurry(mut tx: Box<dyn Transaction>) -> (Option<Box<dyn Transaction>>, Result<(), String>) {
        let text = "INSERT INTO things (c) SELECT 'half' FROM pg_sleep(0.5)".to_owned();
        let insert = tx.run(text, vec![], Kept { width: 0, rows: Rows::new() });
        assert!(tokio::time::timeout(Duration::from_millis(100), insert).await.is_err());
        (Some(tx), Ok(()))
    }
    let database = database();
    database.opens(vec![of(ColumnType::Text)], Migrate::Apply).unwrap();
    let before = database.dump();
    let mut policy = SchemaPolicy::from(Migrate::Apply);
    let run = StepAction::Run(Arc::new(|tx| Box::pin(hurry(tx))));
    policy.steps = vec![SchemaStep::new("hurry", When::After, run)];
    let told = database.opens(vec![of(ColumnType::Text)], policy).map(drop).unwrap_err();
    assert!(told.contains("cannot be opened"), "{told}");
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(database.dump(), before, "{told}");
}
