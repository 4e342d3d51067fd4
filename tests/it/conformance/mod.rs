//! The real programs are asked what the real FastAPI was asked, and answer as it did.
//!
//! What they answer differently stands in docs/conformance.md, with a reason; nothing else may.

mod document;
mod edge;
mod replay;
mod shop;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::program::{ask, example, start};

/// A program, the recording that it is asked, and that group in it.
struct Subject {
    program: &'static str,
    recording: &'static str,
    group: &'static str,
    /// The base that the program has this API on.
    base: &'static str,
    /// How many core steps are answered alike.
    core: usize,
}

const fn seed(program: &'static str, group: &'static str, core: usize) -> Subject {
    Subject { program, recording: "fastapi_seed.json", group, base: "", core }
}

const fn validation(program: &'static str, core: usize) -> Subject {
    Subject { program, recording: "fastapi_validation.json", group: program, base: "", core }
}

/// A program of the larger recordings: dependencies, security, routers, errors, answers.
const fn larger(program: &'static str, group: &'static str, base: &'static str, core: usize) -> Subject {
    Subject { program, recording: "fastapi_larger.json", group, base, core }
}

const SUBJECTS: &[Subject] = &[
    seed("hello", "hello", 31),
    seed("path_param", "path_param", 54),
    seed("query_param", "query_param", 117),
    seed("multi_param", "multi_param", 89),
    seed("crud_path", "crud_path", 123),
    seed("declared_path", "crud_path", 123),
    seed("crud_query", "crud_query", 113),
    seed("declared_query", "crud_query", 113),
    seed("crud_pydantic", "crud_pydantic", 118),
    validation("params", 307),
    validation("bodies", 325),
    larger("security", "security_first_steps", "/first-steps", 23),
    larger("security", "security_current_user", "/current-user", 12),
    larger("security", "security_simple", "/simple", 24),
    larger("security", "security_jwt", "/jwt", 45),
    larger("recorded_security_scopes", "security_scopes", "", 120),
    larger("recorded_security_schemes", "security_schemes", "", 306),
    larger("recorded_dependencies", "dependencies", "", 603),
    larger("recorded_dependencies_global", "dependencies_global", "", 39),
    larger("recorded_dependencies_overridden", "dependencies_overridden", "", 59),
    larger("bigger", "bigger", "", 67),
    larger("recorded_routers", "routers", "", 86),
    larger("recorded_errors", "errors", "", 43),
    larger("recorded_errors_handlers", "errors_handlers", "", 24),
    larger("recorded_errors_body", "errors_body", "", 22),
    larger("recorded_answers", "answers", "", 147),
    larger("recorded_documented", "documented", "", 71),
];

#[test]
fn programs_answer_as_fastapi_answers() {
    let allowed = departures("Answers");
    let mut met: BTreeSet<String> = BTreeSet::new();
    let mut failures = Vec::new();
    for subject in SUBJECTS {
        let groups = recorded(subject.recording);
        let group = groups["groups"].as_array().unwrap().iter().find(|g| g["name"] == subject.group).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let running = start(&example(subject.program), folder.path());
        let ((core, quirks), differences) = replay::replay(group, running.port, subject.base);
        println!("{}: {core} core steps and {quirks} others as FastAPI", subject.program);
        if core != subject.core {
            failures.push(format!("{}: {core} of {} core steps", subject.program, subject.core));
        }
        for difference in differences {
            // The groups of one program have scenarios of the same names.
            let who = if subject.base.is_empty() { subject.program } else { subject.group };
            let step = format!("{who} / {} / {}", difference.scenario, difference.step);
            // How many core steps differ is fixed by their number.
            if !allowed.contains_key(&step) {
                failures.push(format!("{step}: {}", difference.told));
            } else {
                met.insert(step);
            }
        }
    }
    assert!(failures.is_empty(), "{} steps:\n{}", failures.len(), failures.join("\n"));
    let unmet: Vec<_> = allowed.keys().filter(|step| !met.contains(*step)).collect();
    assert!(unmet.is_empty(), "docs/conformance.md lists what does not differ any more: {unmet:#?}");
}

/// What the tutorial writes as functions and what is declared answer alike, byte for byte.
#[test]
fn functions_and_declarations_answer_alike() {
    let groups = recorded("fastapi_seed.json");
    for (functions, declared) in [("crud_path", "declared_path"), ("crud_query", "declared_query")] {
        let group = groups["groups"].as_array().unwrap().iter().find(|g| g["name"] == functions).unwrap();
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let one = start(&example(functions), folders[0].path());
        let two = start(&example(declared), folders[1].path());
        let mut alike = 0;
        for scenario in group["scenarios"].as_array().unwrap().iter().filter(|s| s["name"] != "docs pages") {
            for step in scenario["steps"].as_array().unwrap() {
                let request = replay::request(step, &BTreeMap::new());
                let told = |answer: crate::program::Answer| {
                    let headers = ["content-type", "allow", "location"]
                        .map(|name| answer.header(name).map(str::to_owned));
                    (answer.status, headers, answer.text())
                };
                let (one, two) = (told(ask(one.port, &request)), told(ask(two.port, &request)));
                assert_eq!(one, two, "{}", String::from_utf8_lossy(&request));
                alike += 1;
            }
        }
        assert!(alike > 100, "{alike}");
    }
}

fn recorded(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// docs/conformance.md.
fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    std::fs::read_to_string(path).unwrap()
}

/// The rows of a table in docs/conformance.md, by what differs: `program / scenario / step`, with the
/// reason. A row names one program and scenario, and several steps.
fn departures(heading: &str) -> BTreeMap<String, String> {
    let page = page();
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let mut rows = BTreeMap::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [programs, what, steps, reason] = cells[..] else { panic!("four cells: {line}") };
        assert!(!reason.is_empty(), "{line}");
        for program in programs.split(',') {
            for step in steps.split(',') {
                let key = format!("{} / {what} / {}", program.trim().trim_matches('`'), step.trim());
                rows.insert(key, reason.to_owned());
            }
        }
    }
    assert!(!rows.is_empty());
    rows
}
