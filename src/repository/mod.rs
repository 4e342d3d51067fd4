//! Rows of resources for code of the user's own.

mod transaction;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::Value as Json;

pub use transaction::Transaction;
pub(crate) use transaction::{TransactionWork, migration_step};

use crate::error::Error;
use crate::error_format::HttpError;
use crate::operation::{
    AnyRow, Command, Connection, Context, Reply, Request, SentValues, Service, Structs, execute,
};
use crate::resource::{NotFoundReply, Resource};
use crate::store::{self, BoxedSink, Columns};
use crate::value::Value;
use crate::wire::{Out, Wire, whole};

/// The rows of a resource, for functions and tasks of one's own.
///
/// It is a request guard, and [`Repository::of`] finds it in a rocket. What it does keeps the rules of the
/// routes: values are checked as a body's are, keys are generated and times are set. Rows come as the declared
/// struct, with its `write_only` fields.
///
/// What fails is an [`HttpError`], which a function may answer with as it is:
///
/// | [`code`](HttpError::code) | Why | A function that answers with it |
/// |---|---|---|
/// | 404, or what `missing(..)` declares | there is no row of that key | answers the same |
/// | 409 | a `unique` value is taken; [`issues`](HttpError::issues) name the field | answers the same, and the `loc` in it is that of the resource's own route: `["body", "name"]` |
/// | 422 | the values break a rule of the declaration; `issues` say which | answers 500, and the issues stand in the log: the program has made these values, and whoever asked can do nothing about them |
/// | 503 | the store cannot answer now | answers the same |
///
/// Where a 422 is the client's to hear of, say it in words that fit the function: look before, or map the error with
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
///             // Less than nothing is refused, and then nothing at all has happened.
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
    /// Its position among them; none, where no API of the rocket serves the resource.
    service: Option<usize>,
    /// The transaction that it is a part of.
    transaction: Option<Transaction>,
    of: PhantomData<fn() -> R>,
}

impl<R: Resource + Send> Repository<R> {
    /// The row of a key.
    ///
    /// # Errors
    /// 404, also where the key is one that no row can have; 503.
    pub async fn read(&self, key: &R::Key) -> Result<R, HttpError> {
        let command = self.service()?.key_of(key).map(Command::Read);
        self.one(command, SentValues::Nothing).await
    }

    /// Rows by ascending key: at most `limit`, which is at most `page.max` of the configuration, after
    /// `skip`.
    ///
    /// # Errors
    /// 422 where `limit` is greater than that; 503.
    pub async fn list(&self, skip: u64, limit: u64) -> Result<Vec<R>, HttpError> {
        let command = self.service()?.list_of(skip, limit);
        self.rows(command, SentValues::Nothing).await
    }

    /// Adds a row.
    ///
    /// # Errors
    /// 409, 422 and 503, as [`Repository`] says.
    pub async fn create(&self, new: R::Create) -> Result<R, HttpError> {
        let service = self.service()?;
        let sent = body_of(&new)?;
        self.one(service.create_of(&sent), SentValues::Body(&sent)).await
    }

    /// Gives a row other values; its key, and what clients cannot set, stays.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Repository`] says.
    pub async fn replace(&self, key: &R::Key, new: R::Replace) -> Result<R, HttpError> {
        let service = self.service()?;
        let sent = body_of(&new)?;
        self.one(service.replace_of(key, &sent), SentValues::Body(&sent)).await
    }

    /// Changes what the patch names.
    ///
    /// # Errors
    /// 404, 409, 422 and 503, as [`Repository`] says.
    pub async fn patch(&self, key: &R::Key, patch: R::Patch) -> Result<R, HttpError> {
        let service = self.service()?;
        let sent = body_of(&patch)?;
        self.one(service.patch_of(key, &sent), SentValues::Body(&sent)).await
    }

    /// Removes a row.
    ///
    /// # Errors
    /// 404, also where the key is one that no row can have; 503.
    pub async fn delete(&self, key: &R::Key) -> Result<(), HttpError> {
        let command = self.service()?.key_of(key).map(Command::Delete);
        let sent = text_of(key);
        self.execute(command, SentValues::Path(&sent), Box::new(AnyRow::default())).await.map(drop)
    }

    /// Does several things together or not at all, with any resource of the same rocket, as if nobody else
    /// were there: where the closure fails, nothing has happened.
    ///
    /// The closure may be called more than once, and therefore cannot use up what it takes from outside: a
    /// value that is moved into it is the compiler's E0507, "cannot move out of `name`, a captured variable in an
    /// `Fn` closure". Give each call a clone of its own, made before `async move`:
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
    /// On PostgreSQL others may get in the way; then the closure is called again, ten times in all, and
    /// between two things that are asked of it may be 5 s. On SQLite everybody else who writes waits meanwhile, and
    /// all of it may take 5 s. Within it ask the
    /// [`Transaction`], and nothing else of this store; a transaction has no transactions of its own.
    ///
    /// # Errors
    /// The closure's own; 409 and 422 of the body as a whole, where a constraint of the database that is put off until
    /// the end (`DEFERRABLE INITIALLY DEFERRED`) does not hold then; 503 where the store cannot.
    pub async fn transaction<T, E: From<HttpError>, F: Future<Output = Result<T, E>>>(
        &self,
        work: impl Fn(Transaction) -> F,
    ) -> Result<T, E> {
        let service = self.service()?;
        if self.transaction.is_some() {
            return Err(failed(WITHIN.to_owned()).into());
        }
        transaction::run(&self.services, service.store(), work).await
    }

