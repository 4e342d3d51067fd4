//! Access to the rows of resources for the user's own code.

mod asker;
mod find;
mod transaction;

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value as Json;

pub(crate) use asker::Asker;
pub use find::Find;
pub use transaction::Transaction;
pub(crate) use transaction::{TransactionWork, migration_step};

use self::find::Every;
use crate::error::{Error, MAYBE_WRITTEN};
use crate::error_format::HttpError;
use crate::operation::{AnyRow, Command, Reply, Request, SentValues, Service, Structs};
use crate::outage;
use crate::resource::{NotFoundReply, Operation, PlainSql, Predicate, Resource};
use crate::store::{self, BoxedSink};
use crate::value::Value;
use crate::wire::{Out, Wire, with_secrets};

/// The rows of a resource, for your own functions and tasks.
///
/// It is a request guard, and [`Repository::of`] finds it in a rocket. It follows the rules of the resource's routes:
/// values are validated as those of a body, keys are generated and times are set. Rows are returned as the declared
/// struct, with its `write_only` fields.
///
/// Errors are [`HttpError`]s, which a function may return as they are:
///
/// | [`code`](HttpError::code) | Why | A function that answers with it |
/// |---|---|---|
/// | 404, or what `missing(..)` declares | the key has no row | answers the same |
/// | 409 | another row has the same `unique` value; [`issues`](HttpError::issues) name the field | answers the same, with the `loc` of the resource's own route: `["body", "name"]` |
/// | 422 | the values violate a constraint of the declaration; `issues` say which | answers 500 and logs the issues, since the values come from the program and the client can do nothing about them |
/// | 503 | the store is unavailable | answers the same |
///
/// Where the resource has access rules, a repository is that of a caller ([`Repository::as_caller`]; as an argument, of whoever
/// asks), and refuses as the routes do: 401, 403 and 404, which come before 422. In a row that it returns, a field that its
/// caller may not see is `None`. A write returns the row that it has made also where its caller may not see that, which the
/// routes answer by its key alone: the function decides what it tells of it.
///
/// If the client should learn about a 422, validate the values before, or map the error: with
/// [`detail`](HttpError::detail), which keeps the status, or to a new [`HttpError`].
///
/// ```
/// use crewed::prelude::*;
/// use crewed::rocket::serde::json::Json;
/// use crewed::rocket::local::blocking::Client;
/// use crewed::rocket::http::{ContentType, Status};
///
/// #[resource("/accounts")]
/// #[derive(Debug)]
/// struct Account {
///     #[field(key)]
///     name: String,
///     #[field(ge = 0)]
///     balance: i64,
/// }
///
/// #[model]
/// struct Transfer {
///     from: String,
///     to: String,
///     #[field(gt = 0)]
///     amount: i64,
/// }
///
/// /// Moves money.
/// #[crewed::post("/transfers")]
/// async fn transfer(order: Transfer, accounts: Repository<Account>) -> Result<Json<i64>, HttpError> {
///     let order = &order;
///     let left = accounts
///         .transaction(|tx| async move {
///             let from = tx.of::<Account>().read(&order.from).await?;
///             let to = tx.of::<Account>().read(&order.to).await?;
///             let more = to.balance.checked_add(order.amount);
///             let more = more.ok_or(HttpError::new(409, "That is more than fits."))?;
///             let patch = |balance| AccountPatch { balance: Patched::Value(balance), ..Default::default() };
///             tx.of::<Account>().patch(&order.to, patch(more)).await?;
///             // A negative balance is refused, and then the whole transaction is rolled back.
///             let left = tx.of::<Account>().patch(&order.from, patch(from.balance - order.amount)).await;
///             let poor = |error: HttpError| match error.code() {
///                 422 => HttpError::new(409, "There is not enough."),
///                 _ => error,
///             };
///             Ok::<_, HttpError>(left.map_err(poor)?.balance)
///         })
///         .await?;
///     Ok(Json(left))
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = rocket::Config::figment().merge(("crewed.store", "sqlite::memory:"));
/// let api = Api::new().resource::<Account>().operations(operations![transfer]);
/// # let config = config.merge(("log_level", "off"));
/// let client = Client::untracked(rocket::custom(config).attach(api))?;
/// for account in [r#"{"name": "ada", "balance": 10}"#, r#"{"name": "bob", "balance": 0}"#] {
///     client.post("/accounts").header(ContentType::JSON).body(account).dispatch();
/// }
/// let order = |amount| {
///     let body = format!(r#"{{"from": "ada", "to": "bob", "amount": {amount}}}"#);
///     client.post("/transfers").header(ContentType::JSON).body(body).dispatch().status()
/// };
/// assert_eq!(order(7), Status::Ok);
/// assert_eq!(order(7), Status::Conflict);
/// # Ok(())
/// # }
/// ```
pub struct Repository<R> {
    services: Services,
    /// The position of the resource's service, or `None` if no API of the rocket serves the resource.
    service: Option<usize>,
    /// The transaction that the repository belongs to, if any.
    transaction: Option<Transaction>,
    asker: Asker,
    of: PhantomData<fn() -> R>,
}

