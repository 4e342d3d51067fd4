//! [`Api`], the builder of an API.

use std::marker::PhantomData;
use std::sync::Arc;

use super::auth::{Auth, AuthParts};
use super::document::ApiInfo;
use super::router::{Router, RouterParts};
use crate::error_format::HttpError;
use crate::function::Overrides;
use crate::repository::{Transaction, TransactionWork};
use crate::resource::{Caller, NoAuth, Resource, Served};
use crate::route::{AnyFunction, Dependency, ErrorHandler, ErrorHandlers, RequestValidationError};
use crate::store::{Sql, When};

/// An API to attach to a Rocket: resources, functions, and what else belongs to them.
///
/// It is a fairing, so it works beside any other routes, state, fairings and catchers. All mistakes (two operations on
/// one path, a store that cannot be opened, a misspelt key in `Rocket.toml`) are reported in one message when the
/// rocket ignites, and nothing is launched.
///
/// ```no_run
/// use crewed::prelude::*;
///
/// /// Someone, and the nickname they go by.
/// #[resource("/users")]
/// struct User {
///     #[field(key, min_length = 1)]
///     name: String,
///     nickname: String,
/// }
///
/// #[crewed::launch]
/// fn rocket() -> _ {
///     rocket::build().attach(Api::new().resource::<User>())
/// }
/// ```
///
/// # Configuration
///
/// `[default.crewed]` in `Rocket.toml`, `ROCKET_CREWED='{..}'` in the environment, or a figment of
/// one's own under `crewed`:
///
/// | Key | Default | Meaning |
/// |---|---|---|
/// | `store` | `sqlite:<program>.db` beside the `Rocket.toml` in force | `sqlite:FILE`, from the folder of the file it stands in, `sqlite::memory:`, or `postgres://USER@HOST/DATABASE`; opened where there is a resource. Without the feature `sqlite` there is no default |
/// | `replicas` | none | URLs of PostgreSQL replicas for reading; with the feature `postgres` |
/// | `postgres` | `{ pool = 16, .. }` | connections and time limits: `docs/storage.md`; with the feature `postgres` |
/// | `durability` | `"full"` | when a write is answered: `full` once it is on disk; `normal` once the system has it, and the last ones may be gone after a loss of power |
/// | `queue` | `"64 MiB"` | how much the writes that wait for the store may hold in all; beyond it further ones are answered 503 |
/// | `docs` | `"/docs"` | where Swagger UI stands, from the base; `false` for no `/docs`, `/rapidoc` and `/openapi.json`; with the feature `docs` |
/// | `errors` | `"fastapi"` | the shape of error bodies: `fastapi`, `pydantic-v1` or `problem` |
/// | `page.default` | 100 | rows of a list where `limit` is not sent |
/// | `page.max` | 1000 | the greatest `limit` |
/// | `page.skip` | 10000 | the greatest `skip` |
/// | `timeouts.body` | 10 | seconds in which no byte of a body comes, after which the answer is 408; a body that is not whole after `timeouts.request` is 408 too |
/// | `timeouts.request` | 30 | seconds until the answer starts, after which it is 503, and what was begun is undone; a write that the store has begun is waited for, so that 503 says that a resource's operation wrote nothing |
/// | `timeouts.write` | 30 | seconds in which a client takes nothing of a long answer or of a stream, after which that is freed |
/// | `timeouts.drain` | 5 | seconds for which a program under `#[crewed::launch]` goes on after SIGTERM, not ready any more, so that what balances the load notices; none after Ctrl-C |
/// | `load.max_requests` | 1024 | requests that are answered at once, from the end of their body to the beginning of their answer; further ones are 503 |
/// | `load.max_streams` | 1024 | streams of events ([`ServerSentEvents`](crate::ServerSentEvents)) that are open at once; further ones are 503 |
/// | `migrate` | `"apply"` | tables that are not as declared: `apply` does what loses nothing, `convert` also what narrows or rewrites values where no row stands in the way, `print` and `check` tell and do not launch |
/// | `undeclared_columns` | `"allow"` | columns that no field declares, and that a row can be added without: `allow` goes on with a line in the log, `refuse` does not launch |
/// | `health` | `"/health"` | where the rocket says whether it is ready, from its root, with `/live` and `/ready` below; `false` for nowhere |
/// | `load.per_caller` | none | how many requests each client may send, `"100/60s"`: a number, a slash, and seconds (`s`), minutes (`m`) or hours (`h`); beyond it the answer is 429. A client is the caller, or who is not known the address: that of the peer, or what the header says that the program's own `ip_header` names, and of IPv6 the first 64 bits. It is spread, so that up to twice the number may be answered in the first period, and each process counts by itself |
/// | `load.blocking` | 40 | how many functions that are `blocking` run at once; below Rocket's `max_blocking` |
/// | `compress` | `true` | whether texts of more than 1 KiB (JSON, lines, CSV, pages) are compressed for clients that say so in `Accept-Encoding`: `br` or `gzip`. Events are not, nor what has a cookie, or `Cache-Control: no-transform` |
/// | `cors.origins` | none | the pages of other origins that may use the service: `["https://app.example"]`, `["https://*.app.example"]` for each one label below, or `["*"]` for all |
/// | `cors.credentials` | `false` | whether these pages may send cookies and passwords; not with `"*"` |
/// | `cors.max_age` | 600 | for how many seconds a browser need not ask again |
/// | `cors.headers` | none | headers that routes, guards and fairings of the program's own look at, and pages may send: [below](#pages-of-other-origins) |
/// | `hosts` | any | the hosts under which the service may be asked: `["api.example", "*.example"]`, whatever the port; under another it is 400, but for `/health` |
/// | `hsts` | none | for how many seconds browsers shall ask by HTTPS only, as every answer tells them: `31536000` |
/// | `shield` | `true` | whether Rocket's `Shield` stays; crewed's own answers have `nosniff` without it, and those of the program's own routes do not |
/// | `metrics` | `false` | the path of the metrics in Prometheus' text format, from the rocket's root and for everybody: `"/metrics"` |
/// | `log` | `"text"` | the form of the log: `text`, `json`, or `off` for no lines about requests; see [`#[launch]`](macro@crate::launch) |
/// | `server_timing` | `false` | whether each answer tells everybody by `Server-Timing` how long it took |
/// | `title`, `version`, `description` | of the builder, else `crewed`, `0.1.0`, none | the head of the document; with the feature `docs` |
///
/// A key of a feature that crewed is built without is refused when the rocket ignites, and so is `[default.tls]`
/// without the feature `tls`.
///
/// No answer has a `Server`, unless Rocket's `ident` is configured.
///
/// # Pages of other origins
///
/// Without `cors` a browser lets no page of another origin read an answer, or send what needs to be asked for first.
/// With it, such a question (a preflight) is answered for exactly the methods and the headers of the path that it is
/// about: headers are the inputs that its operations and their dependencies declare, `Authorization` or a key where
/// they ask for one by a security scheme, what every page may send (`Accept`, `Content-Type` ..), and `cors.headers`.
/// Operations are not asked. Pages read `Location`, `ETag`, `Link`, `X-Total-Count`, `X-Request-Id`, `Retry-After`,
/// `RateLimit` and `RateLimit-Policy`; a function exposes its own by `Access-Control-Expose-Headers`.
///
/// What a browser sends without asking, as a form or a POST without a body, is 403 if it may change something and a page of an
/// origin that `cors` does not name makes the browser send it, which `Sec-Fetch-Site` tells, or else `Origin` beside
/// `Host`. Without `cors` that holds of operations of an API, where the request has a cookie or a password of the
/// browser's; with it, of every request.
///
/// JSON may be as long as Rocket's own `limits.json`, 1 MiB by default; forms as its `limits.form` and
/// `limits.data-form`, files as its `limits.file`.
#[must_use = "an API does nothing until it is attached: `rocket::build().attach(api)`"]
pub struct Api<C = NoAuth> {
    /// Shared with the assembly of the rocket, which happens when all APIs are attached.
    pub(super) parts: Arc<ApiParts>,
    caller: PhantomData<fn() -> C>,
}

