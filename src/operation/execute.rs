//! The one way in which an operation is carried out.

use chrono::Utc;

use super::{SentValues, Service};
use crate::error::Error;
use crate::resource::{Change, Changes, Column, CreateStyle, Role};
use crate::store::{Answer, BoxedSink, Read, Store, TableId, Transaction, Write};
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

/// Which columns a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Those that clients may see.
    Visible,
    /// All, with what is `write_only`: for code of the user's own.
    All,
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
    let Context { service, connection, columns } = context;
    let Request { command, sent } = request;
    let (statement, outcome) = service.statement(command, *columns)?;
    let is_list = matches!(statement, Statement::Read(Read::Page { .. }));
    let rows = connection.run(statement, rows).await.map_err(|error| service.refused(error, sent))?;
    match (rows.count(), outcome) {
        (0, Outcome::Created) => Err(Error::Internal("the store did not show the new row".to_owned())),
        (0, _) if !is_list => Err(Error::NotFound),
        _ => Ok(Reply { outcome, rows }),
    }
}

/// What is asked of a store.
enum Statement {
    Read(Read),
    Write(Write),
}

impl Connection<'_> {
    fn run(&mut self, statement: Statement, rows: BoxedSink) -> Answer<'_> {
        match (self, statement) {
            (Connection::Store(store), Statement::Read(read)) => store.read(read, rows),
            (Connection::Store(store), Statement::Write(write)) => store.write(write, rows),
            (Connection::Transaction(transaction), Statement::Read(read)) => transaction.read(read, rows),
            (Connection::Transaction(transaction), Statement::Write(write)) => transaction.write(write, rows),
        }
    }
}

impl Service {
    /// What a command asks of the store, and what has happened when that is done.
    fn statement(&self, command: Command, columns: Columns) -> Result<(Statement, Outcome), Error> {
        let table = match columns {
            Columns::Visible => self.table,
            Columns::All => self.whole,
        };
        Ok(match command {
            Command::List { skip, limit } => {
                (Statement::Read(Read::Page { table, skip, limit }), Outcome::Found)
            }
            Command::Read(key) => (Statement::Read(Read::One { table, key }), Outcome::Found),
            Command::Create(changes) => {
                let outcome = match self.meta.create {
                    CreateStyle::New => Outcome::Created,
                    CreateStyle::Replace => Outcome::Updated,
                };
                (Statement::Write(self.insertion(changes, table)?), outcome)
            }
            Command::Patch(key, changes) if changes.is_empty() => {
                (Statement::Read(Read::One { table, key }), Outcome::Updated)
            }
            Command::Replace(key, changes) | Command::Patch(key, changes) => {
                (self.update(key, changes, table)?, Outcome::Updated)
            }
            Command::Delete(key) => {
                (Statement::Write(Write::Delete { table: self.table, key }), Outcome::Deleted)
            }
        })
    }

    /// What adds a row of these values, or overwrites the one that has its key, as is declared.
    fn insertion(&self, mut changes: Changes, table: TableId) -> Result<Write, Error> {
        self.storable(&changes)?;
        self.fill(&mut changes);
        let values = changes
            .into_columns()
            .filter_map(|(index, change)| match change {
                Change::Set(value) => Some((index, value)),
                Change::Compute(_) | Change::Merge { .. } => None,
            })
            .collect();
        Ok(match self.meta.create {
            CreateStyle::New => Write::Insert { table, values },
            CreateStyle::Replace => Write::Upsert { table, values },
        })
    }

    /// What changes a row; a read of it, for a resource without a field that clients can set.
    fn update(&self, key: Value, mut changes: Changes, table: TableId) -> Result<Statement, Error> {
        self.storable(&changes)?;
        for (index, column) in self.meta.columns.iter().enumerate() {
            if let Role::UpdatedAt = column.role {
                changes.put(index, now());
            }
        }
        let changes: Vec<_> = changes.into_columns().collect();
        Ok(match changes.is_empty() {
            true => Statement::Read(Read::One { table, key }),
            false => Statement::Write(Write::Update { table, key, changes }),
        })
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
