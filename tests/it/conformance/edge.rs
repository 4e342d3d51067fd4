//! What Starlette answers pages of other origins, and under which names.
//!
//! Where crewed decides otherwise, a rule says so: it rewrites what was recorded, and that is what has to be answered. The
//! rules stand in docs/conformance.md, and how often each applies is told here.

use std::collections::BTreeMap;

use crewed::rocket::figment::Figment;
use serde_json::{Value, json};

use super::shop::shop;
use super::{page, recorded, replay};
use crate::program::launched;

/// What is decided otherwise than by Starlette, in the words of docs/conformance.md.
type Rule = &'static str;

const METHODS_OF_PATH: Rule = "the methods are those of the path";
const HEADERS_OF_PATH: Rule = "the headers are those of the path";
const NOTHING_WHERE_NOTHING_IS: Rule = "nothing is allowed where nothing is";
const FOREIGN_ORIGINS_ARE_TOLD_NOTHING: Rule = "a foreign origin is told nothing";
const FOREIGN_PAGES_CHANGE_NOTHING: Rule = "foreign pages change nothing";
const UNEXPECTED_ERRORS_ARE_SHARED: Rule = "unexpected errors are shared";
const OWN_HEADERS_ARE_EXPOSED: Rule = "crewed's headers are exposed";
const HEAD_ANSWERS: Rule = "`HEAD` answers";
const ALLOW_NAMES_ALL: Rule = "`Allow` names all methods";
const REDIRECTS_STAY: Rule = "redirects have no host";
const HOSTS_ARE_HOSTS: Rule = "hosts are names or addresses";
const TWO_HOSTS_ARE_ANOTHER: Rule = "no host and two hosts";
const ADDRESSES_HAVE_PATHS: Rule = "addresses in the first line";
const WORDS_OF_A_PARSER: Rule = "words of a parser";

/// What a step is to be answered, and the rules by which that differs from what was recorded.
struct Decided {
    step: Value,
    rules: Vec<Rule>,
}

/// Every header that tells pages of other origins something.
const OF_ORIGINS: [&str; 6] =
    ["allow-origin", "allow-credentials", "expose-headers", "allow-methods", "allow-headers", "max-age"];

const EXPOSED: &str =
    "Location, ETag, Link, X-Total-Count, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy";

/// The headers that every path of the shop takes.
const HEADERS: &str = "Accept, Accept-Language, Authorization, Content-Language, Content-Type, X-Token";

/// The methods of each path of the shop.
fn methods(path: &str) -> Option<&'static str> {
    match path {
        "/items" | "/items/" => Some("GET, HEAD, POST"),
        "/options" => Some("OPTIONS"),
        "/elsewhere" | "*" => None,
        path if path.starts_with("/items/") => Some("DELETE, GET, HEAD, PATCH, PUT"),
        _ => Some("GET, HEAD"),
    }
}

/// Whether the program of a group names an origin, where what was recorded does not tell.
fn names(group: &str, origin: &str) -> bool {
    match group {
        "cors_any" => true,
        "cors_pattern" => origin == "https://one.app.example",
        _ => origin == "https://app.example",
    }
}

impl Decided {
    /// What the rules make of a recorded step.
    fn of(group: &str, step: &Value) -> Self {
        let mut it = Decided { step: step.clone(), rules: Vec::new() };
        it.decide(group);
        it
    }

    fn decide(&mut self, group: &str) {
        let method = self.step["method"].as_str().unwrap().to_owned();
        let path = self.step["path"].as_str().unwrap().split('?').next().unwrap().to_owned();
        if self.step["expect"]["text"] == "Invalid host header" {
            return;
        }
        if group.starts_with("hosts") {
            self.decide_host();
        } else {
            let origin = self.sent("origin").map(str::to_owned);
            let is_shared = self.expected("access-control-allow-origin").is_some();
            let is_named = match (&origin, &*path) {
                (Some(origin), "/own" | "/fail") => names(group, origin),
                _ => is_shared && origin.is_some(),
            };
            if method == "OPTIONS" && origin.is_some() && self.sent("access-control-request-method").is_some()
            {
                return self.decide_preflight(&path, is_named);
            }
            self.decide_sharing(group, &method, &path, origin.as_deref(), is_named);
        }
        if method == "HEAD" && self.step["expect"]["status"] == 405 {
            self.rules.push(HEAD_ANSWERS);
            self.answer(200, None);
            self.step["expect"]["content_type"] = "text/plain".into();
            self.expect("allow", None);
        }
        if let Some(allow) = self.expected("allow").map(str::to_owned) {
            let every = methods(&path).unwrap().replace("HEAD, ", "").replace(", HEAD", "");
            if every != allow {
                self.rules.push(ALLOW_NAMES_ALL);
                self.expect("allow", Some(&every));
            }
        }
    }

