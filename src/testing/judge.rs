//! What the rules of a resource say of a row, by their closures alone.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::coverage::{Coverage, Part};
use super::failure::Failure;
use super::maker::json;
use super::program::{Caller, Served};
use crate::operation::Permissions;
use crate::resource::{Comparand, Comparison, FieldAccess, JudgedRule, Operation, ResourceMeta, Rule};
use crate::value::Value;

/// A row, and the struct that it is.
pub(super) struct Row {
    pub(super) values: Vec<Value>,
    decoded: Box<dyn Any>,
}

/// Judges the rows of a resource, and counts what it has seen.
pub(super) struct Judge<'a> {
    pub(super) served: Served<'a>,
    coverage: &'a RefCell<Coverage>,
}

impl<'a> Judge<'a> {
    pub(super) fn of(served: Served<'a>, coverage: &'a RefCell<Coverage>) -> Self {
        Judge { served, coverage }
    }

    pub(super) fn meta(&self) -> &'static ResourceMeta {
        self.served.service.meta()
    }

    pub(super) fn row(&self, values: Vec<Value>) -> Result<Row, Failure> {
        let decoded = self.served.service.decoded(&values);
        let decoded = decoded.map_err(|error| {
            Failure::Unfit(format!("a row of the resource `{}` cannot be read: {error}", self.served.name()))
        })?;
        Ok(Row { values, decoded })
    }

    pub(super) fn key<'r>(&self, row: &'r Row) -> &'r Value {
        &row.values[self.meta().key]
    }

    /// Whether a rule is true of a row. It is noted as seen.
    pub(super) fn holds(&self, part: Part, row: &Row, caller: &Caller) -> bool {
        let holds = self.would_hold(part, row, caller);
        self.coverage.borrow_mut().saw(self.served.name(), part, holds);
        holds
    }

    /// The same without a note.
    pub(super) fn would_hold(&self, part: Part, row: &Row, caller: &Caller) -> bool {
        let is_own = self.is_of_tenant(row, caller);
        let Some(rule) = self.rule(part) else { return is_own };
        is_own && (rule.oracle)(&*row.decoded, caller.value()) == Some(true)
    }

    /// What a row must be after an operation.
    pub(super) fn passes(&self, operation: Operation, row: &Row, caller: &Caller) -> bool {
        let is_new = operation == Operation::Create;
        match self.served.access.check {
            Some(_) if is_new => {
                self.holds(Part::Create, row, caller) && self.holds(Part::Check, row, caller)
            }
            Some(_) => self.holds(Part::Check, row, caller),
            // Whoever sees no row at all does not have to see what they create.
            None => {
                self.holds(Part::of(operation), row, caller)
                    && (self.holds(Part::Read, row, caller)
                        || (is_new && self.refuses(Operation::List, caller)))
            }
        }
    }

    /// Whether a row is of the tenant of a caller, if there are tenants.
    fn is_of_tenant(&self, row: &Row, caller: &Caller) -> bool {
        let Some((tenant, is_everywhere)) = &self.served.access.tenant else { return true };
        let Some(caller) = caller.value() else { return false };
        let own = (tenant.of)(caller);
        is_everywhere(caller) || own == Some(Comparand::At(row.values[tenant.column].clone()))
    }

    /// The rule of a part, if there is one. The tenant has none of its own.
    pub(super) fn rule(&self, part: Part) -> Option<&'static JudgedRule> {
        let access = self.served.access;
        let field = |column| access.fields.iter().find(|field| field.column == column);
        match part {
            Part::Tenant => None,
            Part::Read => Some(&access.read),
            Part::Create => Some(&access.create),
            Part::Update => Some(&access.update),
            Part::Delete => Some(&access.delete),
            Part::Check => access.check.as_ref(),
            Part::FieldRead(column) => field(column)?.read.as_ref(),
            Part::FieldWrite(column) => field(column)?.write.as_ref(),
        }
    }

    /// All parts that there are rules for.
    pub(super) fn parts(&self) -> Vec<Part> {
        let access = self.served.access;
        let of_rows = [Part::Read, Part::Create, Part::Update, Part::Delete];
        let check = access.check.map(|_| Part::Check);
        let of_field = |field: &FieldAccess| {
            let read = field.read.map(|_| Part::FieldRead(field.column));
            read.into_iter().chain(field.write.map(|_| Part::FieldWrite(field.column)))
        };
        let tenant = access.tenant.map(|_| Part::Tenant);
        let of_fields = access.fields.iter().flat_map(of_field);
        of_rows.into_iter().chain(check).chain(tenant).chain(of_fields).collect()
    }

    /// Whether nothing is left of the rules of an operation for a caller, so that they are refused before a row is looked for.
    /// This is what the code says that is proven, and decides between refusals alone.
    pub(super) fn refuses(&self, operation: Operation, caller: &Caller) -> bool {
        Permissions::of(self.meta(), self.served.access, operation, caller.value()).is_err()
    }

    /// Whether a field does not exist for a caller, who sees it in no row. This, too, is what the code says that is proven.
    pub(super) fn lacks(&self, column: usize, caller: &Caller) -> bool {
        let permissions = Permissions::of(self.meta(), self.served.access, Operation::List, caller.value());
        permissions.is_ok_and(|permissions| permissions.lacks(column))
    }

    /// Whether a caller sees the value of a column.
    pub(super) fn shows(&self, column: usize, row: &Row, caller: &Caller) -> bool {
        match self.rule(Part::FieldRead(column)) {
            Some(_) => self.holds(Part::FieldRead(column), row, caller),
            None => true,
        }
    }

    /// The row as a caller sees it.
    pub(super) fn shown(&self, row: &Row, caller: &Caller) -> Json {
        let fields = self.meta().object.fields.iter().enumerate();
        let shown = fields.filter(|(column, field)| !field.write_only && self.shows(*column, row, caller));
        shown
            .map(|(column, field)| (field.name.to_owned(), json(self.meta(), column, &row.values[column])))
            .collect::<Map<_, _>>()
            .into()
    }

    /// The whole row, for messages.
    pub(super) fn text(&self, row: &Row) -> String {
        let fields = self.meta().object.fields.iter().enumerate();
        let all = fields
            .map(|(column, field)| (field.name.to_owned(), json(self.meta(), column, &row.values[column])));
        Json::from(all.collect::<Map<_, _>>()).to_string()
    }

    /// A rule, for messages.
    pub(super) fn rule_text(&self, part: Part) -> String {
        let name = part.name(self.meta());
        match self.rule(part) {
            Some(rule) => format!("{name} of `{}`: {}", self.served.name(), text(self.meta(), &rule.rule)),
            None => format!("{name} of `{}`", self.served.name()),
        }
    }
}