/// The parts of an API, without the type of its callers.
#[derive(Clone, Default)]
pub(super) struct ApiParts {
    pub(super) base: String,
    /// Declarations for the document.
    pub(super) info: ApiInfo,
    /// Everything that it serves. Its prefix is empty.
    pub(super) root: RouterParts,
    /// Who asks, if it was told.
    pub(super) auth: Option<AuthParts>,
    /// The dependencies that stand in for others.
    pub(super) overrides: Overrides,
    pub(super) handlers: ErrorHandlers,
    pub(super) migrations: Vec<Migration>,
}

/// A migration that the program defines.
#[derive(Clone)]
pub(super) struct Migration {
    pub(super) name: String,
    pub(super) when: When,
    pub(super) action: MigrationAction,
}

/// The statements or the code of a migration.
#[derive(Clone)]
pub(super) enum MigrationAction {
    Sql(Sql),
    Run(TransactionWork),
}

impl Api<NoAuth> {
    /// Creates an empty API.
    pub fn new() -> Self {
        Api { parts: Arc::default(), caller: PhantomData }
    }

    /// Names who asks, and closes the API: from here on each of its resources must say who may do what with its rows, in
    /// its `#[resource(..)]`. The compiler refuses one that does not. It comes before all resources and routers.
    ///
    /// # Who may do what
    ///
    /// | | |
    /// |---|---|
    /// | `access(public)` | everybody may do everything |
    /// | `access(caller = Me, owner)` | whoever created a row may do everything with it |
    /// | `access(caller = Me, read(..), create(..), update(..), delete(..))` | a rule for each operation, over the fields of the row and the caller; what is not named is nobody's |
    ///
    /// ```
    /// use crewed::prelude::*;
    /// use crewed::Bearer;
    ///
    /// /// Who asks, by the token that they have.
    /// #[crewed::caller(depends(current_user))]
    /// struct Me {
    ///     #[caller(id)]
    ///     id: i64,
    /// }
    ///
    /// #[crewed::depends]
    /// fn current_user(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    ///     let Some(token) = token else { return Ok(None) };
    ///     let id = token.token().parse().map_err(|_| HttpError::new(401, "Bad credentials"))?;
    ///     Ok(Some(Me { id }))
    /// }
    ///
    /// /// A note, which everybody reads once its owner has published it.
    /// #[resource("/notes", access(caller = Me, read(published || owner), create(caller), update(owner), delete(owner)))]
    /// struct Note {
    ///     #[field(key, generated)]
    ///     id: i64,
    ///     #[field(owner)]
    ///     owner_id: i64,
    ///     published: bool,
    ///     text: String,
    /// }
    ///
    /// #[resource("/news", access(public))]
    /// struct News {
    ///     #[field(key, generated)]
    ///     id: i64,
    ///     text: String,
    /// }
    ///
    /// let api = Api::new().auth(Auth::<Me>::new()).resource::<Note>().resource::<News>();
    /// ```
    ///
    /// The API is an `Api<Me>` then, and its routers are [`Router<Me>`](crate::Router). In one rocket all APIs name the
    /// same type, and a resource without rules is refused in each of them when the rocket ignites. Functions say by their
    /// own arguments whom they answer.
    pub fn auth<C: Caller>(self, auth: Auth<C>) -> Api<C> {
        let Api { parts, .. } = self.with(|parts| {
            let (_, resources) = parts.root.mounted();
            parts.auth = Some(AuthParts::of(auth, &resources));
        });
        Api { parts, caller: PhantomData }
    }
}

