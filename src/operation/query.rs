//! The query of a list: filters, a search, the order, and the page.
//!
//! A mistake in a query never makes more rows come than were meant: whatever is not understood is an issue.

use std::collections::HashMap;

use serde_json::Value as Json;
use smallvec::{SmallVec, smallvec};

use super::list::{List, decided};
use super::page::COUNT;
use super::parameters::{Parameter, nearest};
use super::{Permissions, Service, cursor};
use crate::input::{self, Pair};
use crate::issue::{Bound, IssueCollector, IssueKind, Issues, MOST_ISSUES};
use crate::resource::{ColumnType, Condition, FieldFilter};
use crate::store::Order;
use crate::value::Value;
use crate::wire::{Constraints, Shape, Wire};

/// How many conditions a query may have: pairs of a field and an operator, and words of a search.
const MOST_CONDITIONS: usize = 50;

/// How many values the filters of a query may have in all.
const MOST_VALUES: usize = 1000;

/// How many texts a query may sort by, whose values a cursor has to hold.
const MOST_SORTED_TEXTS: usize = 2;

/// The values of one parameter, in the order in which they were sent.
type Values<'q> = SmallVec<[&'q str; 1]>;

/// What was read of a query so far.
struct Reading<'s> {
    service: &'s Service,
    list: List,
    /// The constraints of `limit`.
    limit: &'s Constraints,
    /// What the caller may do, if that is not everything.
    permissions: Option<&'s Permissions>,
    cursor: Option<String>,
    skips: bool,
    /// How many conditions and values there are.
    conditions: usize,
    values: usize,
}

impl Service {
    /// Parses the query of a list.
    pub(super) fn list(&self, query: &str, permissions: Option<&Permissions>) -> Result<List, Issues> {
        let list = List { looks_ahead: true, ..List::of(0, self.page.default.into()) };
        self.list_like(list, query, &self.limit, permissions)
    }

    /// Parses the query of an export, which has all rows unless there is a `limit`.
    pub(crate) fn list_to_export(
        &self,
        query: &str,
        permissions: Option<&Permissions>,
    ) -> Result<List, Issues> {
        let (pairs, _) = input::unicode_pairs(query, self.meta.object);
        match pairs.iter().find(|(name, _)| name == "cursor") {
            None => self.list_like(List::of(0, u64::MAX), query, &COUNT, permissions),
            Some((_, cursor)) => Err(fault("cursor", "an export has no pages; leave out `cursor`", cursor)),
        }
    }

    /// Parses a query that only chooses the members of a row.
    pub(super) fn members(
        &self,
        query: &str,
        permissions: Option<&Permissions>,
    ) -> Result<Option<Vec<usize>>, Issues> {
        let (pairs, mut issues) = input::unicode_pairs(query, self.meta.object);
        issues.extend(input::unknown_keys(&pairs, &["fields"], self.meta.object));
        let mut reading = Reading::of(self, List::of(0, 1), &COUNT, permissions);
        let mut collector = IssueCollector::at("query");
        for (name, values) in grouped(&pairs).iter().filter(|(name, _)| *name == "fields") {
            reading.take(name, values, &mut collector);
        }
        issues.extend(collector.into_issues());
        if issues.is_empty() { Ok(reading.list.members) } else { Err(issues) }
    }

    fn list_like(
        &self,
        list: List,
        query: &str,
        limit: &Constraints,
        permissions: Option<&Permissions>,
    ) -> Result<List, Issues> {
        if query.is_empty() {
            return Ok(List { fingerprint: self.parameters.of_no_query, ..list });
        }
        let (pairs, mut issues) = input::unicode_pairs(query, self.meta.object);
        let mut reading = Reading::of(self, list, limit, permissions);
        let mut collector = IssueCollector::at("query");
        let grouped = grouped(&pairs);
        for (name, values) in &grouped {
            reading.take(name, values, &mut collector);
        }
        let Reading { mut list, cursor, .. } = reading;
        issues.extend(collector.into_issues());
        list.fingerprint = self.fingerprint(&grouped, &list);
        if let Some(cursor) = cursor.filter(|_| issues.is_empty()) {
            match self.position(&cursor, &list) {
                Ok(position) => list.after = Some(position),
                Err(why) => issues.extend(fault("cursor", why, &cursor)),
            }
        }
        if issues.is_empty() { Ok(list) } else { Err(issues) }
    }

