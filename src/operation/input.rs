//! Parses the inputs of a resource's operations: the key in the path, the query and the body.

#[cfg(feature = "testing")]
use std::any::Any;
use std::any::TypeId;

use serde_json::{Map, Value as Json};

use super::{Command, List, Permissions, Service};
use crate::error::Error;
use crate::input::{unicode_pairs, unknown_keys};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues, Step, keep_within_bounds};
use crate::resource::{Change, Changes, Column, Input, Operation, Resource, ResourceMeta};
#[cfg(feature = "testing")]
use crate::resource::{DecodeError, Row};
use crate::value::Value;
use crate::wire::{Body, Out, Part, Wire, member, member_fault, members_coerce, parse_object};

/// The parsers of a resource's inputs, without the types that they parse into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs {
    pub(super) resource: TypeId,
    /// The type of the callers whom its rules are about.
    pub(super) caller: TypeId,
    pub(super) key: fn(&'static ResourceMeta, &'static str, &Json) -> Result<Value, Issues>,
    /// Parses the values of fields that are sent in the URL. Creating and replacing have the same.
    pub(super) members: ReadMembers,
    pub(super) create: ReadChanges,
    pub(super) replace: ReadChanges,
    pub(super) patch: ReadChanges,
    /// Makes the declared struct of a row with all columns.
    #[cfg(feature = "testing")]
    pub(super) decode: Decode,
}

#[cfg(feature = "testing")]
type Decode = fn(&dyn Row) -> Result<Box<dyn Any>, DecodeError>;

type ReadMembers = fn(&'static ResourceMeta, &'static str, &Map<String, Json>) -> Result<Changes, Issues>;

type ReadChanges = fn(&'static ResourceMeta, Body<'_>) -> Result<Changes, Issues>;

impl Inputs {
    /// The parsers into the types that `R` declares.
    #[must_use]
    pub(crate) fn of<R: Resource>() -> Self {
        Inputs {
            resource: TypeId::of::<R>(),
            caller: TypeId::of::<R::Caller>(),
            key: key::<R::Key>,
            members: members::<R::Create>,
            create: changes::<R::Create>,
            replace: |meta, body| beside_key::<R::Key>(meta, body, changes::<R::Replace>),
            patch: |meta, body| beside_key::<R::Key>(meta, body, changes::<R::Patch>),
            #[cfg(feature = "testing")]
            decode: |row| R::of_row(row).map(|row| Box::new(row) as Box<dyn Any>),
        }
    }

    /// Whether they belong to the resource of this type.
    #[must_use]
    pub(crate) fn is_of(&self, resource: TypeId) -> bool {
        self.resource == resource
    }

    /// Whether both belong to the same resource.
    #[must_use]
    pub(crate) fn is_of_same_resource(&self, other: &Inputs) -> bool {
        self.resource == other.resource
    }
}

impl Service {
    /// Parses a request into a command. The key, the query and the body are all parsed, even if one of them is invalid.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the issues of all three.
    pub(crate) fn command(
        &self,
        operation: Operation,
        key: &str,
        query: &str,
        body: Body<'_>,
        permissions: Option<&Permissions>,
    ) -> Result<Command, Error> {
        match operation {
            Operation::List => self.list(query, permissions).map(|list| Command::List(Box::new(list))),
            Operation::Read if self.meta.list.sparse && !query.is_empty() => {
                let key = self.key_in("path", &key.into());
                joined(key, self.members(query, permissions))
                    .map(|(key, members)| Command::Read { key, members })
            }
            Operation::Read => self.key(key, query).map(Command::read),
            Operation::Delete => self.key(key, query).map(Command::Delete),
            Operation::Create => {
                let row = (self.inputs.create)(self.meta, body);
                joined(self.no_query(query), row).map(|((), row)| Command::Create(row))
            }
            Operation::Replace => self.replace(self.key(key, query), body),
            Operation::Patch => self.patch(self.key(key, query), body),
        }
        .map_err(invalid)
    }

    fn replace(&self, key: Result<Value, Issues>, body: Body<'_>) -> Result<Command, Issues> {
        let row = (self.inputs.replace)(self.meta, body);
        self.of_key(key, row, body.bytes).map(|(key, changes)| Command::Replace(key, changes))
    }

    fn patch(&self, key: Result<Value, Issues>, body: Body<'_>) -> Result<Command, Issues> {
        let patch = (self.inputs.patch)(self.meta, body);
        self.of_key(key, patch, body.bytes).map(|(key, changes)| Command::Patch(key, changes))
    }

    /// The command that lists a page of rows.
    pub(crate) fn list_of(&self, skip: u64, limit: u64) -> Result<Command, Error> {
        self.within_page(skip, limit)
            .map(|()| Command::List(Box::new(List::of(skip, limit))))
            .map_err(invalid)
    }

    /// The command that creates the row of a JSON body.
    pub(crate) fn create_of(&self, json: &[u8]) -> Result<Command, Error> {
        self.command(Operation::Create, "", "", in_json(json), None)
    }

    /// The command that replaces the row of a key by that of a JSON body.
    pub(crate) fn replace_of<K: Wire>(&self, key: &K, json: &[u8]) -> Result<Command, Error> {
        self.replace(Ok(self.key_of(key)?), in_json(json)).map_err(invalid)
    }

    /// The command that merges a JSON body into the row of a key.
    pub(crate) fn patch_of<K: Wire>(&self, key: &K, json: &[u8]) -> Result<Command, Error> {
        self.patch(Ok(self.key_of(key)?), in_json(json)).map_err(invalid)
    }

