//! A database that is looked at first and opened later: a program changes nothing before it is sure to run.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};
use tokio::task::JoinHandle;

use super::{Answer, Begun, BoxedSink, OpenError, SchemaPolicy, Select, Store, StoreError, Write};
use crate::resource::Table;

/// A database that nobody has looked at: an engine, where it is, which it is shown as, and how it is to be used.
pub(crate) trait Database: fmt::Debug + fmt::Display + Send + Sync {
    /// Looks at it and compares its tables with these; changes nothing.
    fn examine(self: Box<Self>, tables: Vec<Table>, policy: SchemaPolicy) -> Examining;
}

/// A database that is looked at, in time.
pub(super) type Examining = Pin<Box<dyn Future<Output = Result<Box<dyn Examined>, OpenError>> + Send>>;

/// A database that was found to fit.
pub(crate) trait Examined: Send + Sync {
    /// What is worth a line in the log about it as it stands.
    fn notes(&self) -> &[String];

    /// Makes the changes and opens the store; tells what was changed, a line for each.
    fn open(&self) -> OpeningStore;
}

/// A store with what was changed, in time.
pub(super) type OpeningStore =
    Pin<Box<dyn Future<Output = Result<(Box<dyn Store>, Vec<String>), OpenError>> + Send>>;

/// A store that is opened when its rocket lifts off, or by the first who asks it for anything, if that comes earlier:
/// a rocket that was ignited and is not launched has rows too.
pub(crate) struct Opening {
    location: String,
    examined: Arc<dyn Examined>,
    /// What opens it, once somebody has asked for that; whoever asked may have gone.
    opening: Mutex<Option<JoinHandle<Outcome>>>,
    /// The store, or why it could not be opened, which stays so.
    opened: OnceCell<Outcome>,
}

/// A store, or why it could not be opened.
type Outcome = Result<Box<dyn Store>, String>;

impl Opening {
    /// Looks at a database and compares its tables with these; changes nothing.
    ///
    /// # Errors
    /// Why it cannot be opened, or every difference.
    pub(crate) async fn examine(
        database: Box<dyn Database>,
        tables: Vec<Table>,
        policy: SchemaPolicy,
    ) -> Result<Arc<Self>, OpenError> {
        let location = database.to_string();
        let examined = database.examine(tables, policy).await?.into();
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
            let examined = Arc::clone(&self.examined);
            tokio::spawn(async move { opened(&*examined).await.map_err(|error| error.to_string()) })
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

async fn opened(examined: &dyn Examined) -> Result<Box<dyn Store>, OpenError> {
    let (store, changes) = examined.open().await?;
    // Side by side: what was made may be what is not declared any more.
    for note in examined.notes() {
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
}
