//! Transactions for the user's own code.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use serde_json::Value as Json;
use tokio::sync::{Mutex, MutexGuard};

use super::{Asker, Repository, Services, answer};
use crate::error::Error;
use crate::error_format::HttpError;
use crate::issue::{Issue, IssueKind};
use crate::operation::Values;
use crate::resource::{NotFoundReply, Resource, Ruling};
use crate::store::{
    self, Answer, BoxedSink, Ended, Running, SchemaStep, Select, StepAction, Store, StoreError, When, Write,
};
use crate::value::Value;

/// How often a transaction that conflicts with others is attempted.
const TRIES: u32 = 10;

/// An open transaction: see [`Repository::transaction`](super::Repository::transaction).
#[derive(Clone)]
pub struct Transaction {
    services: Services,
    asker: Asker,
    /// The transaction of the store, or `None` once it has ended.
    open: Arc<Mutex<Option<Watched>>>,
}

impl Transaction {
    /// The repository of a resource of the same rocket, within this transaction. Where the resource has access rules, it is
    /// that of the caller for whom the transaction was begun: of whoever asks, if it was begun by a repository of a resource
    /// whose rules name the caller.
    ///
    /// A repository of a resource without one, and a migration, begin a transaction for nobody, which the rules then say
    /// little to. [`as_caller`](Self::as_caller) says for whom rows are asked for there, and [`unscoped`](Self::unscoped)
    /// that the rules are not.
    #[must_use]
    pub fn of<R: Resource + Send>(&self) -> Repository<R> {
        self.services.repository(Some(self.clone()), self.asker.clone())
    }

    /// The same, for another caller.
    #[must_use]
    pub fn as_caller<R: Resource + Send>(&self, caller: &R::Caller) -> Repository<R>
    where
        R::Access: Ruling<R>,
        R::Caller: Clone + Send + Sync,
    {
        self.services.repository(Some(self.clone()), Asker::Caller(Arc::new(caller.clone())))
    }

    /// The same, without access rules.
    #[must_use]
    pub fn unscoped<R: Resource + Send>(&self) -> Repository<R>
    where
        R::Access: Ruling<R>,
    {
        self.services.repository(Some(self.clone()), Asker::Unscoped)
    }

    pub(super) async fn lock(&self) -> MutexGuard<'_, Option<Watched>> {
        self.open.lock().await
    }

    /// Runs one statement of SQL: [`sql_unscoped`](Self::sql_unscoped), for programs none of whose resources has access
    /// rules. In others it is refused, so that a search for `unscoped` finds all that is above the rules.
    ///
    /// # Errors
    /// 500 if the store refuses the statement, or if a resource of the rocket has access rules, with the reason in the
    /// log; 503.
    pub async fn sql(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
        if let Some(ruled) = self.services.ruled {
            let why = format!(
                "the resource `{ruled}` has access rules, which a statement of SQL is above: write `sql_unscoped` in \
                 place of `sql`"
            );
            return Err(answer(Error::Internal(why), NotFoundReply::default()));
        }
        self.sql_unscoped(text, values).await
    }

    /// Runs one statement of SQL, in the dialect of the store. The values are those of the parameters `$1`, `$2` and so
    /// on. Returns the rows of the statement. A statement that begins or ends a transaction is refused. No access rules are
    /// asked, as the name says.
    ///
    /// Values are those that columns contain: `docs/storage.md` describes how each type is stored. Times are
    /// microseconds on both engines.
    ///
    /// # Errors
    /// 500 if the store refuses the statement, with the reason in the log; 503.
    pub async fn sql_unscoped(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
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

/// The error of a statement in a transaction that was kept beyond its end.
pub(super) fn ended() -> Error {
    Error::Internal("the transaction has ended".to_owned())
}

fn over() -> HttpError {
    answer(ended(), NotFoundReply::default())
}

/// Calls `work` with a transaction and commits it, and repeats both after a conflict with other transactions.
pub(super) async fn run<T, E: From<HttpError>, F: Future<Output = Result<T, E>>>(
    services: &Services,
    store: &dyn Store,
    asker: &Asker,
    work: impl Fn(Transaction) -> F,
) -> Result<T, E> {
    let mut tries = 1;
    loop {
        let begun = store.begin().await.map_err(|error| E::from(failed(&error)))?;
        let open = Arc::new(Mutex::new(Some(Watched { inner: begun, contention: false })));
        let outcome =
            work(Transaction { services: services.clone(), asker: asker.clone(), open: Arc::clone(&open) })
                .await;
        let Some(watched) = open.lock().await.take() else { return Err(over().into()) };
        let contention = watched.contention;
        match outcome {
            // The work succeeded although one of its statements met a conflict, whose error it must have ignored. The
            // database has aborted the transaction there, so nothing that came after it was done.
            Ok(_) if contention => {
                let _ = watched.inner.roll_back().await;
                if tries >= TRIES {
                    let why = format!("gave up after {TRIES} conflicts with other transactions");
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
        store.retried();
        tokio::time::sleep(store::pause(tries)).await;
        tries += 1;
    }
}

/// The user's code of a migration step, which is called with a transaction.
pub(crate) type TransactionWork =
    Arc<dyn Fn(Transaction) -> Pin<Box<dyn Future<Output = Result<(), HttpError>> + Send>> + Send + Sync>;

/// Makes a migration step of the user's code. The services are created after the steps, so they are set later. A step
/// before the tables are changed gets none, since the services expect the columns as they are afterwards; `ruled` is a
/// resource with access rules, if there is any.
pub(crate) fn migration_step(
    name: &str,
    when: When,
    services: &Arc<OnceLock<Services>>,
    ruled: Option<&'static str>,
    work: TransactionWork,
) -> SchemaStep {
    let services = Arc::clone(services);
    let run = move |inner: Box<dyn store::Transaction>| -> Running {
        let services = match when {
            When::Before => Services::new(Vec::new(), ruled),
            When::After => services.get().cloned().unwrap_or_default(),
        };
        let work = Arc::clone(&work);
        Box::pin(async move {
            let open = Arc::new(Mutex::new(Some(Watched { inner, contention: false })));
            let outcome =
                work(Transaction { services, asker: Asker::default(), open: Arc::clone(&open) }).await;
            let inner = open.lock().await.take().map(|watched| watched.inner);
            (inner, outcome.map_err(|error| error.to_string()))
        })
    };
    SchemaStep::new(name, when, StepAction::Run(Arc::new(run)))
}

/// Converts an error of the store that belongs to the transaction as a whole, so that its issue names no field.
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

/// A transaction that records whether a statement conflicted with another transaction, since the user's code may ignore
/// the error.
pub(super) struct Watched {
    inner: Box<dyn store::Transaction>,
    contention: bool,
}

impl Watched {
    fn record<'a>(
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
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        Watched::record(&mut self.contention, self.inner.read(select, sink))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        Watched::record(&mut self.contention, self.inner.write(write, sink))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        Watched::record(&mut self.contention, self.inner.query(text, values, sink))
    }

    fn commit(self: Box<Self>) -> Ended {
        self.inner.commit()
    }

    fn roll_back(self: Box<Self>) -> Ended {
        self.inner.roll_back()
    }
}
