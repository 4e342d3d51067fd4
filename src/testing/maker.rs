//! Makes random rows and bodies of a resource, from its declaration.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value as Json};

use super::random::Random;
use super::texts::uuid;
use super::values;
use crate::resource::{AccessMeta, AnyCaller, Comparand, JudgedRule, Operation, ResourceMeta, Role, Rule};
use crate::value::Value;
use crate::wire::{Constraints, Presence, Shape};

/// How often a value is made anew that does not fit.
const TRIES: usize = 60;

/// Makes random rows and bodies of a resource.
pub(super) struct Maker {
    pub(super) meta: &'static ResourceMeta,
    /// For each column, the values that rules compare it with, and those of the callers.
    constants: Vec<Vec<Json>>,
    /// The columns of the owner and the tenant.
    of_callers: Vec<usize>,
    /// The columns that no two rows may have the same values in: of the key, of a unique field, of several together.
    unique: Vec<Vec<usize>>,
}

/// What no two rows may have in common, as far as rows were made.
#[derive(Clone, Default)]
pub(super) struct Taken(HashSet<(usize, String)>);

/// Values of columns that a body must not have, since they tell of rows that are hidden. A rule cannot help that: the
/// answer to a value that is taken says so.
#[derive(Default)]
pub(super) struct Secret(HashMap<usize, HashSet<String>>);

impl Maker {
    pub(super) fn of(meta: &'static ResourceMeta, access: &AccessMeta, callers: &[&AnyCaller]) -> Self {
        let mut unique: Vec<Vec<usize>> = Vec::new();
        for (index, column) in meta.columns.iter().enumerate() {
            if column.unique || matches!(column.role, Role::Key | Role::ServerGeneratedKey(_)) {
                unique.push(vec![index]);
            }
        }
        unique.extend(meta.indexes.iter().filter(|index| index.unique).map(|index| index.columns.to_vec()));
        let mut constants = Constants { meta, access, callers, found: vec![Vec::new(); meta.columns.len()] };
        constants.collect();
        let of_callers = access.caller_columns().map(|column| column.column).collect();
        Maker { meta, constants: constants.found, of_callers, unique }
    }

    /// A value that a column can have.
    ///
    /// # Errors
    /// None was found.
    pub(super) fn value(&self, random: &mut Random, column: usize) -> Result<Json, String> {
        let field = &self.meta.object.fields[column];
        let constants = &self.constants[column];
        let usual = if self.of_callers.contains(&column) { 75 } else { 40 };
        for _ in 0..TRIES {
            let value = match random.pick(constants) {
                Some(constant) if random.percent(usual) => constant.clone(),
                _ => values::value(random, field.shape(), &field.constraints),
            };
            if self.stored(column, &value).is_some() {
                return Ok(value);
            }
        }
        let default = match field.presence {
            Presence::Default(default) => Some(default()),
            _ => None,
        };
        let example = field.first_example().or(default).filter(|value| self.stored(column, value).is_some());
        example.ok_or_else(|| {
            let (resource, name) = (self.meta.object.name, field.name);
            format!(
                "no value was found that `{name}` of the resource `{resource}` can have: give it one, with \
                 `#[field(example = ..)]`"
            )
        })
    }

    /// The value to store for one in JSON, if it is valid.
    pub(super) fn stored(&self, column: usize, value: &Json) -> Option<Value> {
        (self.meta.columns[column].from_json)(value, &self.meta.object.fields[column].constraints)
    }

    /// A row with a value in each column, that is unlike all others where it must be. There is none where too few values
    /// are left. A key that the store counts is NULL in it.
    pub(super) fn row(&self, random: &mut Random, taken: &mut Taken) -> Result<Option<Vec<Value>>, String> {
        let mut row = Vec::with_capacity(self.meta.columns.len());
        for column in 0..self.meta.columns.len() {
            row.push(self.cell(random, column)?);
        }
        for _ in 0..TRIES {
            let conflict = self.unique.iter().enumerate().find(|(at, columns)| {
                tuple(columns, &row).is_some_and(|tuple| taken.0.contains(&(*at, tuple)))
            });
            let Some((_, columns)) = conflict else {
                let tuples = self.unique.iter().enumerate();
                taken.0.extend(tuples.filter_map(|(at, columns)| Some((at, tuple(columns, &row)?))));
                return Ok(Some(row));
            };
            for column in columns {
                row[*column] = self.cell(random, *column)?;
            }
        }
        Ok(None)
    }

