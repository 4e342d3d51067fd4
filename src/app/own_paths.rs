//! The rocket's own paths, those of health checks and metrics, which nothing else of it may claim.

use rocket::Route;

use super::served::Served;
use crate::edge::Settings;
use crate::route::{Page, is_at_or_below, may_be_at_or_below};

/// A path of the rocket's own: it and what is below it.
pub(super) struct OwnPath<'a> {
    path: &'a str,
    /// What stands there, with its verb.
    owner: &'static str,
    /// The key that says so.
    key: &'static str,
}

impl<'a> OwnPath<'a> {
    /// Those that are configured.
    pub(super) fn all(settings: &'a Settings) -> Vec<Self> {
        let all = [
            (&settings.health, "the health checks", "health"),
            (&settings.metrics, "the metrics", "metrics"),
        ];
        let own = all.into_iter().filter_map(|(path, owner, key)| {
            let path = path.as_deref()?;
            Some(OwnPath { path, owner, key })
        });
        own.collect()
    }

    /// A message for everything else that stands there: the path comes before it.
    pub(super) fn taken<'r>(
        &self,
        others: &[OwnPath<'_>],
        served: &[Served<'_>],
        pages: impl Iterator<Item = &'r Page>,
        routes: impl Iterator<Item = &'r Route>,
    ) -> Vec<String> {
        let OwnPath { path, owner, key } = self;
        let mut owners: Vec<String> = Vec::new();
        let operations = served.iter().flat_map(|api| {
            let base = &api.api.base;
            api.paths().map(move |(owner, path)| (owner, format!("{base}{path}")))
        });
        let own = others.iter().filter(|other| other.key != *key);
        let own = own.map(|other| (format!("{} at `{}`", other.owner, other.path), other.path.to_owned()));
        let pages = pages.map(|page| (format!("the page `{}`", page.path), page.path.clone()));
        let routes = routes.map(|route| {
            let name = route.name.as_deref().unwrap_or("without a name");
            let path = route.uri.path().to_string();
            (format!("the route `{} {path}` ({name})", route.method), path)
        });
        for (other, found) in operations.chain(own).chain(pages).chain(routes) {
            if is_at_or_below(&found, path) && !owners.contains(&other) {
                owners.push(other);
            }
        }
        let line = |other| {
            format!(
                "`{path}` and what is below it is claimed by {owner} and by {other}: give one another path, {owner} with \
                 `{key} = \"..\"` below [default.crewed], or leave them out with `{key} = false`"
            )
        };
        owners.into_iter().map(line).collect()
    }
}

/// Whether an operation may match a path, or one below it.
pub(super) fn is_matched(path: &str, served: &[Served<'_>]) -> bool {
    served.iter().any(|api| {
        let base = &api.api.base;
        api.paths().any(|(_, operation)| may_be_at_or_below(&format!("{base}{operation}"), path))
    })
}
