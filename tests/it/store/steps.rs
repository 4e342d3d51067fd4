//! Steps of a program's own: run once in each database, in the transaction that changes its tables.

use super::database::{Database, printed};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Table, TableColumn};
use crewed::__internals::store::{Migrate, SchemaPolicy, SchemaStep, Sql, StepAction, When};
use crewed::value::Value;

/// A step that says the same to both engines.
fn step(name: &str, when: When, text: &'static str) -> SchemaStep {
    SchemaStep::new(name, when, StepAction::Sql(Sql { sqlite: text, postgres: text }))
}

fn with(migrate: Migrate, steps: &[SchemaStep]) -> SchemaPolicy {
    let mut policy = SchemaPolicy::from(migrate);
    policy.steps = steps.to_vec();
    policy
}

/// Heroes that must have an age.
fn aged() -> Table {
    let mut aged = heroes();
    aged.columns[2].nullable = false;
    aged
}

fn named(database: &Database) -> Vec<String> {
    let tables = database.texts("SELECT step FROM _crewed_history WHERE step IS NOT NULL ORDER BY id");
    assert_eq!(tables.len(), tables.iter().collect::<std::collections::BTreeSet<_>>().len());
    tables
}

fn made() -> [Database; 2] {
    let databases = Database::each();
    for database in &databases {
        let opened = database.opens(vec![heroes()], Migrate::Apply).unwrap();
        for name in ["a", "b"] {
            wait(write(&*opened.store, 3, hero(name))).unwrap();
        }
    }
    databases
}

/// The rows that stand in the way of a change are put right before it, and what is new is filled after it.
#[test]
fn steps_are_run_once_before_and_after_the_change() {
    let steps = [
        step(
            "fill ages",
            When::Before,
            "UPDATE heroes SET age = 1; UPDATE heroes SET age = age + 1;; -- twice",
        ),
        step("fill titles", When::After, "UPDATE heroes SET title = 'Dr ' || name"),
        step("nothing", When::After, ""),
    ];
    let declared = || {
        let mut declared = aged();
        declared.columns.push(TableColumn { nullable: true, ..column("title", ColumnType::Text) });
        declared.visible.push(4);
        declared
    };
    for database in made() {
        // Without the step the rows stand in the way.
        let told = database.opens(vec![declared()], Migrate::Convert).map(drop).unwrap_err();
        assert!(told.contains("2 rows hold NULL: `id` 1, 2"), "{told}");
        let opened = database.opens(vec![declared()], with(Migrate::Convert, &steps)).unwrap();
        assert_eq!(
            opened.changes,
            [
                "step `fill ages`: run",
                "column `age` of table `heroes`: required now",
                "new column `title` of table `heroes`",
                "step `fill titles`: run",
                "step `nothing`: run",
            ]
        );
        assert_eq!(opened.column(&declared(), "age"), [Value::Integer(2), Value::Integer(2)]);
        assert_eq!(opened.column(&declared(), "title"), [cell("Dr a").0, cell("Dr b").0]);
        drop(opened);
        let opened = database.opens(vec![declared()], with(Migrate::Convert, &steps)).unwrap();
        assert_eq!(opened.changes, [""; 0]);
        assert_eq!(opened.column(&declared(), "age"), [Value::Integer(2), Value::Integer(2)]);
        assert_eq!(named(&database), ["fill ages", "fill titles", "nothing"]);
        // What is gone from the program is fine; what says something else is told, and not run.
        let other = [step("fill ages", When::Before, "DELETE FROM heroes")];
        for migrate in [Migrate::Apply, Migrate::Check] {
            let opened = database.opens(vec![declared()], with(migrate, &other)).unwrap();
            assert_eq!(opened.changes, [""; 0]);
            assert!(
                opened
                    .notes
                    .iter()
                    .any(|note| note.contains("the step `fill ages` was run with another text"))
            );
            assert_eq!(opened.column(&declared(), "name").len(), 2);
        }
    }
}

/// Steps change what is there; where nothing is there they are noted, so that they are not run later.
#[test]
fn a_new_database_notes_steps_and_runs_none() {
    let steps = [step("seed", When::After, "INSERT INTO heroes (name, secret) VALUES ('x', 'y')")];
    for database in Database::each() {
        let opened = database.opens(vec![heroes()], with(Migrate::Apply, &steps)).unwrap();
        assert_eq!(opened.changes.last().unwrap(), "step `seed`: noted and not run, as the database is new");
        assert_eq!(opened.column(&heroes(), "name"), []);
        drop(opened);
        let opened = database.opens(vec![heroes()], with(Migrate::Apply, &steps)).unwrap();
        assert_eq!((opened.column(&heroes(), "name").len(), opened.changes.len()), (0, 0));
        assert_eq!(named(&database), ["seed"]);
    }
}

