//! Inspects a rocket that is ignited and never launched: what it serves, and what its database needs.

use std::sync::{Arc, OnceLock};

use rocket::figment::Figment;
use rocket::{Build, Rocket};
use serde_json::{Value as Json, json};

use super::audit::Finding;
use super::docs::Docs;
use super::served::{Served, ServedRoute};
use crate::resource::{IndexMeta, Role, Table, TableColumn};
use crate::route;
use crate::store::{
    Answer, Begun, BoxedSink, Checked, Migrate, Opening, Select, Store, StoreError, Write, meaning_text,
};

/// Is managed by a rocket that is only ignited, to be described or to migrate its database, since the program was
/// started with `--crewed`. No store is opened, unless it is to be migrated, and nothing is served.
///
/// A fairing that begins something while the rocket ignites can look for it:
///
/// ```
/// use crewed::Describing;
/// use crewed::rocket::fairing::AdHoc;
///
/// let jobs = AdHoc::on_ignite("jobs", |rocket| async move {
///     if rocket.state::<Describing>().is_none() {
///         // Start what belongs to a program that serves.
///     }
///     rocket
/// });
/// # let _ = jobs;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Describing;

/// What a rocket is ignited for, and what was found. Managed as an `Arc`.
#[derive(Default)]
pub(crate) struct Inspection {
    /// Whether the database is examined. Otherwise no store is needed.
    pub(super) examines: bool,
    /// Replaces the configured `migrate`.
    pub(super) migrate: Option<Migrate>,
    /// The configuration to audit, as it was before anything was changed for the inspection.
    pub(super) audited: Option<Figment>,
    found: OnceLock<Found>,
}

/// What was found in a rocket.
pub(crate) struct Found {
    /// The document of each API, with its base.
    pub(crate) documents: Vec<(String, Json)>,
    /// Everything that is served, in the order of the paths.
    pub(crate) routes: Vec<ServedRoute>,
    /// The tables.
    pub(crate) tables: Json,
    /// The examined store, if there are resources and it was to be examined.
    pub(crate) opening: Option<Arc<Opening>>,
    /// What the program should not go live with, if that was to be looked for.
    pub(crate) findings: Vec<Finding>,
}

impl Inspection {
    /// Finds what the program declares.
    pub(crate) fn of_declaration() -> Self {
        Inspection::default()
    }

    /// Also finds what its database needs; `migrate` replaces what is configured.
    pub(crate) fn of_database(migrate: Option<Migrate>) -> Self {
        Inspection { examines: true, migrate, ..Inspection::default() }
    }

    /// Also finds what the program should not go live with. This is its configuration.
    pub(crate) fn of_configuration(figment: Figment) -> Self {
        Inspection { audited: Some(figment), ..Inspection::default() }
    }

    /// What was found, once the rocket has ignited.
    pub(crate) fn found(&self) -> Option<&Found> {
        self.found.get()
    }

    pub(super) fn set(&self, found: Found) {
        // A rocket ignites once.
        let _ = self.found.set(found);
    }
}

impl Found {
    pub(super) fn of(
        served: &[Served<'_>],
        docs: &[&Docs],
        tables: &[Table],
        rocket: &Rocket<Build>,
        opening: Option<Arc<Opening>>,
        (health, metrics): (Option<&str>, Option<&str>),
        findings: Vec<Finding>,
    ) -> Self {
        let mut routes: Vec<ServedRoute> = Vec::new();
        for (api, docs) in served.iter().zip(docs) {
            routes.extend(api.routes());
            routes.extend(docs.pages.iter().map(|page| ServedRoute {
                path: page.path.clone(),
                method: "GET".to_owned(),
                kind: "page",
                name: page.path.rsplit('/').next().unwrap_or_default().to_owned(),
            }));
            routes.extend(docs.mounted.iter().map(ServedRoute::of));
        }
        for (below, name) in [("", "ready"), ("/live", "live"), ("/ready", "ready")] {
            routes.extend(health.map(|health| ServedRoute {
                path: format!("{health}{below}"),
                method: "GET".to_owned(),
                kind: "health",
                name: name.to_owned(),
            }));
        }
        routes.extend(metrics.map(|path| ServedRoute {
            path: path.to_owned(),
            method: "GET".to_owned(),
            kind: "metrics",
            name: "metrics".to_owned(),
        }));
        routes.extend(rocket.routes().filter(|route| !route::is_own(route)).map(ServedRoute::of));
        routes.sort();
        routes.dedup();
        let documents = served.iter().zip(docs).filter_map(|(Served { api, .. }, docs)| {
            let document = serde_json::from_slice(docs.document.as_deref()?).ok()?;
            Some((api.base.clone(), document))
        });
        let documents = documents.collect();
        Found { documents, routes, tables: tables.iter().map(described).collect(), opening, findings }
    }
}

/// Stands in for a store that is not opened.
pub(super) struct Unopened;

impl Unopened {
    fn error() -> StoreError {
        StoreError::Unavailable("the program only describes itself, and opens no store".to_owned())
    }
}

impl Store for Unopened {
    fn read(&self, _: Select, _: BoxedSink) -> Answer<'_> {
        Box::pin(async { Err(Unopened::error()) })
    }

    fn write(&self, _: Write, _: BoxedSink) -> Answer<'_> {
        Box::pin(async { Err(Unopened::error()) })
    }

    fn begin(&self) -> Begun<'_> {
        Box::pin(async { Err(Unopened::error()) })
    }

    fn check(&self) -> Checked<'_> {
        Box::pin(async { Err(Unopened::error()) })
    }
}

/// A table as JSON, with what its columns mean.
fn described(table: &Table) -> Json {
    let column = |column: &TableColumn| {
        let role = match column.role {
            Role::Plain => "plain",
            Role::Key => "key",
            Role::AutoIncrementKey | Role::ServerGeneratedKey(_) => "generated key",
            Role::CreatedAt => "created_at",
            Role::UpdatedAt => "updated_at",
        };
        // A row that exists already gets the default, or the present time, when the column is added.
        let has_value = column.default.is_some() || matches!(column.role, Role::CreatedAt | Role::UpdatedAt);
        // All rows would have the same default.
        let filled = column.nullable || (has_value && !column.unique);
        json!({
            "name": column.name,
            "was": column.was,
            "meaning": serde_json::from_str::<Json>(&meaning_text(column)).unwrap_or_default(),
            "role": role,
            "nullable": column.nullable,
            "unique": column.unique,
            "index": column.index,
            "filled": filled,
        })
    };
    let index = |index: &IndexMeta| {
        let names: Vec<&str> = index.columns.iter().map(|column| table.columns[*column].name).collect();
        json!({"columns": names, "unique": index.unique})
    };
    json!({
        "name": table.name,
        "columns": table.columns.iter().map(column).collect::<Vec<_>>(),
        "indexes": table.indexes.iter().map(index).collect::<Vec<_>>(),
    })
}
