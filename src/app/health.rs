//! The health checks' path, which nothing else of the rocket may claim.

use rocket::Route;

use super::served::Served;
use crate::route::{Page, is_at_or_below, may_be_at_or_below};

/// Whether an operation may match the path of the health checks, or one below it.
pub(super) fn is_matched(path: &str, served: &[Served<'_>]) -> bool {
    served.iter().any(|api| {
        let base = &api.api.base;
        api.paths().any(|(_, operation)| may_be_at_or_below(&format!("{base}{operation}"), path))
    })
}

/// A message for everything else that stands on the path of the health checks or below it: they come before it.
pub(super) fn taken_health_paths<'a>(
    path: &str,
    served: &[Served<'_>],
    pages: impl Iterator<Item = &'a Page>,
    routes: impl Iterator<Item = &'a Route>,
) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    let operations = served.iter().flat_map(|api| {
        let base = &api.api.base;
        api.paths().map(move |(owner, path)| (owner, format!("{base}{path}")))
    });
    let pages = pages.map(|page| (format!("the page `{}`", page.path), page.path.clone()));
    let routes = routes.map(|route| {
        let name = route.name.as_deref().unwrap_or("without a name");
        let path = route.uri.path().to_string();
        (format!("the route `{} {path}` ({name})", route.method), path)
    });
    for (owner, found) in operations.chain(pages).chain(routes) {
        if is_at_or_below(&found, path) && !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    let line = |owner| {
        format!(
            "`{path}` and what is below it is claimed by the health checks and by {owner}: give one another path, the \
             checks with `health = \"..\"` below [default.crewed], or leave them out with `health = false`"
        )
    };
    owners.into_iter().map(line).collect()
}
