//! The assembly of an API when its rocket ignites.

use std::sync::Arc;

use rocket::data::{ByteUnit, Limits};
use rocket::fairing::{self, Fairing, Kind};
use rocket::http::Method;
use rocket::{Build, Orbit, Rocket, Route};

use super::api::{Api, Entry, Mount};
use super::config::{Config, StoreUrl};
use super::docs::Docs;
use super::launch::{Refusals, report};
use crate::input;
use crate::openapi::{self, DocumentOptions, Foreign, Info, PageSize};
use crate::operation::{PageSizes, Service};
use crate::render::ErrorFormat;
use crate::resource::Table;
use crate::resources::Services;
use crate::route::{self, AnyFunction, Around, Segment, Site, SiteBuilder, Sites};
use crate::store::postgres::{Address, PostgresStore};
use crate::store::{OpenError, Store, TableId, sqlite};

#[rocket::async_trait]
impl Fairing for Api {
    fn info(&self) -> fairing::Info {
        fairing::Info { name: "crewed", kind: Kind::Ignite | Kind::Liftoff }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        match self.assemble(&rocket).await {
            Ok(assembly) => Ok(assembly.mount(rocket)),
            Err(problems) => {
                let report = report(&problems);
                match rocket.state::<Refusals>() {
                    Some(refusals) => refusals.add(report),
                    // Rocket itself tells no more than that a fairing failed.
                    None => eprintln!("{report}"),
                }
                Err(rocket)
            }
        }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let Some(launched) = self.launched.get() else { return };
        for line in &launched.served {
            log::info!(target: "rocket::launch", "{line}");
        }
        if let Some(stored) = &launched.stored {
            log::info!(target: "rocket::launch", "{stored}");
        }
        if let Some(docs) = &launched.docs {
            let config = rocket.config();
            let scheme = if config.tls_enabled() { "https" } else { "http" };
            let address = match config.address {
                any if any.is_unspecified() => "127.0.0.1".to_owned(),
                one => one.to_string(),
            };
            log::info!(target: "rocket::launch", "Docs: {scheme}://{address}:{}{docs}", config.port);
        }
    }
}

/// What is told once the rocket flies.
#[derive(Debug)]
pub(super) struct Launched {
    /// A line for each resource and each function.
    served: Vec<String>,
    /// Where, if anything is stored.
    stored: Option<String>,
    docs: Option<String>,
}

struct Assembly {
    site: Arc<Site>,
    /// Of the user's, with their bases.
    routes: Vec<Route>,
    /// Of the documentation pages, with where they are to be mounted.
    assets: Vec<(String, Vec<Route>)>,
    catches: bool,
    format: ErrorFormat,
}

impl Assembly {
    fn mount(self, mut rocket: Rocket<Build>) -> Rocket<Build> {
        match rocket.state::<Sites>() {
            Some(sites) => sites.add(&self.site),
            None => {
                let sites = Sites::default();
                sites.add(&self.site);
                rocket = rocket.manage(sites);
            }
        }
        // What functions answer their errors by. APIs of one rocket have one configuration.
        if rocket.state::<ErrorFormat>().is_none() {
            rocket = rocket.manage(self.format);
        }
        rocket = rocket.mount("/", route::routes(&self.site)).mount("/", self.routes);
        for (base, routes) in self.assets {
            rocket = rocket.mount(base, routes);
        }
        if self.catches {
            rocket = rocket.register("/", vec![route::catcher(self.format)]);
        }
        rocket
    }
}

