//! The pages of the documentation, and where they stand.

use rocket::Route;

use super::api::{ApiParts, Mount};
use super::config::Config;
use crate::openapi::{Foreign, Page, Ui, rapidoc, swagger_ui};

/// The pages of the documentation: what is served at which path.
#[derive(Default)]
pub(super) struct Docs {
    /// The document, and the pages that show it.
    pub(super) pages: Vec<Page>,
    /// What the pages load, where it is served.
    pub(super) assets: Vec<Route>,
}

impl ApiParts {
    /// The pages, unless there are to be none.
    pub(super) fn docs(&self, config: &Config, document: &[u8]) -> Docs {
        let Some(docs) = &config.docs else { return Docs::default() };
        let at = |path: &str| format!("{}{path}", self.base);
        let (spec, title) = (at("/openapi.json"), self.titled(Some(config)));
        let mut all = Docs::default();
        all.pages.push(Page {
            path: spec.clone(),
            content_type: "application/json",
            bytes: document.into(),
            policy: None,
        });
        let (docs, rapid) = (at(docs), at("/rapidoc"));
        let uis = [swagger_ui(&docs, &spec, &title), rapidoc(&rapid, &spec, &title)];
        for (path, Ui { pages, assets }) in [docs, rapid].into_iter().zip(uis) {
            all.pages.extend(pages);
            all.assets.extend(based(&path, &assets));
        }
        all
    }
}

/// Routes beneath a path.
pub(super) fn based(path: &str, routes: &[Route]) -> impl Iterator<Item = Route> {
    let based = move |route: Route| route.map_base(|old| format!("{path}{old}")).ok();
    routes.iter().cloned().filter_map(based)
}

impl Mount {
    /// The document of these routes.
    pub(super) fn foreign(&self, base: &str) -> Foreign {
        let base = format!("{base}{}", self.base.trim_end_matches('/'));
        Foreign { base, document: self.spec.clone() }
    }
}
