//! A database that is looked at first and opened later: a program changes nothing before it is sure to run.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;

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
    /// What opens it, once somebody has asked for that; whoever asked may have gone.
    opening: Mutex<Option<JoinHandle<Outcome>>>,
    /// The store, or why it could not be opened, which stays so.
    opened: OnceCell<Outcome>,
}

/// A store, or why it could not be opened.
type Outcome = Result<Box<dyn Store>, String>;

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
        Ok(Arc::new(Opening { location, examined, opening: Mutex::default(), opened: OnceCell::new() }))
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
        self.opened.get_or_init(|| self.opens()).await.as_deref().map_err(Clone::clone)
    }

    /// Where this is cancelled midway the changes go on, as a thread cannot be stopped, and the next one waits for them.
    async fn opens(&self) -> Outcome {
        let mut opening = self.opening.lock().await;
        let task = opening.get_or_insert_with(|| {
            let examined = self.examined.clone();
            tokio::spawn(async { examined.open().await.map_err(|error| error.to_string()) })
        });
        let outcome = task.await;
        *opening = None;
        outcome.unwrap_or_else(|error| Err(error.to_string()))
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
        let notes = self.notes().to_vec();
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
        // Side by side: what was made may be what is not declared any more.
        for note in notes {
            log::warn!(target: "rocket::launch", "Schema: {note}");
        }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::{Arc, Opening, SchemaPolicy, Target, sqlite};
    use crate::resource::{ColumnType, Role, Table, TableColumn};
    use crate::store::{Migrate, SchemaStep, StepAction, When};

    /// Whoever asked for the store may have gone; the changes go on once, and the next one waits for them.
    #[tokio::test(flavor = "multi_thread")]
    async fn is_opened_once_whoever_goes_away() {
        let folder = tempfile::tempdir().expect("there is a folder");
        let path = folder.path().join("a.db");
        let key = TableColumn { role: Role::Key, ..TableColumn::new("id", ColumnType::Integer) };
        let table = Table { name: "t", columns: vec![key], key: 0, shown: vec![0], again: false };
        let target = || Target::Sqlite(sqlite::Location::File(path.clone()), sqlite::Options::default());
        let policy = SchemaPolicy::from(Migrate::Apply);
        let made = Opening::examine(target(), vec![table.clone()], policy.clone()).await.expect("it fits");
        made.open().await.map(drop).expect("it is opened");
        drop(made);
        let runs = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&runs);
        let slow = StepAction::Run(Arc::new(move |transaction| {
            count.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(400)).await;
                (Some(transaction), Ok(()))
            })
        }));
        let steps = vec![SchemaStep::new("slow", When::Before, slow)];
        let opening = Opening::examine(target(), vec![table], SchemaPolicy { steps, ..policy }).await;
        let opening = opening.expect("it fits");
        for _ in 0..3 {
            let gone = tokio::time::timeout(Duration::from_millis(50), opening.open()).await;
            assert!(gone.is_err(), "it is not open yet");
        }
        let (one, other) = tokio::join!(opening.open(), opening.open());
        assert!(one.is_ok() && other.is_ok(), "{:?}, {:?}", one.err(), other.err());
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}
