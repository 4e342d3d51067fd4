//! A store that is examined at first and opened later.
//!
//! A program must not migrate its database before it is certain to run: the launch may still fail, for example because
//! the port is in use. So the differences are found when the rocket ignites, and the changes are made on liftoff.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;

use super::{
    Answer, Begun, BoxedSink, Checked, Due, Durability, OpenError, SchemaPolicy, Select, Store, StoreError,
    StoreMetrics, StoreState, Write,
};
use crate::resource::Table;

/// A configured database that was not examined yet: an engine, the location (which is also its `Display`), and options.
pub(crate) trait Database: fmt::Debug + fmt::Display + Send + Sync {
    /// Where it is.
    fn place(&self) -> Place;

    /// When its writes are acknowledged.
    fn durability(&self) -> Durability;

    /// Compares its tables with these, and changes nothing.
    fn examine(self: Box<Self>, tables: Vec<Table>, policy: SchemaPolicy) -> Examining;
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Memory,
    File(PathBuf),
    /// On servers.
    Server {
        /// Those that are not on this machine.
        elsewhere: Vec<String>,
        /// The least secret of the connections to these.
        secrecy: Secrecy,
    },
}

/// How secret a connection is, from the least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Secrecy {
    /// It is in the clear.
    Clear,
    /// It is encrypted if the server offers that.
    #[default]
    IfOffered,
    /// It is encrypted, and may be to anybody.
    Unverified,
    /// It is encrypted, and the server is known by its certificate.
    Verified,
}

/// The future of an examination.
pub(super) type Examining = Pin<Box<dyn Future<Output = Result<Box<dyn Examined>, OpenError>> + Send>>;

/// A database whose tables match the declaration or can be migrated to it.
pub(crate) trait Examined: Send + Sync {
    /// What opening it would change.
    fn due(&self) -> &Due;

    /// Migrates the database and opens the store. The result has a line for each change.
    fn open(&self) -> OpeningStore;
}

/// The future of a store, with a line for each change.
pub(super) type OpeningStore =
    Pin<Box<dyn Future<Output = Result<(Box<dyn Store>, Vec<String>), OpenError>> + Send>>;

/// A store that is opened on liftoff, or by its first use if that is earlier, as with a rocket that is ignited but
/// never launched.
pub(crate) struct Opening {
    location: String,
    examined: Arc<dyn Examined>,
    /// The task that opens the store, if it has been started. It goes on if the caller that started it is cancelled.
    opening: Mutex<Option<JoinHandle<Outcome>>>,
    /// The store, or the reason why it could not be opened, which is final.
    opened: OnceCell<Outcome>,
    /// Where the store will count, if it is told before it is opened.
    metrics: OnceLock<Arc<StoreMetrics>>,
}

/// How far the migrations of a database have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Migrations {
    Pending,
    Done,
    Failed,
}

/// A store, or the reason why it could not be opened.
type Outcome = Result<Box<dyn Store>, String>;

impl Opening {
    /// Compares the tables of a database with these, and changes nothing.
    ///
    /// # Errors
    /// The reason why it cannot be opened, or every difference that may not be changed.
    pub(crate) async fn examine(
        database: Box<dyn Database>,
        tables: Vec<Table>,
        policy: SchemaPolicy,
    ) -> Result<Arc<Self>, OpenError> {
        let location = database.to_string();
        let examined = database.examine(tables, policy).await?.into();
        let (opening, opened, metrics) = (Mutex::default(), OnceCell::new(), OnceLock::new());
        Ok(Arc::new(Opening { location, examined, opening, opened, metrics }))
    }

    /// The location of the database, for messages.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    /// What opening it would change, as it was when the database was examined.
    pub(crate) fn due(&self) -> &Due {
        self.examined.due()
    }

    /// How far it has come with its migrations.
    pub(crate) fn migrations(&self) -> Migrations {
        match self.opened.get() {
            None => Migrations::Pending,
            Some(Ok(_)) => Migrations::Done,
            Some(Err(_)) => Migrations::Failed,
        }
    }

    /// Migrates the database and opens the store, unless that was done already.
    ///
    /// # Errors
    /// The reason why it cannot be opened.
    pub(crate) async fn open(&self) -> Result<&dyn Store, String> {
        self.opened.get_or_init(|| self.opens()).await.as_deref().map_err(Clone::clone)
    }

    /// If this is cancelled, the task goes on, since the thread that migrates cannot be stopped. The next caller waits
    /// for the same task.
    async fn opens(&self) -> Outcome {
        let mut opening = self.opening.lock().await;
        let task = opening.get_or_insert_with(|| {
            let examined = Arc::clone(&self.examined);
            tokio::spawn(async move { opened(&*examined).await.map_err(|error| error.to_string()) })
        });
        let outcome = task.await;
        *opening = None;
        if let (Ok(Ok(store)), Some(metrics)) = (&outcome, self.metrics.get()) {
            store.count_into(metrics);
        }
        outcome.unwrap_or_else(|error| Err(error.to_string()))
    }

    async fn store(&self) -> Result<&dyn Store, StoreError> {
        self.open().await.map_err(StoreError::Unavailable)
    }

    /// The store, if it is open already. Apart from the first moments it is, so this avoids an allocation per
    /// operation.
    fn ready(&self) -> Option<&dyn Store> {
        self.opened.get()?.as_deref().ok()
    }
}

async fn opened(examined: &dyn Examined) -> Result<Box<dyn Store>, OpenError> {
    let (store, changes) = examined.open().await?;
    // They are logged next to each other, since a new table or column may be a former one under another name.
    for note in &examined.due().notes {
        log::warn!(target: "rocket::launch", "Schema: {note}");
    }
    for change in changes {
        log::info!(target: "rocket::launch", "Schema: {change}");
    }
    Ok(store)
}

impl Store for Opening {
    fn read(&self, select: Select, sink: BoxedSink) -> Answer<'_> {
        match self.ready() {
            Some(store) => store.read(select, sink),
            None => Box::pin(async move { self.store().await?.read(select, sink).await }),
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

    /// Does not open it: whoever looks at it changes nothing.
    fn check(&self) -> Checked<'_> {
        match self.ready() {
            Some(store) => store.check(),
            None => Box::pin(async { Err(StoreError::Unavailable("the store is not open".to_owned())) }),
        }
    }

    fn count_into(&self, metrics: &Arc<StoreMetrics>) {
        match self.ready() {
            Some(store) => store.count_into(metrics),
            None => drop(self.metrics.set(Arc::clone(metrics))),
        }
    }

    fn retried(&self) {
        if let Some(store) = self.ready() {
            store.retried();
        }
    }

    fn state(&self) -> StoreState {
        self.ready().map(|store| store.state()).unwrap_or_default()
    }
}
