//! A request that is being looked at, input by input.

use std::any::Any;
use std::borrow::Cow;
use std::mem;

use serde_json::{Map, Value as Json};

use super::body::{Bytes, Members, are_malformed};
use super::extractor::{Extractor, FormExtractor};
use super::{InputMeta, Place, pairs};
use crate::http::{FormPart, RequestHead};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues, REDACTED, keep_within_bounds};
use crate::wire::{ObjectMeta, Shape, apart};

/// A request that is being looked at: gives each input as a value, or notes what is wrong with it.
pub struct RequestInputs<'r> {
    inputs: &'static [InputMeta],
    head: RequestHead<'r>,
    /// How many segments of the path are the base of the API.
    depth: usize,
    embedded: bool,
    body: Bytes,
    members: Option<Members>,
    form: Vec<FormPart>,
    /// Whether every field of the form has a name that is a text. One that has none may be any of them.
    is_named: bool,
    issues: Issues,
    /// How many inputs of the body are still to be taken, and what is held until then.
    untaken: usize,
    turn: Option<Box<dyn Any + Send>>,
}

impl<'r> RequestInputs<'r> {
    /// Looks at what was sent to an operation of an API whose base has so many segments.
    pub(crate) fn new(inputs: &'static [InputMeta], head: RequestHead<'r>, depth: usize) -> Self {
        let embedded = InputMeta::embedded(inputs);
        let (body, issues) = (Bytes::default(), Issues::new());
        RequestInputs {
            inputs,
            head,
            depth,
            embedded,
            body,
            members: None,
            form: Vec::new(),
            is_named: true,
            issues,
            untaken: 0,
            turn: None,
        }
    }

    /// With a body, which may be said to be JSON.
    #[must_use]
    pub fn body(self, bytes: Vec<u8>, json: bool) -> Self {
        RequestInputs { body: Bytes { bytes, json }, ..self }
    }

    /// Holds this, where it is something, until every input of the body has been taken.
    #[must_use]
    pub fn during(self, turn: Option<impl Any + Send>) -> Self {
        let Some(turn) = turn else { return self };
        let untaken = self.inputs.iter().filter(|input| input.place.is_body()).count();
        RequestInputs { untaken, turn: Some(Box::new(turn)), ..self }
    }

    /// With a form, and what is wrong with the names in it.
    #[must_use]
    pub fn form(self, form: Vec<FormPart>, issues: Issues) -> Self {
        RequestInputs { form, is_named: issues.is_empty(), issues, ..self }
    }

    /// The input at this position; `None` where something is wrong with it, which is noted.
    pub fn take<T>(&mut self, index: usize, how: &Extractor<T>) -> Option<T> {
        let input = &self.inputs[index];
        let found = self.find(input, how);
        self.settled(input, found, how.absent)
    }

    /// The same, with a value for where it was not sent.
    pub fn take_or<T>(&mut self, index: usize, how: &Extractor<T>, default: impl FnOnce() -> T) -> Option<T> {
        match self.find(&self.inputs[index], how) {
            Found::Value(value) => Some(value),
            Found::Fault => None,
            Found::Nothing => Some(default()),
        }
    }

    /// The field of a form at this position.
    pub fn take_form<T>(&mut self, index: usize, how: &FormExtractor<T>) -> Option<T> {
        let input = &self.inputs[index];
        let found = self.find_form(input, how);
        let value = self.settled(input, found, how.absent);
        value.filter(|_| self.is_named)
    }

    /// The same, with a value for where it was not sent.
    pub fn take_form_or<T>(
        &mut self,
        index: usize,
        how: &FormExtractor<T>,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        match self.find_form(&self.inputs[index], how) {
            Found::Value(value) => Some(value),
            Found::Fault => None,
            Found::Nothing => Some(default()),
        }
        .filter(|_| self.is_named)
    }

    fn settled<T>(
        &mut self,
        input: &'static InputMeta,
        found: Found<T>,
        absent: fn() -> Option<T>,
    ) -> Option<T> {
        match found {
            Found::Value(value) => Some(value),
            Found::Fault => None,
            Found::Nothing => {
                let absent = if input.is_required() { None } else { absent() };
                if absent.is_none() {
                    self.missing(input);
                }
                absent
            }
        }
    }