/// Whether a rule is the same for every row and caller, as declared.
pub(super) fn is_constant(rule: &Rule) -> bool {
    match rule {
        Rule::Public | Rule::Never => true,
        Rule::Not(rule) => is_constant(rule),
        Rule::All(rules) | Rule::Any(rules) => rules.iter().all(is_constant),
        _ => false,
    }
}

/// The columns that a rule is about.
pub(super) fn columns(rule: &Rule, owner: Option<usize>, found: &mut Vec<usize>) {
    match *rule {
        Rule::Row(column, ..) | Rule::Compared(column, ..) | Rule::IsNull(column) => found.push(column),
        Rule::Owner => found.extend(owner),
        Rule::Not(rule) => columns(rule, owner, found),
        Rule::All(rules) | Rule::Any(rules) => rules.iter().for_each(|rule| columns(rule, owner, found)),
        Rule::Public | Rule::Never | Rule::Caller | Rule::OfCaller(_) => {}
    }
}

/// A rule as it may have been written.
fn text(meta: &ResourceMeta, rule: &Rule) -> String {
    let field = |column: usize| {
        let name = meta.object.fields[column].name;
        let is_word = matches!(name, "public" | "never" | "caller" | "owner");
        if is_word { Cow::Owned(format!("self.{name}")) } else { Cow::Borrowed(name) }
    };
    let joined = |rules: &[Rule], between: &str| {
        let mut joined = String::new();
        for (index, rule) in rules.iter().enumerate() {
            joined.push_str(if index > 0 { between } else { "" });
            let _ = match rule {
                Rule::All(_) | Rule::Any(_) => write!(joined, "({})", text(meta, rule)),
                _ => write!(joined, "{}", text(meta, rule)),
            };
        }
        joined
    };
    match *rule {
        Rule::Public => "public".to_owned(),
        Rule::Never => "never".to_owned(),
        Rule::Caller => "caller".to_owned(),
        Rule::Owner => "owner".to_owned(),
        Rule::All(rules) => joined(rules, " && "),
        Rule::Any(rules) => joined(rules, " || "),
        Rule::Not(Rule::IsNull(column)) => format!("{}.is_some()", field(*column)),
        Rule::Not(rule) => match (rule, text(meta, rule)) {
            (Rule::Row(..) | Rule::Compared(..), compared) if compared.contains(' ') => {
                format!("!({compared})")
            }
            (Rule::All(_) | Rule::Any(_), joined) => format!("!({joined})"),
            (_, one) => format!("!{one}"),
        },
        Rule::IsNull(column) => format!("{}.is_none()", field(column)),
        Rule::Row(column, comparison, operand) => {
            let value = match operand() {
                Comparand::At(value) | Comparand::Above(value) => json(meta, column, &value).to_string(),
                _ => "null".to_owned(),
            };
            // A field that is true or false stands alone.
            match value == "true" && comparison == Comparison::Equal && !meta.columns[column].nullable() {
                true => field(column).into_owned(),
                false => format!("{} {} {value}", field(column), operator(comparison)),
            }
        }
        Rule::Compared(column, comparison, _) => {
            format!("{} {} (a value of the caller)", field(column), operator(comparison))
        }
        Rule::OfCaller(_) => "(asked of the caller)".to_owned(),
    }
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}
