//! What else may happen while a schema is changed: another program starts, or this one is killed.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::changes::things;
use super::database::Database;
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::value::Value;

/// Its scale, its keys and its columns are others.
fn changed() -> Table {
    let mut table = things();
    for column in &mut table.columns {
        match column.name {
            "price" => column.kind = ColumnType::Decimal { scale: 3 },
            "small" => column.nullable = true,
            "count" => column.nullable = false,
            _ => {}
        }
    }
    table.columns.push(TableColumn { role: Role::CreatedAt, ..column("made_at", ColumnType::Timestamp) });
    table.visible.push(18);
    table
}

/// One changes, and the other goes on with what it knows or refuses.
#[test]
fn two_programs_of_different_declarations_start_at_once() {
    for _ in 0..4 {
        for database in Database::fixtures("things") {
            database.opens(vec![things()], Migrate::Apply).unwrap();
            let start = std::sync::Barrier::new(3);
            let (former, new, newer) = std::thread::scope(|scope| {
                let open = |table: Table, migrate| {
                    let (start, database) = (&start, &database);
                    scope.spawn(move || {
                        start.wait();
                        database.opens(vec![table], migrate).map(|opened| opened.changes)
                    })
                };
                let former = open(things(), Migrate::Apply);
                let (new, newer) = (open(changed(), Migrate::Convert), open(changed(), Migrate::Convert));
                (former.join().unwrap(), new.join().unwrap(), newer.join().unwrap())
            });
            // One of the two did it, and the other found it done.
            let done = [new.unwrap().len(), newer.unwrap().len()];
            assert!(
                done.contains(&0) && done.iter().any(|changes| *changes >= 4),
                "{done:?} on {database:?}"
            );
            if let Err(told) = former {
                assert!(told.contains("does not fit the declaration (nothing was changed)"), "{told}");
            }
            let opened = database.opens(vec![changed()], Migrate::Check).unwrap();
            assert_eq!(opened.column(&changed(), "price"), [1500, 1600, 1700].map(Value::Integer));
            assert_eq!(opened.inserts(&changed()), Value::Integer(5));
        }
    }
}

const CHILD: &str = "CREWED_TEST_KILLED";
const ROWS: i64 = 60_000;

/// Before the kill or after it, but nothing between.
#[test]
fn a_kill_leaves_the_former_or_the_new() {
    if let Ok(database) = std::env::var(CHILD) {
        // The one that is killed.
        let database = match database.strip_prefix("sqlite:") {
            Some(folder) => Database::At(folder.into()),
            None => Database::Postgres(database),
        };
        database.opens(vec![changed()], Migrate::Convert).unwrap();
        return;
    }
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        let own = database.add_own();
        database.runs(&format!(
            "INSERT INTO things (label, tag, small, large, flag, ratio, price, state, level, data, ident, moment, day, hour,
             doc, note, count) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS})
             SELECT 'n' || n, tag, small, large, flag, ratio, price, state, level, data, ident, moment, day, hour, doc,
             note, count FROM n, things WHERE id = 1"
        ));
        let state = || {
            let counted = "SELECT CAST(count(*) AS text) || ' ' || CAST(sum(price) AS text) FROM things";
            let kept = r#"SELECT meaning FROM _crewed_schema WHERE "column" = 'price'"#;
            (database.texts(counted).remove(0), database.texts(kept).remove(0))
        };
        let former = state();
        let mut seen = 0;
        for wait in 1..40 {
            let at = match &database {
                Database::Postgres(url) => url.clone(),
                sqlite => format!("sqlite:{}", sqlite.file().parent().unwrap().display()),
            };
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "store::overtaken::a_kill_leaves_the_former_or_the_new"])
                .env(CHILD, at)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(25 * wait));
            let ended = child.try_wait().unwrap().is_some();
            child.kill().unwrap();
            child.wait().unwrap();
            let now = state();
            if now == former {
                assert!(!ended, "it ended, and changed nothing");
                seen += 1;
                continue;
            }
            assert!(now.1.contains(r#""scale":3"#), "{now:?}");
            let count = now.0.split_once(' ').unwrap().0;
            assert_eq!(count, (ROWS + 3).to_string());
            break;
        }
        assert!(seen > 0, "nothing was killed in time");
        let opened = database.opens(vec![changed()], Migrate::Convert).unwrap();
        assert_eq!(opened.column(&changed(), "price")[..3], [1500, 1600, 1700].map(Value::Integer));
        drop(opened);
        database.opens(vec![changed()], Migrate::Check).map(drop).unwrap();
        assert_eq!(database.texts("SELECT CAST(thing AS text) FROM parts"), ["3"]);
        drop(own);
    }
}
