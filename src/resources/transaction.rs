//! Several things together or not at all.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;
use tokio::sync::{Mutex, MutexGuard};

use super::{Services, answer};
use crate::error::Error;
use crate::error_format::HttpError;
use crate::issue::{Issue, IssueKind};
use crate::operation::{Service, Values, Via};
use crate::resource::{NotFoundReply, Resource};
use crate::store::{
    self, Answer, BoxedSink, Ended, Read, Running, SchemaStep, StepAction, Store, StoreError, When, Write,
};
use crate::value::Value;

/// How often a transaction that others were in the way of is tried.
const TRIES: u32 = 10;

/// A transaction that is under way: see [`Resources::transaction`](super::Resources::transaction).
#[derive(Clone)]
pub struct Transaction {
    services: Services,
    /// Until it ends.
    open: Arc<Mutex<Option<Watched>>>,
}

impl Transaction {
    /// The rows of a resource of the same rocket.
    #[must_use]
    pub fn of<R: Resource + Send>(&self) -> Rows<'_, R> {
        Rows::new(self.services.find::<R>(), Source::Transaction(self))
    }

    /// Runs one statement of the store's own SQL, with these values for `$1`, `$2` and so on, and gives its
    /// rows. One that begins or ends a transaction is refused.
    ///
    /// Values are what columns hold: `docs/storage.md` says how each type is held, and times are
    /// microseconds on either engine.
    ///
    /// # Errors
    /// 500 where the store refuses the statement, with the reason in the log; 503.
    pub async fn sql(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
        let mut open = self.open.lock().await;
        let transaction: &mut dyn store::Transaction = open.as_mut().ok_or_else(over)?;
        let rows = transaction.run(text.to_owned(), values.to_vec(), Values::default()).await;
        rows.map(|rows| rows.0).map_err(|error| failed(&error))
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transaction")
    }
}

fn over() -> HttpError {
    answer(Error::Internal("the transaction has ended".to_owned()), NotFoundReply::default())
}

/// Calls `work` with a transaction, again where others were in the way, and commits it.
pub(super) async fn run<T, E: From<HttpError>, F: Future<Output = Result<T, E>>>(
    services: &Services,
    service: &Service,
    work: impl Fn(Transaction) -> F,
) -> Result<T, E> {
    let mut tries = 1;
    loop {
        let begun = service.store().begin().await.map_err(|error| E::from(failed(&error)))?;
        let open = Arc::new(Mutex::new(Some(Watched { inner: begun, contention: false })));
        let outcome = work(Transaction { services: services.clone(), open: Arc::clone(&open) }).await;
        let Some(watched) = open.lock().await.take() else { return Err(over().into()) };
        let contention = watched.contention;
        match outcome {
            // Whatever was made of it: what comes after it has not happened.
            Ok(_) if contention => {
                let _ = watched.inner.roll_back().await;
                if tries >= TRIES {
                    let why = "others were in the way too often".to_owned();
                    return Err(failed(&StoreError::Unavailable(why)).into());
                }
            }
            Ok(value) => match watched.inner.commit().await {
                Ok(()) => return Ok(value),
                Err(StoreError::Contention(_)) if tries < TRIES => {}
                Err(error) => return Err(failed(&error).into()),
            },
            Err(error) => {
                let _ = watched.inner.roll_back().await;
                if !contention || tries >= TRIES {
                    return Err(error);
                }
            }
        }
        tokio::time::sleep(store::pause(tries)).await;
        tries += 1;
    }
}

/// Code of the user's that is given a transaction.
pub(crate) type TransactionWork =
    Arc<dyn Fn(Transaction) -> Pin<Box<dyn Future<Output = Result<(), HttpError>> + Send>> + Send + Sync>;

/// Code of the user's as a step on the way from one schema to the next. The services are known later than the steps;
/// before the tables are changed there are none, since they know the columns as they will be.
pub(crate) fn migration_step(
    name: &str,
    when: When,
    services: &Arc<OnceLock<Services>>,
    work: TransactionWork,
) -> SchemaStep {
    let services = Arc::clone(services);
    let run = move |inner: Box<dyn store::Transaction>| -> Running {
        let services = match when {
            When::Before => Services::default(),
            When::After => services.get().cloned().unwrap_or_default(),
        };
        let work = Arc::clone(&work);
        Box::pin(async move {
            let open = Arc::new(Mutex::new(Some(Watched { inner, contention: false })));
            let outcome = work(Transaction { services, open: Arc::clone(&open) }).await;
            let inner = open.lock().await.take().map(|watched| watched.inner);
            (inner, outcome.map_err(|error| error.to_string()))
        })
    };
    SchemaStep::new(name, when, StepAction::Run(Arc::new(run)))
}

