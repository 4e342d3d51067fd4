//! Reads what the configuration says of the edge: time, load and rates, health checks and metrics, compression, origins and
//! hosts, and headers of caution.

use std::time::Duration;

use rocket::figment::Figment;
use rocket::figment::value::Value;
use rocket::{Build, Config, Rocket};

use super::api::is_base;
use super::keys::SECTION;
use super::section::{Section, describe_value, is_configured};
use crate::edge::{Cors, HostName, Hosts, OriginName, Settings};
use crate::http::Timeouts;
use crate::rate::Rate;

/// The longest time that can be configured, which is a day.
const LONGEST: f64 = 86_400.0;

/// The longest time for which a browser keeps the answer to a preflight, in seconds.
const DAY: u32 = 86_400;

impl Section<'_> {
    pub(super) fn edge(&mut self) -> Settings {
        self.table(
            "load",
            "{ max_requests = 1024, max_streams = 1024, blocking = 40, per_caller = \"100/60s\" }",
        );
        let usual = Settings::default();
        Settings {
            timeouts: self.timeouts(),
            max_requests: self.count("load.max_requests").unwrap_or(usual.max_requests),
            max_streams: self.count("load.max_streams").unwrap_or(usual.max_streams),
            blocking: self.blocking().unwrap_or(usual.blocking),
            per_caller: self.rate("load.per_caller"),
            compress: self.value("compress").unwrap_or(usual.compress),
            trusts_header: self.trusts_header(),
            cors: self.cors(),
            hosts: self.hosts(),
            hsts: self.hsts(),
            shield: self.value("shield").unwrap_or(true),
            health: self.own_path("health", usual.health),
            metrics: self.own_path("metrics", usual.metrics),
            log: self.log(),
            server_timing: self.value("server_timing").unwrap_or_default(),
        }
    }

    /// A path of the rocket's own. `false` is none.
    fn own_path(&mut self, key: &str, usual: Option<String>) -> Option<String> {
        let source = self.source(key);
        let value = match self.figment.find_value(&format!("{SECTION}.{key}")) {
            Err(_) => return usual,
            Ok(Value::Bool(_, false)) => return None,
            Ok(Value::String(_, path)) if is_base(&path) => return Some(path),
            Ok(value) => value,
        };
        let written = describe_value(&value.to_actual());
        self.problems.push(format!(
            "`{key}`{source}: it is {written}, and should be a path like \"/{key}\", or `false`"
        ));
        None
    }

    fn cors(&mut self) -> Option<Cors> {
        const WRITTEN: &str = "{ origins = [\"https://app.example\"] }";
        if !self.is_set("cors") {
            return None;
        }
        if self.table("cors", WRITTEN) && !self.is_set("cors.origins") {
            let source = self.source("cors");
            self.problems.push(format!("`cors`{source}: it names no origins: write {WRITTEN}"));
        }
        let mut cors = Cors {
            origins: self.names("cors.origins", "[\"https://app.example\"]", OriginName::parse),
            credentials: self.value("cors.credentials").unwrap_or(false),
            max_age: self.at_most("cors.max_age", DAY).unwrap_or(600),
            headers: self.names("cors.headers", "[\"X-Token\"]", header_name),
        };
        let names_all = cors.origins.contains(&OriginName::Any);
        if names_all && (cors.credentials || cors.origins.len() > 1) {
            let source = self.source("cors.origins");
            self.problems.push(match cors.credentials {
                true => format!(
                    "`cors.origins`{source}: \"*\" with `credentials` would let any page act as whoever looks at it: \
                     name the origins"
                ),
                false => format!("`cors.origins`{source}: \"*\" names all origins, the others too"),
            });
        }
        cors.headers.sort_unstable();
        Some(cors)
    }

    fn hosts(&mut self) -> Option<Hosts> {
        self.is_set("hosts").then(|| {
            let names = self.names("hosts", "[\"api.example\", \"*.example\"]", HostName::parse);
            Hosts { names }
        })
    }

    fn hsts(&mut self) -> Option<u32> {
        self.at_most("hsts", u32::MAX)
    }

    /// A list of names, each of which stands in it once.
    fn names<T: PartialEq>(
        &mut self,
        key: &str,
        written: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        if !self.is_set(key) {
            return Vec::new();
        }
        let source = self.source(key);
        let Ok(texts) = self.figment.extract_inner::<Vec<String>>(&format!("{SECTION}.{key}")) else {
            self.problems.push(format!("`{key}`{source}: it is a list of names, written {written}"));
            return Vec::new();
        };
        if texts.is_empty() {
            self.problems.push(format!("`{key}`{source}: it is empty: write {written}, or leave it out"));
        }
        let mut names = Vec::with_capacity(texts.len());
        for text in &texts {
            match parse(text) {
                Ok(name) if names.contains(&name) => {
                    self.problems.push(format!("`{key}`{source}: {text:?} stands there twice"));
                }
                Ok(name) => names.push(name),
                Err(why) => self.problems.push(format!("`{key}`{source}: {text:?} {why}")),
            }
        }
        names
    }

    /// A whole number of seconds.
    fn at_most(&mut self, key: &str, most: u32) -> Option<u32> {
        let seconds = self.value::<u64>(key)?;
        let within = u32::try_from(seconds).ok().filter(|seconds| *seconds <= most);
        if within.is_none() {
            let source = self.source(key);
            self.problems
                .push(format!("`{key}`{source}: it is {seconds}, and should be {most} seconds at most"));
        }
        within
    }

    fn timeouts(&mut self) -> Timeouts {
        self.table("timeouts", "{ body = 10, request = 30, write = 30, drain = 5 }");
        let usual = Timeouts::default();
        Timeouts {
            body: self.seconds("timeouts.body", f64::MIN_POSITIVE).unwrap_or(usual.body),
            request: self.seconds("timeouts.request", f64::MIN_POSITIVE).unwrap_or(usual.request),
            write: self.seconds("timeouts.write", f64::MIN_POSITIVE).unwrap_or(usual.write),
            drain: self.seconds("timeouts.drain", 0.0).unwrap_or(usual.drain),
        }
    }

    /// A time in seconds, which may have a fraction.
    fn seconds(&mut self, key: &str, least: f64) -> Option<Duration> {
        let seconds = self.value::<f64>(key)?;
        if (least..=LONGEST).contains(&seconds) {
            return Some(Duration::from_secs_f64(seconds));
        }
        let source = self.source(key);
        let from = if least > 0.0 { "more than 0" } else { "0 or more" };
        self.problems.push(format!(
            "`{key}`{source}: it is {seconds}, and should be seconds: {from}, and at most {LONGEST}"
        ));
        None
    }

    /// A number of 1 or more.
    fn count(&mut self, key: &str) -> Option<usize> {
        let count = self.value::<usize>(key)?;
        if count == 0 {
            let source = self.source(key);
            self.problems.push(format!("`{key}`{source}: it is 0, and should be 1 or more"));
        }
        Some(count.max(1))
    }

    /// How many functions may block their threads at once.
    fn blocking(&mut self) -> Option<usize> {
        let key = "load.blocking";
        let blocking = self.count(key)?;
        let max = max_blocking(self.figment);
        if blocking >= max {
            let source = self.source(key);
            self.problems.push(format!(
                "`{key}`{source}: it is {blocking}, and should be below Rocket's `max_blocking`, which is {max}"
            ));
        }
        Some(blocking)
    }

    fn rate(&mut self, key: &str) -> Option<Rate> {
        let text = self.value::<String>(key)?;
        let rate = Rate::parsed(&text);
        if rate.is_none() {
            let source = self.source(key);
            self.problems.push(format!(
                "`{key}`{source}: it is {text:?}, and should be a number of requests, a slash and a time, like \"100/60s\", \
                 \"100/1m\" or \"1000/2h\": at most 1000000 requests, in at most 24 hours"
            ));
        }
        rate
    }

    /// Whether the user has set Rocket's `ip_header`. By default Rocket trusts a header that anybody may send.
    fn trusts_header(&self) -> bool {
        self.figment.extract_inner::<String>(Config::IP_HEADER).is_ok()
            && is_configured(self.figment, Config::IP_HEADER)
    }
}

/// How many threads Rocket has for what blocks.
pub(super) fn max_blocking(figment: &Figment) -> usize {
    let usual = || Config::default().max_blocking;
    figment.extract_inner(Config::MAX_BLOCKING).unwrap_or_else(|_| usual())
}

/// The name of a header as it is configured.
///
/// # Errors
/// What is wrong with it.
fn header_name(text: &str) -> Result<String, String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
    match text {
        "*" => Err("would be the header of that name, where there are credentials: name each".to_owned()),
        "" => Err("is empty".to_owned()),
        name if name.bytes().all(is_token) => Ok(name.to_owned()),
        _ => Err("is no name of a header".to_owned()),
    }
}

/// Sends no `Server`, unless the user has chosen one: Rocket's own tells which holes to look for.
pub(super) fn without_ident(rocket: Rocket<Build>) -> Rocket<Build> {
    let figment = rocket.figment();
    if is_configured(figment, Config::IDENT) {
        return rocket;
    }
    let figment = figment.clone().merge((Config::IDENT, false));
    rocket.configure(figment)
}