    /// Runs one statement of the store's own SQL in a transaction, with these values for `$1`, `$2` and so
    /// on, and gives its rows.
    ///
    /// # Errors
    /// 500 where the store refuses the statement, with the reason in the log; 503.
    pub async fn sql(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
        self.transaction(|tx| async move { tx.sql(text, values).await }).await
    }

    fn service(&self) -> Result<&Service, HttpError> {
        let served = |position: usize| self.services.at(position);
        let name = R::RESOURCE.object.name;
        self.service.map(served).ok_or_else(|| failed(format!("`{name}` is served by no API of this rocket")))
    }

    async fn one(&self, command: Result<Command, Error>, sent: SentValues<'_>) -> Result<R, HttpError> {
        let row = self.rows(command, sent).await?.pop();
        row.ok_or_else(|| failed("the store showed no row".to_owned()))
    }

    async fn rows(&self, command: Result<Command, Error>, sent: SentValues<'_>) -> Result<Vec<R>, HttpError> {
        let rows = self.execute(command, sent, Box::new(Structs::<R>(Vec::new()))).await?;
        store::unboxed::<Structs<R>>(rows).map(|rows| rows.0).map_err(|error| failed(error.to_string()))
    }

    async fn execute(
        &self,
        command: Result<Command, Error>,
        sent: SentValues<'_>,
        rows: BoxedSink,
    ) -> Result<BoxedSink, HttpError> {
        let service = self.service()?;
        let outcome = match command {
            Ok(command) => {
                carried_out(service, self.transaction.as_ref(), Request { command, sent }, rows).await
            }
            Err(error) => Err(error),
        };
        outcome.map(|reply| reply.rows).map_err(|error| answer(error, service.meta().missing))
    }
}

const WITHIN: &str =
    "a transaction was begun within a transaction: use the one that is there, by its `of::<..>()`";

/// Carries an operation out, in a transaction where there is one. It is compiled once, whatever the resource.
async fn carried_out(
    service: &Service,
    transaction: Option<&Transaction>,
    request: Request<'_>,
    rows: BoxedSink,
) -> Result<Reply, Error> {
    let columns = Columns::All;
    match transaction {
        None => {
            let connection = Connection::Store(service.store());
            execute(&mut Context { service, connection, columns }, request, rows).await
        }
        Some(transaction) => {
            let mut open = transaction.lock().await;
            let connection = Connection::Transaction(open.as_mut().ok_or_else(transaction::ended)?);
            execute(&mut Context { service, connection, columns }, request, rows).await
        }
    }
}

/// What goes the way of a body, so that it is held to the same rules.
fn body_of<T: Wire>(value: &T) -> Result<Vec<u8>, HttpError> {
    whole(|| serde_json::to_vec(&Out(value)))
        .map_err(|error| failed(format!("it cannot be written: {error}")))
}

/// A key as it stands in a path.
fn text_of<K: Wire>(key: &K) -> String {
    match serde_json::to_value(Out(key)).unwrap_or_default() {
        Json::String(text) => text,
        key => key.to_string(),
    }
}

fn failed(cause: String) -> HttpError {
    answer(Error::Internal(cause), NotFoundReply::default())
}

impl<R> Clone for Repository<R> {
    fn clone(&self) -> Self {
        let (services, transaction) = (self.services.clone(), self.transaction.clone());
        Repository { services, service: self.service, transaction, of: PhantomData }
    }
}

impl<R: Resource> fmt::Debug for Repository<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repository<{}>", R::RESOURCE.object.name)
    }
}

/// The resources of one rocket.
#[derive(Clone, Default)]
pub(crate) struct Services(Arc<[Service]>);

impl Services {
    pub(crate) fn new(services: Vec<Service>) -> Self {
        Services(services.into())
    }

    /// The service at this position.
    pub(crate) fn at(&self, index: usize) -> &Service {
        &self.0[index]
    }

    /// The rows of a resource, where it is one of these.
    pub(crate) fn of<R: Resource>(&self) -> Option<Repository<R>> {
        let repository = self.repository::<R>(None);
        repository.service.is_some().then_some(repository)
    }

    fn repository<R: Resource>(&self, transaction: Option<Transaction>) -> Repository<R> {
        let service = self.0.iter().position(Service::serves::<R>);
        Repository { services: self.clone(), service, transaction, of: PhantomData }
    }
}

/// An error for code of the user's own; causes are for the log.
fn answer(error: Error, missing: NotFoundReply) -> HttpError {
    if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
        log::error!("{cause}");
    }
    HttpError::of(error, missing)
}
