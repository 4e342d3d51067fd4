//! Carries out operations, for HTTP and for code alike.

use std::pin::Pin;

use chrono::Utc;

use super::order::{Segment, segments};
use super::{Counted, List, Permissions, SentValues, Service};
use crate::error::Error;
use crate::resource::{
    AccessMeta, Change, Changes, Column, ColumnType, Condition, CreateStyle, Operation, ResourceMeta, Role,
};
use crate::store::{
    self, Action, Answer, BoxedSink, Columns, FieldCondition, Order, Scope, Select, Store, StoreError,
    Transaction, Write,
};
use crate::value::Value;
use crate::wire::{Constraints, Presence};

/// The context of an operation.
pub(crate) struct Context<'a> {
    /// The service of the resource.
    pub service: &'a Service,
    /// What executes the statements.
    pub connection: Connection<'a>,
    /// The columns of the rows that are returned.
    pub columns: Columns,
    /// What the caller may do; `None` where everything is permitted.
    pub permissions: Option<&'a Permissions>,
}

/// What executes the statements of an operation.
pub(crate) enum Connection<'a> {
    /// A store, which executes each statement in a transaction of its own.
    Store(&'a dyn Store),
    /// An open transaction.
    Transaction(&'a mut (dyn Transaction + 'static)),
}

/// An operation whose inputs are valid.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The command to carry out.
    pub command: Command,
    /// The values that the command was parsed from, for the issues of a write that the store refuses.
    pub sent: SentValues<'a>,
}

/// A command on the rows of a resource.
#[derive(Debug)]
pub(crate) enum Command {
    /// List rows.
    List(Box<List>),
    /// Read the row of a key.
    Read {
        /// The key.
        key: Value,
        /// The positions of the fields that are shown, if not all of them are.
        members: Option<Vec<usize>>,
    },
    /// Create a row, or overwrite the row with the same key if the declaration says so.
    Create(Changes),
    /// Replace the values of the row of a key. Values that clients cannot set are kept.
    Replace(Value, Changes),
    /// Merge a patch into the row of a key. An empty patch changes nothing, not even `updated_at`.
    Patch(Value, Changes),
    /// Delete the row of a key.
    Delete(Value),
}

/// The result of an operation.
pub(crate) struct Reply {
    /// What the operation did.
    pub outcome: Outcome,
    /// The sink that the caller passed, with the rows as they are after the operation.
    pub rows: BoxedSink,
    /// How many rows there are in all, if a list was to count them.
    pub total: Option<u64>,
}

/// What an operation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Outcome {
    /// Rows were read.
    Found,
    /// A row was created.
    Created,
    /// A row was updated, or already had the values.
    Updated,
    /// A row was deleted.
    Deleted,
}

/// Carries out an operation. Every operation passes here: those of HTTP and those of the user's code, in a transaction
/// or not.
///
/// # Errors
/// [`Error::NotFound`] if the key has no row, [`Error::Conflict`] if a unique value belongs to another row,
/// [`Error::Invalid`] if a patch would make the row invalid, or an error of the store.
pub(crate) async fn execute(
    context: &mut Context<'_>,
    request: Request<'_>,
    rows: BoxedSink,
) -> Result<Reply, Error> {
    let Request { command, sent } = request;
    let service = context.service;
    if let Command::List(list) = command {
        // In a box of its own, so that the other operations do not carry its size along.
        let listed: Pin<Box<dyn Future<Output = _> + Send + '_>> = Box::pin(context.list(list, rows));
        return listed.await.map_err(|error| service.refused(error, sent));
    }
    let is_new = matches!(command, Command::Create(_));
    let (statement, outcome) = context.statement(command, sent)?;
    let rows = context.connection.run(statement, rows).await.map_err(|error| service.refused(error, sent))?;
    match rows.count() {
        0 if is_new => Err(Error::Internal("the store did not return the new row".to_owned())),
        0 => Err(Error::NotFound),
        _ => Ok(Reply { outcome, rows, total: None }),
    }
}

/// A statement for a store.
enum Statement {
    Select(Select),
    Write(Write),
}

impl Command {
    /// The operation that it carries out.
    pub(crate) fn operation(&self) -> Operation {
        match self {
            Command::List(_) => Operation::List,
            Command::Read { .. } => Operation::Read,
            Command::Create(_) => Operation::Create,
            Command::Replace(..) => Operation::Replace,
            Command::Patch(..) => Operation::Patch,
            Command::Delete(_) => Operation::Delete,
        }
    }

    /// Changes nothing in the row of a key.
    pub(crate) fn unchanged(meta: &'static ResourceMeta, key: Value) -> Self {
        Command::Patch(key, Changes::new(meta))
    }

    /// Reads the row of a key.
    pub(crate) fn read(key: Value) -> Self {
        Command::Read { key, members: None }
    }
}

