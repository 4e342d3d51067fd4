//! Columns of PostgreSQL that change: what becomes of their values and of their DEFAULTs.

use super::database::{Database, PSQL, pasted};
use super::harness::*;
use crewed::__internals::resource::{Column, ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::{Migrate, SchemaPolicy, SchemaStep, Sql, StepAction, StoreError, When};
use crewed::__internals::wire::{Constraints, Shape};
use crewed::value::ValueRef;

pub(super) fn database() -> Database {
    Database::Postgres(format!("{}%20-ctimezone%3DUTC", postgres_schema()))
}

pub(super) fn id() -> TableColumn {
    TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) }
}

/// `things (id, c)`, where `c` may be nothing.
pub(super) fn of(kind: ColumnType) -> Table {
    table("things", vec![id(), TableColumn { nullable: true, ..column("c", kind) }])
}

pub(super) fn bounded(min: i64, max: i64) -> Table {
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
    in_parallel(&cases, |Converts { from, to, value, becomes }| {
        let (from, becomes) = (*from, *becomes);
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
    });
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
        assert!(f64::write_json(ValueRef::Real(wrong), &Constraints::NONE, &mut shown).is_err());
        assert!(f32::write_json(ValueRef::Real(wrong), &Constraints::NONE, &mut shown).is_err());
        assert_eq!(shown, b"");
    }
    assert!(f32::write_json(ValueRef::Real(1e300), &Constraints::NONE, &mut Vec::new()).is_err());
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
    in_parallel(&cases, |(from, default, to, outcome)| {
        let (from, outcome) = (*from, *outcome);
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
                database.opens(vec![to.clone()], Migrate::Convert).map(drop).expect(&name);
                return;
            }
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
        let database = made();
        let told = database.opens(vec![to.clone()], Migrate::Check).map(drop).unwrap_err();
        if pasted(&told).is_empty() {
            // It is done without being told.
            database.opens(vec![to.clone()], Migrate::Apply).map(drop).expect(&name);
        } else {
            assert_eq!(database.paste(&pasted(&told)), "", "{name}");
        }
        assert_eq!(added(&database), outcome.unwrap(), "{name}");
    });
}