    fn position(&self, cursor: &str, list: &List) -> Result<Vec<Value>, &'static str> {
        cursor::decoded(cursor, list.fingerprint, &list.order_of(self.meta), self.meta)
    }

    /// Identifies a query by what decides which rows come in which order. Filters and their values are sets.
    fn fingerprint(&self, grouped: &[(&str, Values<'_>)], list: &List) -> u64 {
        // Whatever narrows the rows is a filter.
        if list.filter.is_true() && list.terms.is_empty() {
            return self.parameters.of_no_query;
        }
        let mut filters: Vec<(&str, Values<'_>)> = Vec::new();
        for (name, values) in grouped {
            let mut values = match self.parameters.get(name).map(|(_, parameter)| parameter) {
                Some(Parameter::Field(_) | Parameter::Own(_)) => values.clone(),
                Some(Parameter::Search) => values.iter().flat_map(|text| text.split_whitespace()).collect(),
                _ => continue,
            };
            values.sort_unstable();
            values.dedup();
            filters.push((*name, values));
        }
        filters.sort_unstable();
        let resource = &*self.parameters.resource;
        let order = list.terms.iter().map(|term| {
            let name = self.meta.columns[term.column].name;
            if term.descending { format!("-{name}") } else { name.to_owned() }
        });
        let order: Vec<String> = order.collect();
        let counts: Vec<String> = filters.iter().map(|(_, values)| values.len().to_string()).collect();
        let filters = filters.iter().zip(&counts).flat_map(|((name, values), count)| {
            ["&", *name, count].into_iter().chain(values.iter().copied())
        });
        cursor::fingerprint([resource].into_iter().chain(order.iter().map(String::as_str)).chain(filters))
    }
}

/// The values of each name, in the order in which the names first occur.
fn grouped<'p>(pairs: &'p [Pair<'_>]) -> Vec<(&'p str, Values<'p>)> {
    // Most queries have a few names, which are looked for one by one.
    const FEW: usize = 16;
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<(&str, Values<'_>)> = Vec::new();
    for (name, value) in pairs {
        let known = match all.len() {
            ..FEW => all.iter().position(|(known, _)| *known == name),
            _ => {
                if positions.is_empty() {
                    positions = all.iter().enumerate().map(|(index, (name, _))| (*name, index)).collect();
                }
                positions.get(&**name).copied()
            }
        };
        match known {
            Some(position) => all[position].1.push(value),
            None => {
                if !positions.is_empty() {
                    positions.insert(name, all.len());
                }
                all.push((name, smallvec![&**value]));
            }
        }
    }
    all
}

/// The issue of a parameter.
pub(super) fn fault(name: &'static str, why: &str, input: &str) -> Issues {
    let mut collector = IssueCollector::at("query");
    collector.step(name, |collector| refuse(collector, why, input));
    collector.into_issues()
}

fn refuse(collector: &mut IssueCollector, why: &str, input: &str) {
    let kind = IssueKind::Format { what: "", reason: why.to_owned() };
    collector.fault::<()>(kind, &Json::from(input));
}

impl<'s> Reading<'s> {
    fn of(
        service: &'s Service,
        list: List,
        limit: &'s Constraints,
        permissions: Option<&'s Permissions>,
    ) -> Self {
        Reading { service, list, limit, permissions, cursor: None, skips: false, conditions: 0, values: 0 }
    }

    /// Whether the caller sees the values of a field in no row, so that to them there is no such field.
    fn hides(&self, field: usize) -> bool {
        self.permissions.is_some_and(|permissions| permissions.hides(field))
    }

    /// Whether the caller may send a parameter.
    fn offers(&self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::Field(filter) => !self.hides(filter.field),
            Parameter::Search => !self.service.parameters.searches.iter().all(|field| self.hides(*field)),
            _ => true,
        }
    }

    /// Takes a parameter with all of its values.
    fn take(&mut self, name: &str, values: &Values<'_>, collector: &mut IssueCollector) {
        let parameters = &self.service.parameters;
        let known = parameters.get(name).filter(|(_, parameter)| self.offers(*parameter));
        let Some((name, parameter)) = known else {
            // A query may have thousands of unknown names, of which only so many are told.
            let left = MOST_ISSUES.saturating_sub(collector.count());
            let offered = |parameter| self.offers(parameter);
            let allowed = if left > 0 { parameters.nearest(name, offered) } else { Vec::new() };
            let meta = self.service.meta.object;
            for value in values.iter().take(left) {
                input::unknown_key(name, value, allowed.clone(), meta, collector);
            }
            return;
        };
        collector.step(name.clone(), |collector| self.take_known(*parameter, values, collector));
    }

    fn take_known(&mut self, parameter: Parameter, values: &Values<'_>, collector: &mut IssueCollector) {
        let meta = self.service.meta;
        let takes_several = match parameter {
            Parameter::Field(filter) => filter.operator.takes_several(),
            Parameter::Own(index) => meta.list.filters[index].takes_several(),
            _ => false,
        };
        let last = values.last().copied().unwrap_or_default();
        if values.len() > 1 && !takes_several {
            return refuse(collector, "this parameter takes one value, and was sent more than once", last);
        }
        match parameter {
            Parameter::Skip => {
                self.skips = true;
                if self.cursor.is_some() {
                    refuse(collector, "a cursor says where the page begins; leave out `skip`", last);
                }
                self.list.skip = match beyond(last, &self.service.skip) {
                    Some(most) => {
                        collector.fault::<()>(IssueKind::SkipTooFar(most), &Json::from(last));
                        0
                    }
                    None => count(last, &self.service.skip, collector).unwrap_or_default(),
                };
            }
            Parameter::Limit => {
                self.list.limit = count(last, self.limit, collector).unwrap_or_default();
            }
            Parameter::Count => {
                self.list.counts =
                    bool::coerce(&last.into(), &Constraints::NONE, collector).unwrap_or_default();
            }
            Parameter::Cursor => {
                if self.skips {
                    refuse(collector, "a cursor says where the page begins; leave out `skip`", last);
                }
                self.cursor = Some(last.to_owned());
            }
            Parameter::Sort => self.sort(last, collector),
            Parameter::Fields => self.fields(last, collector),
            Parameter::Search => self.search(last, collector),
            Parameter::Field(filter) => {
                self.counted(1, values.len(), collector);
                if last.is_empty() && !filter.operator.takes_empty() && self.is_text(filter) {
                    return refuse(collector, "this filter takes no empty text; leave it out", last);
                }
                let values: Vec<Json> = values.iter().map(|value| Json::from(*value)).collect();
                if let Some(condition) = filter.condition(meta, &values, collector) {
                    self.narrow(condition);
                }
            }
            Parameter::Own(index) => {
                self.counted(1, values.len(), collector);
                let filter = &meta.list.filters[index];
                let input = match filter.takes_several() {
                    true => values.iter().map(|value| Json::from(*value)).collect(),
                    false => Json::from(last),
                };
                if let Some(condition) = (filter.condition)(&input, collector) {
                    self.narrow(condition);
                }
            }
        }
    }

    /// Whether the filter takes any text.
    fn is_text(&self, filter: FieldFilter) -> bool {
        matches!(filter.shape(self.service.meta), Shape::Text { format: "" })
    }

    fn narrow(&mut self, condition: Condition) {
        let before = std::mem::replace(&mut self.list.filter, Condition::TRUE);
        self.list.filter = before.and(condition);
    }

    /// Counts conditions and values, of which a query has only so many.
    fn counted(&mut self, conditions: usize, values: usize, collector: &mut IssueCollector) {
        let before = (self.conditions, self.values);
        self.conditions += conditions;
        self.values += values;
        if before.0 <= MOST_CONDITIONS && self.conditions > MOST_CONDITIONS {
            refuse(collector, &format!("a query has at most {MOST_CONDITIONS} conditions"), "");
        }
        if before.1 <= MOST_VALUES && self.values > MOST_VALUES {
            refuse(collector, &format!("the filters of a query have at most {MOST_VALUES} values"), "");
        }
    }

    /// `sort=-created_at,name`.
    fn sort(&mut self, text: &str, collector: &mut IssueCollector) {
        let (service, meta) = (self.service, self.service.meta);
        let mut terms: Vec<Order> = Vec::new();
        for part in text.split(',') {
            let (name, descending) = match part.strip_prefix('-') {
                Some(name) => (name, true),
                None => (part, false),
            };
            let sorts = service.parameters.sorts.iter().filter(|(_, term)| !self.hides(term.column));
            let Some((_, term)) = sorts.clone().find(|(known, _)| *known == name) else {
                let names = sorts.map(|(name, _)| *name);
                let kind = IssueKind::NotAllowed { allowed: nearest(name, names) };
                collector.fault::<()>(kind, &Json::from(part));
                return;
            };
            if terms.iter().any(|known| known.column == term.column) {
                return refuse(collector, &format!("the rows are sorted by `{name}` already"), text);
            }
            terms.push(Order { descending, ..*term });
        }
        let is_text = |term: &&Order| {
            let constraints = &meta.object.fields[term.column].constraints;
            term.column != meta.key
                && matches!((meta.columns[term.column].kind)(constraints), ColumnType::Text)
        };
        if terms.iter().filter(is_text).count() > MOST_SORTED_TEXTS {
            let why = format!("rows are sorted by at most {MOST_SORTED_TEXTS} texts");
            return refuse(collector, &why, text);
        }
        self.list.terms = decided(terms, meta);
    }

    /// `fields=name,age`.
    fn fields(&mut self, text: &str, collector: &mut IssueCollector) {
        let fields = self.service.meta.object.fields;
        let shown =
            fields.iter().enumerate().filter(|(index, field)| !field.write_only && !self.hides(*index));
        let mut members = Vec::new();
        for name in text.split(',') {
            let position = shown.clone().find(|(_, field)| field.name == name).map(|(index, _)| index);
            match position {
                Some(position) if !members.contains(&position) => members.push(position),
                Some(_) => return refuse(collector, &format!("`{name}` is asked for twice"), text),
                None => {
                    let names = shown.map(|(_, field)| field.name);
                    let kind = IssueKind::NotAllowed { allowed: nearest(name, names) };
                    collector.fault::<()>(kind, &Json::from(name));
                    return;
                }
            }
        }
        self.list.members = Some(members);
    }

    /// Every word is found in at least one of the fields that are searched.
    fn search(&mut self, text: &str, collector: &mut IssueCollector) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() {
            return refuse(collector, "the search has no word; leave it out", text);
        }
        if String::coerce(&text.into(), &Constraints::NONE.stored(), collector).is_none() {
            return;
        }
        self.counted(words.len(), 0, collector);
        for word in words.into_iter().take(MOST_CONDITIONS) {
            let fields = self.service.parameters.searches.iter().filter(|field| !self.hides(**field));
            let found = fields.map(|field| Condition::contains_folded(*field, word));
            self.narrow(found.fold(Condition::FALSE, Condition::or));
        }
    }
}

/// The greatest number, if the digits are those of a greater one.
fn beyond(text: &str, constraints: &Constraints) -> Option<Bound> {
    let Some(Bound::Int(most)) = constraints.le else { return None };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_within = |count: i64| count <= most;
    (is_number && !text.parse().is_ok_and(is_within)).then_some(Bound::Int(most))
}

fn count(text: &str, constraints: &Constraints, collector: &mut IssueCollector) -> Option<u64> {
    // Most requests send digits, of which nothing but the bound is to be looked at.
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let within = |count: &u64| match constraints.le {
            Some(Bound::Int(most)) => i64::try_from(*count).is_ok_and(|count| count <= most),
            _ => false,
        };
        if let Some(count) = text.parse().ok().filter(within) {
            return Some(count);
        }
    }
    u64::coerce(&text.into(), constraints, collector)
}