    /// Another value for a column of a row that there is already.
    pub(super) fn other(
        &self,
        random: &mut Random,
        row: &[Value],
        column: usize,
        taken: &mut Taken,
    ) -> Result<Option<Value>, String> {
        for _ in 0..TRIES {
            let mut changed = row.to_vec();
            changed[column] = self.cell(random, column)?;
            let of_column =
                || self.unique.iter().enumerate().filter(|(_, columns)| columns.contains(&column));
            let tuples: Vec<_> =
                of_column().filter_map(|(at, columns)| Some((at, tuple(columns, &changed)?))).collect();
            if changed[column] != row[column] && !tuples.iter().any(|tuple| taken.0.contains(tuple)) {
                taken.0.extend(tuples);
                return Ok(Some(changed.swap_remove(column)));
            }
        }
        Ok(None)
    }

    fn cell(&self, random: &mut Random, column: usize) -> Result<Value, String> {
        let value = match self.meta.columns[column].role {
            Role::AutoIncrementKey => return Ok(Value::Null),
            // The rules may compare the key with a value of the caller.
            Role::ServerGeneratedKey(_) if self.constants[column].is_empty() || random.percent(60) => {
                uuid(random).into()
            }
            _ => self.value(random, column)?,
        };
        Ok(self.stored(column, &value).unwrap_or(Value::Null))
    }

    /// The columns that a client sets by an operation.
    pub(super) fn settable(&self, operation: Operation) -> impl Iterator<Item = usize> {
        let meta = self.meta;
        (0..meta.columns.len()).filter(move |column| match meta.columns[*column].role {
            Role::Plain => !meta.object.fields[*column].read_only,
            Role::Key => operation == Operation::Create,
            _ => false,
        })
    }

    /// A body that is mostly valid, and whether it has a secret that could not be avoided.
    pub(super) fn body(
        &self,
        random: &mut Random,
        operation: Operation,
        secret: &Secret,
    ) -> Result<(Map<String, Json>, bool), String> {
        let is_patch = operation == Operation::Patch;
        let (mut body, mut tells) = (Map::new(), false);
        for column in self.settable(operation) {
            let field = &self.meta.object.fields[column];
            let is_sent = match field.presence {
                _ if is_patch => random.percent(35),
                Presence::Required => true,
                _ => random.percent(70),
            };
            if !is_sent {
                continue;
            }
            let mut value = self.value(random, column)?;
            for _ in 0..TRIES {
                if !secret.has(column, &value) {
                    break;
                }
                value = self.value(random, column)?;
            }
            tells |= secret.has(column, &value);
            if is_patch && is_model(field.shape()) {
                lessen(random, &mut value);
            }
            body.insert(field.name.to_owned(), value);
        }
        if is_patch {
            // Of values that are unique together, those that are not sent may be a hidden row's as well.
            let is_sent = |column: &usize| body.contains_key(self.meta.object.fields[*column].name);
            let mut groups = self.unique.iter().filter(|columns| columns.iter().any(is_sent));
            tells |= groups.any(|columns| !self.mark(columns).is_some_and(|mark| is_sent(&mark)));
        }
        Ok((body, tells))
    }

    /// Keeps the values of a row that no other may have from being sent: of all columns, or of some that are hidden.
    pub(super) fn hide(&self, row: &[Value], hidden: Option<&[usize]>, secret: &mut Secret) {
        let is_hidden = |columns: &&Vec<usize>| {
            hidden.is_none_or(|hidden| columns.iter().any(|column| hidden.contains(column)))
        };
        for columns in self.unique.iter().filter(is_hidden) {
            let Some(mark) = self.mark(columns) else { continue };
            let value = json(self.meta, mark, &row[mark]);
            secret.0.entry(mark).or_default().insert(value.to_string());
        }
    }

    /// The columns that no two rows may have the same values in.
    pub(super) fn unique(&self) -> &[Vec<usize>] {
        &self.unique
    }

    /// Of columns that are unique together, the one that tells rows apart best.
    fn mark(&self, columns: &[usize]) -> Option<usize> {
        columns.iter().copied().max_by_key(|column| self.width(*column))
    }

    /// Whether a column has few values, some, or many.
    fn width(&self, column: usize) -> u8 {
        fn width(shape: Shape) -> u8 {
            match shape {
                Shape::Boolean | Shape::UnitEnum(_) => 0,
                Shape::Nullable(inner) => width(inner()),
                Shape::Integer { .. } | Shape::Number { .. } => 1,
                _ => 2,
            }
        }
        if self.of_callers.contains(&column) { 0 } else { width(self.meta.object.fields[column].shape()) }
    }
}