/// The rows of a statement of SQL, once they are there.
type Rows<'a> = Pin<Box<dyn Future<Output = Result<Vec<Vec<Value>>, HttpError>> + Send + 'a>>;

impl<R: Resource + Send> Repository<R> {
    /// Returns the row of a key.
    ///
    /// # Errors
    /// 404, also if the key violates the constraints of its field; 503.
    pub async fn read(&self, key: &R::Key) -> Result<R, HttpError> {
        let command = self.service()?.key_of(key).map(Command::read);
        self.one(Operation::Read, command, SentValues::Nothing).await
    }

    /// Lists rows in ascending order of their keys: skips `skip` rows and returns at most `limit`.
    ///
    /// # Errors
    /// 422 if `limit` or `skip` is greater than the configuration allows; 503.
    pub async fn list(&self, skip: u64, limit: u64) -> Result<Vec<R>, HttpError> {
        let command = self.service()?.list_of(skip, limit);
        self.rows(Operation::List, command, SentValues::Nothing).await
    }

    /// Creates a row.
    ///
    /// # Errors
    /// 409, 422 and 503, as [`Repository`] says.
    pub async fn create(&self, new: R::Create) -> Result<R, HttpError> {
        let service = self.service()?;
        let sent = body_of(&new)?;
        self.one(Operation::Create, service.create_of(&sent), SentValues::Struct(&sent)).await
    }

    /// Replaces the values of a row. Its key, and values that clients cannot set, are kept.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Repository`] says.
    pub async fn replace(&self, key: &R::Key, new: R::Replace) -> Result<R, HttpError> {
        let sent = body_of(&new)?;
        let command = self.service()?.replace_of(key, &sent);
        let command = self.of_permitted_row(Operation::Replace, key, command).await;
        self.one(Operation::Replace, command, SentValues::Struct(&sent)).await
    }

    /// Changes the fields that the patch sets.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Repository`] says.
    pub async fn patch(&self, key: &R::Key, patch: R::Patch) -> Result<R, HttpError> {
        let sent = body_of(&patch)?;
        let command = self.service()?.patch_of(key, &sent);
        let command = self.of_permitted_row(Operation::Patch, key, command).await;
        self.one(Operation::Patch, command, SentValues::Struct(&sent)).await
    }

    /// Deletes a row.
    ///
    /// # Errors
    /// 404, also if the key violates the constraints of its field; 503.
    pub async fn delete(&self, key: &R::Key) -> Result<(), HttpError> {
        let command = self.service()?.key_of(key).map(Command::Delete);
        let sent = text_of(key);
        self.execute(Operation::Delete, command, SentValues::Path(&sent), Box::new(AnyRow::default()))
            .await
            .map(drop)
    }

