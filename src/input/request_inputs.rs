//! Parses the inputs of a request one by one, and collects their issues.

use std::borrow::Cow;
use std::mem;

use serde_json::{Map, Value as Json};

use super::body::{Bytes, Members, are_malformed};
use super::extractor::{Extractor, FormExtractor};
use super::{InputMeta, Place, pairs, place_rank};
use crate::error::Error;
use crate::http::{FormPart, ParsePermit, RequestHead};
use crate::issue::{Issue, IssueCollector, IssueKind, Issues, REDACTED, Step, keep_within_bounds};
use crate::wire::{ObjectMeta, Shape, run_blocking};

/// The inputs of a request. Each is taken once, as a value or as `None` if it is invalid; its issues are kept.
pub struct RequestInputs<'r> {
    /// The inputs of the function that takes them now.
    inputs: &'r [InputMeta],
    /// The inputs of everything that takes some of this request: of the function, and of its dependencies.
    all: &'r [InputMeta],
    head: RequestHead<'r>,
    /// How many segments of the path belong to the base of the API.
    depth: usize,
    /// Whether each body input is a member of the body.
    embedded: bool,
    body: Bytes,
    members: Option<Members>,
    form: Vec<FormPart>,
    /// Whether a field of the form may be taken more than once.
    shares_form: bool,
    /// Whether every field of the form has a name that is UTF-8. If one does not, it may be the field of any input, so
    /// no form input has a value.
    is_named: bool,
    issues: Issues,
    /// Names in the query that prove who asks, and are no inputs.
    keys: &'r [&'static str],
    /// Whether no issue shows anything of the body.
    hides_body: bool,
    /// How many body inputs are still to be taken by the function that takes them now.
    untaken: usize,
    /// The permit to parse a long body, which is dropped once all body inputs have been taken.
    permit: Option<ParsePermit>,
}

impl<'r> RequestInputs<'r> {
    /// The inputs of a request to an API whose base has `depth` segments.
    pub(crate) fn new(inputs: &'r [InputMeta], head: RequestHead<'r>, depth: usize) -> Self {
        let embedded = InputMeta::embedded(inputs);
        let (body, issues) = (Bytes::default(), Issues::new());
        RequestInputs {
            inputs,
            all: inputs,
            head,
            depth,
            embedded,
            body,
            members: None,
            form: Vec::new(),
            shares_form: false,
            is_named: true,
            issues,
            keys: &[],
            hides_body: false,
            untaken: 0,
            permit: None,
        }
    }

    /// Adds a body; `json` says whether its media type is JSON.
    #[must_use]
    pub fn body(self, bytes: Vec<u8>, json: bool) -> Self {
        RequestInputs { body: Bytes { bytes, json }, ..self }
    }

    /// Keeps a permit, if there is one, until every body input has been taken.
    #[must_use]
    pub(crate) fn keep_until_parsed(self, permit: Option<ParsePermit>) -> Self {
        RequestInputs { untaken: body_inputs(self.all), permit, ..self }
    }

    /// Lets another function take its inputs from the same request. The issues so far are kept.
    pub(crate) fn hand_to(&mut self, inputs: &'r [InputMeta]) {
        self.inputs = inputs;
        self.untaken = body_inputs(inputs);
        if self.untaken == 0 {
            self.permit = None;
        }
    }

