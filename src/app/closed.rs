//! Finds what would be open in a rocket whose APIs were told who asks.
//!
//! The compiler asks the resources of an API for their rules, from where `auth` was called. It does not see what was there
//! before, nor the other APIs of the rocket: these are looked at when the rocket ignites.

use super::auth::{AuthParts, names};
use super::served::Served;
use crate::error_format::all_quoted;

/// A message for everything that is wrong with the `auth` of these APIs.
pub(super) fn unclosed(apis: &[Served<'_>]) -> Vec<String> {
    let auths: Vec<(&Served<'_>, &AuthParts)> =
        apis.iter().filter_map(|api| Some((api, api.api.auth.as_ref()?))).collect();
    let Some((first, auth)) = auths.first() else { return Vec::new() };
    let mut problems = Vec::new();
    for (api, other) in &auths {
        if !other.late_for.is_empty() {
            problems.push(format!(
                "the API on `{}`: `.auth(..)` comes after {}, whose access rules nothing has asked for: write it before \
                 all resources and routers, `Api::new().auth(..)`",
                base(api),
                all_quoted(&other.late_for),
            ));
        }
        if other.caller != auth.caller {
            problems.push(format!(
                "two APIs of this rocket name callers of different types, the one on `{}` `Auth::<{}>` and the one on \
                 `{}` `Auth::<{}>`: name one type in all of them",
                base(first),
                auth.name,
                base(api),
                other.name,
            ));
        }
    }
    for api in apis.iter().filter(|api| api.api.auth.is_none()) {
        let resources =
            api.resources.iter().filter(|resource| resource.what.descriptor.meta.access.is_none());
        let open = names(resources);
        if !open.is_empty() {
            let do_not = if open.len() == 1 { "does not" } else { "do not" };
            problems.push(format!(
                "the API on `{}` has no `auth`, and the one on `{}` has: {} {do_not} say who may do what there: write \
                 `access(public)`, or rules, in each `#[resource(..)]`",
                base(api),
                base(first),
                all_quoted(&open),
            ));
        }
    }
    problems
}

/// Where an API stands.
fn base<'a>(api: &Served<'a>) -> &'a str {
    if api.api.base.is_empty() { "/" } else { &api.api.base }
}
