//! Columns of PostgreSQL that change while something uses them.

use super::alter::{database, of};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::value::Value;

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
