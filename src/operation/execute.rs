//! The one way in which an operation is carried out.

use chrono::Utc;

use super::{SentValues, Service};
use crate::error::Error;
use crate::resource::{Change, Changes, Column, CreateStyle, Role};
use crate::store::{Action, Answer, BoxedSink, Columns, Scope, Select, Store, Transaction, Write};
use crate::value::Value;
use crate::wire::{Constraints, Presence};

/// Where an operation is carried out, and for whom.
pub struct Context<'a> {
    /// The resource.
    pub service: &'a Service,
    /// Where its statements go.
    pub connection: Connection<'a>,
    /// Which columns the rows have that come back.
    pub columns: Columns,
}

/// Where statements go.
pub enum Connection<'a> {
    /// Each by itself.
    Store(&'a dyn Store),
    /// Into a transaction.
    Transaction(&'a mut (dyn Transaction + 'a)),
}

/// An operation whose inputs are valid.
#[derive(Debug)]
pub struct Request<'a> {
    /// What is to be done.
    pub command: Command,
    /// What it was read from, for the issues of a write that the store refuses.
    pub sent: SentValues<'a>,
}

/// What is to be done with the rows of a resource.
#[derive(Debug)]
pub enum Command {
    /// Show rows by ascending key.
    List {
        /// How many rows to pass over.
        skip: u64,
        /// How many rows to show at most.
        limit: u64,
    },
    /// Show the row of a key.
    Read(Value),
    /// Add a row, or overwrite the one that has its key where the declaration says so.
    Create(Changes),
    /// Give the row of a key other values; what clients cannot set stays.
    Replace(Value, Changes),
    /// Merge a patch into the row of a key. An empty one changes nothing, not even `updated_at`.
    Patch(Value, Changes),
    /// Remove the row of a key.
    Delete(Value),
}

/// What came of an operation that was carried out.
pub struct Reply {
    /// What happened.
    pub outcome: Outcome,
    /// The sink that was given, with the rows as they are now.
    pub rows: BoxedSink,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Rows were found.
    Found,
    /// A row is new.
    Created,
    /// A row has other values, or those that it was given before.
    Updated,
    /// A row is gone.
    Deleted,
}

/// Carries out an operation: every operation, of HTTP and of code of the user's own, in a transaction and without.
///
/// # Errors
/// [`Error::NotFound`] where the key has no row, [`Error::Conflict`] where another row is in the way,
/// [`Error::Invalid`] where what would come of a patch has issues; or the store's.
pub async fn execute(
    context: &mut Context<'_>,
    request: Request<'_>,
    rows: BoxedSink,
) -> Result<Reply, Error> {
    let Request { command, sent } = request;
    let is_list = matches!(command, Command::List { .. });
    let (statement, outcome) = context.statement(command)?;
    let Context { service, connection, .. } = context;
    let rows = connection.run(statement, rows).await.map_err(|error| service.refused(error, sent))?;
    match (rows.count(), outcome) {
        (0, Outcome::Created) => Err(Error::Internal("the store did not show the new row".to_owned())),
        (0, _) if !is_list => Err(Error::NotFound),
        _ => Ok(Reply { outcome, rows }),
    }
}

/// What is asked of a store.
enum Statement {
    Select(Select),
    Write(Write),
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
    /// Which rows there are for whoever asks: all of them, since no resource has rules of access. Every statement of
    /// every operation is about the rows of this scope.
    fn scope(&self) -> Scope {
        Scope::all()
    }

    /// What a command asks of the store, and what has happened when that is done.
    fn statement(&self, command: Command) -> Result<(Statement, Outcome), Error> {
        let service = self.service;
        Ok(match command {
            Command::List { skip, limit } => {
                let page = Select::page(service.table, self.columns, skip, limit, self.scope());
                (Statement::Select(page), Outcome::Found)
            }
            Command::Read(key) => (self.row(key), Outcome::Found),
            Command::Create(changes) => {
                let values = service.new_row(changes)?;
                match service.meta.create {
                    CreateStyle::New => (self.write(Action::Insert { values }), Outcome::Created),
                    CreateStyle::Replace => (self.write(Action::Upsert { values }), Outcome::Updated),
                }
            }
            Command::Patch(key, changes) if changes.is_empty() => (self.row(key), Outcome::Updated),
            Command::Replace(key, changes) | Command::Patch(key, changes) => {
                let changes = service.changed_row(changes)?;
                let statement = match changes.is_empty() {
                    // A resource without a field that clients can set.
                    true => self.row(key),
                    false => self.write(Action::Update { key, changes }),
                };
                (statement, Outcome::Updated)
            }
            Command::Delete(key) => (self.write(Action::Delete { key }), Outcome::Deleted),
        })
    }

    fn row(&self, key: Value) -> Statement {
        Statement::Select(Select::by_key(self.service.table, self.columns, key, self.scope()))
    }

    fn write(&self, action: Action) -> Statement {
        let (table, columns) = (self.service.table, self.columns);
        Statement::Write(Write { table, columns, action, conditions: self.scope().into() })
    }
}

impl Service {
    /// The values of a new row, by column.
    fn new_row(&self, mut changes: Changes) -> Result<Vec<(usize, Value)>, Error> {
        self.storable(&changes)?;
        self.fill(&mut changes);
        let set = changes.into_columns().filter_map(|(index, change)| match change {
            Change::Set(value) => Some((index, value)),
            Change::Compute(_) | Change::Merge { .. } => None,
        });
        Ok(set.collect())
    }

    /// What happens to a row that is changed, by column.
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

    /// What no client says of a new row: its key, its times, and defaults of read-only fields.
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

/// The time of a write, as a column holds it.
fn now() -> Value {
    Utc::now().to_value(&Constraints::NONE)
}
