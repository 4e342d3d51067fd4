//! Columns of PostgreSQL that change: with what others hold in them, and with what uses them.

use std::sync::Arc;
use std::time::Duration;

use super::database::{Database, PSQL, pasted};
use super::harness::*;
use crewed::resource::{Column, ColumnType, Role, Table, TableColumn};
use crewed::store::{
    Migrate, SchemaPolicy, SchemaStep, Sql, StepAction, Store, StoreError, Transaction, When,
};
use crewed::value::{Value, ValueRef};
use crewed::wire::{Rules, Shape};

fn database() -> Database {
    Database::Postgres(format!("{}%20-ctimezone%3DUTC", postgres_schema()))
}

fn id() -> TableColumn {
    TableColumn { role: Role::CountedKey, ..column("id", ColumnType::Integer) }
}

/// `things (id, c)`, where `c` may be nothing.
fn of(kind: ColumnType) -> Table {
    table("things", vec![id(), TableColumn { nullable: true, ..column("c", kind) }])
}

fn bounded(min: i64, max: i64) -> Table {
    let mut table = of(ColumnType::Integer);
    table.columns[1].shape = Some(Shape::Integer { min, max, format: "" });
    table
}

/// What a conversion does to a value: it becomes this text, or it does not fit.
struct Converts {
    from: ColumnType,
    to: Table,
    value: &'static str,
    becomes: Option<&'static str>,
}

/// A value that means something else afterwards, or nothing, is refused by the program and by what is pasted into any
/// shell; one that does not is converted by both.
#[test]
fn no_value_is_lost_on_the_way_to_another_type() {
    let decimal = |scale| ColumnType::Decimal { scale };
    let case = |from, to, value, becomes| Converts { from, to, value, becomes };
    let any = || of(ColumnType::Integer);
    let cases = [
        case(ColumnType::Date, of(ColumnType::Text), "'0044-03-15 BC'::date", None),
        case(ColumnType::Date, of(ColumnType::Text), "'infinity'::date", None),
        case(ColumnType::Date, of(ColumnType::Text), "'-infinity'::date", None),
        case(ColumnType::Date, of(ColumnType::Text), "'10000-01-01'::date", None),
        case(ColumnType::Date, of(ColumnType::Text), "'0001-01-01'::date", Some("0001-01-01")),
        case(ColumnType::Date, of(ColumnType::Text), "'9999-12-31'::date", Some("9999-12-31")),
        case(ColumnType::Date, of(ColumnType::Text), "NULL", Some("nothing")),
        case(decimal(2), of(decimal(1)), "1.25", None),
        case(decimal(2), of(decimal(1)), "'NaN'", None),
        case(decimal(2), of(decimal(1)), "1.5", Some("1.5")),
        case(decimal(2), of(decimal(3)), "'NaN'", None),
        case(decimal(2), of(decimal(3)), "1.5", Some("1.500")),
        case(decimal(2), of(decimal(3)), "NULL", Some("nothing")),
        case(decimal(2), of(ColumnType::Text), "'NaN'", None),
        case(decimal(2), of(ColumnType::Text), "-1.50", Some("-1.50")),
        case(decimal(2), of(ColumnType::Real), "'NaN'", None),
        case(decimal(0), any(), "'NaN'", None),
        case(ColumnType::Real, of(decimal(2)), "'infinity'", None),
        case(ColumnType::Real, of(decimal(2)), "'NaN'", None),
        case(ColumnType::Real, of(decimal(18)), "0.99999999999999994", None),
        case(ColumnType::Real, of(decimal(2)), "1.25", Some("1.25")),
        case(ColumnType::Real, any(), "'NaN'", None),
        case(ColumnType::Real, any(), "'-infinity'", None),
        case(ColumnType::Timestamp, any(), "'infinity'", None),
        case(ColumnType::Timestamp, any(), "'-infinity'", None),
        case(ColumnType::Timestamp, any(), "'294276-12-31 00:00+00'", None),
        case(ColumnType::Timestamp, any(), "'1970-01-01 00:00:01+00'", Some("1000000")),
        case(ColumnType::Timestamp, any(), "'0044-03-15 00:00+00 BC'", Some("-63517824000000000")),
        case(ColumnType::Timestamp, bounded(0, 999_999), "'1970-01-01 00:00:01+00'", None),
        case(ColumnType::Time, bounded(0, 999_999), "'00:00:01'", None),
        case(ColumnType::Time, any(), "'24:00'", Some("86400000000")),
        case(ColumnType::Integer, of(ColumnType::Timestamp), "-9223372036854775807", None),
        case(ColumnType::Integer, of(ColumnType::Timestamp), "253402300800000000", None),
        case(
            ColumnType::Integer,
            of(ColumnType::Timestamp),
            "253402300799999999",
            Some("9999-12-31 23:59:59.999999+00"),
        ),
        case(ColumnType::Integer, of(ColumnType::Time), "86400000000", None),
        case(ColumnType::Integer, bounded(0, 255), "256", None),
        case(ColumnType::Integer, bounded(0, 255), "255", Some("255")),
    ];
    for Converts { from, to, value, becomes } in cases {
        let name = format!("{from:?} {value} to {:?}", to.columns[1].kind);
        let made = || {
            let database = database();
            database.opens(vec![of(from)], Migrate::Apply).unwrap();
            database.runs(&format!("INSERT INTO things (c) VALUES ({value})"));
            database
        };
        let holds =
            |database: &Database| database.texts("SELECT coalesce(c::text, 'nothing') FROM things").remove(0);
        // What assumes something is for a person alone.
        let converted = made();
        let before = converted.dump();
        match (converted.opens(vec![to.clone()], Migrate::Convert), becomes) {
            (Ok(_), Some(becomes)) => assert_eq!(holds(&converted), becomes, "{name}"),
            (Err(told), Some(_)) => assert!(told.contains("to convert it so"), "{name}: {told}"),
            (Ok(_), None) => panic!("{name} became {}", holds(&converted)),
            (Err(told), None) => {
                assert!(told.contains("1 row holds what does not fit"), "{name}: {told}");
                assert_eq!(converted.dump(), before, "{name}");
            }
        }
        for shell in PSQL {
            let database = made();
            let before = database.dump();
            let Err(told) = database.opens(vec![to.clone()], Migrate::Check) else { panic!("{name}") };
            let statements = pasted(&told);
            if statements.is_empty() {
                // It is done without being told.
                assert!(becomes.is_some(), "{name}: {told}");
                continue;
            }
            let said = database.paste_into(shell, &statements);
            match becomes {
                Some(becomes) => {
                    assert_eq!((said.as_str(), holds(&database).as_str()), ("", becomes), "{name}");
                    database.opens(vec![to.clone()], Migrate::Check).map(drop).expect(&name);
                }
                None => {
                    assert_ne!(said, "", "{name}: {told}");
                    assert_eq!(database.dump(), before, "{name} {shell:?}: {said}");
                }
            }
        }
    }
}

