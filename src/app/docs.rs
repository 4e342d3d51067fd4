//! The document of an API, and the paths of its pages.

use rocket::Route;

use super::api::{Api, ApiParts, is_base};
use super::config::Config;
use super::document::{Mount, Settings};
use crate::openapi::{
    self, DocumentOptions, Foreign, Info, OpenApi, Page, PageSize, Ui, rapidoc, swagger_ui,
};
use crate::operation::PageSizes;
use crate::route::AnyFunction;

/// What the documentation adds to an API.
#[derive(Default)]
pub(super) struct Docs {
    /// The document, and the pages that show it.
    pub(super) pages: Vec<Page>,
    /// Documented routes of the user's.
    pub(super) mounted: Vec<Route>,
    /// The routes of the files that the pages load.
    pub(super) assets: Vec<Route>,
    /// The document, whether or not a page shows it.
    pub(super) document: Option<Vec<u8>>,
    /// The path of the documentation, for the log.
    pub(super) address: Option<String>,
}

/// The documentation of an API, and its problems. Each page loads the script, if there is one.
pub(super) fn docs(api: &ApiParts, config: Option<&Config>, script: Option<&str>) -> (Docs, Vec<String>) {
    let settings = config.map(|config| &config.docs);
    let mounted = api.info.mounts.iter().flat_map(|mount| mount.based(&api.base));
    let mut docs = Docs { mounted: mounted.collect(), ..Docs::default() };
    let mut problems = api.info.mounts.iter().filter_map(Mount::problem).collect::<Vec<_>>();
    match document(api, config) {
        Ok(document) => {
            if let Some(Settings { path: Some(path), .. }) = settings {
                docs.add_pages(api, path, &titled(api, settings), &document, script);
            }
            docs.document = Some(document);
        }
        Err(wrong) => problems.extend(wrong),
    }
    (docs, problems)
}

impl Docs {
    fn add_pages(&mut self, api: &ApiParts, path: &str, title: &str, document: &[u8], script: Option<&str>) {
        let at = |path: &str| format!("{}{path}", api.base);
        let spec = at("/openapi.json");
        self.pages.push(Page {
            path: spec.clone(),
            content_type: "application/json",
            bytes: document.into(),
            policy: None,
        });
        let (docs, rapid) = (at(path), at("/rapidoc"));
        let uis = [swagger_ui(&docs, &spec, title, script), rapidoc(&rapid, &spec, title, script)];
        self.address = Some(docs.clone());
        for (path, Ui { pages, assets }) in [docs, rapid].into_iter().zip(uis) {
            self.pages.extend(pages);
            self.assets.extend(based(&path, &assets));
        }
    }
}

/// Builds the document. If the configuration has mistakes, the document has the default sizes of pages, so that its own
/// problems can be reported as well.
fn document(api: &ApiParts, config: Option<&Config>) -> Result<Vec<u8>, Vec<String>> {
    let settings = config.map(|config| &config.docs);
    let of_config = |value: fn(&Settings) -> &Option<String>| settings.and_then(|s| value(s).clone());
    let declared = &api.info;
    let info = Info {
        title: titled(api, settings),
        version: of_config(|s| &s.version).or(declared.version.clone()).unwrap_or_else(|| "0.1.0".to_owned()),
        description: of_config(|s| &s.description).or(declared.description.clone()).unwrap_or_default(),
    };
    let page = config.map_or(PageSizes::default(), |config| config.page);
    // A resource that is stored but not served does not concern clients.
    let descriptors = api.resources.iter().map(|entry| entry.descriptor);
    let resources: Vec<_> =
        descriptors.filter(|resource| resource.meta.operations.iter().next().is_some()).collect();
    let functions: Vec<_> = api.functions.iter().map(AnyFunction::meta).collect();
    let foreign: Vec<Foreign> = declared.mounts.iter().map(|mount| mount.foreign(&api.base)).collect();
    openapi::document(&DocumentOptions {
        info: &info,
        base: &api.base,
        resources: &resources,
        functions: &functions,
        page: PageSize { default: page.default.into(), max: page.max.into(), skip: page.skip },
        errors: config.map(|config| config.errors).unwrap_or_default(),
        foreign: &foreign,
    })
}

fn titled(api: &ApiParts, settings: Option<&Settings>) -> String {
    let title = settings.and_then(|settings| settings.title.clone()).or(api.info.title.clone());
    title.unwrap_or_else(|| "crewed".to_owned())
}

/// The routes under a path.
fn based(path: &str, routes: &[Route]) -> impl Iterator<Item = Route> {
    let based = move |route: Route| route.map_base(|old| format!("{path}{old}")).ok();
    routes.iter().cloned().filter_map(based)
}

impl Mount {
    /// The routes, under the base of an API.
    fn based(&self, base: &str) -> Vec<Route> {
        based(&self.at(base), &self.routes).collect()
    }

    /// Their path under the base of an API.
    fn at(&self, base: &str) -> String {
        format!("{base}{}", self.base.trim_end_matches('/'))
    }

    /// The document of these routes.
    fn foreign(&self, base: &str) -> Foreign {
        Foreign { base: self.at(base), document: self.spec.clone() }
    }

    fn problem(&self) -> Option<String> {
        let base = self.base.as_str();
        let fits = matches!(base, "" | "/") || is_base(base.strip_suffix('/').unwrap_or(base));
        (!fits).then(|| {
            format!("`.mount(\"{base}\", ..)` is no base: it is a path like \"/extra\", without parameters")
        })
    }
}

/// Declarations for the document, with the feature `docs`.
impl Api {
    /// Mounts routes under `#[openapi]` and adds them to the document: `api.mount("/extra",
    /// openapi_get_routes_spec![..])`, with the macro of rocket_okapi. A base that is not a path of plain segments,
    /// such as one without a leading slash, is refused at launch. Needs the feature `docs`.
    pub fn mount(self, base: impl Into<String>, (routes, spec): (Vec<Route>, OpenApi)) -> Self {
        self.with(|parts| parts.info.mounts.push(Mount { base: base.into(), routes, spec }))
    }

    /// Sets the title of the document; `title` in `[default.crewed]` overrides it. Needs the feature `docs`.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.with(|parts| parts.info.title = Some(title.into()))
    }

    /// Sets the version in the document; `version` in `[default.crewed]` overrides it. Needs the feature `docs`.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with(|parts| parts.info.version = Some(version.into()))
    }

    /// Sets the description in the document, in Markdown; `description` in `[default.crewed]` overrides it. Needs the
    /// feature `docs`.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.with(|parts| parts.info.description = Some(description.into()))
    }
}