    /// The same for a key as it is stored.
    pub(crate) fn patch_of_value(&self, key: Value, json: &[u8]) -> Result<Command, Error> {
        self.patch(Ok(key), in_json(json)).map_err(invalid)
    }

    /// The value of a key in the store. A key that violates the constraints of the field has no row, so it is
    /// [`Error::NotFound`].
    pub(crate) fn key_of<K: Wire>(&self, key: &K) -> Result<Value, Error> {
        let json = serde_json::to_value(Out(key)).unwrap_or_default();
        self.key_in("path", &json).map_err(|_| Error::NotFound)
    }

    /// Parses the key, which was sent in this place: `path` or `query`.
    pub(crate) fn key_in(&self, place: &'static str, key: &Json) -> Result<Value, Issues> {
        (self.inputs.key)(self.meta, place, key)
    }

    /// Parses the values of fields, by their names, which were sent in this place: `path` or `query`.
    pub(crate) fn changes_in(
        &self,
        place: &'static str,
        members: &Map<String, Json>,
    ) -> Result<Changes, Issues> {
        (self.inputs.members)(self.meta, place, members)
    }

    /// Parses the key in the path, and refuses any query.
    fn key(&self, key: &str, query: &str) -> Result<Value, Issues> {
        let key = self.key_in("path", &key.into());
        joined(key, self.no_query(query)).map(|(key, ())| key)
    }

    /// Refuses any query, with an issue for each of its keys.
    fn no_query(&self, query: &str) -> Result<(), Issues> {
        if query.is_empty() {
            return Ok(());
        }
        let (pairs, mut issues) = unicode_pairs(query, self.meta.object);
        issues.extend(unknown_keys(&pairs, &[], self.meta.object));
        if issues.is_empty() { Ok(()) } else { Err(issues) }
    }

    /// Combines the key in the path with the changes of a body. The body may repeat the key, but not change it.
    fn of_key(
        &self,
        key: Result<Value, Issues>,
        changes: Result<Changes, Issues>,
        sent: &[u8],
    ) -> Result<(Value, Changes), Issues> {
        let (key, mut changes) = joined(key, changes)?;
        match changes.take(self.meta.key) {
            Some(Change::Set(other)) if other != key => {
                Err(member_fault(sent, &self.meta.object.fields[self.meta.key], IssueKind::FrozenField))
            }
            _ => Ok((key, changes)),
        }
    }
}

/// The error of inputs whose issues are within the bounds of one answer.
pub(crate) fn invalid(mut issues: Issues) -> Error {
    keep_within_bounds(&mut issues);
    Error::Invalid(issues)
}

/// Both inputs, or the issues of both.
fn joined<T, U>(one: Result<T, Issues>, other: Result<U, Issues>) -> Result<(T, U), Issues> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => Err([one.err(), other.err()].into_iter().flatten().flatten().collect()),
    }
}

fn in_json(bytes: &[u8]) -> Body<'_> {
    Body { bytes, json: true }
}

fn key<K: Column>(meta: &'static ResourceMeta, place: &'static str, key: &Json) -> Result<Value, Issues> {
    let field = &meta.object.fields[meta.key];
    // A valid key needs no path to its issues, and most keys are valid.
    if let Some(key) = K::coerce(key, &field.constraints, &mut IssueCollector::default()) {
        return Ok(key.to_value(&field.constraints));
    }
    let mut collector = IssueCollector::at(place);
    collector.step(field.name, |collector| K::coerce(key, &field.constraints, collector));
    Err(collector.into_issues())
}

fn members<I: Input>(
    meta: &'static ResourceMeta,
    place: &'static str,
    members: &Map<String, Json>,
) -> Result<Changes, Issues> {
    let mut collector = IssueCollector::at(place);
    let input = Part::of_tree(members, |part| members_coerce::<I>(part, &mut collector));
    let Some(input) = input else {
        return Err(collector.into_issues());
    };
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}

fn changes<I: Input>(meta: &'static ResourceMeta, body: Body<'_>) -> Result<Changes, Issues> {
    let input: I = parse_object(body)?;
    let mut changes = Changes::new(meta);
    input.changes(&mut changes);
    Ok(changes)
}

/// The changes to a row whose key the address says, and among them that of the body, where it repeats the key.
fn beside_key<K: Column>(
    meta: &'static ResourceMeta,
    body: Body<'_>,
    read: ReadChanges,
) -> Result<Changes, Issues> {
    let field = &meta.object.fields[meta.key];
    match (member::<K>(body, meta.object, field), read(meta, body)) {
        (Ok(key), Ok(mut changes)) => {
            if let Some(key) = key {
                changes.put(meta.key, key.to_value(&field.constraints));
            }
            Ok(changes)
        }
        (key, changes) => {
            let issues = changes.err().unwrap_or_default();
            Err(with_key(meta, issues, key.err().unwrap_or_default()))
        }
    }
}

/// What is wrong with a body and with the key in it, in the order of the fields.
fn with_key(meta: &'static ResourceMeta, mut issues: Issues, key: Issues) -> Issues {
    // What is no JSON has no members.
    if issues.iter().any(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. })) {
        return issues;
    }
    let earlier = &meta.object.fields[..meta.key];
    let is_earlier = |issue: &&Issue| {
        let step = issue.loc.get(1);
        step.is_some_and(|step| earlier.iter().any(|field| *step == Step::from(field.name)))
    };
    let place = issues.iter().take_while(is_earlier).count();
    issues.splice(place..place, key);
    issues
}
