//! What a caller may do, by the rules of a resource.

use super::{AnyRow, Command, Connection, Context, Request, SentValues, Service, execute};
use crate::error::Error;
use crate::resource::{AccessMeta, AnyCaller, Comparand, Condition, Operation, ResourceMeta};
use crate::store::{Columns, Conditions, Refusal, Scope};
use crate::value::Value;

/// What a caller may do by one operation of a resource with access rules.
#[derive(Clone, Debug)]
pub(crate) struct Permissions {
    /// The rows that the caller may see.
    read: Condition,
    /// The rows that the operation may be done to, among those that the caller may see.
    before: Condition,
    /// What a row must be after the operation.
    after: Condition,
    /// The values of the caller that a new row has, by column.
    values: Vec<(usize, Value)>,
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
        let read = access.rows(&access.read, caller);
        let rows = match operation {
            Operation::List | Operation::Read => Condition::TRUE,
            Operation::Create => access.rows(&access.create, caller),
            Operation::Replace | Operation::Patch => access.rows(&access.update, caller),
            Operation::Delete => access.rows(&access.delete, caller),
        };
        if rows.is_false() || (read.is_false() && !is_new) {
            return Err(if caller.is_some() { Error::NotPermitted } else { Error::Unauthorized });
        }
        let after = match (operation, &access.check) {
            (Operation::List | Operation::Read | Operation::Delete, _) => Condition::TRUE,
            (_, Some(check)) => access.rows(check, caller),
            (_, None) => rows.clone().and(read.clone()),
        };
        let before = if is_new { Condition::TRUE } else { rows };
        let values = match (is_new, caller) {
            (true, Some(caller)) => values(access, caller),
            _ => Vec::new(),
        };
        Ok(Permissions { read, before, after, values })
    }

    /// The rows that the caller may see.
    pub(super) fn scope(&self) -> Scope {
        Scope::of(self.read.clone())
    }

    /// The conditions of a write.
    pub(super) fn conditions(&self, is_new: bool) -> Conditions {
        let before = match self.before.is_true() {
            true => Vec::new(),
            false => vec![(self.before.clone(), Refusal::NotPermitted)],
        };
        // A new row is in no scope before it is there.
        let scope = if is_new { Scope::all() } else { self.scope() };
        Conditions { scope, before, after: self.after.clone() }
    }

    /// The values of the caller that a new row has.
    pub(super) fn values(&self) -> &[(usize, Value)] {
        &self.values
    }
}

/// The values of the owner and the tenant. One that a column cannot have makes no value, and the rules refuse the row.
fn values(access: &AccessMeta, caller: &AnyCaller) -> Vec<(usize, Value)> {
    let value = |comparand| match comparand {
        Comparand::At(value) => Some(value),
        _ => None,
    };
    access.caller_columns().filter_map(|column| Some((column.column, value((column.of)(caller)?)?))).collect()
}

impl Service {
    /// Asks whether a caller may change the row of a key, as it is sent in a path.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such row, or the caller may not see it, and [`Error::NotPermitted`].
    pub(crate) async fn permit(&self, key: &str, permissions: &Permissions) -> Result<(), Error> {
        // A key that is none is told with all other issues.
        let Ok(key) = self.key_in("path", &key.into()) else { return Ok(()) };
        let connection = Connection::Store(self.store());
        let permissions = Permissions { after: Condition::TRUE, ..permissions.clone() };
        let mut context =
            Context { service: self, connection, columns: Columns::Visible, permissions: Some(&permissions) };
        let request = Request { command: Command::unchanged(self.meta, key), sent: SentValues::Nothing };
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
        self.access.map(|access| Permissions::of(self.meta, access, operation, caller)).transpose()
    }
}
