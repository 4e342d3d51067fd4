//! What clients may ask of a list, as declared: filters, sorts, a search, the form of the answer.

use serde_json::Value as Json;

use super::{ColumnMeta, ColumnType, Comparand, Comparison, Condition, Predicate, Resource, ResourceMeta};
use crate::issue::IssueCollector;
use crate::wire::{Constraints, FieldMeta, Out, Shape, Wire};

/// What clients may ask of a list, besides filters by fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListMeta {
    /// The declaration's own filters.
    pub(crate) filters: &'static [OwnFilter],
    /// Whether the body is an object with the rows in it.
    pub(crate) envelope: bool,
    /// Whether clients may choose the members of a row.
    pub(crate) sparse: bool,
    /// The formats that the whole list can be exported in.
    pub(crate) export: &'static [ExportFormat],
}

impl ListMeta {
    pub(super) const NONE: ListMeta = ListMeta { filters: &[], envelope: false, sparse: false, export: &[] };
}

/// A comparison of a field in a query: `field__gte=1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the query")]
#[non_exhaustive]
pub enum Operator {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    NotIn,
    Contains,
    IContains,
    StartsWith,
    EndsWith,
    IsNull,
    Has,
}

impl Operator {
    /// The name of the query parameter for a field.
    pub(crate) fn parameter(self, field: &str) -> String {
        let suffix = match self {
            Operator::Eq => return field.to_owned(),
            Operator::Ne => "ne",
            Operator::Gt => "gt",
            Operator::Gte => "gte",
            Operator::Lt => "lt",
            Operator::Lte => "lte",
            Operator::In => "in",
            Operator::NotIn => "not_in",
            Operator::Contains => "contains",
            Operator::IContains => "icontains",
            Operator::StartsWith => "startswith",
            Operator::EndsWith => "endswith",
            Operator::IsNull => "isnull",
            Operator::Has => "has",
        };
        format!("{field}__{suffix}")
    }

    /// Whether it takes several values, as a key that is repeated.
    pub(crate) fn takes_several(self) -> bool {
        matches!(self, Operator::In | Operator::NotIn)
    }

    /// Whether it takes the empty text.
    pub(crate) fn takes_empty(self) -> bool {
        matches!(self, Operator::Eq | Operator::Ne | Operator::In | Operator::NotIn)
    }

    fn comparison(self) -> Option<Comparison> {
        match self {
            Operator::Eq => Some(Comparison::Equal),
            Operator::Ne => Some(Comparison::NotEqual),
            Operator::Gt => Some(Comparison::Greater),
            Operator::Gte => Some(Comparison::GreaterOrEqual),
            Operator::Lt => Some(Comparison::Less),
            Operator::Lte => Some(Comparison::LessOrEqual),
            _ => None,
        }
    }
}

/// The comparisons of a field by which clients may filter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FilterOperators {
    /// None.
    None,
    /// Those that make sense for its type.
    OfType,
    /// The declared ones.
    These(&'static [Operator]),
}

/// Parses a value that a column is compared with, by the type of the field and without its constraints.
pub(crate) type ReadComparand = fn(&Json, &Constraints, &mut IssueCollector) -> Option<Comparand>;

/// The items of a list in a JSON column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadItem {
    /// The shape of an item.
    pub(crate) shape: fn() -> Shape,
    /// Parses an item, and returns it as it is stored.
    pub(crate) read: fn(&Json, &mut IssueCollector) -> Option<Json>,
}

pub(super) fn read_item<T: Wire>(json: &Json, collector: &mut IssueCollector) -> Option<Json> {
    let item = T::coerce(json, &Constraints::NONE.stored(), collector)?;
    serde_json::to_value(Out(&item)).ok()
}

/// A filter that the declaration brings itself: a function of one input to a predicate.
#[derive(Clone, Copy, Debug)]
pub struct OwnFilter {
    /// The name of the query parameter.
    pub name: &'static str,
    /// The shape of the input.
    pub shape: fn() -> Shape,
    /// Parses the input and calls the function.
    pub condition: fn(&Json, &mut IssueCollector) -> Option<Condition>,
}

impl OwnFilter {
    /// Whether the input is a list, which is sent as a key that is repeated.
    pub(crate) fn takes_several(&self) -> bool {
        matches!((self.shape)(), Shape::List(_))
    }
}