    /// What is told under another name.
    fn decide_host(&mut self) {
        let invalid = Value::from("Invalid host header");
        if self.step["expect"]["text"] == "Invalid HTTP request received." {
            self.rules.push(TWO_HOSTS_ARE_ANOTHER);
            self.answer(400, Some(&invalid));
        }
        let host = self.sent("host").unwrap_or_default();
        if host.starts_with('.') || host.contains(['*', '%']) {
            self.rules.push(HOSTS_ARE_HOSTS);
            self.answer(400, Some(&invalid));
        }
        if self.step["path"].as_str().unwrap().starts_with("http:") {
            self.rules.push(ADDRESSES_HAVE_PATHS);
            self.answer(200, Some(&"plain text".into()));
        }
        let location = self.expected("location").and_then(|location| location.strip_prefix("http://"));
        if let Some((_, path)) = location.and_then(|location| location.split_once('/')) {
            let stays = format!("/{path}");
            self.rules.push(REDIRECTS_STAY);
            self.expect("location", Some(&stays));
        }
    }

    /// What a preflight is told.
    fn decide_preflight(&mut self, path: &str, is_named: bool) {
        let Some(methods) = methods(path) else {
            self.rules.push(NOTHING_WHERE_NOTHING_IS);
            self.answer(404, Some(&json!({"detail": "Not Found"})));
            self.expect("vary", Some("Origin"));
            OF_ORIGINS.iter().for_each(|name| self.expect(&format!("access-control-{name}"), None));
            return;
        };
        let said = self.step["expect"]["text"].as_str().unwrap().to_owned();
        let was = |fault: &str| {
            let faults = said.strip_prefix("Disallowed CORS ");
            faults.is_some_and(|faults| faults.split(", ").any(|one| one == fault))
        };
        let method = self.sent("access-control-request-method").unwrap();
        let has_method = methods.split(", ").any(|one| one == method);
        let known: Vec<String> = HEADERS.split(", ").map(str::to_ascii_lowercase).collect();
        let is_known = |name: &str| known.contains(&name.trim().to_ascii_lowercase());
        let asked = self.sent("access-control-request-headers");
        let has_headers = asked.is_none_or(|asked| asked.split(',').all(is_known));
        let faults = [
            ("origin", was("origin")),
            ("method", !has_method),
            ("headers", !has_headers),
            ("private-network", was("private-network")),
        ];
        let faults: Vec<&str> = faults.iter().filter(|(_, is)| *is).map(|(fault, _)| *fault).collect();
        match faults[..] {
            [] => self.answer(200, Some(&"OK".into())),
            _ => self.answer(400, Some(&format!("Disallowed CORS {}", faults.join(", ")).into())),
        }
        if !is_named {
            self.rules.push(FOREIGN_ORIGINS_ARE_TOLD_NOTHING);
            OF_ORIGINS.iter().for_each(|name| self.expect(&format!("access-control-{name}"), None));
            return;
        }
        for (name, value, rule) in [
            ("access-control-allow-methods", methods, METHODS_OF_PATH),
            ("access-control-allow-headers", HEADERS, HEADERS_OF_PATH),
        ] {
            if self.expected(name) != Some(value) {
                self.rules.push(rule);
                self.expect(name, Some(value));
            }
        }
    }