impl Secret {
    fn has(&self, column: usize, value: &Json) -> bool {
        self.0.get(&column).is_some_and(|values| values.contains(&value.to_string()))
    }
}

/// Whether a column has a model, so that a patch is merged into it.
fn is_model(shape: Shape) -> bool {
    match shape {
        Shape::Object(_) => true,
        Shape::Nullable(inner) => is_model(inner()),
        _ => false,
    }
}

/// Leaves some members of an object out, and makes others null.
fn lessen(random: &mut Random, value: &mut Json) {
    if let Json::Object(members) = value {
        members.retain(|_, _| random.percent(60));
        for member in members.values_mut() {
            if random.percent(25) {
                *member = Json::Null;
            }
        }
    }
}

/// The values of a row in these columns. Those of which one is NULL are like no others.
fn tuple(columns: &[usize], row: &[Value]) -> Option<String> {
    let values: Vec<&Value> = columns.iter().map(|column| &row[*column]).collect();
    (!values.contains(&&Value::Null)).then(|| format!("{values:?}"))
}

/// A stored value as JSON.
pub(super) fn json(meta: &ResourceMeta, column: usize, value: &Value) -> Json {
    let mut text = Vec::new();
    let constraints: &Constraints = &meta.object.fields[column].constraints;
    let written = (meta.columns[column].write_json)(value.as_ref(), constraints, &mut text);
    written.ok().and_then(|()| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Finds the values that the rules of a resource compare its columns with.
struct Constants<'a> {
    meta: &'static ResourceMeta,
    access: &'a AccessMeta,
    callers: &'a [&'a AnyCaller],
    found: Vec<Vec<Json>>,
}

impl Constants<'_> {
    fn collect(&mut self) {
        for rule in rules(self.access) {
            self.of_rule(&rule.rule);
        }
        for column in self.access.caller_columns() {
            for caller in self.callers {
                if let Some(comparand) = (column.of)(*caller) {
                    self.add(column.column, comparand);
                }
            }
        }
    }

    fn of_rule(&mut self, rule: &Rule) {
        match *rule {
            Rule::All(rules) | Rule::Any(rules) => rules.iter().for_each(|rule| self.of_rule(rule)),
            Rule::Not(rule) => self.of_rule(rule),
            Rule::Row(column, _, operand) => self.add(column, operand()),
            Rule::Compared(column, _, operand) => {
                let operands: Vec<_> = self.callers.iter().filter_map(|caller| operand(*caller)).collect();
                operands.into_iter().for_each(|operand| self.add(column, operand));
            }
            Rule::IsNull(column) => self.add(column, Comparand::Null),
            Rule::Public | Rule::Never | Rule::Caller | Rule::Owner | Rule::OfCaller(_) => {}
        }
    }

    /// Adds a value, and what lies beside it.
    fn add(&mut self, column: usize, comparand: Comparand) {
        let all = match comparand {
            Comparand::At(Value::Integer(i)) => [i.checked_sub(1), Some(i), i.checked_add(1)]
                .into_iter()
                .flatten()
                .map(Value::Integer)
                .collect(),
            Comparand::At(Value::Text(text)) => vec![Value::Text(format!("{text}a")), Value::Text(text)],
            Comparand::Above(Value::Integer(i)) => {
                [Some(i), i.checked_add(1)].into_iter().flatten().map(Value::Integer).collect()
            }
            Comparand::At(value) | Comparand::Above(value) => vec![value],
            Comparand::Null => vec![Value::Null],
            Comparand::BelowAll | Comparand::Nowhere => Vec::new(),
        };
        for value in all {
            // What is null in JSON and not in the store is none of its values.
            let json = json(self.meta, column, &value);
            let is_value = json != Json::Null || value == Value::Null;
            if is_value && !self.found[column].contains(&json) {
                self.found[column].push(json);
            }
        }
    }
}

/// All rules of a resource.
pub(super) fn rules(access: &AccessMeta) -> impl Iterator<Item = &JudgedRule> {
    let of_rows = [&access.read, &access.create, &access.update, &access.delete];
    let of_fields = access.fields.iter().flat_map(|field| field.read.iter().chain(&field.write));
    of_rows.into_iter().chain(&access.check).chain(of_fields)
}
