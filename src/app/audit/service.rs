//! crewed's own configuration, and what the program declares.

use std::time::Duration;

use super::{Finding, crewed};
use crate::app::auth::names;
use crate::app::config::Config;
use crate::app::served::Served;
use crate::edge::OriginName;
use crate::error_format::all_quoted;
use crate::route::dependencies_of;

/// Beyond these, times, numbers and pages protect nobody any more.
const LONGEST_BODY: Duration = Duration::from_secs(60);
const LONGEST_REQUEST: Duration = Duration::from_secs(300);
const MOST_REQUESTS: usize = 10_000;
const MOST_ROWS: u64 = 10_000;
const MOST_SKIPPED: u64 = 1_000_000;

pub(super) fn findings(config: &Config, served: &[Served<'_>], has_docs: bool) -> Vec<Finding> {
    let mut all = timeouts(config);
    all.extend(
        [
            load(config),
            rate(config),
            health(config),
            metrics(config),
            log(config),
            compress(config),
            hosts(config),
            cors(config),
        ]
        .into_iter()
        .flatten(),
    );
    all.extend(page(config));
    all.extend(docs(has_docs));
    all.extend(access(served));
    all
}

fn timeouts(config: &Config) -> Vec<Finding> {
    let timeouts = config.edge.timeouts;
    let long = |(key, time, longest): (&str, Duration, Duration)| {
        (time > longest).then(|| {
            let seconds = longest.as_secs();
            Finding::new(
                "timeouts",
                format!("`timeouts.{key}` is {} s", time.as_secs_f64()),
                "clients that send or take nothing hold connections, memory and places of others for as long",
                crewed(&format!("timeouts = {{ {key} = {seconds} }}, or less")),
            )
        })
    };
    [
        ("body", timeouts.body, LONGEST_BODY),
        ("request", timeouts.request, LONGEST_REQUEST),
        ("write", timeouts.write, LONGEST_REQUEST),
    ]
    .into_iter()
    .filter_map(long)
    .collect()
}

fn load(config: &Config) -> Option<Finding> {
    let most = config.edge.max_requests;
    (most > MOST_REQUESTS).then(|| {
        Finding::new(
            "load",
            format!("`load.max_requests` is {most}"),
            "so many requests at once take more memory than most machines have, before any is refused",
            crewed("load = { max_requests = 1024 }"),
        )
    })
}

fn rate(config: &Config) -> Option<Finding> {
    config.edge.per_caller.is_none().then(|| {
        Finding::remark(
            "rate",
            "each client may send as many requests as it can (`load.per_caller` is not set)",
            "one of them can take all places of the others, and try passwords as fast as they are answered",
            crewed("load = { per_caller = \"100/60s\" }, or a limit of the proxy's"),
        )
    })
}

fn health(config: &Config) -> Option<Finding> {
    config.edge.health.is_none().then(|| {
        Finding::remark(
            "health",
            "there are no health checks (`health` is `false`)",
            "whoever balances the load cannot know whether this process can answer, nor that it is about to end",
            crewed("health = \"/health\""),
        )
    })
}

fn metrics(config: &Config) -> Option<Finding> {
    config.edge.metrics.is_none().then(|| {
        Finding::remark(
            "metrics",
            "nothing is measured (`metrics` is not set)",
            "that the program has become slow, or answers errors, is told by its clients alone",
            crewed("metrics = \"/metrics\", kept from the outside at the proxy"),
        )
    })
}

fn log(config: &Config) -> Option<Finding> {
    let log = &config.edge.log;
    // Rocket's lines are a finding of their own.
    (log.is_crewed() && log.of_requests().is_none()).then(|| {
        Finding::remark(
            "log",
            "no line tells of a request",
            "nobody can look up who has asked for what, and when, once something has gone wrong",
            crewed("log = \"json\""),
        )
    })
}

fn compress(config: &Config) -> Option<Finding> {
    (!config.edge.compress).then(|| {
        Finding::remark(
            "compress",
            "answers are not compressed (`compress` is `false`)",
            "lists and documents take several times the bytes on the way",
            crewed("compress = true, if the proxy does not do it"),
        )
    })
}

fn hosts(config: &Config) -> Option<Finding> {
    config.edge.hosts.is_none().then(|| {
        Finding::new(
            "hosts",
            "the program answers under any name (`hosts` is not set)",
            "a page of somebody else's name, which they lead to this address, counts as one of its own origin",
            crewed("hosts = [\"api.example\"]"),
        )
    })
}

fn cors(config: &Config) -> Option<Finding> {
    let Some(cors) = &config.edge.cors else {
        return Some(Finding::remark(
            "cors",
            "no page of another origin may use the program (`cors` is not set)",
            "browsers keep answers from them; requests that change something are refused from them only if a cookie or a \
             password comes along",
            crewed("cors = { origins = [\"https://app.example\"] }, if the pages are elsewhere"),
        ));
    };
    cors.origins.contains(&OriginName::Any).then(|| {
        Finding::new(
            "cors",
            "every page on the web may use the program (`cors.origins` is [\"*\"])",
            "whoever looks at a page lets it read, from their network and with what it knows, all that is open to them",
            crewed("cors = { origins = [\"https://app.example\"] }"),
        )
    })
}

fn page(config: &Config) -> Vec<Finding> {
    let page = config.page;
    let large = |(key, value, most): (&str, u64, u64)| {
        (value > most).then(|| {
            Finding::new(
                "page",
                format!("`page.{key}` is {value}"),
                "anybody who may ask for a list can make the program and the database work for so many rows",
                crewed(&format!("page = {{ {key} = {most} }}, or less")),
            )
        })
    };
    [("max", page.max.into(), MOST_ROWS), ("skip", page.skip, MOST_SKIPPED)]
        .into_iter()
        .filter_map(large)
        .collect()
}

fn docs(has_docs: bool) -> Option<Finding> {
    has_docs.then(|| {
        Finding::remark(
            "docs",
            "everybody may read the document, and try operations out in /docs",
            "it tells all operations and fields, also those that are for few",
            crewed("docs = false"),
        )
    })
}

/// Resources that everybody may change. Those with dependencies may be guarded by these.
fn access(served: &[Served<'_>]) -> Option<Finding> {
    let open = served.iter().filter(|api| api.api.auth.is_none()).flat_map(|api| &api.resources);
    let open = names(open.filter(|resource| {
        let meta = resource.what.descriptor.meta;
        let is_served = meta.operations.iter().next().is_some();
        let has_dependencies = !resource.shared.dependencies.is_empty() || !dependencies_of(meta).is_empty();
        meta.access.is_none() && is_served && !has_dependencies
    }));
    (!open.is_empty()).then(|| {
        let say = if open.len() == 1 { "says" } else { "say" };
        Finding::new(
            "access",
            format!("{} {say} nothing of who may do what", all_quoted(&open)),
            "everybody who reaches the program may read, change and delete the rows by every operation that is served",
            "Api::new().auth(Auth::<Me>::new()), and `access(..)` in each `#[resource(..)]`: docs/access.md; or \
             `access(public)`, if that is meant",
        )
    })
}
