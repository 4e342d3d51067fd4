//! Rocket's own configuration.

use std::path::Path;

use rocket::Config;
use rocket::config::{LogLevel, Shutdown};
use rocket::data::{ByteUnit, Limits, ToByteUnit};
use rocket::figment::Figment;

use super::{Finding, crewed, of_rocket};
use crate::app::section::is_configured;
use crate::edge::{GRACE, MERCY, Settings};

pub(super) fn findings(figment: &Figment, edge: &Settings) -> Vec<Finding> {
    let mut all: Vec<Finding> = [
        profile(cfg!(debug_assertions)),
        log_level(figment, edge),
        address(figment),
        secret_key(figment),
        ip_header(figment),
        hsts(figment, edge),
        shutdown(figment, edge),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.extend(limits(figment));
    all
}

fn profile(is_debug: bool) -> Option<Finding> {
    is_debug.then(|| {
        Finding::new(
            "profile",
            "the program is built without optimization",
            "it takes many times the processor and the memory that it needs",
            "cargo build --release",
        )
    })
}

/// crewed's own line about a request has nothing that was sent; Rocket's have.
fn log_level(figment: &Figment, edge: &Settings) -> Option<Finding> {
    let level = figment.extract_inner::<LogLevel>("log_level").ok()?;
    let is_rockets = !edge.log.is_crewed();
    (is_rockets && matches!(level, LogLevel::Normal | LogLevel::Debug)).then(|| {
        Finding::new(
            "log_level",
            format!("the log has several lines for each request (`log_level` is \"{level}\")"),
            "they have the query, with what clients look for in it, and they cost more than many a request",
            format!("{}; or launch the program by `#[crewed::launch]`", crewed("log = \"json\"")),
        )
    })
}

fn address(figment: &Figment) -> Option<Finding> {
    let config = Config::try_from(figment).ok()?;
    if config.address.is_loopback() && is_in_container() {
        return Some(Finding::new(
            "address",
            format!("the program listens on {}, within a container", config.address),
            "nobody outside of the container reaches it",
            of_rocket("address = \"0.0.0.0\""),
        ));
    }
    (!config.address.is_loopback() && !config.tls_enabled()).then(|| {
        Finding::remark(
            "address",
            format!("the program listens on {} without TLS", config.address),
            "whoever reaches that address talks to it in the clear, past a proxy that stands in front of it",
            format!(
                "{}, if the proxy is on this machine; or let nobody but the proxy reach the port; or [default.tls]",
                of_rocket("address = \"127.0.0.1\"")
            ),
        )
    })
}

/// Whether the program runs in a container of Docker's, Podman's or Kubernetes'.
fn is_in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists())
        || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()
}

/// The key is known to Rocket only where its feature `secrets` is switched on, with which cookies may be private.
fn secret_key(figment: &Figment) -> Option<Finding> {
    (figment.contains("secret_key") && !is_configured(figment, "secret_key")).then(|| {
        Finding::new(
            "secret_key",
            "cookies may be private, and there is no `secret_key`",
            "Rocket makes one for each start, so that nobody can read the cookies of the one before, nor those of another \
             process; a release does not launch",
            "ROCKET_SECRET_KEY=\"$(openssl rand -base64 32)\" in the environment, and kept: the same for all processes",
        )
    })
}

fn ip_header(figment: &Figment) -> Option<Finding> {
    (!is_configured(figment, "ip_header")).then(|| {
        Finding::new(
            "ip_header",
            "the address of a client is taken from the header `X-Real-IP`, which is Rocket's default",
            "where no proxy replaces it, anybody can send it, and be whoever they want in logs and in code that looks at \
             addresses",
            format!(
                "{}; or, behind a proxy that sets it: ip_header = \"X-Real-IP\"",
                of_rocket("ip_header = false")
            ),
        )
    })
}

/// Whether browsers come by HTTPS cannot be known where a proxy speaks it.
fn hsts(figment: &Figment, edge: &Settings) -> Option<Finding> {
    let speaks_tls = Config::try_from(figment).is_ok_and(|config| config.tls_enabled());
    let finding = if speaks_tls { Finding::new } else { Finding::remark };
    edge.hsts.is_none().then(|| {
        finding(
            "hsts",
            "browsers are not told to come by HTTPS only (`hsts` is not set)".to_owned(),
            "whoever is on the way can lead a browser to the program in the clear, and read along, cookies too",
            crewed("hsts = 31536000, once everybody comes by HTTPS; or the proxy sends it"),
        )
    })
}

/// How long Docker waits until it kills a program.
const DOCKER: f64 = 10.0;

fn shutdown(figment: &Figment, edge: &Settings) -> Option<Finding> {
    let configured = figment.extract_inner::<Shutdown>("shutdown").ok()?;
    // Where nothing is configured, `#[crewed::launch]` has times of its own.
    let or = |key, value, own| f64::from(if is_configured(figment, key) { value } else { own });
    let seconds = edge.timeouts.drain.as_secs_f64()
        + or("shutdown.grace", configured.grace, GRACE)
        + or("shutdown.mercy", configured.mercy, MERCY)
        + 1.0;
    (seconds > DOCKER).then(|| {
        Finding::remark(
            "shutdown",
            format!("the program may take {seconds} s to end"),
            "Docker kills it after 10 s, Kubernetes after 30 s, and systemd after 90 s, if they are not told otherwise",
            "docker stop --time, terminationGracePeriodSeconds, TimeoutStopSec; or less for `timeouts.drain` below \
             [default.crewed], `grace` and `mercy` below [default.shutdown]",
        )
    })
}

/// What is read into memory, and what is written to disk first.
const MOST_IN_MEMORY: ByteUnit = ByteUnit::Mebibyte(16);
const MOST_ON_DISK: ByteUnit = ByteUnit::Mebibyte(256);

fn limits(figment: &Figment) -> Vec<Finding> {
    let limits: Limits = figment.extract_inner("limits").unwrap_or_default();
    let large = |(name, most, why): (&'static str, ByteUnit, &'static str)| {
        let limit = limits.get(name).filter(|limit| *limit > most)?;
        let least = most.as_u64().bytes();
        Some(Finding::new(
            "limits",
            format!("`limits.{name}` is {limit}"),
            why,
            format!("{name} = \"{least}\" or less    below [default.limits] in Rocket.toml"),
        ))
    };
    let memory = "each request may take as much memory, and many come at once";
    let disk = "each request may take as much of the disk for temporary files, and many come at once";
    [
        ("json", MOST_IN_MEMORY, memory),
        ("form", MOST_IN_MEMORY, memory),
        ("string", MOST_IN_MEMORY, memory),
        ("bytes", MOST_IN_MEMORY, memory),
        ("msgpack", MOST_IN_MEMORY, memory),
        ("data-form", MOST_ON_DISK, disk),
        ("file", MOST_ON_DISK, disk),
    ]
    .into_iter()
    .filter_map(large)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that crewed does not launch has Rocket's lines, unless it asks for others.
    #[test]
    fn lines_of_rockets_are_found() {
        let mut settings = Settings::default();
        for (level, is_found) in [("normal", true), ("debug", true), ("critical", false), ("off", false)] {
            let figment = Figment::from(Config::default()).merge(("log_level", level));
            assert_eq!(log_level(&figment, &settings).is_some(), is_found, "{level}");
        }
        settings.log.is_configured = true;
        assert!(log_level(&Figment::from(Config::debug_default()), &settings).is_none());
    }
}