    /// Everything that is wrong. A body that is no JSON is told alone, as FastAPI does.
    pub fn into_issues(mut self) -> Issues {
        keep_within_bounds(&mut self.issues);
        if are_malformed(&self.issues) {
            self.issues.retain(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. }));
            self.issues.truncate(1);
        }
        self.issues
    }

    fn find<T>(&mut self, input: &'static InputMeta, how: &Extractor<T>) -> Found<T> {
        if let Place::Body { .. } = input.place {
            let found = match self.embedded {
                true => self.find_member(input, how),
                false => self.find_body(input, how),
            };
            self.taken();
            return found;
        }
        match self.text(input, (how.shape)().is_list()) {
            Ok(Some(value)) => self.coerced(input, &value, how),
            Ok(None) => Found::Nothing,
            Err(segment) => {
                let segment = if input.field.write_only { REDACTED } else { segment }.to_owned();
                self.issues.push(Issue::new(IssueKind::StringUnicode, at(input), segment.into()));
                Found::Fault
            }
        }
    }

    /// Coerced, or with everything noted that is wrong with it.
    fn coerced<T>(&mut self, input: &'static InputMeta, value: &Json, how: &Extractor<T>) -> Found<T> {
        // Where nothing is wrong, nobody asks where it stands.
        if let Some(value) = (how.coerce)(value, &input.field.constraints, &mut IssueCollector::default()) {
            return Found::Value(value);
        }
        let mut collector = IssueCollector::at(input.place.name());
        let again = |collector: &mut IssueCollector| {
            collector.secretly(input.field.write_only, |collector| {
                (how.coerce)(value, &input.field.constraints, collector)
            })
        };
        match input.place {
            Place::QueryModel => drop(again(&mut collector)),
            _ => drop(collector.step(input.field.name, again)),
        }
        self.issues.extend(collector.into_issues());
        Found::Fault
    }

    /// What was sent for an input outside of the body, as JSON: a text, or a list of texts.
    fn text(&self, input: &'static InputMeta, list: bool) -> Result<Option<Json>, &str> {
        let name = input.field.name;
        let text = |text: Cow<'_, str>| Json::String(text.into_owned());
        Ok(match input.place {
            Place::Path(position) => Some(text(self.head.segment(self.depth + position, false)?)),
            Place::Rest(position) => Some(text(self.head.segment(self.depth + position, true)?)),
            Place::Query => {
                let values = pairs(self.head.query).filter(|(key, _)| key == name).map(|(_, value)| value);
                gathered(values.map(text), list, Iterator::last)
            }
            Place::Header => {
                let values = self.head.headers.all(name).into_iter();
                // As FastAPI: of two it is the first.
                gathered(values.map(|value| text(value.into())), list, |mut values| values.next())
            }
            Place::Cookie => {
                let values = self.head.cookie(name).into_iter().map(Json::String);
                gathered(values, list, Iterator::last)
            }
            Place::QueryModel => input.model().map(|meta| {
                let pairs = pairs(self.head.query).map(|(key, value)| (key, value.into_owned().into()));
                self.object(input, meta, pairs).into()
            }),
            Place::Form | Place::Body { .. } | Place::Data | Place::Guard => None,
        })
    }

    /// Pairs as an object of a model's members; what other inputs of its place ask for is not unknown.
    fn object<'a>(
        &self,
        input: &'static InputMeta,
        meta: &'static ObjectMeta,
        pairs: impl Iterator<Item = (Cow<'a, str>, Json)>,
    ) -> Map<String, Json> {
        let named = |object: &ObjectMeta, key: &str| object.fields.iter().any(|field| field.name == key);
        let asked = |key: &str| {
            let beside = self.inputs.iter().filter(|other| other.place.name() == input.place.name());
            beside.into_iter().any(|other| match other.model() {
                Some(object) => named(object, key),
                None => other.field.name == key,
            })
        };
        object_of(meta, pairs.filter(|(key, _)| named(meta, key) || !asked(key)))
    }

    fn find_body<T>(&mut self, input: &'static InputMeta, how: &Extractor<T>) -> Found<T> {
        if self.body.bytes.is_empty() {
            return Found::Nothing;
        }
        match (how.parse)(self.body.whole(), &input.field) {
            Ok(value) => Found::Value(value),
            Err(issues) => {
                self.issues.extend(issues);
                Found::Fault
            }
        }
    }

    fn find_member<T>(&mut self, input: &'static InputMeta, how: &Extractor<T>) -> Found<T> {
        let inputs = self.inputs;
        let asked = |name: &str| inputs.iter().any(|input| input.place.is_body() && input.field.name == name);
        let members = self.members.get_or_insert_with(|| self.body.members(&asked));
        let found = match members {
            Members::None => return Found::Nothing,
            Members::NoObject => {
                self.missing(input);
                return Found::Fault;
            }
            Members::Malformed(issue) => Err(vec![issue.clone()]),
            Members::Some(members) => match members.get(input.field.name) {
                None => return Found::Nothing,
                Some(at) => self.body.member(&input.field, at.clone(), how),
            },
        };
        match found {
            Ok(value) => Found::Value(value),
            Err(issues) => {
                self.issues.extend(issues);
                Found::Fault
            }
        }
    }

    /// One more input of the body has been taken.
    fn taken(&mut self) {
        self.untaken = self.untaken.saturating_sub(1);
        if self.untaken == 0 {
            self.turn = None;
        }
    }

    fn find_form<T>(&mut self, input: &'static InputMeta, how: &FormExtractor<T>) -> Found<T> {
        // Whoever holds a turn is long.
        let length = if self.turn.is_some() { usize::MAX } else { 0 };
        let found = apart(length, || self.look_into_form(input, how));
        self.taken();
        found
    }

    fn look_into_form<T>(&mut self, input: &'static InputMeta, how: &FormExtractor<T>) -> Found<T> {
        let name = input.field.name;
        if let Some(meta) = input.model() {
            if self.refuses_bytes(input, meta) {
                return Found::Fault;
            }
            let parts = self.form.iter().map(|part| (part.name.as_str().into(), part.json()));
            let mut object = self.object(input, meta, parts);
            // An empty field of a form is one that was not sent; what is no field is told of even so.
            let is_field = |name: &str| meta.fields.iter().any(|field| field.name == name);
            object.retain(|name, value| *value != "" || !is_field(name));
            let mut collector = IssueCollector::at("body");
            let value = collector.secretly(input.field.write_only, |collector| {
                (how.of_object)(&object.into(), &input.field.constraints, collector)
            });
            self.issues.extend(collector.into_issues());
            return value.map_or(Found::Fault, Found::Value);
        }
        let parts = mem::take(&mut self.form).into_iter();
        let (mut own, others): (Vec<_>, Vec<_>) = parts.partition(|part| part.name == name);
        self.form = others;
        // An empty field is one that was not sent; of a list it is an item, unless it is no file.
        match (how.shape)().is_list() {
            true => own.retain(|part| !part.is_no_file()),
            false => {
                own = own.pop().filter(|part| !part.is_no_file() && !part.is_blank()).into_iter().collect()
            }
        }
        if own.is_empty() {
            return Found::Nothing;
        }
        let mut collector = IssueCollector::at("body");
        if own.iter().filter(|part| part.text_fault(input.field.write_only, &mut collector)).count() > 0 {
            self.issues.extend(collector.into_issues());
            return Found::Fault;
        }
        let value = collector.step(name, |collector| {
            collector.secretly(input.field.write_only, |collector| {
                (how.of_parts)(own, &input.field.constraints, collector)
            })
        });
        self.issues.extend(collector.into_issues());
        value.map_or(Found::Fault, Found::Value)
    }

    /// Notes every text of a form that is not UTF-8, where a model is made of the form.
    fn refuses_bytes(&mut self, input: &'static InputMeta, meta: &'static ObjectMeta) -> bool {
        let mut collector = IssueCollector::at("body");
        for part in &self.form {
            let field = meta.fields.iter().find(|field| field.name == part.name);
            let secret = match field {
                Some(field) => field.write_only,
                None if meta.deny_unknown => Shape::Object(meta).has_secrets(),
                None => continue,
            };
            part.text_fault(secret || input.field.write_only, &mut collector);
        }
        let faulty = collector.count() > 0;
        self.issues.extend(collector.into_issues());
        faulty
    }

    fn missing(&mut self, input: &'static InputMeta) {
        self.issues.push(Issue::new(IssueKind::Missing, self.loc(input), Json::Null));
    }

    fn loc(&self, input: &'static InputMeta) -> Vec<crate::issue::Step> {
        match input.place {
            Place::Body { .. } if !self.embedded => vec!["body".into()],
            _ => at(input),
        }
    }
}