impl Connection<'_> {
    fn run(&mut self, statement: Statement, rows: BoxedSink) -> Answer<'_> {
        match (self, statement) {
            (Connection::Store(store), Statement::Select(select)) => store.read(select, rows),
            (Connection::Store(store), Statement::Write(write)) => store.write(write, rows),
            (Connection::Transaction(transaction), Statement::Select(select)) => {
                transaction.read(select, rows)
            }
            (Connection::Transaction(transaction), Statement::Write(write)) => transaction.write(write, rows),
        }
    }
}

impl Context<'_> {
    /// The rows that are visible to the caller. Every statement of every operation is limited to this scope.
    fn scope(&self) -> Scope {
        self.permissions.map_or(const { Scope::all() }, Permissions::scope)
    }

    /// The statement that carries out a command, and the outcome if it succeeds.
    fn statement(&self, command: Command, sent: SentValues<'_>) -> Result<(Statement, Outcome), Error> {
        let service = self.service;
        let operation = command.operation();
        let fields = match (self.permissions, &command) {
            (
                Some(permissions),
                Command::Create(changes) | Command::Replace(_, changes) | Command::Patch(_, changes),
            ) => permissions.field_conditions(service.meta, operation, changes, sent),
            _ => Vec::new(),
        };
        let command = as_it_stands(command, &fields, service.meta);
        // Before a value of these might be told to be taken.
        let never = |field: &FieldCondition| match field {
            FieldCondition::Required { column, settable, .. } if settable.is_false() => Some(*column),
            _ => None,
        };
        if operation == Operation::Create {
            let columns: Vec<usize> = fields.iter().filter_map(never).collect();
            if !columns.is_empty() {
                return Err(service.refused(StoreError::FieldsNotPermitted { columns }, sent));
            }
        }
        Ok(match command {
            Command::List(_) => return Err(Error::Internal("a list is several statements".to_owned())),
            Command::Read { key, .. } => (self.row(key), Outcome::Found),
            Command::Create(changes) => {
                let values = service.new_row(changes, self.permissions)?;
                match service.meta.create {
                    CreateStyle::New => (self.write(Action::Insert { values }, fields), Outcome::Created),
                    CreateStyle::Replace => (self.write(Action::Upsert { values }, fields), Outcome::Updated),
                }
            }
            Command::Patch(key, changes) if changes.is_empty() => (self.unchanged(key), Outcome::Updated),
            Command::Replace(key, changes) | Command::Patch(key, changes) => {
                let changes = service.changed_row(changes)?;
                let statement = match changes.is_empty() {
                    // The resource has no field that clients can set.
                    true => self.unchanged(key),
                    false => self.write(Action::Update { key, changes }, fields),
                };
                (statement, Outcome::Updated)
            }
            Command::Delete(key) => (self.write(Action::Delete { key }, fields), Outcome::Deleted),
        })
    }

    /// Lists rows, a segment of their order after another, until there are as many as were asked for.
    async fn list(&mut self, list: Box<List>, mut rows: BoxedSink) -> Result<Reply, StoreError> {
        let total = match list.counts {
            true => Some(self.count(&list.filter, u64::MAX).await?),
            false => None,
        };
        let meta = self.service.meta;
        let wanted = list.limit.saturating_add(u64::from(list.looks_ahead && list.limit > 0));
        if list.terms.is_empty() && list.after.is_none() {
            // The usual list, in the order of the key.
            let select = self.page(list.filter, Vec::new(), list.skip, wanted);
            let rows = self.connection.run(Statement::Select(select), rows).await?;
            return Ok(Reply { outcome: Outcome::Found, rows, total });
        }
        let mut skip = list.skip;
        let mut segments =
            segments(&list.order_of(meta), list.after.as_deref(), meta.key).into_iter().peekable();
        while let Some(Segment { filter, order }) = segments.next() {
            let before = rows.count();
            let filter = list.filter.clone().and(filter);
            // A segment that is skipped altogether leaves less to be skipped.
            let skipped = (skip > 0 && segments.peek().is_some()).then(|| filter.clone());
            let select = self.page(filter, order, skip, wanted - before);
            rows = self.connection.run(Statement::Select(select), rows).await?;
            if rows.count() >= wanted {
                break;
            }
            match skipped {
                Some(filter) if rows.count() == before => skip -= self.count(&filter, skip).await?,
                _ => skip = 0,
            }
        }
        Ok(Reply { outcome: Outcome::Found, rows, total })
    }

    fn page(&self, filter: Condition, order: Vec<Order>, skip: u64, limit: u64) -> Select {
        let (table, columns, scope) = (self.service.table, self.columns, self.scope());
        Select { table, columns, filter, order, skip, limit, scope }
    }

    /// How many rows there are, up to a limit.
    async fn count(&mut self, filter: &Condition, limit: u64) -> Result<u64, StoreError> {
        let count = Select {
            filter: filter.clone(),
            ..Select::page(self.service.table, Columns::Count, 0, limit, self.scope())
        };
        let counted = self.connection.run(Statement::Select(count), Box::new(Counted::default())).await?;
        store::unboxed::<Counted>(counted).map(|counted| counted.0)
    }

    fn row(&self, key: Value) -> Statement {
        Statement::Select(Select::by_key(self.service.table, self.columns, key, self.scope()))
    }

    /// Changes nothing in a row. That the caller may change it is asked by a write.
    fn unchanged(&self, key: Value) -> Statement {
        match self.permissions {
            None => self.row(key),
            Some(_) => self.write(Action::Update { key, changes: Vec::new() }, Vec::new()),
        }
    }

    fn write(&self, action: Action, fields: Vec<FieldCondition>) -> Statement {
        let (table, columns) = (self.service.table, self.columns);
        let is_new = matches!(action, Action::Insert { .. });
        let conditions = match self.permissions {
            None => const { Scope::all() }.into(),
            Some(permissions) => permissions.conditions(is_new, fields).into(),
        };
        Statement::Write(Write { table, columns, action, conditions })
    }
}