    /// What is told with the answer to any other request.
    fn decide_sharing(
        &mut self,
        group: &str,
        method: &str,
        path: &str,
        origin: Option<&str>,
        is_named: bool,
    ) {
        if path == "/fail" {
            self.rules.push(UNEXPECTED_ERRORS_ARE_SHARED);
            self.answer(500, Some(&json!({"detail": "Internal Server Error"})));
            self.expect("vary", Some("Origin"));
            if is_named {
                let origin = if group == "cors_any" { Some("*") } else { origin };
                self.expect("access-control-allow-origin", origin);
                let credentials = ["cors_exact", "cors_pattern"].contains(&group).then_some("true");
                self.expect("access-control-allow-credentials", credentials);
            }
        }
        let is_foreign = origin.is_some() && !is_named;
        if is_foreign && ["POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            self.rules.push(FOREIGN_PAGES_CHANGE_NOTHING);
            let detail = "Requests from pages of other origins are not allowed";
            self.answer(403, Some(&json!({"detail": detail})));
            ["allow", "location"].iter().for_each(|name| self.expect(name, None));
        }
        let own = (path == "/own").then_some("X-Own");
        if is_foreign {
            let names = ["access-control-allow-credentials", "access-control-expose-headers"];
            if names.iter().any(|name| self.expected(name).is_some_and(|value| Some(value) != own)) {
                self.rules.push(FOREIGN_ORIGINS_ARE_TOLD_NOTHING);
                self.expect(names[0], None);
                self.expect(names[1], own);
            }
        }
        if let Some(error) =
            self.step.pointer_mut("/expect/json/detail/0/ctx/error").filter(|error| error.is_string())
        {
            *error = json!({"$any": "string"});
            self.step["expect"]["json"]["detail"][0]["loc"][1] = json!({"$any": "integer"});
            self.rules.push(WORDS_OF_A_PARSER);
        }
        let exposed = [own, Some(EXPOSED)].into_iter().flatten().collect::<Vec<_>>().join(", ");
        if is_named && self.expected("access-control-expose-headers") != Some(&exposed) {
            self.rules.push(OWN_HEADERS_ARE_EXPOSED);
            self.expect("access-control-expose-headers", Some(&exposed));
        }
    }

    fn sent(&self, name: &str) -> Option<&str> {
        let mut headers = self.step["headers"].as_array().into_iter().flatten();
        headers.find(|header| header[0] == name).and_then(|header| header[1].as_str())
    }

    fn expected(&self, name: &str) -> Option<&str> {
        self.step["expect"]["headers"][name].as_str()
    }

    /// Expects a header, or that there is none.
    fn expect(&mut self, name: &str, value: Option<&str>) {
        let expect = &mut self.step["expect"];
        if let Some(headers) = expect["headers"].as_object_mut() {
            headers.remove(name);
        }
        if let Some(absent) = expect["absent"].as_array_mut() {
            absent.retain(|other| other != name);
        }
        match value {
            Some(value) => expect["headers"][name] = value.into(),
            None => expect["absent"].as_array_mut().unwrap().push(name.into()),
        }
    }

    /// Expects another status and body.
    fn answer(&mut self, status: u16, body: Option<&Value>) {
        let expect = self.step["expect"].as_object_mut().unwrap();
        expect.insert("status".to_owned(), status.into());
        expect.remove("text");
        expect.remove("json");
        if let Some(body) = body {
            let (member, kind) = match body {
                Value::String(_) => ("text", "text/plain"),
                _ => ("json", "application/json"),
            };
            expect.insert(member.to_owned(), body.clone());
            expect.insert("content_type".to_owned(), kind.into());
            let length = expect.get_mut("headers").and_then(|headers| headers.get_mut("content-length"));
            if let (Some(length), Some(text)) = (length, body.as_str()) {
                *length = text.len().to_string().into();
            }
        }
    }
}

/// A group, how it is configured, and how many of its steps are answered as they were recorded, without any rule.
struct Subject {
    group: &'static str,
    configured: fn() -> Value,
    /// The scenarios that are about this. Others are about what else stands at the edge.
    scenarios: Option<&'static [&'static str]>,
    alike: usize,
}

const HEADER_NAMES: [&str; 2] = ["X-Token", "Authorization"];