/// What became of looking for an input.
enum Found<T> {
    Value(T),
    Fault,
    Nothing,
}

fn at(input: &'static InputMeta) -> Vec<crate::issue::Step> {
    vec![input.place.name().into(), input.field.name.into()]
}

/// One value, or all of them.
fn gathered<I: Iterator<Item = Json>>(
    mut values: I,
    list: bool,
    one: impl FnOnce(I) -> Option<Json>,
) -> Option<Json> {
    if !list {
        return one(values);
    }
    let first = values.next()?;
    Some(std::iter::once(first).chain(values).collect())
}

/// Pairs as an object: lists for the members that are lists, and after all members what is none.
pub fn object_of<'a>(
    meta: &'static ObjectMeta,
    pairs: impl Iterator<Item = (Cow<'a, str>, Json)>,
) -> Map<String, Json> {
    let (mut object, mut unknown) = (Map::new(), Map::new());
    for (key, value) in pairs {
        let field = meta.fields.iter().find(|field| field.name == key);
        match field {
            Some(field) if field.shape().is_list() => {
                match object.entry(key).or_insert_with(|| Json::Array(Vec::new())) {
                    Json::Array(list) => list.push(value),
                    other => *other = value,
                }
            }
            Some(_) => drop(object.insert(key.into_owned(), value)),
            // It is told with all its values, where it is refused and where a field is missing.
            None => match unknown.get_mut(&*key) {
                None => drop(unknown.insert(key.into_owned(), value)),
                Some(Json::Array(list)) => list.push(value),
                Some(first) => *first = Json::Array(vec![first.take(), value]),
            },
        }
    }
    object.extend(unknown);
    object
}