    /// Finds rows. They are in ascending order of their keys, unless they are [sorted](Find::sort).
    ///
    /// ```
    /// use crewed::prelude::*;
    ///
    /// #[resource("/heroes")]
    /// struct Hero {
    ///     #[field(key, generated)]
    ///     id: i64,
    ///     name: String,
    ///     age: Option<i32>,
    /// }
    ///
    /// /// The names of the oldest heroes.
    /// #[crewed::get("/oldest")]
    /// async fn oldest(heroes: Repository<Hero>) -> Result<String, HttpError> {
    ///     let grown = Hero::FIELDS.age.gte(18) & !Hero::FIELDS.name.starts_with("Kid");
    ///     let found = heroes.find(grown).sort(Hero::FIELDS.age.desc()).limit(3).all().await?;
    ///     Ok(found.into_iter().map(|hero| hero.name).collect::<Vec<_>>().join(", "))
    /// }
    /// # let _ = operations![oldest];
    /// ```
    pub fn find(&self, predicate: Predicate<R>) -> Find<'_, R> {
        Find::new(self, predicate.into_condition())
    }

    /// Changes all rows for which the predicate is true, one after another, in one transaction: each by the rules of
    /// [`patch`](Self::patch), or none if one of them cannot be changed. Returns how many there are. Within a transaction it
    /// is the error of this that undoes what was changed before, if the closure returns it.
    ///
    /// # Errors
    /// 401, 403, 409, 422 and 503, as [`Repository`] says.
    pub async fn update_where(&self, predicate: Predicate<R>, patch: R::Patch) -> Result<u64, HttpError> {
        let sent = body_of(&patch)?;
        self.each(predicate, &Every::Patch(&sent)).await
    }

    /// Deletes all rows for which the predicate is true, in one transaction, or none if one of them cannot be deleted.
    /// Returns how many there were. Within a transaction the same holds as for [`update_where`](Self::update_where).
    ///
    /// # Errors
    /// 409 if rows of other tables refer to one of them; 401, 403 and 503.
    pub async fn delete_where(&self, predicate: Predicate<R>) -> Result<u64, HttpError> {
        self.each(predicate, &Every::Delete).await
    }

    async fn each(&self, predicate: Predicate<R>, every: &Every<'_>) -> Result<u64, HttpError> {
        let filter = predicate.into_condition();
        if let Some(transaction) = &self.transaction {
            return find::each(self.service()?, transaction, &self.asker, filter, every).await;
        }
        self.transaction(|tx| {
            let filter = filter.clone();
            async move {
                let rows = tx.of::<R>();
                find::each(rows.service()?, &tx, &rows.asker, filter, every).await
            }
        })
        .await
    }

    /// Runs a closure in a serializable transaction, in which it may use every resource of the same rocket. The
    /// transaction is committed if the closure succeeds, and rolled back if it fails.
    ///
    /// The closure may be called more than once, and so it must not consume a value that it captures. The compiler
    /// reports that as E0507, "cannot move out of `name`, a captured variable in an `Fn` closure". Clone the value for
    /// each call, before `async move`:
    ///
    /// ```
    /// # use crewed::prelude::*;
    /// # #[resource("/heroes")]
    /// # struct Hero {
    /// #     #[field(key, generated)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// async fn rename(heroes: &Repository<Hero>, id: i64, name: String) -> Result<Hero, HttpError> {
    ///     heroes
    ///         .transaction(|tx| {
    ///             let name = name.clone();
    ///             async move {
    ///                 let patch = HeroPatch { name: Patched::Value(name), ..Default::default() };
    ///                 tx.of::<Hero>().patch(&id, patch).await
    ///             }
    ///         })
    ///         .await
    /// }
    /// ```
    ///
    /// On PostgreSQL, the transaction may conflict with others. The closure is then called again, up to ten times in
    /// all. At most 5 s may pass between two of its statements. On SQLite, all other writes wait until the transaction
    /// ends, and it may take 5 s in all. Within the closure, use only repositories that the [`Transaction`] returns.
    /// Transactions cannot be nested.
    ///
    /// # Errors
    /// The error of the closure; 409 or 422 for the body as a whole, if a constraint of the database that is checked at
    /// the commit (`DEFERRABLE INITIALLY DEFERRED`) is violated; 503 if the store is unavailable.
    pub async fn transaction<T, E: From<HttpError>, F: Future<Output = Result<T, E>>>(
        &self,
        work: impl Fn(Transaction) -> F,
    ) -> Result<T, E> {
        let service = self.service()?;
        if self.transaction.is_some() {
            return Err(failed(WITHIN.to_owned()).into());
        }
        transaction::run(&self.services, service.store(), &self.asker, work).await
    }

    /// Runs one statement of SQL, in the dialect of the store, in a transaction of its own. The values are those of the
    /// parameters `$1`, `$2` and so on. Returns the rows of the statement. No access rules are asked, as the name says.
    ///
    /// # Errors
    /// 500 if the store refuses the statement, with the reason in the log; 503.
    pub async fn sql_unscoped(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
        self.transaction(|tx| async move { tx.sql_unscoped(text, values).await }).await
    }

    /// The same for programs none of whose resources has access rules.
    ///
    /// # Errors
    /// 500 if the store refuses the statement, or if a resource of the rocket has access rules, with the reason in the
    /// log; 503.
    // It is not `async`, so that the compiler tells one mistake where there are rules, and not one at each use of the future.
    pub fn sql<'a>(&'a self, text: &'a str, values: &'a [Value]) -> Rows<'a>
    where
        R::Access: PlainSql<R>,
    {
        Box::pin(self.transaction(move |tx| async move { tx.sql(text, values).await }))
    }

    fn service(&self) -> Result<&Service, HttpError> {
        let name = R::RESOURCE.object.name;
        let service = self.service.map(|position| self.services.at(position));
        service.ok_or_else(|| failed(format!("no API of this rocket serves the resource `{name}`")))
    }

    /// The command of a write to the row of a key, whose faults are told to those who may do it to the row.
    async fn of_permitted_row(
        &self,
        operation: Operation,
        key: &R::Key,
        command: Result<Command, Error>,
    ) -> Result<Command, Error> {
        let Some(service) = self.service.map(|position| self.services.at(position)) else { return command };
        let key = || service.key_of(key).ok();
        self.asker.of_permitted_row(service, self.transaction.as_ref(), operation, key, command).await
    }

    async fn one(
        &self,
        operation: Operation,
        command: Result<Command, Error>,
        sent: SentValues<'_>,
    ) -> Result<R, HttpError> {
        let row = self.rows(operation, command, sent).await?.pop();
        row.ok_or_else(|| failed("the store returned no row".to_owned()))
    }

    async fn rows(
        &self,
        operation: Operation,
        command: Result<Command, Error>,
        sent: SentValues<'_>,
    ) -> Result<Vec<R>, HttpError> {
        let rows = self.execute(operation, command, sent, Box::new(Structs::<R>::new())).await?.rows;
        store::unboxed::<Structs<R>>(rows).map(|rows| rows.rows).map_err(|error| failed(error.to_string()))
    }

    async fn execute(
        &self,
        operation: Operation,
        command: Result<Command, Error>,
        sent: SentValues<'_>,
        rows: BoxedSink,
    ) -> Result<Reply, HttpError> {
        let service = self.service()?;
        let outcome = match command {
            Ok(command) => {
                let request = Request { command, sent };
                self.asker.execute(service, self.transaction.as_ref(), request, rows).await
            }
            // Who may do this to no row is told so before what is wrong with the values.
            Err(error) => self.asker.permissions(service, operation).and(Err(error)),
        };
        outcome.map_err(|error| answer(error, service.meta().missing))
    }
}