impl Service {
    /// The values of a new row, each with its column.
    fn new_row(
        &self,
        mut changes: Changes,
        permissions: Option<&Permissions>,
    ) -> Result<Vec<(usize, Value)>, Error> {
        self.storable(&changes)?;
        self.fill(&mut changes);
        for (column, value) in permissions.into_iter().flat_map(Permissions::values) {
            changes.put(*column, value.clone());
        }
        let own = self.access.into_iter().flat_map(AccessMeta::caller_columns).map(|own| own.column);
        let missing = |column: &usize| {
            let is_set = !matches!(changes.of(*column), None | Some(Change::Set(Value::Null)));
            !is_set && !self.meta.columns[*column].nullable()
        };
        if let Some(column) = own.into_iter().find(missing) {
            let (name, field) = (self.meta.object.name, self.meta.object.fields[column].name);
            return Err(Error::Internal(format!(
                "`{name}`: a new row has the `{field}` of its caller; create it by `Repository::<{name}>::as_caller`"
            )));
        }
        let set = changes.into_columns().filter_map(|(index, change)| match change {
            Change::Set(value) => Some((index, value)),
            Change::Compute(_) | Change::Merge { .. } => None,
        });
        Ok(set.collect())
    }

    /// The changes of a row that is updated, each with its column.
    fn changed_row(&self, mut changes: Changes) -> Result<Vec<(usize, Change)>, Error> {
        self.storable(&changes)?;
        for (index, column) in self.meta.columns.iter().enumerate() {
            if let Role::UpdatedAt = column.role {
                changes.put(index, now());
            }
        }
        Ok(changes.into_columns().collect())
    }

    fn storable(&self, changes: &Changes) -> Result<(), Error> {
        match changes.fault() {
            Some(fault) => Err(Error::Internal(format!("table `{}`: {fault}", self.meta.table))),
            None => Ok(()),
        }
    }

    /// Sets those values of a new row that clients do not send: its key, its times, and the defaults of read-only
    /// fields.
    fn fill(&self, changes: &mut Changes) {
        let now = now();
        for (index, (column, field)) in self.meta.columns.iter().zip(self.meta.object.fields).enumerate() {
            match column.role {
                Role::ServerGeneratedKey(generate) => changes.put(index, generate()),
                Role::CreatedAt | Role::UpdatedAt => changes.put(index, now.clone()),
                Role::Plain if field.read_only => {
                    let default = match field.presence {
                        Presence::Default(json) => (column.from_json)(&json(), &field.constraints),
                        _ => None,
                    };
                    changes.put(index, default.unwrap_or(Value::Null));
                }
                Role::Plain | Role::Key | Role::AutoIncrementKey => {}
            }
        }
    }
}

/// The present time, as the value of a column.
fn now() -> Value {
    Utc::now().to_value(&Constraints::NONE)
}

/// The command, in which JSON that is equal to the stored one is that to the letter, so that a condition that it be the one
/// that stands holds whatever the order of its members.
fn as_it_stands(command: Command, fields: &[FieldCondition], meta: &ResourceMeta) -> Command {
    if !matches!(command, Command::Replace(..) | Command::Patch(..)) {
        return command;
    }
    let change = |changes: &mut Changes| {
        for field in fields {
            let FieldCondition::Required { column, .. } = field else { continue };
            let kind = (meta.columns[*column].kind)(&meta.object.fields[*column].constraints);
            if matches!(kind, ColumnType::Json) {
                changes.keep_equal_json(*column);
            }
        }
    };
    match command {
        Command::Replace(key, mut changes) => {
            change(&mut changes);
            Command::Replace(key, changes)
        }
        Command::Patch(key, mut changes) => {
            change(&mut changes);
            Command::Patch(key, changes)
        }
        other => other,
    }
}
