//! Assembles all APIs of a rocket when it ignites: checks them against each other, and builds their routes.

use std::sync::{Arc, OnceLock};

use rocket::data::{ByteUnit, Limits};
use rocket::http::Method;
use rocket::shield::Shield;
use rocket::{Build, Rocket, Route};

use super::api::{ApiParts, Migration, MigrationAction};
use super::audit::findings;
use super::closed::unclosed;
use super::config::Config;
use super::dev::{SCRIPT, UnderDev};
use super::docs::{self, Docs};
use super::edge::{max_blocking, without_ident};
use super::inspection::{Found, Inspection, Unopened};
use super::liftoff::Liftoff;
use super::operation_names::operation_names;
use super::own_paths::{OwnPath, is_matched};
use super::rates::RocketRates;
use super::router::RegisteredResource;
use super::served::Served;
use super::stores::unstored;
use crate::edge::{self, Metrics, Program, Requests, Telling};
use crate::endpoint::ApiContext;
use crate::error_format::ErrorFormat;
use crate::http::{self, Timeouts};
use crate::input;
use crate::operation::{PageSizes, Service};
use crate::repository::{Services, migration_step};
use crate::resource::Table;
use crate::route::{
    self, AllHandlers, Finishing, KeepsBodies, Load, Operations, Rates, RouteTable, RouteTableBuilder,
    RouteTables, ServedFunction, ServedResource, Targets,
};
use crate::store::timed::Timed;
use crate::store::{Opening, SchemaPolicy, SchemaStep, StepAction, Store, StoreMetrics, TableId};

/// Everything that the APIs of a rocket add to it.
pub(super) struct Assembly {
    route_tables: Vec<Arc<RouteTable>>,
    /// Documented routes of the user's, and the assets of the documentation pages.
    routes: Vec<Route>,
    catches: bool,
    format: ErrorFormat,
    handlers: Option<AllHandlers>,
    load: Arc<Load>,
    operations: Arc<Operations>,
    timeouts: Timeouts,
    edge: edge::Edge,
    rates: Option<Arc<Rates>>,
    /// The methods of requests that are looked at before all other routes.
    gated: Vec<Method>,
    shield: bool,
    /// Whether the program was told to stop, as the edge and the health checks see it.
    draining: edge::Draining,
    /// The routes of health checks and metrics.
    own_routes: Vec<Route>,
    /// Is told the status of what Rocket cannot read.
    unread: Arc<dyn Fn(u16) + Send + Sync>,
    liftoff: Liftoff,
}

impl Assembly {
    pub(super) fn mount(self, mut rocket: Rocket<Build>) -> Rocket<Build> {
        // The responders of functions read the format of errors from this state.
        if rocket.state::<ErrorFormat>().is_none() {
            rocket = rocket.manage(self.format);
        }
        for route_table in &self.route_tables {
            rocket = rocket.mount("/", route::routes(route_table));
        }
        rocket = rocket.manage(RouteTables::new(self.route_tables)).mount("/", self.routes);
        rocket = rocket.mount("/", route::gates(&self.gated));
        if !self.shield {
            // It takes the place of the one that Rocket attaches to every rocket.
            rocket = rocket.attach(Shield::new());
        }
        rocket = without_ident(rocket);
        rocket = rocket
            .attach(Finishing::default())
            .manage(self.load)
            .manage(self.timeouts)
            .manage(self.operations);
        rocket = rocket.manage(self.draining).attach(self.edge).mount("/", self.own_routes);
        if let Some(rates) = self.rates {
            rocket = rocket.manage(rates);
        }
        if let Some(handlers) = self.handlers {
            if handlers.handle_invalid() {
                rocket = rocket.manage(KeepsBodies);
            }
            rocket = rocket.manage(handlers);
        }
        if self.catches {
            rocket = rocket.register("/", vec![route::catcher(self.format, self.unread)]);
        }
        rocket.attach(self.liftoff)
    }
}