/// Calls an own filter with its input.
pub fn own_condition<R: Resource, T: Wire>(
    filter: impl Fn(T) -> Predicate<R>,
    json: &Json,
    collector: &mut IssueCollector,
) -> Option<Condition> {
    T::coerce(json, &Constraints::NONE, collector).map(|input| filter(input).into_condition())
}

/// The shape of an own filter's input.
pub fn own_shape<R: Resource, T: Wire>(_: impl Fn(T) -> Predicate<R>) -> Shape {
    T::shape()
}

/// A format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportFormat {
    /// A JSON object on each line.
    JsonLines,
    /// Comma-separated values.
    Csv,
}

impl ExportFormat {
    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            ExportFormat::JsonLines => "application/jsonl",
            ExportFormat::Csv => "text/csv",
        }
    }

    /// Its media type, with the parameters that an answer has.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            ExportFormat::JsonLines => "application/jsonl",
            ExportFormat::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
}

/// A filter by a field: a pair of the field and an operator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldFilter {
    /// The position of the field.
    pub(crate) field: usize,
    /// The operator.
    pub(crate) operator: Operator,
}

impl FieldFilter {
    /// The condition for the values that were sent, of which there are several only where the operator takes them.
    pub(crate) fn condition(
        self,
        meta: &ResourceMeta,
        values: &[Json],
        collector: &mut IssueCollector,
    ) -> Option<Condition> {
        let (column, constraints) = (&meta.columns[self.field], &meta.object.fields[self.field].constraints);
        let value = values.first()?;
        let text =
            |collector: &mut IssueCollector| String::coerce(value, &Constraints::NONE.stored(), collector);
        let field = self.field;
        Some(match self.operator {
            Operator::In | Operator::NotIn => {
                let mut comparands = Vec::with_capacity(values.len());
                for (index, value) in values.iter().enumerate() {
                    let read =
                        |collector: &mut IssueCollector| (column.comparand)(value, constraints, collector);
                    comparands.extend(collector.step(index, read));
                }
                if comparands.len() < values.len() {
                    return None;
                }
                let found = Comparand::one_of(comparands, field);
                if self.operator == Operator::In { found } else { found.negated() }
            }
            Operator::Contains => Condition::contains(field, &text(collector)?),
            Operator::IContains => Condition::contains_folded(field, &text(collector)?),
            Operator::StartsWith => Condition::starts_with(field, &text(collector)?),
            Operator::EndsWith => Condition::ends_with(field, &text(collector)?),
            Operator::IsNull => {
                let null = Condition::Null { column: field };
                match bool::coerce(value, &Constraints::NONE, collector)? {
                    true => null,
                    false => null.negated(),
                }
            }
            Operator::Has => Condition::has(field, (column.item?.read)(value, collector)?),
            other => {
                let comparand = (column.comparand)(value, constraints, collector)?;
                comparand.compared(field, other.comparison()?)
            }
        })
    }

    /// The shape of a value.
    pub(crate) fn shape(self, meta: &ResourceMeta) -> Shape {
        let column = &meta.columns[self.field];
        match self.operator {
            Operator::IsNull => Shape::Boolean,
            Operator::Has => column.item.map_or(Shape::Any, |item| (item.shape)()),
            _ => match (column.shape)() {
                Shape::Nullable(inner) => inner(),
                shape => shape,
            },
        }
    }
}

const ORDERS: [Operator; 4] = [Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte];
const CHOICES: [Operator; 4] = [Operator::Eq, Operator::Ne, Operator::In, Operator::NotIn];
const TEXTS: [Operator; 4] =
    [Operator::Contains, Operator::IContains, Operator::StartsWith, Operator::EndsWith];

/// Whether the values of a column are the variants of an enum.
fn is_enum(column: &ColumnMeta) -> bool {
    let shape = match (column.shape)() {
        Shape::Nullable(inner) => inner(),
        shape => shape,
    };
    matches!(shape, Shape::UnitEnum(_))
}

