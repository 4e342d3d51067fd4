//! The verbs behind `--crewed`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use rocket::{Build, Rocket};
use serde_json::{Value as Json, json};

use super::arguments::{How, Shows, Verb};
use super::{Answer, Boxed, fail, flush, ignited, waited_for};
use crate::app::{Describing, Finding, Found, Inspection, LaunchError, report};

/// A secret key that protects nothing, since the rocket is never launched.
const NO_SECRET: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Carries out a verb, prints its answer, and exits.
pub(super) fn run(verb: Verb, rocket: Boxed<'_, Rocket<Build>>) {
    #[cfg(unix)]
    let Some(mut channel) = super::channel::handed() else {
        // An audit looks at the configuration as it is, what it says of the log included.
        let is_audit = matches!(verb, Verb::Audit { .. });
        match super::channel::ask_oneself(is_audit) {
            Ok(status) => std::process::exit(status),
            Err(error) => {
                eprintln!("the program cannot be started once more, to be asked: {error}");
                std::process::exit(1);
            }
        }
    };
    #[cfg(unix)]
    if let Ok(channel) = channel.try_clone() {
        // Whoever asked may be gone before there is an answer.
        super::dev::end_with(channel, Arc::default());
    }
    #[cfg(not(unix))]
    let mut channel = std::io::stdout();
    match waited_for(Box::pin(answer(verb, rocket))) {
        Ok(Answer { text, finding }) => {
            // Whoever asked may have gone.
            let _ = std::io::Write::write_all(&mut channel, text.as_bytes());
            flush();
            std::process::exit(i32::from(finding));
        }
        Err(error) => fail(&error),
    }
}

async fn answer(verb: Verb, rocket: Boxed<'_, Rocket<Build>>) -> Result<Answer, LaunchError> {
    let rocket = rocket.await;
    let figment = rocket.figment().clone();
    let inspection = Arc::new(match &verb {
        Verb::OpenApi { .. } | Verb::Routes { .. } | Verb::Describe => Inspection::of_declaration(),
        Verb::Plan => Inspection::of_database(None),
        Verb::Migrate { how } => Inspection::of_database(Some(how.policy())),
        Verb::Audit { .. } => Inspection::of_configuration(figment.clone()),
    });
    // Rocket asks for a secret key in the profile `release`, but a rocket that is never launched needs none.
    let figment = figment.merge(("secret_key", NO_SECRET));
    let rocket = rocket.configure(figment).manage(Describing).manage(Arc::clone(&inspection));
    let rocket = ignited(rocket).await?;
    let Some(found) = inspection.found() else {
        let why = "the program has no `Api`, so there is nothing to tell".to_owned();
        return Err(LaunchError::Refused(report(&[why])));
    };
    let plain = |text: String| Ok(Answer { text, finding: false });
    let answered = match verb {
        Verb::OpenApi { base, check } => openapi(found, base.as_deref(), check.as_deref()),
        Verb::Routes { json: true } => {
            plain(pretty(&found.routes.iter().map(|route| route.json()).collect::<Json>()))
        }
        Verb::Routes { json: false } => plain(lines(found)),
        Verb::Describe => plain(described(found).to_string()),
        Verb::Plan => plain(planned(found).to_string()),
        Verb::Migrate { how } => migrated(found, how).await,
        Verb::Audit { shows, allowed } => Ok(audited(found, shows, &allowed)),
    };
    drop(rocket);
    answered.map_err(|why| LaunchError::Refused(report(&[why])))
}

fn audited(found: &Found, shows: Shows, allowed: &[String]) -> Answer {
    let findings = || found.findings.iter().filter(|finding| !allowed.iter().any(|id| id == finding.id));
    let text = match shows {
        Shows::Nothing => String::new(),
        Shows::Json => pretty(&findings().map(Finding::json).collect::<Json>()),
        Shows::Text if findings().next().is_none() => "nothing to look at\n".to_owned(),
        Shows::Text => findings().map(Finding::text).collect(),
    };
    Answer { text, finding: findings().any(|finding| !finding.is_remark) }
}