/// Assembles the APIs of a rocket. The store is examined only if there is no other problem.
///
/// # Errors
/// All problems.
pub(super) async fn assemble(
    apis: &[Arc<ApiParts>],
    rocket: &Rocket<Build>,
) -> Result<Assembly, Vec<String>> {
    let mut problems = Vec::new();
    let config = Config::read(rocket.figment()).map_err(|e| problems.extend(e)).ok();
    let inspection = rocket.state::<Arc<Inspection>>();
    let needs_store = inspection.is_none_or(|inspection| inspection.examines);
    let served: Vec<Served<'_>> = apis.iter().map(Served::of).collect();
    let resources = Resources::of(&served);
    problems.extend(resources.problems());
    let functions = served.iter().flat_map(|api| api.functions.iter().map(|function| function.what.meta()));
    let objects = resources.entries.iter().map(|entry| entry.descriptor.meta.object);
    problems.extend(input::uncompiled(objects, functions.flat_map(|meta| meta.inputs)));
    problems.extend(repeated_migrations(apis));
    problems.extend(unclosed(&served));
    let is_served = |resource| resources.entries.iter().any(|entry| entry.inputs.is_of(resource));
    problems.extend(served.iter().flat_map(|api| api.unlent(is_served)));

    let script = rocket.state::<UnderDev>().map(|_| SCRIPT);
    let mut docs: Vec<Docs> = Vec::new();
    for api in &served {
        let (documentation, wrong) = docs::docs(api, config.as_ref(), script);
        docs.push(documentation);
        problems.extend(wrong);
    }
    // Each API is checked against all other routes, including those of other APIs' pages.
    let routes: Vec<Route> =
        docs.iter().flat_map(|docs| docs.mounted.iter().chain(&docs.assets)).cloned().collect();
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, (api, docs)) in served.iter().zip(docs).enumerate() {
        problems.extend(api.problems());
        problems.extend(api.unanswered());
        problems.extend(api.untaken_parameters());
        let base = &api.api.base;
        if apis[..index].iter().any(|other| other.base == *base) {
            problems.push(format!(
                "two APIs stand on the base `{}`: put their resources on one, or give each a base of its own \
                 with `.at(..)`",
                if base.is_empty() { "/" } else { base }
            ));
        }
        let others = rocket.routes().chain(&routes);
        let mut builder = api.registrations(others, &docs.pages);
        for earlier in &drafts {
            builder.check_against(&earlier.builder.registered());
        }
        problems.extend(builder.conflicts());
        let mut planned = |wrong: Vec<String>| problems.extend(wrong);
        let functions = api.planned_functions().map_err(&mut planned).unwrap_or_default();
        let of_api = api.planned_resources(|entry| resources.position(entry));
        let of_api = of_api.map_err(&mut planned).unwrap_or_default();
        drafts.push(Draft { builder, docs, functions, resources: of_api });
    }
    let own_paths = config.as_ref().map(|config| OwnPath::all(&config.edge)).unwrap_or_default();
    for path in &own_paths {
        let pages = drafts.iter().flat_map(|draft| &draft.docs.pages);
        let others = rocket.routes().chain(&routes).filter(|route| !route::is_own(route));
        problems.extend(path.taken(&own_paths, &served, pages, others));
    }
    if needs_store
        && !resources.entries.is_empty()
        && config.as_ref().is_some_and(|config| config.store.is_none())
    {
        let names = resources.entries.iter().map(|entry| entry.descriptor.meta.object.name);
        problems.push(unstored(&names.collect::<Vec<_>>()));
    }
    problems.extend(config.as_ref().and_then(|config| unblocked(&served, config.edge.blocking, rocket)));
    let bases: Vec<&str> = apis.iter().map(|api| &*api.base).collect();
    let others: Vec<&Route> = rocket.routes().collect();
    let gated = config.as_ref().map(|config| config.edge.gated(&bases, &others)).unwrap_or_default();
    problems.extend(route::before_gates(&gated, &others));
    let Some(config) = config.filter(|_| problems.is_empty()) else { return Err(problems) };
    let audited = inspection.and_then(|inspection| inspection.audited.as_ref());
    let has_docs = drafts.iter().any(|draft| draft.docs.address.is_some());
    let findings = audited.map(|figment| findings(&config, figment, &served, has_docs));
    let Config { store, errors, page, mut schema, edge, .. } = config;
    if let Some(migrate) = inspection.and_then(|inspection| inspection.migrate) {
        schema.migrate = migrate;
    }

    // Migrations of the user's access the resources by these services, which exist only once there is a store.
    let later = Arc::new(OnceLock::new());
    // Without resources no store is opened.
    let (mut opening, mut services) = (None, Services::default());
    let mut measured_store = None;
    if !needs_store {
        services = resources.services(&(Arc::new(Unopened) as Arc<dyn Store>), page);
    } else if let Some(database) = store.filter(|_| !resources.entries.is_empty()) {
        let policy = SchemaPolicy { steps: steps(apis, &later, resources.ruled()), ..schema };
        let examined = Opening::examine(database, resources.tables(), policy).await;
        let store = examined.map_err(|error| vec![error.to_string()])?;
        let mut used = Arc::clone(&store) as Arc<dyn Store>;
        if edge.metrics.is_some() {
            let counted = Arc::<StoreMetrics>::default();
            store.count_into(&counted);
            measured_store = Some((Arc::clone(&used), counted));
        }
        if edge.server_timing {
            used = Arc::new(Timed(used));
        }
        services = resources.services(&used, page);
        opening = Some(store);
    }
    let _ = later.set(services.clone());
    if let Some(inspection) = inspection {
        let docs: Vec<&Docs> = drafts.iter().map(|draft| &draft.docs).collect();
        inspection.set(Found::of(
            &served,
            &docs,
            &resources.tables(),
            rocket,
            opening.clone(),
            (edge.health.as_deref(), edge.metrics.as_deref()),
            findings.unwrap_or_default(),
        ));
    }
    edge::configure_log(&edge.log);
    let limits = limits(rocket, edge.timeouts);
    let load = Arc::new(Load::new(edge.max_requests, edge.max_streams, edge.blocking));
    let metas: Vec<_> = resources.entries.iter().map(|entry| entry.descriptor.meta).collect();
    let functions = drafts.iter().flat_map(|draft| &draft.functions);
    let has_rate = |served: &ServedFunction| served.function.meta().rate_limit.is_some();
    let rates = RocketRates::of(&edge, apis, &metas, functions.map(has_rate));
    let operations = Arc::new(operation_names(&served));
    let metrics = edge.metrics.is_some().then(|| {
        let program = rocket.state::<Program>().cloned().unwrap_or_default();
        Arc::new(Metrics::new(Requests::new(&operations), measured_store, program, Arc::clone(&load)))
    });
    let (mut route_tables, mut addresses, mut numbers) = (Vec::new(), Vec::new(), 0);
    for (position, (api, draft)) in apis.iter().zip(drafts).enumerate() {
        let Draft { builder, docs, mut functions, mut resources } = draft;
        rates.of_functions(&mut functions, &api.overrides);
        rates.of_resources(&mut resources, &api.overrides);
        addresses.extend(docs.address);
        let depth = api.base.matches('/').count();
        let context = ApiContext { format: errors, position, depth, limits };
        let targets = Targets { services: services.clone(), functions, resources, pages: docs.pages };
        let table = builder.build(targets, context, Arc::clone(&load), Arc::clone(&operations), numbers);
        numbers += table.numbers();
        route_tables.push(Arc::new(table));
    }
    let draining = edge::Draining::new(edge.timeouts.drain);
    let mut own_routes = Vec::new();
    if let Some(path) = &edge.health {
        let beside = is_matched(path, &served);
        own_routes.extend(edge::health_routes(path, beside, opening.clone(), draining.clone()));
    }
    if let (Some(path), Some(metrics)) = (&edge.metrics, &metrics) {
        own_routes.extend(edge::metrics_routes(path, is_matched(path, &served), Arc::clone(metrics)));
    }
    let telling = Telling::new(Arc::clone(&operations), metrics, &edge.log, edge.server_timing);
    let telling = Arc::new(telling);
    Ok(Assembly {
        route_tables,
        load,
        timeouts: limits.timeouts,
        operations,
        gated,
        shield: edge.shield,
        own_routes,
        edge: edge::Edge::new(edge, errors, rates.rates.clone(), draining.clone(), Arc::clone(&telling)),
        unread: Arc::new(move |status| telling.unread(status)),
        draining,
        rates: rates.rates,
        routes,
        catches: !rocket.catchers().any(|catcher| catcher.code.is_none() && catcher.base.path() == "/"),
        format: errors,
        handlers: AllHandlers::of(apis.iter().map(|api| (&*api.base, &api.handlers))),
        liftoff: Liftoff {
            opening,
            served: served.iter().flat_map(Served::lines).collect(),
            docs: addresses,
        },
    })
}