impl Api {
    /// Everything that is wrong is found before anything is opened.
    async fn assemble(&self, rocket: &Rocket<Build>) -> Result<Assembly, Vec<String>> {
        let mut problems = self.check(rocket);
        let config = Config::read(rocket.figment()).map_err(|e| problems.extend(e)).ok();
        let document = self.document(config.as_ref());
        let docs = match (&config, &document) {
            (Some(config), Ok(document)) => self.docs(config, document),
            _ => Docs::default(),
        };
        problems.extend(document.err().into_iter().flatten());
        let mounted = self.mounted_routes();
        let mut builder = self.claims(rocket.routes().chain(&mounted), &docs);
        builder.others(&rocket.state::<Sites>().map(Sites::claimed).unwrap_or_default());
        problems.extend(builder.clashes());
        let Some(config) = config.filter(|_| problems.is_empty()) else { return Err(problems) };

        // Where nothing is stored, nothing is opened.
        let store = match self.resources.is_empty() {
            true => None,
            false => Some(self.open(&config).await.map_err(|error| vec![error.to_string()])?),
        };
        let service = |(table, entry): (usize, &Entry)| {
            let (meta, inputs) = (entry.declared.meta, entry.inputs);
            let (store, whole) = store.as_ref()?;
            Some(Service::of(meta, inputs, Arc::clone(store), (table, whole[table]), config.page))
        };
        let around = Around {
            format: config.errors,
            depth: self.base.matches('/').count(),
            limit: body_limit(rocket),
        };
        let services = self.resources.iter().enumerate().filter_map(service).collect();
        let site = builder.build(Services::new(services), self.functions.clone(), docs.pages, around)?;
        let _ = self.launched.set(Launched {
            served: self.served(),
            stored: store.as_ref().map(|_| self.stored(&config)),
            docs: config.docs.as_ref().map(|docs| format!("{}{docs}", self.base)),
        });
        let catches = !rocket.catchers().any(|catcher| catcher.code.is_none() && catcher.base.path() == "/");
        let (site, assets) = (Arc::new(site), docs.assets);
        Ok(Assembly { site, routes: mounted, assets, catches, format: config.errors })
    }

    /// What is wrong with the resources and the base, whatever the configuration.
    fn check(&self, rocket: &Rocket<Build>) -> Vec<String> {
        let mut problems = Vec::new();
        let fixed = |segment: Segment<'_>| matches!(segment, Segment::Fixed(_));
        let base = self.base.as_str();
        let well_formed = base.starts_with('/')
            && !base.ends_with('/')
            && !base.contains("//")
            && route::segments(base).all(fixed);
        if !base.is_empty() && !well_formed {
            problems.push(format!(
                "`.at(\"{base}\")` is no base: it is a path like \"/api/v1\", without parameters and without a \
                 slash at its end"
            ));
        }
        let here = route::front_path(base);
        if rocket.routes().any(|r| route::is_own(r) && r.uri.as_str() == here) {
            problems.push(format!(
                "two APIs stand on the base `{}`: put their resources on one, or give each a base of its own \
                 with `.at(..)`",
                if base.is_empty() { "/" } else { base }
            ));
        }
        for meta in self.functions.iter().map(AnyFunction::meta) {
            let bodiless = matches!(meta.method, Method::Get | Method::Head | Method::Options);
            let wrong = input::problems(meta.inputs, bodiless).into_iter();
            problems.extend(wrong.map(|problem| format!("the function `{}`: {problem}", meta.name)));
        }
        for (index, entry) in self.resources.iter().enumerate() {
            let meta = entry.declared.meta;
            problems.extend(meta.unfit_defaults());
            let same = |other: &&Entry| other.declared.meta.table.eq_ignore_ascii_case(meta.table);
            if let Some(first) = self.resources[..index].iter().find(same) {
                let (first, second) = (first.declared.meta.object.name, meta.object.name);
                problems.push(format!(
                    "the resources `{first}` and `{second}` are both stored in the table `{}`: give one of them \
                     another with `table = \"..\"`",
                    meta.table
                ));
            }
        }
        problems
    }

