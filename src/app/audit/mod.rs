//! What of the list before going live a program and its configuration do not meet.

mod server;
mod service;
mod store;

use rocket::figment::Figment;
use serde_json::{Value as Json, json};

use super::config::Config;
use super::served::Served;

/// Something that a program should not go live with.
#[derive(Debug)]
pub(crate) struct Finding {
    /// Its name, under which it can be allowed.
    pub(crate) id: &'static str,
    /// Whether it is a remark, which may be left as it is.
    pub(crate) is_remark: bool,
    /// What is so.
    message: String,
    /// Why it matters.
    why: &'static str,
    /// What mends it.
    advice: String,
}

impl Finding {
    fn new(
        id: &'static str,
        message: impl Into<String>,
        why: &'static str,
        advice: impl Into<String>,
    ) -> Self {
        Finding { id, is_remark: false, message: message.into(), why, advice: advice.into() }
    }

    fn remark(
        id: &'static str,
        message: impl Into<String>,
        why: &'static str,
        advice: impl Into<String>,
    ) -> Self {
        Finding { is_remark: true, ..Finding::new(id, message, why, advice) }
    }

    pub(crate) fn json(&self) -> Json {
        let Finding { id, is_remark, message, why, advice } = self;
        json!({"id": id, "remark": is_remark, "message": message, "why": why, "advice": advice})
    }

    pub(crate) fn text(&self) -> String {
        let Finding { id, is_remark, message, why, advice } = self;
        let remark = if *is_remark { "remark: " } else { "" };
        format!("- {remark}{message}\n    {why}\n    {}\n    id: {id}\n", advice.replace('\n', "\n    "))
    }
}

/// The names of all findings.
pub(crate) const FINDINGS: &[&str] = &[
    "access",
    "address",
    "compress",
    "cors",
    "docs",
    "durability",
    "health",
    "hosts",
    "hsts",
    "ip_header",
    "limits",
    "load",
    "log",
    "log_level",
    "metrics",
    "migrate",
    "page",
    "profile",
    "rate",
    "secret_key",
    "shutdown",
    "store.memory",
    "store.mode",
    "store.temporary",
    "store.tls",
    "timeouts",
];

/// Everything that is found. The configuration is given as it was before anything was changed for the inspection.
pub(super) fn findings(
    config: &Config,
    figment: &Figment,
    served: &[Served<'_>],
    has_docs: bool,
) -> Vec<Finding> {
    let mut all = server::findings(figment, &config.edge);
    all.extend(service::findings(config, served, has_docs));
    if let Some(database) =
        config.store.as_deref().filter(|_| served.iter().any(|api| !api.resources.is_empty()))
    {
        all.extend(store::findings(database, &config.schema));
    }
    debug_assert!(all.iter().all(|finding| FINDINGS.contains(&finding.id)));
    all
}

/// What mends a key of crewed's own.
fn crewed(line: &str) -> String {
    format!("{line}    below [default.crewed] in Rocket.toml")
}

/// What mends a key of Rocket's.
fn of_rocket(line: &str) -> String {
    format!("{line}    below [default] in Rocket.toml")
}