/// What a store's error is to whoever runs a transaction; which of its writes met it is not known.
fn failed(error: &StoreError) -> HttpError {
    let issue = |kind| vec![Issue::new(kind, vec!["body".into()], Json::Null)];
    let error = match error {
        StoreError::UniqueViolation { .. } => Error::Conflict(issue(IssueKind::Unique)),
        StoreError::Reference { .. } => Error::Invalid(issue(IssueKind::Reference)),
        StoreError::Referenced => Error::Conflict(issue(IssueKind::Referenced)),
        StoreError::Contention(why) | StoreError::Unavailable(why) => Error::Unavailable(why.clone()),
        other => Error::Internal(other.to_string()),
    };
    answer(error, NotFoundReply::default())
}

/// Notes whether others were in the way, whatever is made of it.
struct Watched {
    inner: Box<dyn store::Transaction>,
    contention: bool,
}

impl Watched {
    fn noted<'a>(
        contention: &'a mut bool,
        answer: impl Future<Output = Result<BoxedSink, StoreError>> + Send + 'a,
    ) -> Answer<'a> {
        Box::pin(async move {
            let outcome = answer.await;
            *contention |= matches!(outcome, Err(StoreError::Contention(_)));
            outcome
        })
    }
}

impl store::Transaction for Watched {
    fn read(&mut self, read: Read, sink: BoxedSink) -> Answer<'_> {
        Watched::noted(&mut self.contention, self.inner.read(read, sink))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Watched::noted(&mut self.contention, self.inner.write(write, sink))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        Watched::noted(&mut self.contention, self.inner.query(text, values, sink))
    }

    fn commit(self: Box<Self>) -> Ended {
        self.inner.commit()
    }

    fn roll_back(self: Box<Self>) -> Ended {
        self.inner.roll_back()
    }
}

/// The rows of a resource within a [`Transaction`]: as of [`Resources`](super::Resources), and with what the
/// transaction has written.
pub struct Rows<'a, R> {
    service: Option<&'a Service>,
    source: Source<'a>,
    of: PhantomData<fn() -> R>,
}

/// Where rows are.
pub(super) enum Source<'a> {
    Store(&'a dyn Store),
    Transaction(&'a Transaction),
}

/// A source while something is asked of it.
enum Held<'a> {
    Store(&'a dyn Store),
    Transaction(MutexGuard<'a, Option<Watched>>),
}

impl Held<'_> {
    fn via(&mut self) -> Result<Via<'_>, HttpError> {
        match self {
            Held::Store(store) => Ok(Via::Store(*store)),
            Held::Transaction(open) => Ok(Via::Transaction(open.as_mut().ok_or_else(over)?)),
        }
    }
}

impl<'a, R: Resource + Send> Rows<'a, R> {
    pub(super) fn new(service: Option<&'a Service>, source: Source<'a>) -> Self {
        Rows { service, source, of: PhantomData }
    }

    /// The row of a key.
    ///
    /// # Errors
    /// 404, also where the key is one that no row can have; 503.
    pub async fn read(self, key: &R::Key) -> Result<R, HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_read(&mut held.via()?, key).await)
    }

    /// Rows by ascending key: at most `limit`, which is at most `page.max` of the configuration, after
    /// `skip`.
    ///
    /// # Errors
    /// 422 where `limit` is greater than that; 503.
    pub async fn list(self, skip: u64, limit: u64) -> Result<Vec<R>, HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_list(&mut held.via()?, skip, limit).await)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// 409, 422 and 503, as [`Resources`](super::Resources) says.
    pub async fn create(self, new: R::Create) -> Result<R, HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_create(&mut held.via()?, &new).await)
    }

    /// Gives a row other values; its key, and what clients cannot set, stays.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Resources`](super::Resources) says.
    pub async fn replace(self, key: &R::Key, new: R::Replace) -> Result<R, HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_replace(&mut held.via()?, key, &new).await)
    }

    /// Changes what the patch names.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Resources`](super::Resources) says.
    pub async fn patch(self, key: &R::Key, patch: R::Patch) -> Result<R, HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_patch(&mut held.via()?, key, &patch).await)
    }

    /// Removes a row.
    ///
    /// # Errors
    /// 404, also where the key is one that no row can have; 503.
    pub async fn delete(self, key: &R::Key) -> Result<(), HttpError> {
        let (service, mut held) = self.held().await?;
        answered(service, service.typed_delete::<R>(&mut held.via()?, key).await)
    }

    async fn held(&self) -> Result<(&'a Service, Held<'a>), HttpError> {
        let service = self.service.ok_or_else(|| {
            let name = R::RESOURCE.object.name;
            answer(
                Error::Internal(format!("`{name}` is served by no API of this rocket")),
                NotFoundReply::default(),
            )
        })?;
        let held = match self.source {
            Source::Store(store) => Held::Store(store),
            Source::Transaction(transaction) => Held::Transaction(transaction.open.lock().await),
        };
        Ok((service, held))
    }
}

impl<R: Resource> fmt::Debug for Rows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows<{}>", R::RESOURCE.object.name)
    }
}

fn answered<T>(service: &Service, outcome: Result<T, Error>) -> Result<T, HttpError> {
    outcome.map_err(|error| answer(error, service.meta().missing))
}