const WITHIN: &str =
    "a transaction cannot be nested in another: use the repositories of the open one, by its `of::<..>()`";

/// Serializes a value as the body of a request, so that it is validated by the same code as one.
fn body_of<T: Wire>(value: &T) -> Result<Vec<u8>, HttpError> {
    with_secrets(|| serde_json::to_vec(&Out(value)))
        .map_err(|error| failed(format!("the values cannot be written as JSON: {error}")))
}

/// The text of a key in a path.
fn text_of<K: Wire>(key: &K) -> String {
    match serde_json::to_value(Out(key)).unwrap_or_default() {
        Json::String(text) => text,
        key => key.to_string(),
    }
}

fn failed(cause: String) -> HttpError {
    answer(Error::Internal(cause), NotFoundReply::default())
}

impl<R> Repository<R> {
    /// The same rows, for somebody else.
    pub(crate) fn asked_by(&self, asker: Asker) -> Self {
        Repository { asker, ..self.clone() }
    }
}

impl<R> Clone for Repository<R> {
    fn clone(&self) -> Self {
        let (services, transaction) = (self.services.clone(), self.transaction.clone());
        Repository {
            services,
            service: self.service,
            transaction,
            asker: self.asker.clone(),
            of: PhantomData,
        }
    }
}

impl<R: Resource> fmt::Debug for Repository<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repository<{}>", R::RESOURCE.object.name)
    }
}

/// The services of all resources of one rocket.
#[derive(Clone, Default)]
pub(crate) struct Services {
    all: Arc<[Service]>,
    /// The name of a resource with access rules, if there is any. It is known before there are services.
    ruled: Option<&'static str>,
}

impl Services {
    pub(crate) fn new(services: Vec<Service>, ruled: Option<&'static str>) -> Self {
        Services { all: services.into(), ruled }
    }

    /// The service at this position.
    pub(crate) fn at(&self, index: usize) -> &Service {
        &self.all[index]
    }

    /// The repository of a resource for whoever asks, if it has a service here.
    pub(crate) fn of<R: Resource>(&self, asker: Asker) -> Option<Repository<R>> {
        let repository = self.repository::<R>(None, asker);
        repository.service.is_some().then_some(repository)
    }

    fn repository<R: Resource>(&self, transaction: Option<Transaction>, asker: Asker) -> Repository<R> {
        let service = self.all.iter().position(Service::serves::<R>);
        Repository { services: self.clone(), service, transaction, asker, of: PhantomData }
    }
}

/// Converts an error for the user's code, and logs its cause, which an [`HttpError`] does not show.
fn answer(error: Error, missing: NotFoundReply) -> HttpError {
    match &error {
        Error::Internal(cause) => log::error!("{cause}"),
        Error::Unavailable(cause) if cause.ends_with(MAYBE_WRITTEN) => log::error!("{cause}"),
        Error::Unavailable(cause) => outage::tell(&"a repository", cause),
        _ => {}
    }
    HttpError::of(error, missing)
}