/// Others' columns have room for more digits than a decimal has; a column may be called as PL/pgSQL calls a variable.
#[test]
fn a_decimal_of_others_has_no_more_digits_than_one_of_ours() {
    for (value, fits) in [("99999999999999999.99", false), ("NULL", true), ("9999999999999999.99", true)] {
        for shell in PSQL {
            let database = database();
            database.runs(&format!(
                "CREATE TABLE things (id bigserial PRIMARY KEY, found numeric(20, 2));
                 INSERT INTO things (found) VALUES ({value})"
            ));
            let mut ours = of(ColumnType::Decimal { scale: 2 });
            ours.columns[1].name = "found";
            let told = database.opens(vec![ours.clone()], Migrate::Apply).map(drop).unwrap_err();
            assert_eq!(told.contains("1 row holds what does not fit: `id` 1"), !fits, "{told}");
            let said = database.paste_into(shell, &pasted(&told));
            assert_eq!(said.is_empty(), fits, "{said}");
            assert_eq!(database.opens(vec![ours.clone()], Migrate::Check).is_ok(), fits);
            assert_eq!(database.opens(vec![ours], Migrate::Convert).is_ok(), fits);
        }
    }
}

/// What no column of ours holds is told, and never read as something else.
#[test]
fn what_others_have_written_is_not_taken_for_what_it_is_not() {
    for (kind, value) in [
        (ColumnType::Timestamp, "'infinity'"),
        (ColumnType::Timestamp, "'-infinity'"),
        (ColumnType::Date, "'infinity'"),
        (ColumnType::Date, "'-infinity'"),
        (ColumnType::Decimal { scale: 2 }, "'NaN'"),
    ] {
        let database = database();
        let opened = database.opens(vec![of(kind)], Migrate::Apply).unwrap();
        database.runs(&format!("INSERT INTO things (c) VALUES ({value})"));
        let row = wait(read(&*opened.store, 2, one(0, 1)));
        assert!(matches!(row, Err(StoreError::Internal(_))), "{kind:?} {value}: {row:?}");
        wait(async {
            let mut transaction = opened.store.begin().await.unwrap();
            let kept = Kept { width: 1, rows: Rows::new() };
            let row = transaction.run("SELECT c FROM things".to_owned(), vec![], kept).await.map(|k| k.rows);
            assert!(matches!(row, Err(StoreError::Internal(_))), "{kind:?} {value}: {row:?}");
            transaction.roll_back().await.unwrap();
        });
    }
}