/// Whatever goes wrong, nothing has happened: no step, and no change.
#[test]
fn what_fails_leaves_everything_as_it_was() {
    let ends = "is run in a transaction that is none of its own";
    let fill = || step("fill", When::Before, "UPDATE heroes SET age = 1");
    let nobody = "UPDATE heroes SET age = 1; UPDATE nobody SET x = 1";
    let cases: Vec<(Vec<SchemaStep>, &str)> = vec![
        (vec![step("bad", When::Before, nobody)], "the step `bad` failed: "),
        (vec![fill(), step("bad", When::After, nobody)], "the step `bad` failed: "),
        (vec![step("ends", When::Before, "UPDATE heroes SET age = 1; COMMIT")], ends),
        (vec![fill(), step("ends", When::After, "UPDATE heroes SET age = 1; rollback; SELECT 1")], ends),
        (
            vec![step("twice", When::Before, ""), step("twice", When::After, "")],
            "the step `twice`: is declared twice",
        ),
        // The rows are still in the way.
        (
            vec![step("little", When::Before, "UPDATE heroes SET age = 1 WHERE id = 1")],
            "1 row holds NULL: `id` 2",
        ),
    ];
    for database in made() {
        let before = database.dump();
        for (steps, told) in &cases {
            let mut declared = aged();
            declared.columns.push(TableColumn { nullable: true, ..column("title", ColumnType::Text) });
            let said = database.opens(vec![declared], with(Migrate::Convert, steps)).map(drop).unwrap_err();
            assert!(said.contains(told), "{said}");
            assert_eq!(database.dump(), before, "{said}");
        }
    }
}

#[test]
fn steps_that_are_due_are_printed_and_checked() {
    let steps = [
        step("fill ages", When::Before, "UPDATE heroes SET age = 1"),
        step("fill more", When::After, "UPDATE heroes SET age = age + 1;"),
    ];
    for database in made() {
        let before = database.dump();
        let told = database.opens(vec![heroes()], with(Migrate::Check, &steps)).map(drop).unwrap_err();
        assert!(told.contains("step `fill ages`") && told.contains("step `fill more`"), "{told}");
        let told = database.opens(vec![heroes()], with(Migrate::Print, &steps)).map(drop).unwrap_err();
        assert_eq!(database.dump(), before);
        let statements = printed(&told);
        assert_eq!(database.paste(&statements), "", "{statements}");
        let opened = database.opens(vec![heroes()], with(Migrate::Check, &steps)).unwrap();
        assert_eq!(opened.column(&heroes(), "age"), [Value::Integer(2), Value::Integer(2)]);
    }
}

/// A step is run as any statement is: rows that refer to others go with them, or keep them; a table that is made anew
/// takes nobody with it.
#[test]
fn references_are_kept_while_steps_are_run() {
    let steps = [step("clean", When::Before, "DELETE FROM heroes WHERE name = 'a'")];
    for database in made() {
        database.runs(
            "CREATE TABLE pets (name text, hero bigint REFERENCES heroes (id) ON DELETE CASCADE);
             INSERT INTO pets VALUES ('p', 1), ('q', 2)",
        );
        let opened = database.opens(vec![heroes()], with(Migrate::Apply, &steps)).unwrap();
        assert_eq!(opened.changes, ["step `clean`: run"]);
        assert_eq!(database.texts("SELECT name FROM pets"), ["q"]);
        drop(opened);
        // Only now a table is to be made anew on SQLite, and rows would be left that refer to none.
        let steps = [
            step("more", When::Before, "UPDATE heroes SET age = 3"),
            step("all", When::After, "DELETE FROM heroes"),
        ];
        let opened = database.opens(vec![aged()], with(Migrate::Convert, &steps));
        match &database {
            Database::Sqlite(_) | Database::At(_) => {
                assert!(
                    opened
                        .unwrap_err()
                        .contains("would have rows in the table `pets` that refer to rows that do not exist")
                )
            }
            Database::Postgres(_) => assert_eq!(opened.unwrap().column(&aged(), "name"), []),
        }
    }
}