const SUBJECTS: &[Subject] = &[
    Subject {
        group: "cors_exact",
        configured: || json!({"cors": {"origins": ["https://app.example"], "credentials": true, "headers": HEADER_NAMES}}),
        scenarios: None,
        alike: 55,
    },
    Subject {
        group: "cors_any",
        configured: || json!({"cors": {"origins": ["*"], "headers": HEADER_NAMES}}),
        scenarios: None,
        alike: 12,
    },
    Subject {
        group: "cors_pattern",
        configured: || json!({"cors": {"origins": ["https://*.app.example"], "credentials": true, "headers": HEADER_NAMES}}),
        scenarios: None,
        alike: 1,
    },
    Subject {
        group: "cors_named",
        configured: || {
            let origins = ["https://app.example", "https://admin.example:8443"];
            json!({"cors": {"origins": origins, "headers": HEADER_NAMES, "max_age": 60}})
        },
        scenarios: None,
        alike: 4,
    },
    Subject {
        group: "hosts",
        configured: || json!({"hosts": ["api.example", "*.example"]}),
        scenarios: None,
        alike: 71,
    },
    Subject {
        group: "hosts_narrow",
        configured: || json!({"hosts": ["Api.Example", "*.shop.example", "[::1]"]}),
        scenarios: None,
        alike: 22,
    },
    Subject {
        group: "edge",
        configured: || {
            let cors =
                json!({"origins": ["https://app.example"], "credentials": true, "headers": HEADER_NAMES});
            json!({"cors": cors, "hosts": ["localhost", "127.0.0.1"]})
        },
        scenarios: Some(&["preflights", "foreign hosts"]),
        alike: 3,
    },
];

/// The rules that docs/conformance.md lists, each with the number of steps that it is about and the reason.
fn listed() -> BTreeMap<String, usize> {
    let page = page();
    let section = page.split("\n## ").find(|section| section.starts_with("The edge")).unwrap();
    let mut rules = BTreeMap::new();
    for line in section.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [rule, steps, reason] = cells[..] else { panic!("three cells: {line}") };
        assert!(!reason.is_empty(), "{line}");
        rules.insert(rule.to_owned(), steps.parse().unwrap());
    }
    rules
}

#[test]
fn the_edge_answers_as_starlette_but_for_what_is_decided() {
    let recorded = recorded("fastapi_edge.json");
    let mut applied: BTreeMap<Rule, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for Subject { group: name, configured, scenarios, alike } in SUBJECTS {
        let mut group = recorded["groups"]
            .as_array()
            .unwrap()
            .iter()
            .find(|group| group["name"] == *name)
            .unwrap()
            .clone();
        let is_about = |scenario: &Value| {
            scenarios.is_none_or(|scenarios| scenarios.iter().any(|name| scenario["name"] == *name))
        };
        let all = group["scenarios"].as_array_mut().unwrap();
        all.retain(is_about);
        let mut unruled = 0;
        for step in all.iter_mut().flat_map(|scenario| scenario["steps"].as_array_mut().unwrap()) {
            let decided = Decided::of(name, step);
            unruled += usize::from(decided.rules.is_empty());
            decided.rules.iter().for_each(|rule| *applied.entry(*rule).or_default() += 1);
            *step = decided.step;
        }
        let configured = configured();
        let port = launched(move |figment: Figment| {
            // These programs compress nothing.
            let figment = figment.merge(("crewed.compress", false));
            let settings = configured.as_object().unwrap().iter();
            shop(
                settings
                    .fold(figment, |figment, (key, value)| figment.merge((format!("crewed.{key}"), value))),
            )
        });
        let ((core, quirks), differences) = replay::replay(&group, port, "");
        println!("{name}: {} steps, {unruled} of them without a rule", core + quirks);
        if unruled != *alike {
            failures.push(format!("{name}: {unruled} steps have no rule, and not {alike}"));
        }
        for difference in differences {
            failures
                .push(format!("{name} / {} / {}: {}", difference.scenario, difference.step, difference.told));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let applied: BTreeMap<String, usize> =
        applied.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect();
    assert_eq!(applied, listed(), "docs/conformance.md has other rules, or other numbers");
}