impl ColumnMeta {
    /// The operators that its type has, and whether each is among those that `filter` alone allows.
    fn operators(&self, constraints: &Constraints) -> Vec<(Operator, bool)> {
        let with = |all: &[Operator], usual: bool| -> Vec<_> {
            all.iter().map(|operator| (*operator, usual)).collect()
        };
        let mut all = match (self.kind)(constraints) {
            _ if is_enum(self) => with(&CHOICES, true),
            ColumnType::Integer
            | ColumnType::Real
            | ColumnType::Decimal { .. }
            | ColumnType::Timestamp
            | ColumnType::Date
            | ColumnType::Time => [with(&CHOICES, true), with(&ORDERS, true)].concat(),
            ColumnType::Text => [with(&CHOICES, true), with(&TEXTS, true), with(&ORDERS, false)].concat(),
            ColumnType::Boolean => [with(&CHOICES[..1], true), with(&CHOICES[1..2], false)].concat(),
            ColumnType::UnitEnum(_) | ColumnType::Uuid => with(&CHOICES, true),
            ColumnType::Json if self.item.is_some_and(|item| (item.shape)().is_scalar()) => {
                with(&[Operator::Has], true)
            }
            ColumnType::Bytes | ColumnType::Json => Vec::new(),
        };
        if matches!((self.shape)(), Shape::Nullable(_)) {
            all.push((Operator::IsNull, true));
        }
        all
    }

    /// Whether rows can be sorted by it.
    fn is_sortable(&self, constraints: &Constraints) -> bool {
        let kind = (self.kind)(constraints);
        !is_enum(self) && !matches!(kind, ColumnType::UnitEnum(_) | ColumnType::Bytes | ColumnType::Json)
    }
}

impl ResourceMeta {
    fn described_columns(&self) -> impl Iterator<Item = (usize, &'static ColumnMeta, &'static FieldMeta)> {
        let all = self.columns.iter().zip(self.object.fields).enumerate();
        all.map(|(index, (column, field))| (index, column, field))
    }

    /// The filters by fields, in the order of the declaration.
    pub(crate) fn field_filters(&self) -> Vec<FieldFilter> {
        let of = |(field, column, meta): (usize, &'static ColumnMeta, &'static FieldMeta)| {
            let operators: Vec<Operator> = match column.filter {
                FilterOperators::None => Vec::new(),
                FilterOperators::These(operators) => operators.to_vec(),
                FilterOperators::OfType => {
                    let all = column.operators(&meta.constraints).into_iter();
                    all.filter_map(|(operator, usual)| usual.then_some(operator)).collect()
                }
            };
            operators.into_iter().map(move |operator| FieldFilter { field, operator })
        };
        self.described_columns().flat_map(of).collect()
    }

    /// The fields that rows can be sorted by, the key among them.
    pub(crate) fn sorts(&self) -> impl Iterator<Item = usize> {
        let key = self.key;
        self.described_columns()
            .filter(move |(index, column, _)| column.sort || *index == key)
            .map(|all| all.0)
    }

    /// The fields that `q` searches.
    pub(crate) fn searches(&self) -> impl Iterator<Item = usize> {
        self.described_columns().filter(|(_, column, _)| column.search).map(|all| all.0)
    }

    /// Messages about words that the types of their fields do not have.
    pub(crate) fn unfit_lists(&self) -> Vec<String> {
        let resource = self.object.name;
        let mut wrong = Vec::new();
        for (_, column, field) in self.described_columns() {
            let name = field.name;
            let known = column.operators(&field.constraints);
            match column.filter {
                FilterOperators::OfType if known.is_empty() => wrong.push(format!(
                    "`{name}` of the resource `{resource}` cannot be filtered by: its type has no comparisons"
                )),
                FilterOperators::These(operators) => {
                    for operator in operators {
                        if !known.iter().any(|(there, _)| there == operator) {
                            wrong.push(format!(
                                "`{name}` of the resource `{resource}` has no filter `{}`: its type lacks that comparison",
                                operator.parameter(name)
                            ));
                        }
                    }
                }
                _ => {}
            }
            if column.sort && !column.is_sortable(&field.constraints) {
                wrong.push(format!(
                    "`{name}` of the resource `{resource}` cannot be sorted by: its type has no order"
                ));
            }
            if column.search && !matches!((column.kind)(&field.constraints), ColumnType::Text) {
                wrong
                    .push(format!("`{name}` of the resource `{resource}` cannot be searched: it is no text"));
            }
        }
        wrong
    }
}
