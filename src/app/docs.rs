//! The document of an API, and the paths of its pages.

use rocket::Route;

use super::api::{Api, is_base};
use super::config::Config;
use super::document::{ApiInfo, Mount, Settings};
use super::router::{Mounted, RegisteredResource, Shared};
use super::served::Served;
use crate::function::Overrides;
use crate::openapi::{
    self, Around, Contact, DescribedFunction, DescribedResource, DocumentOptions, ExternalDocs, Foreign,
    Info, License, OpenApi, Page, PageSize, Server, Tag, Ui, rapidoc, swagger_ui,
};
use crate::operation::PageSizes;
use crate::route::{AnyFunction, DOCS};

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
pub(super) fn docs(
    served: &Served<'_>,
    config: Option<&Config>,
    script: Option<&str>,
) -> (Docs, Vec<String>) {
    let api = served.api;
    let settings = config.map(|config| &config.docs);
    let mounted = api.info.mounts.iter().flat_map(|mount| mount.based(&api.base));
    let mut docs = Docs { mounted: mounted.collect(), ..Docs::default() };
    let mut problems = api.info.mounts.iter().filter_map(Mount::problem).collect::<Vec<_>>();
    match document(served, config) {
        Ok(document) => {
            if let Some(Settings { path: Some(path), .. }) = settings {
                docs.add_pages(&api.base, path, &titled(&api.info, settings), &document, script);
            }
            docs.document = Some(document);
        }
        Err(wrong) => problems.extend(wrong),
    }
    (docs, problems)
}

impl Docs {
    fn add_pages(&mut self, base: &str, path: &str, title: &str, document: &[u8], script: Option<&str>) {
        let at = |path: &str| format!("{base}{path}");
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
            let assets = based(&path, &assets).map(|mut route| {
                route.name = Some(DOCS.into());
                route
            });
            self.assets.extend(assets);
        }
    }
}