fn openapi(found: &Found, base: Option<&str>, check: Option<&Path>) -> Result<Answer, String> {
    let bases = || found.documents.iter().map(|(base, _)| format!("`{}`", shown(base))).collect::<Vec<_>>();
    let (_, document) = match (base, &*found.documents) {
        (None, [one]) => one,
        (_, []) => return Err("the program has no document, as crewed is built without `docs`".to_owned()),
        (None, _) => {
            return Err(format!(
                "each API of the program has a document: name the base of one with `--base`; they are {}",
                bases().join(", ")
            ));
        }
        (Some(base), all) => all
            .iter()
            .find(|(known, _)| known.trim_end_matches('/') == base.trim_end_matches('/'))
            .ok_or_else(|| format!("no API has the base `{base}`; they are {}", bases().join(", ")))?,
    };
    let Some(file) = check else { return Ok(Answer { text: pretty(document), finding: false }) };
    let name = file.display();
    let text = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let expected: Json =
        serde_json::from_slice(&text).map_err(|error| format!("{name} is no JSON: {error}"))?;
    let mut differences = Vec::new();
    differ(&expected, document, &mut String::new(), &mut differences);
    if differences.is_empty() {
        return Ok(Answer { text: format!("{name} is the document of this program\n"), finding: false });
    }
    let mut text = format!("{name} is not the document of this program:\n");
    for difference in differences.iter().take(MOST_DIFFERENCES) {
        let _ = writeln!(text, "  {difference}");
    }
    if let Some(more @ 1..) = differences.len().checked_sub(MOST_DIFFERENCES) {
        let _ = writeln!(text, "  and {more} more");
    }
    let _ = writeln!(text, "if that is meant, write it anew: `openapi > {name}`");
    Ok(Answer { text, finding: true })
}

/// How many differences between a file and the document are told one by one.
const MOST_DIFFERENCES: usize = 20;

/// Finds where two documents differ. Members may come in any order.
fn differ(expected: &Json, found: &Json, at: &mut String, differences: &mut Vec<String>) {
    let pointer = |at: &str, step: &str| format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"));
    match (expected, found) {
        (Json::Object(expected), Json::Object(found)) => {
            for (name, value) in expected {
                let mut at = pointer(at, name);
                match found.get(name) {
                    Some(other) => differ(value, other, &mut at, differences),
                    None => differences.push(format!("{at} is in the file alone")),
                }
            }
            for name in found.keys().filter(|name| !expected.contains_key(*name)) {
                differences.push(format!("{} is new", pointer(at, name)));
            }
        }
        (Json::Array(expected), Json::Array(found)) if expected.len() == found.len() => {
            for (index, (value, other)) in expected.iter().zip(found).enumerate() {
                differ(value, other, &mut pointer(at, &index.to_string()), differences);
            }
        }
        _ if expected == found => {}
        _ => differences.push(format!("{at}: {} in the file, and now {}", short(expected), short(found))),
    }
}

/// A value, cut off where it is long.
fn short(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

fn lines(found: &Found) -> String {
    let width = |of: fn(&crate::app::ServedRoute) -> &str| {
        found.routes.iter().map(|route| of(route).chars().count()).max().unwrap_or_default()
    };
    let (method, path) = (width(|route| &route.method), width(|route| &route.path));
    let mut text = String::new();
    for route in &found.routes {
        let _ =
            writeln!(text, "{:method$}  {:path$}  {} ({})", route.method, route.path, route.name, route.kind);
    }
    text
}

fn described(found: &Found) -> Json {
    let document = |(base, document): &(String, Json)| json!({"base": base, "document": document});
    json!({
        "crewed": env!("CARGO_PKG_VERSION"),
        "documents": found.documents.iter().map(document).collect::<Vec<_>>(),
        "routes": found.routes.iter().map(|route| route.json()).collect::<Vec<_>>(),
        "tables": found.tables,
    })
}

fn planned(found: &Found) -> Json {
    let mut all = described(found);
    if let Some(opening) = &found.opening {
        let due = opening.due();
        all["database"] = json!({
            "location": opening.location(),
            "changes": due.changes,
            "statements": due.statements,
            "is_new": due.is_new,
        });
    }
    all
}

async fn migrated(found: &Found, how: How) -> Result<Answer, String> {
    let Some(opening) = &found.opening else {
        return Ok(Answer {
            text: "there are no resources, and so no database\n".to_owned(),
            finding: false,
        });
    };
    let due = opening.due();
    if due.changes.is_empty() && due.statements.is_empty() {
        let text = format!("{} is as declared\n", opening.location());
        return Ok(Answer { text, finding: false });
    }
    if let How::Make(_) = how {
        let changes = due.changes.clone();
        opening.open().await?;
        let mut text = format!("{} is now as declared:\n", opening.location());
        for change in changes {
            let _ = writeln!(text, "  {change}");
        }
        return Ok(Answer { text, finding: false });
    }
    let mut text = format!(
        "{} is not yet as declared; these statements make it so (`migrate --apply` runs them):\n",
        opening.location()
    );
    for statement in &due.statements {
        let _ = writeln!(text, "  {statement}");
    }
    Ok(Answer { text, finding: how == How::Print })
}

fn pretty(json: &Json) -> String {
    format!("{json:#}\n")
}

fn shown(base: &str) -> &str {
    if base.is_empty() { "/" } else { base }
}
