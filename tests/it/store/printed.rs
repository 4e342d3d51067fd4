//! What `migrate = "print"` tells is all that it takes, and whatever of it is pasted leaves every value what it is.

use std::sync::Arc;

use super::changes::things;
use super::database::{Database, printed};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::{Migrate, SchemaPolicy, SchemaStep, Sql, StepAction, When};
use crewed::__internals::wire::UnitEnumMeta;
use crewed::value::Value;

const STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live"]);
const MORE_STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live", "gone"]);

fn of<'a>(table: &'a mut Table, name: &str) -> &'a mut TableColumn {
    table.columns.iter_mut().find(|column| column.name == name).unwrap()
}

/// `price` by another name and with another scale.
fn renamed() -> Table {
    let mut table = things();
    let price = of(&mut table, "price");
    (price.name, price.was, price.kind) = ("cost", Some("price"), ColumnType::Decimal { scale: 3 });
    table
}

fn goes_on(database: &Database) {
    if let Database::Sqlite(_) = database {
        let told = database.opens(vec![renamed()], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("holds a decimal of 2 places, declared a decimal of 3 places"), "{told}");
    }
    let opened = database.opens(vec![renamed()], Migrate::Convert).unwrap();
    assert_eq!(opened.column(&renamed(), "cost"), [1500, 1600, 1700].map(Value::Integer));
    drop(opened);
    database.opens(vec![renamed()], Migrate::Check).map(drop).unwrap();
    let kept = r#"SELECT "column" FROM _crewed_schema WHERE "column" IN ('price', 'cost')"#;
    assert_eq!(database.texts(kept), ["cost"]);
}

/// A rename alone takes along what the column means, though another change of it has still to be made.
#[test]
fn a_rename_that_is_printed_brings_its_meaning() {
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        let told = database.opens(vec![renamed()], Migrate::Print).map(drop).unwrap_err();
        assert_eq!(database.paste(&printed(&told)), "", "{told}");
        goes_on(&database);
    }
}

/// And so does one that somebody has made by hand.
#[test]
fn a_rename_by_hand_brings_its_meaning() {
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        database.runs("ALTER TABLE things RENAME COLUMN price TO cost");
        goes_on(&database);
    }
}

/// Of one table the rows change, of another only what they mean.
#[test]
fn what_only_means_more_is_printed_as_well() {
    let states = |states| {
        let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
        table("states", vec![id, column("state", ColumnType::UnitEnum(states))])
    };
    for database in Database::fixtures("things") {
        database.opens(vec![things(), states(STATES)], Migrate::Apply).unwrap();
        let mut changed = things();
        of(&mut changed, "small").nullable = true;
        let changed = vec![changed, states(MORE_STATES)];
        let told = database.opens(changed.clone(), Migrate::Print).map(drop).unwrap_err();
        assert_eq!(database.paste(&printed(&told)), "", "{told}");
        database.opens(changed, Migrate::Check).map(drop).unwrap();
    }
}

fn with(migrate: Migrate, steps: Vec<SchemaStep>) -> SchemaPolicy {
    let mut policy = SchemaPolicy::from(migrate);
    policy.steps = steps;
    policy
}

fn step(name: &str, text: &'static str) -> SchemaStep {
    SchemaStep::new(name, When::Before, StepAction::Sql(Sql { sqlite: text, postgres: text }))
}

fn made() -> [Database; 2] {
    let databases = Database::each();
    for database in &databases {
        let opened = database.opens(vec![heroes()], Migrate::Apply).unwrap();
        wait(write(&*opened.store, 3, hero("a"))).unwrap();
        database.runs("CREATE TABLE pets (hero bigint REFERENCES heroes (id)); INSERT INTO pets VALUES (1)");
    }
    databases
}

/// A step that fails is not noted, and nothing of it is kept, however the shell goes on.
#[test]
fn a_step_that_fails_when_it_is_pasted_is_not_noted() {
    for text in [
        "UPDATE heroes SET age = 1; UPDATE nobody SET x = 1",
        "UPDATE heroes SET age = 1;\nUPDATE heroes SET name = NULL;\nUPDATE heroes SET age = 2",
        "UPDATE heroes SET age = 1; DELETE FROM heroes",
        "UPDATE heroes SET; UPDATE heroes SET age = 1",
    ] {
        for database in made() {
            let policy =
                with(Migrate::Print, vec![step("bad", text), step("good", "UPDATE heroes SET secret = 'x'")]);
            let told = database.opens(vec![heroes()], policy).map(drop).unwrap_err();
            for savepoints in [false, true] {
                let before = match (&database, savepoints) {
                    (Database::Postgres(_), true) => "\\set ON_ERROR_ROLLBACK on\n",
                    _ => "",
                };
                assert_ne!(database.paste(&format!("{before}{}", printed(&told))), "");
                let steps = "SELECT step FROM _crewed_history WHERE step IS NOT NULL";
                assert_eq!(database.texts(steps), ["good"], "{text}");
                let rows = "SELECT name || secret || coalesce(CAST(age AS text), '') FROM heroes";
                assert_eq!(database.texts(rows), ["ax"], "{text}");
                database.runs("DELETE FROM _crewed_history WHERE step IS NOT NULL");
            }
        }
    }
}

/// Lines, comments and texts of several lines are what they were.
#[test]
fn a_step_of_several_lines_can_be_pasted() {
    let text = "-- first\nUPDATE heroes SET age = 1 -- one; two\n; UPDATE heroes\nSET secret = 'a;\n-- $crewed$ $step$ b' -- last";
    for database in made() {
        let steps = || vec![step("it's", text), step("nothing", " -- at all")];
        let told = database.opens(vec![heroes()], with(Migrate::Print, steps())).map(drop).unwrap_err();
        assert_eq!(database.paste(&printed(&told)), "", "{told}");
        let rows = "SELECT secret || CAST(age AS text) FROM heroes";
        assert_eq!(database.texts(rows), ["a;\n-- $crewed$ $step$ b1"]);
        database.opens(vec![heroes()], with(Migrate::Check, steps())).map(drop).unwrap();
    }
}

/// What only the program can do is told, and the program does not go on without it.
#[test]
fn a_step_that_is_code_is_printed() {
    let code = SchemaStep::new(
        "fill in",
        When::After,
        StepAction::Run(Arc::new(|transaction| Box::pin(async move { (Some(transaction), Ok(())) }))),
    );
    for database in made() {
        let told =
            database.opens(vec![heroes()], with(Migrate::Print, vec![code.clone()])).map(drop).unwrap_err();
        assert!(told.contains("\n  -- the step `fill in` is code: the program runs it"), "{told}");
        assert_eq!(database.paste(&printed(&told)), "");
        database.opens(vec![heroes()], Migrate::Print).map(drop).unwrap();
    }
}
