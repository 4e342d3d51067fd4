//! Rows of resources for code of the user's own.

mod transaction;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub use transaction::{Rows, Transaction};

use transaction::Source;

use crate::error::Error;
use crate::operation::Service;
use crate::render::HttpError;
use crate::resource::{Missing, Resource};
use crate::value::Value;

/// The rows of a resource, for functions and tasks of one's own.
///
/// It is a request guard, and [`Resources::of`] finds it in a rocket. What it does keeps the rules of the
/// routes: values are checked as a body's are, keys are generated, times are set, and what fails is an
/// [`HttpError`] with the answer of the route. Rows come as the declared struct, with its `write_only`
/// fields.
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
/// async fn transfer(order: Transfer, accounts: Resources<Account>) -> Result<Json<i64>, HttpError> {
///     let order = &order;
///     let left = accounts
///         .transaction(|tx| async move {
///             let from = tx.of::<Account>().read(&order.from).await?;
///             let to = tx.of::<Account>().read(&order.to).await?;
///             let (less, more) = (from.balance - order.amount, to.balance + order.amount);
///             let patch = |balance| AccountPatch { balance: Patched::Value(balance), ..Default::default() };
///             tx.of::<Account>().patch(&order.to, patch(more)).await?;
///             // Less than nothing is refused, and then nothing at all has happened.
///             let from = tx.of::<Account>().patch(&order.from, patch(less)).await?;
///             Ok::<_, HttpError>(from.balance)
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
/// assert_eq!(order(7), Status::UnprocessableEntity);
/// # Ok(())
/// # }
/// ```
pub struct Resources<R> {
    services: Services,
    service: usize,
    of: PhantomData<fn() -> R>,
}

impl<R: Resource> Resources<R> {
    /// The row of a key.
    ///
    /// # Errors
    /// What the route answers: 404, 422, 503.
    pub async fn read(&self, key: &R::Key) -> Result<R, HttpError> {
        self.rows().read(key).await
    }

    /// Rows by ascending key: at most `limit`, which is at most `page.max` of the configuration, after
    /// `skip`.
    ///
    /// # Errors
    /// What the route answers: 422, 503.
    pub async fn list(&self, skip: u64, limit: u64) -> Result<Vec<R>, HttpError> {
        self.rows().list(skip, limit).await
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the route answers: 409, 422, 503.
    pub async fn create(&self, new: R::Create) -> Result<R, HttpError> {
        self.rows().create(new).await
    }

    /// Gives a row other values; its key, and what clients cannot set, stays.
    ///
    /// # Errors
    /// What the route answers: 404, 409, 422, 503.
    pub async fn replace(&self, key: &R::Key, new: R::Replace) -> Result<R, HttpError> {
        self.rows().replace(key, new).await
    }

    /// Changes what the patch names.
    ///
    /// # Errors
    /// What the route answers: 404, 409, 422, 503.
    pub async fn patch(&self, key: &R::Key, patch: R::Patch) -> Result<R, HttpError> {
        self.rows().patch(key, patch).await
    }

    /// Removes a row.
    ///
    /// # Errors
    /// What the route answers: 404, 422, 503.
    pub async fn delete(&self, key: &R::Key) -> Result<(), HttpError> {
        self.rows().delete(key).await
    }

    /// Does several things together or not at all, with any resource of the same rocket, as if nobody else
    /// were there: where the closure fails, nothing has happened.
    ///
    /// On PostgreSQL others may get in the way; then the closure is called again, ten times in all, and
    /// between two things that are asked of it may be 5 s. On SQLite everybody else who writes waits meanwhile, and
    /// all of it may take 5 s. Within it ask the
    /// [`Transaction`], and nothing else of this store.
    ///
    /// # Errors
    /// The closure's own; 503 where the store cannot.
    pub async fn transaction<T, E: From<HttpError>, F: Future<Output = Result<T, E>>>(
        &self,
        work: impl Fn(Transaction) -> F,
    ) -> Result<T, E> {
        transaction::run(&self.services, self.service(), work).await
    }

    /// Runs one statement of the store's own SQL in a transaction, with these values for `$1`, `$2` and so
    /// on, and gives its rows.
    ///
    /// # Errors
    /// 500 where the store refuses the statement, with the reason in the log; 503.
    pub async fn sql(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Value>>, HttpError> {
        self.transaction(|tx| async move { tx.sql(text, values).await }).await
    }

    fn service(&self) -> &Service {
        self.services.at(self.service)
    }

    fn rows(&self) -> Rows<'_, R> {
        Rows::new(Some(self.service()), Source::Store(self.service().store()))
    }
}

impl<R> Clone for Resources<R> {
    fn clone(&self) -> Self {
        Resources { services: self.services.clone(), service: self.service, of: PhantomData }
    }
}

impl<R: Resource> fmt::Debug for Resources<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resources<{}>", R::RESOURCE.object.name)
    }
}

/// The resources of one rocket.
#[derive(Clone)]
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
    pub(crate) fn of<R: Resource>(&self) -> Option<Resources<R>> {
        let service = self.0.iter().position(Service::serves::<R>)?;
        Some(Resources { services: self.clone(), service, of: PhantomData })
    }

    fn find<R: Resource>(&self) -> Option<&Service> {
        self.0.iter().find(|service| service.serves::<R>())
    }
}

/// The answer to an error; causes are for the log.
fn answer(error: Error, missing: Missing) -> HttpError {
    if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
        log::error!("{cause}");
    }
    HttpError::of(error, missing)
}
