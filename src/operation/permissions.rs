//! What a caller may do, by the rules of a resource.

use super::{AnyRow, Command, Connection, Context, Request, SentValues, Service, execute};
use crate::error::Error;
use crate::resource::{
    AccessMeta, AnyCaller, Change, Changes, Comparand, Comparison, Condition, CreateStyle, JudgedRule,
    Operation, ResourceMeta,
};
use crate::store::{Columns, Conditions, FieldCondition, Mask, Refusal, Scope};
use crate::value::Value;
use crate::wire::{FieldMeta, Presence};

/// What a caller may do by one operation of a resource with access rules.
#[derive(Clone, Debug)]
pub(crate) struct Permissions {
    /// The rows that the caller may see.
    read: Condition,
    /// The rows that the operation may be done to, among those that the caller may see.
    before: Condition,
    /// What a row must be after the operation.
    after: Condition,
    /// The rows that the caller may see after the operation, if it leaves others behind too.
    shown: Condition,
    /// The values of the caller that a new row has, by column.
    values: Vec<(usize, Value)>,
    /// The fields that the caller may not see or set in every row.
    fields: Vec<FieldPermission>,
}

/// In which rows a caller may see a field and set it.
#[derive(Clone, Debug)]
struct FieldPermission {
    column: usize,
    seen: Condition,
    settable: Condition,
}

impl Permissions {
    /// What a caller may do by an operation, or by none if nobody is known to ask.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] if the operation may be done to no row at all, and [`Error::Unauthorized`] if nobody is
    /// known.
    pub(crate) fn of(
        meta: &ResourceMeta,
        access: &AccessMeta,
        operation: Operation,
        caller: Option<&AnyCaller>,
    ) -> Result<Self, Error> {
        let is_new = operation == Operation::Create;
        // A row that must have an owner is created by one.
        let mut required = access.caller_columns().filter(|column| !meta.columns[column.column].nullable());
        if is_new && caller.is_none() && required.next().is_some() {
            return Err(Error::Unauthorized);
        }
        let values = match (is_new, caller) {
            (true, Some(caller)) => values(meta, access, caller).ok_or(Error::NotPermitted)?,
            _ => Vec::new(),
        };
        // A new row has these values, so that what rules ask of them is known.
        // That holds of no row that may have been there before.
        let is_made = is_new && meta.create == CreateStyle::New;
        let known = |rows: Condition| if is_made { rows.given(&|part| is_of(&values, part)) } else { rows };
        let holds = |rule: &JudgedRule| known(access.rows(rule, caller));
        let read = holds(&access.read);
        let rows = match operation {
            Operation::List | Operation::Read => Condition::TRUE,
            Operation::Create => holds(&access.create),
            Operation::Replace | Operation::Patch => holds(&access.update),
            Operation::Delete => holds(&access.delete),
        };
        let after = match (operation, &access.check) {
            (Operation::List | Operation::Read | Operation::Delete, _) => Condition::TRUE,
            // The rule of a create is about the new row, and is asked whatever else is.
            (Operation::Create, Some(check)) => rows.clone().and(holds(check)),
            (_, Some(check)) => holds(check),
            // Whoever may see no row at all, and yet create some, is not asked to see what they create.
            (_, None) if is_new && read.is_false() => rows.clone(),
            (_, None) => rows.clone().and(read.clone()),
        };
        if rows.is_false() || after.is_false() || (read.is_false() && !is_new) {
            return Err(if caller.is_some() { Error::NotPermitted } else { Error::Unauthorized });
        }
        // Without a check of its own, what others do not see is not written.
        let may_be_unseen = access.check.is_some() || read.is_false();
        let shown = if may_be_unseen { read.clone() } else { Condition::TRUE };
        let fields = fields(access, &|rule| known(access.holds(rule, caller)));
        if is_new {
            return Ok(Permissions { read, before: Condition::TRUE, after, shown, values, fields });
        }
        // A column of the caller keeps its value, so that what was true of it before the write is true afterwards.
        let keeps = |part: &Condition| match part {
            Condition::Compare { column, .. } => access.caller_columns().any(|own| own.column == *column),
            _ => false,
        };
        let was_true = |part: &Condition| keeps(part) && (read.requires(part) || rows.requires(part));
        let (after, shown) = (after.given(&was_true), shown.given(&was_true));
        let before = rows.given(&|part| read.requires(part));
        Ok(Permissions { read, before, after, shown, values, fields })
    }

