//! Both engines answer alike where a column becomes one of another type, for every pair of types.

use super::database::{Database, Opened};
use super::harness::*;
use super::types::kinds;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::{Action, Migrate};
use crewed::value::Value;

const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

/// A table with a column of each of these types.
fn declared(kinds: impl IntoIterator<Item = ColumnType>) -> Table {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let columns =
        NAMES.iter().zip(kinds).map(|(name, kind)| TableColumn { nullable: true, ..column(name, kind) });
    table("t", [id].into_iter().chain(columns).collect())
}

/// Values of a type, those among them that are values of others too, and nothing.
fn values(kind: ColumnType, known: Vec<Value>) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::Text((*text).to_owned())).collect();
    let more: Vec<Value> = match kind {
        ColumnType::Text => texts(&[
            "12",
            "-0",
            "2024-02-29",
            "2023-02-29",
            "draft",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
            "6ba7b8109dad11d180b400c04fd430c8",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c",
            "6ba7b810-9dad-11d1-80b4-00c04fd430cx",
            "{}",
        ]),
        ColumnType::Bytes => vec![Value::Blob(vec![7; 16])],
        ColumnType::Decimal { .. } => {
            let cents = [5, -5, 100, 123_456, 999_999_999_999_999_999, -999_999_999_999_999_999];
            return cents.into_iter().map(Value::Integer).chain([Value::Null]).collect();
        }
        _ => Vec::new(),
    };
    known.into_iter().chain(more).chain([Value::Null]).collect()
}

/// A database with such a column for each type that it might become, each with one of these values in a row.
fn fill(database: &Database, kind: ColumnType, values: &[Value]) {
    let opened = database.opens(vec![declared([kind; 12])], Migrate::Apply).unwrap();
    for value in values {
        let row = (1..13).map(|column| (column, value.clone())).collect();
        wait(write(&*opened.store, 13, action(0, Action::Insert { values: row }))).unwrap();
    }
}

/// Of each column what is told, in words that are those of no engine.
fn told(opened: &Result<Opened, String>) -> Vec<String> {
    let Err(told) = opened else { return vec!["done".to_owned(); 12] };
    let of = |name: &&str| {
        let begin = format!("  table `t`, column `{name}`: ");
        let mut said = Vec::new();
        let mut lines = told.lines().skip_while(|line| !line.starts_with(&begin));
        if lines.next().is_some() {
            for line in
                lines.take_while(|line| line.starts_with("    ") && !line.starts_with("     ")).map(str::trim)
            {
                let line = line.split_once(" what does not fit").map_or(line, |(count, _)| count);
                if line.starts_with('(') || line.ends_with("holds") || line.ends_with("hold") {
                    said.push(line.to_owned());
                }
            }
            if said.is_empty() {
                said.push("stops".to_owned());
            }
        }
        if said.is_empty() { "done".to_owned() } else { said.join(", ") }
    };
    NAMES.iter().map(of).collect()
}

#[test]
fn every_pair_of_types_is_answered_alike() {
    in_parallel(&kinds(), |(from, known)| {
        let (from, values) = (*from, values(*from, known.clone()));
        let all: Vec<ColumnType> = kinds().into_iter().map(|(kind, _)| kind).collect();
        let said = Database::each().map(|database| {
            fill(&database, from, &values);
            told(&database.opens(vec![declared(all.clone())], Migrate::Convert))
        });
        let said = said.map(|mut said| {
            // PostgreSQL can ask that of a text from version 16 on, and of older ones nothing is asked.
            if let ColumnType::Text = from {
                said[11] = "told by neither count".to_owned();
            }
            said
        });
        let pairs: Vec<String> = all.iter().map(|to| format!("{from:?} to {to:?}")).collect();
        let named = |said: &[String]| -> Vec<String> {
            pairs.iter().zip(said).map(|(pair, said)| format!("{pair}: {said}")).collect()
        };
        assert_eq!(named(&said[0]), named(&said[1]));
        // Each value by itself becomes the same, or nothing on either.
        in_parallel(&values, |value| {
            let became = Database::each().map(|database| {
                fill(&database, from, std::slice::from_ref(value));
                let said = told(&database.opens(vec![declared(all.clone())], Migrate::Convert));
                // What can be done is done without the others.
                let done = all.iter().zip(&said).map(|(to, said)| if said == "done" { *to } else { from });
                let done = declared(done);
                let opened = database.opens(vec![done.clone()], Migrate::Convert).unwrap();
                NAMES.iter().map(|name| format!("{:?}", opened.column(&done, name))).collect::<Vec<_>>()
            });
            assert_eq!(named(&became[0]), named(&became[1]), "{value:?}");
        });
    });
}
