//! The builder.

use std::sync::OnceLock;

use rocket::Route;

use super::fairing::Launched;
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
/// | `docs` | `"/docs"` | where Swagger UI stands, from the base; `false` for no `/docs`, `/rapidoc` and `/openapi.json` |
/// | `errors` | `"fastapi"` | the shape of error bodies: `fastapi`, `pydantic-v1` or `problem` |
/// | `page.default` | 100 | rows of a list where `limit` is not sent |
/// | `page.max` | 1000 | the greatest `limit` |
/// | `migrate` | `"apply"` | missing tables, indexes and columns: `apply` makes them, `print` and `check` tell and do not launch |
/// | `title`, `version`, `description` | of the builder, else `crewed`, `0.1.0`, none | the head of the document |
///
/// JSON may be as long as Rocket's own `limits.json`, 1 MiB by default; forms as its `limits.form` and
/// `limits.data-form`, files as its `limits.file`.
#[must_use = "an API does nothing until it is attached: `rocket::build().attach(api)`"]
#[derive(Default)]
pub struct Api {
    pub(super) base: String,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) resources: Vec<Entry>,
    pub(super) functions: Vec<AnyFunction>,
    pub(super) mounts: Vec<Mount>,
    pub(super) launched: OnceLock<Launched>,
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
    pub fn resource<R: Resource>(mut self) -> Self {
        self.resources.push(Entry { declared: Declared::of::<R>(), inputs: Inputs::of::<R>() });
        self
    }

    /// Serves functions under crewed's `#[get]` and its like: `api.operations(operations![read_root])`.
    pub fn operations(mut self, functions: impl IntoIterator<Item = AnyFunction>) -> Self {
        self.functions.extend(functions);
        self
    }

    /// Puts everything of this API under a path: `/api/v1`. Several APIs may be attached to one
    /// rocket, each with a base of its own.
    pub fn at(mut self, base: impl Into<String>) -> Self {
        self.base = base.into();
        self
    }

    /// Mounts routes under `#[openapi]`, so that they stand in the document:
    /// `api.mount("/extra", openapi_get_routes_spec![..])`, with the macro of rocket_okapi.
    pub fn mount(mut self, base: impl Into<String>, (routes, spec): (Vec<Route>, OpenApi)) -> Self {
        self.mounts.push(Mount { base: base.into(), routes, spec });
        self
    }

    /// The title of the document; `title` in `[default.crewed]` goes before it.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The version in the document; `version` in `[default.crewed]` goes before it.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The description in the document, in Markdown; `description` in `[default.crewed]` goes before
    /// it.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}