    /// Who answers on which path.
    fn claims<'a>(&self, others: impl Iterator<Item = &'a Route>, docs: &Docs) -> SiteBuilder {
        let mut builder = SiteBuilder::new(&self.base);
        for (index, entry) in self.resources.iter().enumerate() {
            builder.service(index, entry.declared.meta);
        }
        for (index, function) in self.functions.iter().enumerate() {
            builder.function(index, function.meta());
        }
        for (index, page) in docs.pages.iter().enumerate() {
            builder.page(index, &page.path);
        }
        for route in others.filter(|route| !route::is_own(route)) {
            builder.foreign(route);
        }
        builder
    }

    fn mounted_routes(&self) -> Vec<Route> {
        let based = |mount: &Mount| {
            let base = format!("{}{}", self.base, mount.base.trim_end_matches('/'));
            let routes = mount.routes.clone().into_iter();
            routes.filter_map(move |route| route.map_base(|old| format!("{base}{old}")).ok())
        };
        self.mounts.iter().flat_map(based).collect()
    }

    /// The document; its pages are sized as by default where the configuration is at fault.
    fn document(&self, config: Option<&Config>) -> Result<Vec<u8>, Vec<String>> {
        let of_config = |value: fn(&Config) -> &Option<String>| config.and_then(|c| value(c).clone());
        let info = Info {
            title: self.titled(config),
            version: of_config(|c| &c.version).or(self.version.clone()).unwrap_or_else(|| "0.1.0".to_owned()),
            description: of_config(|c| &c.description).or(self.description.clone()).unwrap_or_default(),
        };
        let page = config.map_or(PageSizes::new(100, 1000), |config| config.page);
        let resources: Vec<_> = self.resources.iter().map(|entry| entry.declared).collect();
        let functions: Vec<_> = self.functions.iter().map(AnyFunction::meta).collect();
        let foreign: Vec<Foreign> = self.mounts.iter().map(|mount| mount.foreign(&self.base)).collect();
        openapi::document(&DocumentOptions {
            info: &info,
            base: &self.base,
            resources: &resources,
            functions: &functions,
            page: PageSize { default: page.default.into(), max: page.max.into() },
            errors: config.map(|config| config.errors).unwrap_or_default(),
            foreign: &foreign,
        })
    }

    pub(super) fn titled(&self, config: Option<&Config>) -> String {
        let title = config.and_then(|config| config.title.clone()).or(self.title.clone());
        title.unwrap_or_else(|| "crewed".to_owned())
    }

    /// The store, and where in it each table is once more with all its columns shown.
    async fn open(&self, config: &Config) -> Result<(Arc<dyn Store>, Vec<TableId>), OpenError> {
        let mut tables: Vec<Table> =
            self.resources.iter().map(|entry| Table::of(entry.declared.meta)).collect();
        let mut whole = Vec::new();
        for id in 0..tables.len() {
            let again = tables[id].whole();
            whole.push(if again.is_some() { tables.len() } else { id });
            tables.extend(again);
        }
        Ok((self.open_with(config, tables).await?, whole))
    }

    async fn open_with(&self, config: &Config, tables: Vec<Table>) -> Result<Arc<dyn Store>, OpenError> {
        let location = match &config.store {
            StoreUrl::SqliteFile(path) => sqlite::Location::File(path.clone()),
            StoreUrl::SqliteMemory => sqlite::Location::Memory,
            StoreUrl::Postgres(address) => {
                let options = config.postgres.clone();
                return Ok(Arc::new(
                    PostgresStore::open(Address::clone(address), tables, options, config.migrate).await?,
                ));
            }
        };
        let options = sqlite::Options { durability: config.durability, ..sqlite::Options::default() };
        Ok(Arc::new(sqlite::SqliteStore::open(location, tables, options, config.migrate)?))
    }

    fn served(&self) -> Vec<String> {
        let resources = self.resources.iter().map(|entry| self.resource_served(entry));
        let functions = self.functions.iter().map(|function| {
            let meta = function.meta();
            format!("{}: {} {}{}", meta.name, meta.method, self.base, meta.path)
        });
        resources.chain(functions).collect()
    }

    /// `Hero: GET POST /heroes; GET PUT PATCH DELETE /heroes/<id>`.
    fn resource_served(&self, entry: &Entry) -> String {
        let meta = entry.declared.meta;
        let mut paths: Vec<(String, Vec<&str>)> = Vec::new();
        for operation in meta.operations.iter() {
            let (path, method) = (meta.address(operation), openapi::method(operation).as_str());
            match paths.iter_mut().find(|(known, _)| *known == path) {
                Some((_, methods)) => methods.push(method),
                None => paths.push((path, vec![method])),
            }
        }
        paths.sort_by_key(|(path, _)| path.len());
        let told = paths.iter().map(|(path, methods)| format!("{} {}{path}", methods.join(" "), self.base));
        format!("{}: {}", meta.object.name, told.collect::<Vec<_>>().join("; "))
    }

    fn stored(&self, config: &Config) -> String {
        match &config.store {
            StoreUrl::SqliteFile(path) => format!("Store: {}", path.display()),
            StoreUrl::SqliteMemory => "Store: in memory, gone when the program ends".to_owned(),
            StoreUrl::Postgres(address) => format!("Store: {address}"),
        }
    }
}

/// The limit of bodies, Rocket's own for JSON.
fn body_limit(rocket: &Rocket<Build>) -> ByteUnit {
    let limits: Limits = rocket.figment().extract_inner("limits").unwrap_or_default();
    limits.get("json").unwrap_or(Limits::JSON)
}
