//! `crewed check`: what a change of the declaration breaks, for clients that were written before it and for rows that
//! are stored already.
//!
//! A snapshot has the documents and the tables of a program, as it describes itself. Two snapshots are compared member
//! by member, and each difference is classified: a client that followed the old document must be served as before.

mod documents;
mod schemas;
mod tables;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value as Json, json};

use crate::arguments::Check;
use crate::ask;
use crate::failure::{Failure, While};
use crate::terminal;

/// What a difference does to old clients, or to stored rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Nothing.
    Compatible,
    /// It depends on what clients do with it.
    Unknown,
    /// Some of them fail.
    Breaking,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Compatible => "compatible",
            Class::Unknown => "unknown",
            Class::Breaking => "breaking",
        })
    }
}

/// A difference between two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) class: Class,
    /// What kind of difference it is, such as `member-removed`.
    pub(crate) kind: &'static str,
    /// Where it is, such as `POST /users request nickname`.
    pub(crate) at: String,
    /// What it is, for a person.
    pub(crate) message: String,
}

impl Change {
    /// The name under which it can be allowed.
    pub(crate) fn id(&self) -> String {
        format!("{}@{}", self.kind, self.at)
    }
}

/// The differences that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, class: Class, kind: &'static str, at: &str, message: impl Into<String>) {
        self.0.push(Change { class, kind, at: at.to_owned(), message: message.into() });
    }

    /// Adds one of two differences where something is so now and was not, or was and is not any more.
    fn turned(&mut self, (was, is): (bool, bool), at: &str, on: Turn, off: Turn) {
        let Turn(class, kind, message) = match (was, is) {
            (false, true) => on,
            (true, false) => off,
            _ => return,
        };
        self.add(class, kind, at, message);
    }
}

/// The class, the kind and the message of a difference.
struct Turn(Class, &'static str, &'static str);

/// The items of a list.
fn list(all: &Json) -> impl Iterator<Item = &Json> {
    all.as_array().into_iter().flatten()
}

/// The members of an object.
fn members(object: &Json) -> impl Iterator<Item = (&String, &Json)> {
    object.as_object().into_iter().flatten()
}

/// Compares two snapshots.
pub(crate) fn compare(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Changes::default();
    documents::compare(&old["documents"], &new["documents"], &mut changes);
    tables::compare(&old["tables"], &new["tables"], &mut changes);
    let mut all = changes.0;
    // A parameter that stands in several documents, for example, is told once.
    all.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.at.cmp(&b.at)).then_with(|| a.kind.cmp(b.kind)));
    all.dedup();
    all
}

/// The class and the id of each change between two snapshots.
#[must_use]
pub fn classified(old: &Json, new: &Json) -> Vec<(String, String)> {
    compare(old, new).iter().map(|change| (change.class.to_string(), change.id())).collect()
}

pub(crate) fn run(check: &Check) -> Result<ExitCode, Failure> {
    // What is compared with is read first: a build takes longer.
    let old = check.against.as_deref().map(read).transpose()?;
    let new = ask::description(&check.which)?;
    let mut failed = false;
    let serves = list(&new["routes"]).any(|route| route["kind"] == "operation");
    if serves && new["documents"].as_array().is_none_or(Vec::is_empty) {
        return Err(Failure::of("the program has no document to compare, as crewed is built without `docs`"));
    }
    let mut allowed: Vec<String> = check.allow.clone();
    if let Some(old) = &old {
        let known = list(&old["allowed"]).filter_map(Json::as_str);
        allowed.extend(known.map(str::to_owned));
        let (all, excused): (Vec<Change>, Vec<Change>) =
            compare(old, &new).into_iter().partition(|change| !allowed.contains(&change.id()));
        let fails = |change: &&Change| {
            change.class == Class::Breaking || (check.strict && change.class == Class::Unknown)
        };
        failed = all.iter().filter(fails).count() > 0;
        terminal::answer(&match check.json {
            true => format!("{:#}\n", all.iter().map(as_json).collect::<Json>()),
            false => listed(&all, excused.len()),
        });
    }
    if let Some(file) = &check.accept {
        let snapshot = json!({
            "crewed": new["crewed"],
            // What was allowed until now is part of the snapshot from now on.
            "allowed": [],
            "documents": new["documents"],
            "tables": new["tables"],
        });
        fs::write(file, format!("{snapshot:#}\n"))
            .or_fail(format!("{} cannot be written", file.display()))?;
        terminal::note(&format!("{} has the program as it is now", file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The changes for a person, and how many more are allowed.
fn listed(all: &[Change], allowed: usize) -> String {
    let line = |change: &Change| {
        format!("{}: {}: {}\n    id: {}\n", change.class, change.at, change.message, change.id())
    };
    let mut text: String = all.iter().map(line).collect();
    if all.is_empty() {
        text.push_str("nothing has changed that a client or a row could notice\n");
    }
    if allowed > 0 {
        text.push_str(&format!("{allowed} more allowed\n"));
    }
    text
}

fn as_json(change: &Change) -> Json {
    json!({
        "id": change.id(),
        "class": change.class.to_string(),
        "kind": change.kind,
        "at": change.at,
        "message": change.message,
    })
}

fn read(file: &Path) -> Result<Json, Failure> {
    let name = file.display();
    let text = fs::read(file)
        .or_fail(format!("{name} cannot be read (`crewed check --accept {name}` writes it)"))?;
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    let snapshot: Json = serde_json::from_slice(text).or_fail(format!("{name} is no JSON"))?;
    match (&snapshot["documents"], &snapshot["tables"]) {
        (Json::Array(_), Json::Array(_)) => Ok(snapshot),
        _ => Err(Failure::of(format!(
            "{name} is no snapshot: `crewed check --accept FILE` writes one, and `crewed openapi --check` compares a \
             document alone"
        ))),
    }
}