    /// Keeps names of the query from query models, to which they would be unknown.
    pub(crate) fn beside(&mut self, keys: &'r [&'static str]) {
        self.keys = keys;
    }

    /// Shows nothing of the body in issues, since several take it, one of which has secrets that others do not know of.
    pub(crate) fn hide_body(&mut self, hides: bool) {
        self.hides_body = hides;
    }

    /// Keeps the fields of the form when they are taken, since another function may take them too.
    pub(crate) fn share_form(&mut self) {
        self.shares_form = true;
    }

    /// The issue of a body that is not valid JSON, if it should be.
    pub(crate) fn malformed_body(&self) -> Option<Issue> {
        let takes_json = self.all.iter().any(|input| matches!(input.place, Place::Body { .. }));
        if takes_json { self.body.malformed() } else { None }
    }

    /// Whether the inputs in the body are members of it, which may depend on more than what is taken.
    pub(crate) fn embed(&mut self, embedded: bool) {
        self.embedded = embedded;
    }

    /// Puts the issues from this one on in FastAPI's order: path, query, header, cookie, body. Of inputs of a dependency it
    /// is known only at launch which of them the path has.
    pub(crate) fn sort_issues(&mut self, from: usize) {
        let rank = |issue: &Issue| match issue.loc.first() {
            Some(Step::Name(name)) => place_rank(name),
            _ => place_rank(""),
        };
        if let Some(issues) = self.issues.get_mut(from..) {
            issues.sort_by_key(rank);
        }
    }

    /// How many issues there are so far.
    pub(crate) fn issue_count(&self) -> usize {
        self.issues.len()
    }

    /// Whether a form is taken.
    pub(crate) fn takes_form(&self) -> bool {
        self.all.iter().any(|input| input.place.is_form())
    }

    /// Whether there are issues, so that the function must not be called. Its own inputs may be valid, and those of a
    /// dependency not.
    #[must_use]
    pub fn are_refused(&self) -> bool {
        !self.issues.is_empty()
    }

    /// Gives the permit to parse a long body back while code of the user's runs.
    pub(crate) fn pause(&mut self) -> bool {
        self.permit.take().is_some()
    }

    /// Gets the permit again.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if too many bodies are waiting to be parsed.
    pub(crate) async fn resume(&mut self) -> Result<(), Error> {
        // A request that waited for a second permit would keep the first from those that wait for it.
        if self.untaken > 0 && self.permit.is_none() {
            self.permit = ParsePermit::of(self.length()).await?;
        }
        Ok(())
    }

    /// How long the body is.
    fn length(&self) -> usize {
        self.body.bytes.len().max(self.form.iter().map(|part| part.bytes.len()).sum())
    }

    /// Adds a form, and the issues of the names of its fields.
    #[must_use]
    pub fn form(self, form: Vec<FormPart>, issues: Issues) -> Self {
        RequestInputs { form, is_named: issues.is_empty(), issues, ..self }
    }

    /// Takes the input at this position. If it is invalid, its issues are kept, and the result is `None`.
    pub fn take<T>(&mut self, index: usize, how: &Extractor<T>) -> Option<T> {
        let input = &self.inputs[index];
        let found = self.find(input, how);
        self.value_of(input, found, how.absent)
    }

    /// The same, with a default for an input that was not sent.
    pub fn take_or<T>(&mut self, index: usize, how: &Extractor<T>, default: impl FnOnce() -> T) -> Option<T> {
        match self.find(&self.inputs[index], how) {
            Found::Value(value) => Some(value),
            Found::Fault => None,
            Found::Nothing => Some(default()),
        }
    }

    /// Takes the form input at this position.
    pub fn take_form<T>(&mut self, index: usize, how: &FormExtractor<T>) -> Option<T> {
        let input = &self.inputs[index];
        let found = self.find_form(input, how);
        let value = self.value_of(input, found, how.absent);
        value.filter(|_| self.is_named)
    }

    /// The same, with a default for an input that was not sent.
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

    fn value_of<T>(&mut self, input: &'r InputMeta, found: Found<T>, absent: fn() -> Option<T>) -> Option<T> {
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

    /// The issues of all inputs. If the body is not valid JSON, only that is reported, as FastAPI does.
    pub fn into_issues(mut self) -> Issues {
        keep_within_bounds(&mut self.issues);
        if are_malformed(&self.issues) {
            self.issues.retain(|issue| matches!(issue.kind, IssueKind::JsonInvalid { .. }));
            self.issues.truncate(1);
        }
        self.issues
    }

    fn find<T>(&mut self, input: &'r InputMeta, how: &Extractor<T>) -> Found<T> {
        if let Place::Body { .. } = input.place {
            let found = match self.embedded {
                true => self.find_member(input, how),
                false => self.find_body(input, how),
            };
            self.count_taken();
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

    /// Coerces a value to the type of its input, and keeps its issues.
    fn coerced<T>(&mut self, input: &'r InputMeta, value: &Json, how: &Extractor<T>) -> Found<T> {
        // The first attempt collects issues without their `loc`, which a valid value does not need. Only an invalid one
        // is coerced again, with it.
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

    /// The value of an input outside the body, as a JSON string or list of strings; `Ok(None)` if it was not sent. The
    /// error is a segment of the path that is not UTF-8.
    fn text(&self, input: &'r InputMeta, list: bool) -> Result<Option<Json>, &str> {
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
                // As in FastAPI, the first of several headers counts, but the last of several query keys.
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
            // At launch each of these became one of the others.
            Place::PathByName | Place::ByName | Place::QueryByType => None,
        })
    }

    /// The pairs of a query or a form as an object, for a model. Keys that belong to other inputs of the same place are
    /// left out, so that the model does not report them as unknown.
    fn object<'a>(
        &self,
        input: &'r InputMeta,
        meta: &'static ObjectMeta,
        pairs: impl Iterator<Item = (Cow<'a, str>, Json)>,
    ) -> Map<String, Json> {
        let named = |object: &ObjectMeta, key: &str| object.fields.iter().any(|field| field.name == key);
        let is_other_input = |key: &str| {
            if matches!(input.place, Place::QueryModel) && self.keys.contains(&key) {
                return true;
            }
            let beside = self.inputs.iter().filter(|other| other.place.name() == input.place.name());
            beside.into_iter().any(|other| match other.model() {
                Some(object) => named(object, key),
                None => other.field.name == key,
            })
        };
        object_of(meta, pairs.filter(|(key, _)| named(meta, key) || !is_other_input(key)))
    }

    fn find_body<T>(&mut self, input: &'r InputMeta, how: &Extractor<T>) -> Found<T> {
        if self.body.bytes.is_empty() {
            return Found::Nothing;
        }
        match (how.parse)(self.body.whole(), &input.field) {
            Ok(value) => Found::Value(value),
            Err(issues) => {
                self.keep(issues);
                Found::Fault
            }
        }
    }

    fn find_member<T>(&mut self, input: &'r InputMeta, how: &Extractor<T>) -> Found<T> {
        let inputs = self.all;
        let is_input =
            |name: &str| inputs.iter().any(|input| input.place.is_body() && input.field.name == name);
        let members = self.members.get_or_insert_with(|| self.body.members(&is_input));
        let found = match members {
            Members::None => return Found::Nothing,
            Members::NoObject => {
                self.missing(input);
                return Found::Fault;
            }
            Members::Malformed(issue) => Err(vec![issue.clone()]),
            Members::Some(members) => match members.get(input.field.name) {
                None => return Found::Nothing,
                Some(at) => self.body.member(inputs, &input.field, at.clone(), how),
            },
        };
        match found {
            Ok(value) => Found::Value(value),
            Err(issues) => {
                self.keep(issues);
                Found::Fault
            }
        }
    }

    /// Counts a body input that has been taken, and drops the permit after the last one.
    fn count_taken(&mut self) {
        self.untaken = self.untaken.saturating_sub(1);
        if self.untaken == 0 {
            self.permit = None;
        }
    }

    fn find_form<T>(&mut self, input: &'r InputMeta, how: &FormExtractor<T>) -> Found<T> {
        // Only a long form has a permit.
        let length = if self.permit.is_some() { usize::MAX } else { 0 };
        let found = run_blocking(length, || self.parse_form(input, how));
        self.count_taken();
        found
    }

    fn parse_form<T>(&mut self, input: &'r InputMeta, how: &FormExtractor<T>) -> Found<T> {
        let name = input.field.name;
        if let Some(meta) = input.model() {
            if self.refuses_bytes(input, meta) {
                return Found::Fault;
            }
            let parts = self.form.iter().map(|part| (part.name.as_str().into(), part.json()));
            let mut object = self.object(input, meta, parts);
            // As in FastAPI, an empty field counts as not sent. An unknown one is reported even if it is empty.
            let is_field = |name: &str| meta.fields.iter().any(|field| field.name == name);
            object.retain(|name, value| *value != "" || !is_field(name));
            let mut collector = IssueCollector::at("body");
            let value = collector.secretly(input.field.write_only, |collector| {
                (how.of_object)(&object.into(), &input.field.constraints, collector)
            });
            self.keep(collector.into_issues());
            return value.map_or(Found::Fault, Found::Value);
        }
        let mut own: Vec<FormPart> = if self.shares_form {
            self.form.iter().filter(|part| part.name == name).cloned().collect()
        } else {
            let (own, others) = mem::take(&mut self.form).into_iter().partition(|part| part.name == name);
            self.form = others;
            own
        };
        // An empty field counts as not sent. In a list it is an item, except for the empty part that a browser sends
        // for a file input without a file.
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
            self.keep(collector.into_issues());
            return Found::Fault;
        }
        let value = collector.step(name, |collector| {
            collector.secretly(input.field.write_only, |collector| {
                (how.of_parts)(own, &input.field.constraints, collector)
            })
        });
        self.keep(collector.into_issues());
        value.map_or(Found::Fault, Found::Value)
    }

    /// Keeps an issue for every field of a form that is not UTF-8, for a model of the whole form. Returns whether there
    /// was one.
    fn refuses_bytes(&mut self, input: &'r InputMeta, meta: &'static ObjectMeta) -> bool {
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
        self.keep(collector.into_issues());
        faulty
    }

    /// Keeps issues of the body.
    fn keep(&mut self, mut issues: Issues) {
        if self.hides_body {
            issues.iter_mut().for_each(|issue| issue.input = REDACTED.into());
        }
        self.issues.extend(issues);
    }

    fn missing(&mut self, input: &'r InputMeta) {
        self.issues.push(Issue::new(IssueKind::Missing, self.loc(input), Json::Null));
    }

    fn loc(&self, input: &'r InputMeta) -> Vec<crate::issue::Step> {
        match input.place {
            Place::Body { .. } if !self.embedded => vec!["body".into()],
            _ => at(input),
        }
    }
}

/// The result of looking for an input.
enum Found<T> {
    Value(T),
    /// The input is invalid, and its issues are kept.
    Fault,
    /// The input was not sent.
    Nothing,
}

fn body_inputs(inputs: &[InputMeta]) -> usize {
    inputs.iter().filter(|input| input.place.is_body()).count()
}

/// The `loc` of an input.
fn at(input: &InputMeta) -> Vec<crate::issue::Step> {
    vec![input.place.name().into(), input.field.name.into()]
}

/// All values as a list, if the input is a list, else the one that `one` selects. `None` if there are none.
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

/// Turns pairs into an object. Members that are lists get all values of their key, others the last one. Unknown keys
/// come after all members.
pub(crate) fn object_of<'a>(
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
            // An unknown key is kept with all its values, which the issues show as their `input`.
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
