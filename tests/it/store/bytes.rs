//! Values on their way to PostgreSQL and back: no bytes are taken for what they are not.

use super::harness::*;
use super::postgres::{beside, open_at};
use crewed::__internals::resource::{ColumnType, Role, TableColumn};
use crewed::__internals::store::postgres::Options;
use crewed::__internals::store::{Action, StoreError};
use crewed::value::Value;

/// What a statement of one's own is given arrives as it is, or not at all.
#[test]
fn a_value_that_does_not_fit_is_refused_and_not_replaced() {
    let url = postgres_schema();
    postgres_runs(&url, "CREATE TABLE others (narrow real, wide numeric)");
    wait(async {
        let store = open_at(&url, vec![users()], Options::default()).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        let kept = || Kept { width: 1, rows: Rows::new() };
        for (column, value, fits) in [
            ("narrow", Value::Real(1e300), false),
            ("narrow", Value::Real(0.5), true),
            ("wide", Value::Text("0.12345678901234567890123456789012345".to_owned()), false),
            ("wide", Value::Text("123456789.123456789".to_owned()), true),
        ] {
            let text = format!("INSERT INTO others ({column}) VALUES ($1) RETURNING {column}");
            match transaction.run(text, vec![value.clone()], kept()).await {
                Ok(kept) => assert!(fits && kept.rows == [[value.clone()]], "{value:?}: {:?}", kept.rows),
                Err(error) => {
                    assert!(!fits && matches!(error, StoreError::Internal(_)), "{value:?}: {error:?}")
                }
            }
        }
        transaction.roll_back().await.unwrap();
    });
}

/// Somebody gives a column another type under a program that has it open: the same bytes would be another value.
#[test]
fn no_bytes_are_taken_for_another_value() {
    for prepared in [true, false] {
        let url = postgres_schema();
        wait(async {
            let table = || {
                let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
                table("things", vec![id, column("value", ColumnType::Integer)])
            };
            let mut options = Options::default();
            options.prepared = prepared;
            let store = open_at(&url, vec![table()], options).await.unwrap();
            // Read as a text, it is one: `ABCDEFGH`.
            let letters = 0x4142_4344_4546_4748_i64;
            let insert = || action(0, Action::Insert { values: vec![(1, Value::Integer(letters))] });
            let before = write(&*store, 2, insert()).await.unwrap();
            assert_eq!(before[0][1], Value::Integer(letters));
            assert_eq!(read(&*store, 2, one(0, 1)).await.unwrap().len(), 1);
            assert_eq!(read(&*store, 2, page(0, 0, 9)).await.unwrap().len(), 1);
            let beside = beside(&url).await;
            beside.batch_execute("ALTER TABLE things ALTER value TYPE text USING 'ABCDEFGH'").await.unwrap();
            for _ in 0..3 {
                for outcome in [
                    write(&*store, 2, insert()).await,
                    read(&*store, 2, one(0, 1)).await,
                    read(&*store, 2, page(0, 0, 9)).await,
                ] {
                    assert!(outcome.is_err(), "{outcome:?}");
                }
            }
            let kept = beside.query("SELECT DISTINCT value FROM things", &[]).await.unwrap();
            let kept: Vec<String> = kept.iter().map(|row| row.get(0)).collect();
            assert_eq!(kept, ["ABCDEFGH"], "prepared: {prepared}");
        });
    }
}