/// JSON has no such numbers, and `null` would be another value.
#[test]
fn what_is_no_number_is_not_shown_as_null() {
    for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut shown = Vec::new();
        assert!(f64::write_json(ValueRef::Real(wrong), &Rules::NONE, &mut shown).is_err());
        assert!(f32::write_json(ValueRef::Real(wrong), &Rules::NONE, &mut shown).is_err());
        assert_eq!(shown, b"");
    }
    assert!(f32::write_json(ValueRef::Real(1e300), &Rules::NONE, &mut Vec::new()).is_err());
}

/// What is printed happens whole or not at all, steps of the program's own too.
#[test]
fn what_is_printed_is_safe_to_paste() {
    let step = |text| {
        let mut policy = SchemaPolicy::from(Migrate::Print);
        let sql = Sql { sqlite: "", postgres: text };
        policy.steps = vec![SchemaStep::new("fill", When::Before, StepAction::Sql(sql))];
        policy
    };
    let more = || {
        let mut more = of(ColumnType::Text);
        more.columns.push(TableColumn { nullable: true, ..column("more", ColumnType::Text) });
        more
    };
    for shell in PSQL {
        let database = database();
        database.opens(vec![of(ColumnType::Text)], Migrate::Apply).unwrap();
        let printed = |policy: SchemaPolicy| {
            let told = database.opens(vec![more()], policy).map(drop).unwrap_err();
            let lines = told.lines().filter(|line| line.starts_with("  "));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let whole = printed(step("UPDATE things SET c = 'it''s $crewed1$'; SELECT count(*) FROM things"));
        // Somebody was faster, and made something else of it.
        database.runs("ALTER TABLE things ADD COLUMN more bigint");
        let meanings = || database.texts(r#"SELECT meaning FROM _crewed_schema WHERE "column" = 'more'"#);
        assert_ne!(database.paste_into(shell, &whole), "");
        assert_eq!(meanings(), [""; 0]);
        database.runs("ALTER TABLE things DROP COLUMN more; DELETE FROM _crewed_history");
        let failing = printed(step("UPDATE things SET c = 'x'; UPDATE things SET nothing = 1"));
        assert_ne!(database.paste_into(shell, &failing), "");
        let steps = || database.texts("SELECT step FROM _crewed_history WHERE step IS NOT NULL");
        assert_eq!(steps(), [""; 0]);
        assert_eq!(meanings().len(), 1);
        database.runs("ALTER TABLE things DROP COLUMN more");
        assert_eq!(database.paste_into(shell, &whole), "");
        assert_eq!(steps(), ["fill"]);
        database.opens(vec![more()], Migrate::Check).unwrap();
    }
}

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

/// Where PostgreSQL would not let the type change, that is told before anything is, with what is in the way.
#[test]
fn what_uses_a_column_is_told_before_it_changes() {
    let price = |scale| of(ColumnType::Decimal { scale });
    let function = "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;";
    for (statements, undone, told) in [
        ("CREATE VIEW seen AS SELECT c FROM things", "DROP VIEW seen", "view seen"),
        (
            "CREATE MATERIALIZED VIEW seen AS SELECT id FROM things WHERE c > 1",
            "DROP MATERIALIZED VIEW seen",
            "materialized view seen",
        ),
        (
            "CREATE TABLE log (c numeric); CREATE RULE kept AS ON INSERT TO things DO ALSO INSERT INTO log VALUES (new.c)",
            "DROP RULE kept ON things",
            "rule kept on table things",
        ),
        (
            "ALTER TABLE things ADD COLUMN twice numeric GENERATED ALWAYS AS (c * 2) STORED",
            "ALTER TABLE things DROP COLUMN twice",
            "column twice of table things",
        ),
        (
            &format!(
                "{function} CREATE TRIGGER own BEFORE UPDATE OF c ON things FOR EACH ROW EXECUTE FUNCTION own()"
            ),
            "DROP TRIGGER own ON things",
            "trigger own on table things",
        ),
        (
            &format!(
                "{function} CREATE TRIGGER own BEFORE UPDATE ON things FOR EACH ROW WHEN (new.c > 1) EXECUTE FUNCTION own()"
            ),
            "DROP TRIGGER own ON things",
            "trigger own on table things",
        ),
        (
            "CREATE POLICY own ON things USING (c > 1)",
            "DROP POLICY own ON things",
            "policy own on table things",
        ),
        (
            "CREATE FUNCTION total() RETURNS numeric BEGIN ATOMIC SELECT sum(c) FROM things; END",
            "DROP FUNCTION total()",
            "function total()",
        ),
        ("CREATE TABLE copies (thing things)", "DROP TABLE copies", "column thing of table copies"),
        (
            "CREATE TABLE lists (all_of_them things[])",
            "DROP TABLE lists",
            "column all_of_them of table lists",
        ),
    ] {
        let database = database();
        database.opens(vec![price(2)], Migrate::Apply).unwrap();
        database.runs("INSERT INTO things (c) VALUES (1.50)");
        database.runs(statements);
        let before = database.dump();
        for (migrate, scale) in [(Migrate::Apply, 3), (Migrate::Convert, 3), (Migrate::Convert, 1)] {
            let said = database.opens(vec![price(scale)], migrate).map(drop).unwrap_err();
            let line = format!("column `c`: its type cannot change while it is used by {told}\n");
            assert!(said.contains("(nothing was changed)") && said.contains(&line), "{said}");
            assert_eq!(database.dump(), before);
        }
        // What does not change may be used.
        let mut more = price(2);
        more.columns.push(TableColumn { nullable: true, ..column("more", ColumnType::Text) });
        database.opens(vec![more], Migrate::Apply).map(drop).expect(statements);
        database.runs(undone);
        let opened = database.opens(vec![price(3)], Migrate::Apply).expect(statements);
        assert_eq!(opened.column(&price(3), "c"), [Value::Integer(1500)]);
    }
}

/// What PostgreSQL makes anew with a column is no obstacle, and still there afterwards.
#[test]
fn what_goes_with_a_column_goes_on() {
    let price = |scale| of(ColumnType::Decimal { scale });
    let database = database();
    database.opens(vec![price(2)], Migrate::Apply).unwrap();
    database.runs(
        "INSERT INTO things (c) VALUES (1.50); CREATE INDEX dear ON things (id) WHERE c > 1;
         CREATE INDEX twice ON things ((c * 2)); ALTER TABLE things ADD CONSTRAINT cheap CHECK (c < 9);
         CREATE STATISTICS together ON id, c FROM things",
    );
    let opened = database.opens(vec![price(3)], Migrate::Apply).unwrap();
    assert_eq!(opened.column(&price(3), "c"), [Value::Integer(1500)]);
    let there = database.texts(
        "SELECT relname::text FROM pg_class WHERE relname IN ('dear', 'twice') AND relnamespace = current_schema()::regnamespace
         UNION ALL SELECT conname::text FROM pg_constraint WHERE conname = 'cheap' AND connamespace = current_schema()::regnamespace
         UNION ALL SELECT stxname::text FROM pg_statistic_ext WHERE stxnamespace = current_schema()::regnamespace ORDER BY 1",
    );
    assert_eq!(there, ["cheap", "dear", "together", "twice"]);
}

/// What rows have that are added without a value they have afterwards too, as the former program needs it; where that
/// cannot be, it is told.
#[test]
fn a_default_is_converted_as_values_are() {
    let decimal = |scale| of(ColumnType::Decimal { scale });
    let cases: [(ColumnType, &str, Table, Result<&str, &str>); 12] = [
        (ColumnType::Decimal { scale: 2 }, "1.25", decimal(3), Ok("1.250")),
        (ColumnType::Decimal { scale: 2 }, "1.50", decimal(1), Ok("1.5")),
        (
            ColumnType::Decimal { scale: 2 },
            "1.25",
            decimal(1),
            Err(
                "its DEFAULT 1.25 does not fit, declared a decimal of 1 place\n    it would become something else",
            ),
        ),
        (
            ColumnType::Decimal { scale: 2 },
            "random()",
            decimal(3),
            Err(
                "its DEFAULT random() is computed, and is not converted by itself\n    if rows shall have another one, \
                 or none: ALTER TABLE \"things\" ALTER COLUMN \"c\" DROP DEFAULT",
            ),
        ),
        (ColumnType::Integer, "-7", of(ColumnType::Text), Ok("-7")),
        (ColumnType::Integer, "7", decimal(2), Ok("7.00")),
        (ColumnType::Boolean, "true", of(ColumnType::Integer), Ok("1")),
        (ColumnType::Date, "'2024-02-29'", of(ColumnType::Text), Ok("2024-02-29")),
        (ColumnType::Date, "'infinity'", of(ColumnType::Text), Err("does not fit, declared a text")),
        (ColumnType::Text, "'5'", of(ColumnType::Integer), Ok("5")),
        (ColumnType::Text, "'five'", of(ColumnType::Integer), Err("does not fit, declared an integer")),
        (ColumnType::Integer, "300", bounded(0, 255), Err("does not fit, declared an integer from 0 to 255")),
    ];
    for (from, default, to, outcome) in cases {
        let name = format!("{from:?} {default} to {:?}", to.columns[1].kind);
        let made = || {
            let database = database();
            database.opens(vec![of(from)], Migrate::Apply).unwrap();
            database.runs(&format!("ALTER TABLE things ALTER COLUMN c SET DEFAULT {default}"));
            database
        };
        let added = |database: &Database| {
            database.runs("INSERT INTO things DEFAULT VALUES");
            database.texts("SELECT coalesce(c::text, 'nothing') FROM things").remove(0)
        };
        let database = made();
        match (database.opens(vec![to.clone()], Migrate::Convert), outcome) {
            (Ok(_), Ok(becomes)) => assert_eq!(added(&database), becomes, "{name}"),
            (Err(told), Err(why)) => {
                assert!(told.contains(why), "{name}: {told}");
                let statements = pasted(&told);
                let before = database.dump();
                assert!(statements.is_empty() || !database.paste(&statements).is_empty(), "{name}");
                assert_eq!(database.dump(), before, "{name}");
                database.runs("ALTER TABLE things ALTER COLUMN c DROP DEFAULT");
                database.opens(vec![to], Migrate::Convert).map(drop).expect(&name);
                continue;
            }
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
        let database = made();
        let told = database.opens(vec![to.clone()], Migrate::Check).map(drop).unwrap_err();
        if pasted(&told).is_empty() {
            // It is done without being told.
            database.opens(vec![to], Migrate::Apply).map(drop).expect(&name);
        } else {
            assert_eq!(database.paste(&pasted(&told)), "", "{name}");
        }
        assert_eq!(added(&database), outcome.unwrap(), "{name}");
    }
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

/// How a table is, what is declared, its rows, and what the next key is, where there is one; or why nothing is done.
type Keyed = (String, Table, &'static str, Result<Option<i64>, &'static str>);

/// A key that is another one than declared: what is told makes it so of the rows that are there, or does nothing.
#[test]
fn a_key_that_differs_is_made_as_declared() {
    let of_key = |key: TableColumn| {
        table("things", vec![key, TableColumn { nullable: true, ..column("c", ColumnType::Text) }])
    };
    let plain = |kind| TableColumn { role: Role::Key, ..column("id", kind) };
    let byte = || {
        let shape = Some(Shape::Integer { min: 0, max: 255, format: "" });
        TableColumn { shape, ..plain(ColumnType::Integer) }
    };
    let columns = "id bigint, c text COLLATE \"C\"";
    let refers = "; CREATE TABLE parts (thing bigint REFERENCES things (id))";
    let cases: Vec<Keyed> = vec![
        (format!("CREATE TABLE things ({columns})"), of_key(id()), "(3, 'a'), (5, 'b')", Ok(Some(6))),
        (format!("CREATE TABLE things ({columns})"), of_key(id()), "(-3, 'a')", Ok(Some(1))),
        (format!("CREATE TABLE things ({columns})"), of_key(id()), "(3, 'a'), (3, 'b')", Err("duplicated")),
        (format!("CREATE TABLE things ({columns})"), of_key(id()), "(NULL, 'a')", Err("null values")),
        (format!("CREATE TABLE things ({columns}, PRIMARY KEY (c))"), of_key(id()), "(3, 'a')", Ok(Some(4))),
        (
            format!("CREATE TABLE things ({columns}, PRIMARY KEY (c, id))"),
            of_key(id()),
            "(3, 'a')",
            Ok(Some(4)),
        ),
        (
            format!("CREATE TABLE things ({columns}, UNIQUE (id), PRIMARY KEY (c)){refers}"),
            of_key(id()),
            "(3, 'a')",
            Ok(Some(4)),
        ),
        (
            format!(
                "CREATE TABLE things ({columns}, UNIQUE (id), CONSTRAINT \"a \"\" key\" PRIMARY KEY (c));
                 CREATE TABLE parts (thing text COLLATE \"C\" REFERENCES things)"
            ),
            of_key(id()),
            "(3, 'a')",
            Err("other objects depend on it"),
        ),
        (
            format!("CREATE TABLE things (id serial PRIMARY KEY, c text COLLATE \"C\"){refers}"),
            of_key(id()),
            "(3, 'a')",
            Ok(None),
        ),
        (
            "CREATE TABLE things (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, c text COLLATE \"C\")"
                .to_owned(),
            of_key(id()),
            "(3, 'a')",
            Ok(None),
        ),
        (
            "CREATE TABLE things (id bigserial PRIMARY KEY, c text COLLATE \"C\")".to_owned(),
            of_key(plain(ColumnType::Integer)),
            "(3, 'a')",
            Ok(None),
        ),
        (
            "CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, c text COLLATE \"C\")"
                .to_owned(),
            of_key(plain(ColumnType::Integer)),
            "(3, 'a')",
            Ok(None),
        ),
        (
            format!("CREATE TABLE things ({columns})"),
            of_key(byte()),
            "(256, 'a')",
            Err("id: rows hold what does not fit"),
        ),
        (format!("CREATE TABLE things ({columns})"), of_key(byte()), "(255, 'a')", Ok(None)),
        (
            "CREATE TABLE things (id text PRIMARY KEY, c text COLLATE \"C\")".to_owned(),
            of_key(plain(ColumnType::Text)),
            "('x', 'a')",
            Ok(None),
        ),
        (
            "CREATE TABLE things (id text PRIMARY KEY, c text COLLATE \"C\")".to_owned(),
            of_key(id()),
            "('3', 'a')",
            Ok(Some(4)),
        ),
        (
            "CREATE TABLE things (id text PRIMARY KEY, c text COLLATE \"C\")".to_owned(),
            of_key(id()),
            "('three', 'a')",
            Err("id: rows hold what does not fit"),
        ),
        (
            "CREATE TABLE things (id bigserial PRIMARY KEY, n text, c text COLLATE \"C\"
             GENERATED ALWAYS AS (n) STORED)"
                .to_owned(),
            of_key(id()),
            "",
            Ok(None),
        ),
    ];
    for (made, declared, rows, outcome) in cases {
        for shell in PSQL {
            let database = database();
            database.runs(&made);
            match rows {
                "" => database.runs("INSERT INTO things (n) VALUES ('a')"),
                rows => database
                    .runs(&format!("INSERT INTO things (id, c) OVERRIDING SYSTEM VALUE VALUES {rows}")),
            }
            let before = database.dump();
            let told = database.opens(vec![declared.clone()], Migrate::Convert).map(drop).unwrap_err();
            assert!(told.contains("to make the table as declared of what it holds"), "{made}: {told}");
            let said = database.paste_into(shell, &pasted(&told));
            match outcome {
                Err(why) => {
                    assert!(said.contains(why), "{made} {rows}: {said}");
                    assert_eq!(database.dump(), before, "{made} {rows}: {said}");
                }
                Ok(next) => {
                    assert_eq!(said, "", "{made} {rows}:\n{}", pasted(&told));
                    let values = "SELECT string_agg(c, ',' ORDER BY c) FROM things";
                    let kept = database.texts(values);
                    let opened = database.opens(vec![declared.clone()], Migrate::Apply).expect(&made);
                    if let Some(next) = next {
                        assert_eq!(opened.inserts(&declared), Value::Integer(next), "{made}");
                    }
                    drop(opened);
                    assert!(kept[0].starts_with('a'), "{made}: {kept:?}");
                    database.opens(vec![declared.clone()], Migrate::Check).map(drop).expect(&made);
                }
            }
        }
    }
    // A sequence of the column's own goes with it.
    let database = database();
    database.runs("CREATE TABLE things (id serial PRIMARY KEY, c text COLLATE \"C\")");
    let told = database.opens(vec![of_key(id())], Migrate::Apply).map(drop).unwrap_err();
    assert_eq!(database.paste(&pasted(&told)), "");
    database.runs("SELECT setval('things_id_seq', 4000000000)");
    let opened = database.opens(vec![of_key(id())], Migrate::Apply).unwrap();
    assert_eq!(opened.inserts(&of_key(id())), Value::Integer(4_000_000_001));
}

/// What is made anew with a column goes on while its values are of one kind; of another kind it may mean nothing, and
/// that is told before anything is.
#[test]
fn what_compares_values_is_told_where_they_become_others() {
    let day = || of(ColumnType::Date);
    for (statements, undone, told) in [
        (
            "ALTER TABLE things ADD CONSTRAINT late CHECK (c > '2000-01-01')",
            "ALTER TABLE things DROP CONSTRAINT late",
            "constraint late on table things",
        ),
        ("CREATE INDEX late ON things (id) WHERE c > '2000-01-01'", "DROP INDEX late", "index late"),
        ("CREATE INDEX late ON things ((c - 1))", "DROP INDEX late", "index late"),
        (
            "CREATE TABLE days (day date PRIMARY KEY);
             ALTER TABLE things ADD CONSTRAINT known FOREIGN KEY (c) REFERENCES days",
            "ALTER TABLE things DROP CONSTRAINT known",
            "constraint known on table things",
        ),
    ] {
        let database = database();
        database.opens(vec![day()], Migrate::Apply).unwrap();
        database.runs(statements);
        let before = database.dump();
        let said = database.opens(vec![of(ColumnType::Text)], Migrate::Convert).map(drop).unwrap_err();
        let line = format!("column `c`: its type cannot change while it is used by {told}\n");
        assert!(said.contains("(nothing was changed)") && said.contains(&line), "{said}");
        assert_eq!(database.dump(), before);
        database.runs(undone);
        database.opens(vec![of(ColumnType::Text)], Migrate::Convert).map(drop).expect(told);
    }
}

/// Where the values of a key do not become those of the declared one, that is said.
#[test]
fn a_key_that_no_statement_makes_is_told_so() {
    let database = database();
    database.runs("CREATE TABLE things (id bytea PRIMARY KEY, c text COLLATE \"C\")");
    let told = database.opens(vec![of(ColumnType::Text)], Migrate::Convert).map(drop).unwrap_err();
    assert!(told.contains("column `id`: is bytea PRIMARY KEY, declared bigint"), "{told}");
    assert!(told.contains("no statement makes it so of what it holds"), "{told}");
    assert_eq!(pasted(&told), "");
    database.runs("DROP TABLE things; CREATE TABLE things (id int PRIMARY KEY, c text COLLATE \"C\")");
    database.runs("CREATE VIEW seen AS SELECT id FROM things");
    let told = database.opens(vec![of(ColumnType::Text)], Migrate::Convert).map(drop).unwrap_err();
    assert!(told.contains("column `id`: its type cannot change while it is used by view seen"), "{told}");
}