/// Builds the document. If the configuration has mistakes, the document has the default sizes of pages, so that its own
/// problems can be reported as well.
fn document(served: &Served<'_>, config: Option<&Config>) -> Result<Vec<u8>, Vec<String>> {
    let settings = config.map(|config| &config.docs);
    let of_config = |value: fn(&Settings) -> &Option<String>| settings.and_then(|s| value(s).clone());
    let api = served.api;
    let declared = &api.info;
    let info = Info {
        title: titled(&api.info, settings),
        version: of_config(|s| &s.version).or(declared.version.clone()).unwrap_or_else(|| "0.1.0".to_owned()),
        description: of_config(|s| &s.description).or(declared.description.clone()).unwrap_or_default(),
        about: declared.about.clone(),
    };
    let page = config.map_or(PageSizes::default(), |config| config.page);
    let resources = described_resources(served);
    let functions = described_functions(served);
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

/// The functions, with the dependencies that they declare. What is wrong with these is told elsewhere.
fn described_functions(served: &Served<'_>) -> Vec<DescribedFunction> {
    let described = |function: &Mounted<AnyFunction>| DescribedFunction {
        meta: function.what.meta(),
        around: around(&function.prefix, &function.shared),
        plan: served.plan(function, &Overrides::new()).unwrap_or_default(),
    };
    served.functions.iter().map(described).collect()
}

/// The same for the resources. One that is stored but not served does not concern clients.
fn described_resources(served: &Served<'_>) -> Vec<DescribedResource> {
    let shown = |resource: &&Mounted<RegisteredResource>| {
        resource.what.descriptor.meta.operations.iter().next().is_some()
    };
    let described = |resource: &Mounted<RegisteredResource>| {
        let descriptor = resource.what.descriptor;
        let plan = |operation| {
            let plan = served.resource_plan(resource, operation, &Overrides::new());
            Some((operation, plan.unwrap_or_default()?))
        };
        DescribedResource {
            descriptor,
            around: around(&resource.prefix, &resource.shared),
            plans: descriptor.meta.operations.iter().filter_map(plan).collect(),
        }
    };
    served.resources.iter().filter(shown).map(described).collect()
}

fn around(prefix: &str, shared: &Shared) -> Around {
    Around {
        prefix: prefix.to_owned(),
        tags: shared.tags.clone(),
        answers: shared.answers.clone(),
        deprecated: shared.deprecated,
        hidden: shared.hidden,
    }
}

fn titled(info: &ApiInfo, settings: Option<&Settings>) -> String {
    let title = settings.and_then(|settings| settings.title.clone()).or(info.title.clone());
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
impl<C: 'static> Api<C> {
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

    /// Names whom to ask about the API, in the document: a name, and a URL or an address of e-mail. Needs the feature
    /// `docs`.
    ///
    /// ```
    /// # use crewed::prelude::*;
    /// let api = Api::new()
    ///     .title("Deadpoolio the Amazing")
    ///     .contact("Deadpoolio", Some("https://example.com/contact"), Some("dp@example.com"))
    ///     .license("MIT", Some("https://example.com/license"))
    ///     .terms("https://example.com/terms")
    ///     .server("https://api.example.com", "The real one")
    ///     .tag("items", "Things that are **sold**.")
    ///     .external_docs("https://example.com/docs", "All about items");
    /// ```
    pub fn contact(self, name: impl Into<String>, url: Option<&str>, email: Option<&str>) -> Self {
        let contact = Contact {
            name: Some(name.into()),
            url: url.map(str::to_owned),
            email: email.map(str::to_owned),
            ..Contact::default()
        };
        self.with(|parts| parts.info.about.contact = Some(contact))
    }

    /// Names the license of the API, in the document, and its URL. Needs the feature `docs`.
    pub fn license(self, name: impl Into<String>, url: Option<&str>) -> Self {
        let license = License { name: name.into(), url: url.map(str::to_owned), ..License::default() };
        self.with(|parts| parts.info.about.license = Some(license))
    }

    /// Sets the URL of the terms of service, in the document. Needs the feature `docs`.
    pub fn terms(self, url: impl Into<String>) -> Self {
        self.with(|parts| parts.info.about.terms = Some(url.into()))
    }

    /// Adds a server of the API to the document, with its description. Without one it is where the document is. Needs the
    /// feature `docs`.
    pub fn server(self, url: impl Into<String>, description: impl Into<String>) -> Self {
        let server = Server { url: url.into(), description: Some(description.into()), ..Server::default() };
        self.with(|parts| parts.info.about.servers.push(server))
    }

    /// Describes a tag in the document, in Markdown. Tags stand there in this order. Needs the feature `docs`.
    pub fn tag(self, name: impl Into<String>, description: impl Into<String>) -> Self {
        let tag = Tag { name: name.into(), description: Some(description.into()), ..Tag::default() };
        self.with(|parts| parts.info.about.tags.push(tag))
    }

    /// Describes a tag in the document, and says where there is more about it. Needs the feature `docs`.
    pub fn tag_with_docs(
        self,
        name: impl Into<String>,
        description: impl Into<String>,
        url: impl Into<String>,
        about: impl Into<String>,
    ) -> Self {
        let docs =
            ExternalDocs { url: url.into(), description: Some(about.into()), ..ExternalDocs::default() };
        let tag = Tag {
            name: name.into(),
            description: Some(description.into()),
            external_docs: Some(docs),
            ..Tag::default()
        };
        self.with(|parts| parts.info.about.tags.push(tag))
    }

    /// Says in the document where there is more about the API. Needs the feature `docs`.
    pub fn external_docs(self, url: impl Into<String>, description: impl Into<String>) -> Self {
        let docs = ExternalDocs {
            url: url.into(),
            description: Some(description.into()),
            ..ExternalDocs::default()
        };
        self.with(|parts| parts.info.about.external_docs = Some(docs))
    }
}