    /// The rows that the caller may see.
    pub(super) fn scope(&self) -> Scope {
        Scope::of(self.read.clone()).masked(self.masks())
    }

    /// The fields that the caller may not see in every row.
    fn masks(&self) -> Vec<Mask> {
        let masked = self.fields.iter().filter(|field| !field.seen.is_true());
        masked.map(|field| Mask { column: field.column, shown: field.seen.clone() }).collect()
    }

    /// The columns that the caller may not see in every row.
    pub(super) fn masked(&self) -> impl Iterator<Item = usize> {
        self.fields.iter().filter(|field| !field.seen.is_true()).map(|field| field.column)
    }

    /// Whether the caller may see a field in no row, so that to them it does not exist.
    pub(super) fn hides(&self, column: usize) -> bool {
        self.fields.iter().any(|field| field.column == column && field.seen.is_false())
    }

    /// Whether the row of a write may be one that the caller may not see.
    pub(super) fn may_be_unseen(&self) -> bool {
        !self.shown.is_true()
    }

    /// The conditions of a write.
    pub(super) fn conditions(&self, is_new: bool, fields: Vec<FieldCondition>) -> Conditions {
        let before = match self.before.is_true() {
            true => Vec::new(),
            false => vec![(self.before.clone(), Refusal::NotPermitted)],
        };
        // A new row is in no scope before it is there.
        let scope = if is_new { Scope::all().masked(self.masks()) } else { self.scope() };
        Conditions { scope, before, after: self.after.clone(), fields, shown: self.shown.clone() }
    }

    /// The conditions on the fields that a write sets. The value that stands is no change to whoever may see it, and what a
    /// replacement leaves out it keeps, if the caller may not see or set it.
    pub(super) fn field_conditions(
        &self,
        meta: &ResourceMeta,
        operation: Operation,
        changes: &Changes,
        sent: SentValues<'_>,
    ) -> Vec<FieldCondition> {
        let mut conditions = Vec::new();
        for FieldPermission { column, seen, settable } in &self.fields {
            let (column, field) = (*column, &meta.object.fields[*column]);
            let Some(change) = changes.of(column) else { continue };
            let required = |settable: Condition, seen: Condition| {
                let required = FieldCondition::Required { column, settable, seen };
                (!matches!(&required, FieldCondition::Required { settable, .. } if settable.is_true()))
                    .then_some(required)
            };
            // Nobody sees what is never shown, so that no value of it is told to be the one that stands.
            let told = if field.write_only { Condition::FALSE } else { seen.clone() };
            let is_none = matches!((sent, change), (SentValues::Struct(_), Change::Set(Value::Null)));
            match operation {
                Operation::Create => {
                    let is_default =
                        matches!(change, Change::Set(value) if *value == default(meta, column, field));
                    let settable = settable.clone();
                    conditions.extend(match (sent.has(field), is_default) {
                        // A default may be another one each time.
                        (false, _) => None,
                        (true, true) if is_none => None,
                        (true, true) => required(settable.or(told), Condition::FALSE),
                        (true, false) => required(settable, Condition::FALSE),
                    });
                }
                // The `None` of a struct is left out where the caller sees nothing, and else it is a value.
                Operation::Replace if is_none => {
                    conditions.extend(required(settable.clone().or(seen.clone().negated()), Condition::TRUE));
                    conditions.extend(kept_unless(column, seen.clone()));
                }
                Operation::Replace if !sent.has(field) => {
                    conditions.extend(kept_unless(column, seen.clone().and(settable.clone())));
                }
                _ => conditions.extend(required(settable.clone(), told)),
            }
        }
        conditions
    }

    /// The values of the caller that a new row has.
    pub(super) fn values(&self) -> &[(usize, Value)] {
        &self.values
    }
}

fn kept_unless(column: usize, set_in: Condition) -> Option<FieldCondition> {
    (!set_in.is_true()).then_some(FieldCondition::KeptUnless(column, set_in))
}