/// The problem of functions that may block as many threads as Rocket has for that, by default.
fn unblocked(served: &[Served<'_>], blocking: usize, rocket: &Rocket<Build>) -> Option<String> {
    let mut functions = served.iter().flat_map(|api| &api.functions).map(|function| function.what.meta());
    let (max, function) = (max_blocking(rocket.figment()), functions.find(|meta| meta.blocking)?);
    (blocking >= max).then(|| {
        format!(
            "the function `{}` is `blocking`, and {blocking} of these may run at once, which has to be below Rocket's \
             `max_blocking`: that is {max}; write a lower `load.blocking`, or a greater `max_blocking`",
            function.name
        )
    })
}

/// Problems of migrations with the same name: the record of one could not be told from that of the other.
fn repeated_migrations(apis: &[Arc<ApiParts>]) -> Vec<String> {
    let names: Vec<&str> =
        apis.iter().flat_map(|api| &api.migrations).map(|migration| migration.name.as_str()).collect();
    let repeats = |(index, name): &(usize, &&str)| names[..*index].contains(name);
    let line = |(_, name): (usize, &&str)| {
        format!(
            "two migrations are called `{name}`: give one of them another name, under which nothing was run yet"
        )
    };
    names.iter().enumerate().filter(repeats).map(line).collect()
}

/// The migrations of all APIs as schema steps; `ruled` is a resource with access rules, if there is any.
fn steps(
    apis: &[Arc<ApiParts>],
    services: &Arc<OnceLock<Services>>,
    ruled: Option<&'static str>,
) -> Vec<SchemaStep> {
    let step = |Migration { name, when, action }: &Migration| match action {
        MigrationAction::Sql(sql) => SchemaStep::new(name, *when, StepAction::Sql(*sql)),
        MigrationAction::Run(work) => migration_step(name, *when, services, ruled, Arc::clone(work)),
    };
    apis.iter().flat_map(|api| &api.migrations).map(step).collect()
}

/// An API whose routes are known, and that has no store yet.
struct Draft {
    builder: RouteTableBuilder,
    docs: Docs,
    functions: Vec<ServedFunction>,
    resources: Vec<ServedResource>,
}

/// The resources of all APIs of a rocket, each once.
struct Resources {
    entries: Vec<RegisteredResource>,
}

impl Resources {
    fn of(apis: &[Served<'_>]) -> Self {
        let mut entries: Vec<RegisteredResource> = Vec::new();
        for entry in apis.iter().flat_map(|api| api.resources.iter().map(|resource| &resource.what)) {
            if !entries.iter().any(|known| known.inputs.is_of_same_resource(&entry.inputs)) {
                entries.push(*entry);
            }
        }
        Resources { entries }
    }

    /// The name of a resource with access rules, if there is any.
    fn ruled(&self) -> Option<&'static str> {
        let mut metas = self.entries.iter().map(|entry| entry.descriptor.meta);
        metas.find(|meta| meta.access.is_some()).map(|meta| meta.object.name)
    }

    /// The position of a resource among the services.
    fn position(&self, entry: &RegisteredResource) -> usize {
        let same = |known: &RegisteredResource| known.inputs.is_of_same_resource(&entry.inputs);
        self.entries.iter().position(same).unwrap_or_default()
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let meta = entry.descriptor.meta;
            problems.extend(meta.unfit_defaults());
            problems.extend(meta.unfit_lists());
            let same =
                |other: &&RegisteredResource| other.descriptor.meta.table.eq_ignore_ascii_case(meta.table);
            if let Some(first) = self.entries[..index].iter().find(same) {
                let (first, second) = (first.descriptor.meta.object.name, meta.object.name);
                problems.push(format!(
                    "the resources `{first}` and `{second}` are both stored in the table `{}`: give one of them \
                     another with `table = \"..\"`",
                    meta.table
                ));
            }
        }
        problems
    }

    /// The table of each resource, in their order.
    fn tables(&self) -> Vec<Table> {
        self.entries.iter().map(|entry| Table::of(entry.descriptor.meta)).collect()
    }

    /// The service of each resource, which uses its table of a store.
    fn services(&self, store: &Arc<dyn Store>, page: PageSizes) -> Services {
        let service = |(table, entry): (TableId, &RegisteredResource)| {
            Service::of(entry.descriptor.meta, entry.inputs, Arc::clone(store), table, page)
        };
        Services::new(self.entries.iter().enumerate().map(service).collect(), self.ruled())
    }
}

/// The maximal lengths of bodies, from Rocket's own `limits`, and how long they may take.
fn limits(rocket: &Rocket<Build>, timeouts: Timeouts) -> http::Limits {
    let limits: Limits = rocket.figment().extract_inner("limits").unwrap_or_default();
    let limit = |name: &str, default: ByteUnit| limits.get(name).unwrap_or(default).as_u64();
    http::Limits {
        json: limit("json", Limits::JSON),
        form: limit("form", Limits::FORM),
        data_form: limit("data-form", Limits::DATA_FORM),
        file: limit("file", Limits::FILE),
        timeouts,
    }
}
