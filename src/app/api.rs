//! The builder.

use std::sync::Arc;

use rocket::Route;

use crate::openapi::OpenApi;
use crate::operation::Inputs;
use crate::resource::{Declared, Resource};
use crate::route::AnyFunction;

/// An API to attach to a Rocket: resources, functions, and what else belongs to them.
///
/// It is a fairing, so that it lives beside any other routes, state, fairings and catchers. What is
/// wrong with it (two on one path, a store that cannot be opened, a misspelt key in `Rocket.toml`) is
/// told in one message when the rocket ignites, and nothing is launched.
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
/// | `store` | `sqlite:<program>.db` beside the `Rocket.toml` in force | `sqlite:FILE`, from the folder of the file it stands in, `sqlite::memory:`, or `postgres://USER@HOST/DATABASE`; opened where there is a resource |
/// | `read` | none | URLs of PostgreSQL replicas for reading |
/// | `postgres` | `{ pool = 16, .. }` | connections and time limits: `docs/storage.md` |
/// | `durability` | `"full"` | when a write is answered: `full` once it is on disk; `normal` once the system has it, and the last ones may be gone after a loss of power |
/// | `queue` | `"64 MiB"` | how much the writes that wait for the store may hold in all; beyond it further ones are answered 503 |
/// | `docs` | `"/docs"` | where Swagger UI stands, from the base; `false` for no `/docs`, `/rapidoc` and `/openapi.json` |
/// | `errors` | `"fastapi"` | the shape of error bodies: `fastapi`, `pydantic-v1` or `problem` |
/// | `page.default` | 100 | rows of a list where `limit` is not sent |
/// | `page.max` | 1000 | the greatest `limit` |
/// | `page.skip` | 10000 | the greatest `skip` |
/// | `migrate` | `"apply"` | missing tables, indexes and columns: `apply` makes them, `print` and `check` tell and do not launch |
/// | `undeclared_columns` | `"allow"` | columns that no field declares, and that a row can be added without: `allow` goes on with a line in the log, `refuse` does not launch |
/// | `title`, `version`, `description` | of the builder, else `crewed`, `0.1.0`, none | the head of the document |
///
/// JSON may be as long as Rocket's own `limits.json`, 1 MiB by default; forms as its `limits.form` and
/// `limits.data-form`, files as its `limits.file`.
#[must_use = "an API does nothing until it is attached: `rocket::build().attach(api)`"]
#[derive(Default)]
pub struct Api {
    /// Shared with the assembly of the rocket, which happens when all APIs are attached.
    pub(super) parts: Arc<ApiParts>,
}

/// What an API was built of.
#[derive(Clone, Default)]
pub(super) struct ApiParts {
    pub(super) base: String,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) resources: Vec<Entry>,
    pub(super) functions: Vec<AnyFunction>,
    pub(super) mounts: Vec<Mount>,
}

/// A resource, with nothing left of its type.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) declared: Declared,
    pub(super) inputs: Inputs,
}

/// Routes of the user's that stand in the document too.
#[derive(Clone)]
pub(super) struct Mount {
    pub(super) base: String,
    pub(super) routes: Vec<Route>,
    pub(super) spec: OpenApi,
}

impl Api {
    /// An API without anything.
    pub fn new() -> Self {
        Api::default()
    }

    /// Serves a resource.
    pub fn resource<R: Resource>(self) -> Self {
        let entry = Entry { declared: Declared::of::<R>(), inputs: Inputs::of::<R>() };
        self.with(|parts| parts.resources.push(entry))
    }

    /// Serves functions under crewed's `#[get]` and its like: `api.operations(operations![read_root])`.
    pub fn operations(self, functions: impl IntoIterator<Item = AnyFunction>) -> Self {
        self.with(|parts| parts.functions.extend(functions))
    }

    /// Puts everything of this API under a path: `/api/v1`. Several APIs may be attached to one
    /// rocket, each with a base of its own. They share one store, and a resource that several of them serve
    /// is one table.
    pub fn at(self, base: impl Into<String>) -> Self {
        self.with(|parts| parts.base = base.into())
    }

    /// Mounts routes under `#[openapi]`, so that they stand in the document:
    /// `api.mount("/extra", openapi_get_routes_spec![..])`, with the macro of rocket_okapi.
    pub fn mount(self, base: impl Into<String>, (routes, spec): (Vec<Route>, OpenApi)) -> Self {
        self.with(|parts| parts.mounts.push(Mount { base: base.into(), routes, spec }))
    }

    /// The title of the document; `title` in `[default.crewed]` goes before it.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.with(|parts| parts.title = Some(title.into()))
    }

    /// The version in the document; `version` in `[default.crewed]` goes before it.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with(|parts| parts.version = Some(version.into()))
    }

    /// The description in the document, in Markdown; `description` in `[default.crewed]` goes before
    /// it.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with(|parts| parts.description = Some(description.into()))
    }

    fn with(mut self, change: impl FnOnce(&mut ApiParts)) -> Self {
        change(Arc::make_mut(&mut self.parts));
        self
    }
}