/// The fields that a caller may not see or set in every row. `holds` says in which rows a rule is true.
fn fields(access: &AccessMeta, holds: &dyn Fn(&JudgedRule) -> Condition) -> Vec<FieldPermission> {
    let rows = |rule: Option<&JudgedRule>| rule.map_or(Condition::TRUE, holds);
    let fields = access.fields.iter().map(|field| FieldPermission {
        column: field.column,
        seen: rows(field.read.as_ref()),
        settable: rows(field.write.as_ref()),
    });
    fields.filter(|field| !field.seen.is_true() || !field.settable.is_true()).collect()
}

/// The value of a field that is left out of a new row.
fn default(meta: &ResourceMeta, column: usize, field: &FieldMeta) -> Value {
    match field.presence {
        Presence::Default(json) => (meta.columns[column].from_json)(&json(), &field.constraints),
        _ => None,
    }
    .unwrap_or(Value::Null)
}

/// The values of the owner and the tenant in a new row. There are none if a column cannot have the one of this caller.
fn values(meta: &ResourceMeta, access: &AccessMeta, caller: &AnyCaller) -> Option<Vec<(usize, Value)>> {
    let value = |column: usize, comparand| {
        let most = meta.object.fields[column].constraints.most_indexed.unwrap_or(usize::MAX);
        match comparand {
            Comparand::Null => Some((column, Value::Null)),
            Comparand::At(Value::Text(text)) if text.len() > most => None,
            Comparand::At(Value::Blob(bytes)) if bytes.len() > most => None,
            Comparand::At(value) => Some((column, value)),
            Comparand::Above(_) | Comparand::BelowAll | Comparand::Nowhere => None,
        }
    };
    access.caller_columns().map(|own| value(own.column, (own.of)(caller)?)).collect()
}

/// Whether a condition is true of every row with these values.
fn is_of(values: &[(usize, Value)], condition: &Condition) -> bool {
    match condition {
        Condition::Compare { column, comparison: Comparison::Equal, value } => {
            // A comparison of a float with itself may be false.
            !matches!(value, Value::Null | Value::Real(_))
                && values.iter().any(|(own, new)| own == column && new == value)
        }
        _ => false,
    }
}

impl Service {
    /// The command of a request for the row of a key, which is as it is sent in a path. What is wrong with the command is told
    /// to those who may do this to the row.
    ///
    /// # Errors
    /// Those of [`Service::permit`], or else of the command.
    pub(crate) async fn of_permitted_row(
        &self,
        operation: Operation,
        key: &str,
        command: Result<Command, Error>,
        permissions: Option<&Permissions>,
    ) -> Result<Command, Error> {
        if let (Err(Error::Invalid(_)), Some(permissions)) = (&command, permissions)
            && operation.is_on_key()
            // A key that is none is told with all other issues.
            && let Ok(key) = self.key_in("path", &key.into())
        {
            let connection = Connection::Store(self.store());
            // In a box of its own, so that valid requests do not carry its size along.
            Box::pin(self.permit(connection, operation, key, permissions)).await?;
        }
        command
    }

    /// Asks whether a caller may do something to the row of a key.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such row, or the caller may not see it, and [`Error::NotPermitted`].
    pub(crate) async fn permit(
        &self,
        connection: Connection<'_>,
        operation: Operation,
        key: Value,
        permissions: &Permissions,
    ) -> Result<(), Error> {
        let permissions =
            Permissions { after: Condition::TRUE, shown: Condition::TRUE, ..permissions.clone() };
        let mut context =
            Context { service: self, connection, columns: Columns::Visible, permissions: Some(&permissions) };
        let command = match operation {
            Operation::Read => Command::read(key),
            _ => Command::unchanged(self.meta, key),
        };
        let request = Request { command, sent: SentValues::Nothing };
        execute(&mut context, request, Box::<AnyRow>::default()).await.map(drop)
    }

    /// What a caller may do by an operation; `None` if the resource has no access rules.
    ///
    /// # Errors
    /// The operation may be done to no row at all.
    pub(crate) fn permissions(
        &self,
        operation: Operation,
        caller: Option<&AnyCaller>,
    ) -> Result<Option<Permissions>, Error> {
        // In a transaction over several resources, whoever asks may be nobody whom the rules of one are about.
        let caller = caller.filter(|caller| (**caller).type_id() == self.inputs.caller);
        self.access.map(|access| Permissions::of(self.meta, access, operation, caller)).transpose()
    }
}