impl<C: 'static> Api<C> {
    /// Serves a resource.
    pub fn resource<R: Resource + Served<C>>(self) -> Self {
        self.with(|parts| parts.root.serve_resource::<R>())
    }

    /// Serves functions under crewed's `#[get]` and its like: `api.operations(operations![read_root])`.
    pub fn operations(self, functions: impl IntoIterator<Item = AnyFunction>) -> Self {
        self.with(|parts| parts.root.serve_functions(functions))
    }

    /// Serves everything of a router, under its path after the base of this API.
    pub fn include(self, router: Router<C>) -> Self {
        self.with(|parts| parts.root.include(router.parts))
    }

    /// Asks a dependency before every operation, and drops its value. The pages of the document are not among these.
    pub fn depends<D: Dependency>(self) -> Self {
        self.with(|parts| parts.root.depend::<D>())
    }

    /// Documents an answer of every operation.
    pub fn response(self, status: u16, description: &'static str) -> Self {
        self.with(|parts| parts.root.answer(status, description))
    }

    /// Asks the dependency `With` wherever `D` is declared, for tests: like FastAPI's `dependency_overrides`. `With` has
    /// inputs of its own, and gives a value of the same type. The document stays that of `D`.
    ///
    /// ```
    /// use crewed::prelude::*;
    /// use crewed::HttpError;
    ///
    /// #[crewed::depends]
    /// fn current_user(#[param(header)] authorization: Option<String>) -> Result<String, HttpError> {
    ///     authorization.ok_or(HttpError::new(401, "Not authenticated"))
    /// }
    ///
    /// #[crewed::depends]
    /// fn test_user() -> String {
    ///     "ada".to_owned()
    /// }
    ///
    /// let api = Api::new().override_dependency::<current_user, test_user>();
    /// ```
    pub fn override_dependency<D: Dependency, With: Dependency<Value = D::Value>>(self) -> Self {
        self.with(|parts| {
            parts.overrides.insert((D::META.identity)(), With::META);
        })
    }

    /// Answers all requests with invalid inputs by `handler`, like FastAPI's handler of `RequestValidationError`. It is
    /// given the request and the error, and returns any responder. Without it the answer is a 422 with all issues.
    ///
    /// ```
    /// use crewed::prelude::*;
    /// use crewed::rocket::http::Status;
    ///
    /// let api = Api::new().on_invalid(|_, error| (Status::BadRequest, error.to_string()));
    /// ```
    pub fn on_invalid(self, handler: impl ErrorHandler<RequestValidationError>) -> Self {
        self.with(|parts| parts.handlers.on_invalid(handler))
    }

    /// Answers all errors of the type `E` by `handler`, like FastAPI's `@app.exception_handler`. It is given the request
    /// and the error, and returns any responder.
    ///
    /// An error type without a handler is an [`HttpError`], or becomes one, or is a responder. The handler for
    /// `HttpError` itself is also heard for the errors that crewed answers with below the base of the API: 404 and 405
    /// where nothing answers, a row that is not there, 413, 415 and 503, and the 500 of a panic; but not for invalid inputs
    /// ([`Api::on_invalid`]). A handler that answers with its `HttpError` answers as if there were no handler.
    ///
    /// ```
    /// use crewed::prelude::*;
    /// use crewed::{Reply, get};
    /// use crewed::rocket::serde::json::{Value, json};
    ///
    /// struct UnicornError {
    ///     name: String,
    /// }
    ///
    /// #[get("/unicorns/<name>")]
    /// fn read_unicorn(name: String) -> Result<Value, UnicornError> {
    ///     if name == "yolo" { Err(UnicornError { name }) } else { Ok(json!({"unicorn_name": name})) }
    /// }
    ///
    /// let api = Api::new().operations(operations![read_unicorn]).on_error::<UnicornError>(|_, error| {
    ///     Reply::new(json!({"message": format!("Oops! {} did something.", error.name)})).status(418)
    /// });
    /// ```
    pub fn on_error<E: Send + 'static>(self, handler: impl ErrorHandler<E>) -> Self {
        self.with(|parts| parts.handlers.on_error(handler))
    }

    /// Mounts everything of this API under a path: `/api/v1`. Several APIs may be attached to one rocket, each with a
    /// base of its own. They share one store, and a resource that several of them serve has one table.
    pub fn at(self, base: impl Into<String>) -> Self {
        self.with(|parts| parts.base = base.into())
    }

    /// Runs statements once in each database, when the schema is changed.
    ///
    /// The migrations of a program are run in the order of their [`Api`]s and then as they are declared, each once in
    /// each database, in the one transaction that also changes the tables: `Before` or `After` that change. If anything
    /// fails, everything is rolled back, and the program does not start. Each is recorded by its name in the table
    /// `_crewed_history`. It may be removed from the program later. If its text has changed it is not run again, and a
    /// warning in the log says so. In a database that has none of the tables yet, migrations are recorded and not run,
    /// as there are no rows to migrate.
    ///
    /// Two migrations with the same name are refused at launch, and so is one that begins or ends a transaction. The
    /// statements are above access rules.
    ///
    /// ```no_run
    /// use crewed::prelude::*;
    ///
    /// #[resource("/books")]
    /// struct Book {
    ///     #[field(key, generated)]
    ///     id: i64,
    ///     title: String,
    ///     #[field(default = "", max_length = 80)]
    ///     blurb: String,
    /// }
    ///
    /// #[crewed::launch]
    /// fn rocket() -> _ {
    ///     rocket::build().attach(Api::new().resource::<Book>().migration(
    ///         "2026-11 fill blurbs",
    ///         After,
    ///         Sql {
    ///             sqlite: "UPDATE books SET blurb = substr(title, 1, 80) WHERE blurb = ''",
    ///             postgres: "UPDATE books SET blurb = left(title, 80) WHERE blurb = ''",
    ///         },
    ///     ))
    /// }
    /// ```
    pub fn migration(self, name: impl Into<String>, when: When, sql: Sql) -> Self {
        let step = Migration { name: name.into(), when, action: MigrationAction::Sql(sql) };
        self.with(|parts| parts.migrations.push(step))
    }

    /// Runs code once in each database, when the schema is changed: see [`Api::migration`].
    ///
    /// The code gets the [`Transaction`] that changes the schema. After the change it has access to the rows of every
    /// resource by [`Transaction::of`], or, since nobody asks in a migration, by [`Transaction::unscoped`] if it has access
    /// rules. Before the change there is only [`Transaction::sql`], since repositories use the new columns; in a program with
    /// access rules it is [`Transaction::sql_unscoped`]. The code may be called again after a conflict with another
    /// transaction, and an error that it returns prevents the launch.
    ///
    /// ```no_run
    /// # use crewed::prelude::*;
    /// # #[resource("/people")]
    /// # struct Person {
    /// #     #[field(key, generated)]
    /// #     id: i64,
    /// #     name: String,
    /// #     #[field(default = "")]
    /// #     first_name: String,
    /// # }
    /// let api = Api::new().resource::<Person>().migration_with("2026-12 split names", After, |tx| async move {
    ///     for person in tx.of::<Person>().list(0, 100).await? {
    ///         let first = person.name.split(' ').next().unwrap_or_default().to_owned();
    ///         let patch = PersonPatch { first_name: Patched::Value(first), ..Default::default() };
    ///         tx.of::<Person>().patch(&person.id, patch).await?;
    ///     }
    ///     Ok(())
    /// });
    /// ```
    pub fn migration_with<F>(
        self,
        name: impl Into<String>,
        when: When,
        work: impl Fn(Transaction) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), HttpError>> + Send + 'static,
    {
        let work: TransactionWork = Arc::new(move |transaction| Box::pin(work(transaction)));
        let step = Migration { name: name.into(), when, action: MigrationAction::Run(work) };
        self.with(|parts| parts.migrations.push(step))
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut ApiParts)) -> Self {
        change(Arc::make_mut(&mut self.parts));
        self
    }
}

impl Default for Api<NoAuth> {
    fn default() -> Self {
        Api::new()
    }
}

/// Whether a path can be the base of others: with a slash before each segment, none at the end, and no character that a
/// URL has to encode.
pub(super) fn is_base(path: &str) -> bool {
    let plain = |segment: &str| {
        let usual = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        !matches!(segment, "" | "." | "..") && segment.chars().all(usual)
    };
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(plain))
}
