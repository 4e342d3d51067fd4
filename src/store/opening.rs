//! A database that is looked at first and opened later: a program changes nothing before it is sure to run.

use std::fmt;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::postgres::{self, Address, ExaminedPostgres, PostgresStore};
use super::sqlite::{self, ExaminedSqlite, SqliteStore};
use super::{Answer, Begun, BoxedSink, OpenError, Read, SchemaPolicy, Store, StoreError, Write};
use crate::resource::Table;

/// Where a database is, and how it is to be used.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// SQLite.
    Sqlite(sqlite::Location, sqlite::Options),
    /// PostgreSQL.
    Postgres(Box<Address>, postgres::Options),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Sqlite(sqlite::Location::File(path), _) => path.display().fmt(f),
            Target::Sqlite(sqlite::Location::Memory, _) => {
                f.write_str("in memory, gone when the program ends")
            }
            Target::Postgres(address, _) => address.fmt(f),
        }
    }
}

/// A store that is opened when its rocket lifts off, or by the first who asks it for anything, if that comes earlier:
/// a rocket that was ignited and is not launched has rows too.
pub(crate) struct Opening {
    location: String,
    examined: Examined,
    /// The store, or why it could not be opened, which stays so.
    opened: OnceCell<Result<Box<dyn Store>, String>>,
}

/// A database that was found to fit.
#[derive(Clone)]
enum Examined {
    Sqlite(ExaminedSqlite),
    Postgres(ExaminedPostgres),
}

impl Opening {
    /// Looks at a database and compares its tables with these; changes nothing.
    ///
    /// # Errors
    /// Why it cannot be opened, or every difference.
    pub(crate) async fn examine(
        target: Target,
        tables: Vec<Table>,
        policy: SchemaPolicy,
    ) -> Result<Arc<Self>, OpenError> {
        let location = target.to_string();
        let examined = match target {
            Target::Sqlite(location, options) => {
                Examined::Sqlite(SqliteStore::examine(location, tables, options, policy)?)
            }
            Target::Postgres(address, options) => {
                Examined::Postgres(PostgresStore::examine(*address, tables, options, policy).await?)
            }
        };
        for note in examined.notes() {
            log::warn!("{note}");
        }
        Ok(Arc::new(Opening { location, examined, opened: OnceCell::new() }))
    }

    /// Where it is, for people.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// Makes the changes that are due and opens the store, if nobody has done so yet.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) async fn open(&self) -> Result<&dyn Store, String> {
        // Where this is cancelled midway, the next one begins anew.
        let open = || async { self.examined.clone().open().await.map_err(|error| error.to_string()) };
        self.opened.get_or_init(open).await.as_deref().map_err(Clone::clone)
    }

    async fn store(&self) -> Result<&dyn Store, StoreError> {
        self.open().await.map_err(StoreError::Unavailable)
    }

    /// The store, where it is open, as it is but for the first moments.
    fn ready(&self) -> Option<&dyn Store> {
        self.opened.get()?.as_deref().ok()
    }
}

impl Examined {
    fn notes(&self) -> &[String] {
        match self {
            Examined::Sqlite(examined) => examined.notes(),
            Examined::Postgres(examined) => examined.notes(),
        }
    }

    async fn open(self) -> Result<Box<dyn Store>, OpenError> {
        let (store, changes): (Box<dyn Store>, _) = match self {
            Examined::Sqlite(examined) => {
                // An index over many rows takes its time, and others of this thread have something to do.
                let opened = tokio::task::spawn_blocking(|| examined.open()).await;
                let (store, changes) = opened.map_err(|error| OpenError(error.to_string()))??;
                (Box::new(store), changes)
            }
            Examined::Postgres(examined) => {
                let (store, changes) = examined.open().await?;
                (Box::new(store), changes)
            }
        };
        for change in changes {
            log::info!(target: "rocket::launch", "Schema: {change}");
        }
        Ok(store)
    }
}

impl Store for Opening {
    fn read(&self, read: Read, sink: BoxedSink) -> Answer<'_> {
        match self.ready() {
            Some(store) => store.read(read, sink),
            None => Box::pin(async move { self.store().await?.read(read, sink).await }),
        }
    }

    fn write(&self, write: Write, sink: BoxedSink) -> Answer<'_> {
        match self.ready() {
            Some(store) => store.write(write, sink),
            None => Box::pin(async move { self.store().await?.write(write, sink).await }),
        }
    }

    fn begin(&self) -> Begun<'_> {
        match self.ready() {
            Some(store) => store.begin(),
            None => Box::pin(async move { self.store().await?.begin().await }),
        }
    }
}
