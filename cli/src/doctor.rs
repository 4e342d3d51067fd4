//! `crewed doctor`: what makes builds slow or a launch fail, with the line to write.

use std::process::{Command, ExitCode};

use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use toml::Table;

use crate::arguments::Doctor;
use crate::cargo::Project;
use crate::failure::{Failure, While};
use crate::program::{self, Errors, LIMIT};
use crate::terminal;

/// The release of Rust that crewed needs.
const RUST: (u32, u32) = (1, 95);

/// Something to look at.
struct Finding {
    id: &'static str,
    /// Whether it is a remark, which may be left as it is.
    is_remark: bool,
    message: String,
    /// What to write or to run.
    advice: String,
}

impl Finding {
    fn json(&self) -> Json {
        let Finding { id, is_remark, message, advice } = self;
        json!({"id": id, "remark": is_remark, "message": message, "advice": advice})
    }

    fn text(&self) -> String {
        format!("- {}\n    {}\n", self.message, self.advice.replace('\n', "\n    "))
    }
}

pub(crate) fn run(doctor: &Doctor) -> Result<ExitCode, Failure> {
    let project = Project::find(&doctor.which)?;
    let mut findings: Vec<Finding> = [toolchain(), compiler(), incremental()].into_iter().flatten().collect();
    findings.extend(linker(&project));
    findings.extend(profile(&project));
    findings.extend(features(&project));
    findings.extend(launch(&project)?);
    terminal::answer(&match doctor.json {
        true => format!("{:#}\n", findings.iter().map(Finding::json).collect::<Json>()),
        false if findings.is_empty() => format!("{}: nothing to look at\n", project.name),
        false => findings.iter().map(Finding::text).collect(),
    });
    let is_well = findings.iter().all(|finding| finding.is_remark);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let done = Command::new(program).args(arguments).output().ok().filter(|done| done.status.success())?;
    String::from_utf8(done.stdout).ok()
}

/// The release of a `rustc --version`: `rustc 1.95.0 (..)`.
fn release(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(' ').nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn toolchain() -> Option<Finding> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let text = said(&rustc, &["--version"]);
    match text.as_deref().and_then(release) {
        Some(found) if found >= RUST => None,
        Some((major, minor)) => Some(Finding {
            id: "rust",
            is_remark: false,
            message: format!("Rust is {major}.{minor}, and crewed needs {}.{}", RUST.0, RUST.1),
            advice: "rustup update stable".to_owned(),
        }),
        None => Some(Finding {
            id: "rust",
            is_remark: false,
            message: "rustc does not say which release it is".to_owned(),
            advice: "rustup toolchain install stable".to_owned(),
        }),
    }
}

fn compiler() -> Option<Finding> {
    let name = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    match said(&name, &["--version"]) {
        Some(_) => None,
        None => Some(Finding {
            id: "cc",
            is_remark: false,
            message: format!(
                "there is no C compiler `{name}`, which SQLite is built with, and which links programs"
            ),
            advice: "apt install gcc libc6-dev    (or your system's packages of that kind)".to_owned(),
        }),
    }
}

fn incremental() -> Option<Finding> {
    let is_off = std::env::var("CARGO_INCREMENTAL").is_ok_and(|value| value == "0");
    is_off.then(|| Finding {
        id: "incremental",
        is_remark: false,
        message: "CARGO_INCREMENTAL is 0, so that each build compiles the whole program anew".to_owned(),
        advice: "unset CARGO_INCREMENTAL".to_owned(),
    })
}

/// A slow linker. On Linux and x86-64, rustc brings a fast one along, and uses it.
fn linker(project: &Project) -> Option<Finding> {
    if std::env::consts::OS != "linux" || std::env::consts::ARCH == "x86_64" {
        return None;
    }
    let config = project.root.join(".cargo/config.toml");
    let said = [std::fs::read_to_string(&config).ok(), std::env::var("RUSTFLAGS").ok()];
    if said.iter().flatten().any(|text| text.contains("linker") || text.contains("fuse-ld")) {
        return None;
    }
    Some(Finding {
        id: "linker",
        is_remark: true,
        message: "programs are linked by the system's usual linker, which takes a good part of each build"
            .to_owned(),
        advice: format!(
            "apt install lld    (or your system's package of that kind), and in {}:\n[target.{}-unknown-linux-gnu]\n\
             rustflags = [\"-Clink-arg=-fuse-ld=lld\"]",
            config.display(),
            std::env::consts::ARCH
        ),
    })
}

fn manifest(folder: &std::path::Path) -> Table {
    let text = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    text.parse().unwrap_or_default()
}

/// What a debugger would want takes most of a second of each build.
fn profile(project: &Project) -> Option<Finding> {
    let root = manifest(&project.root);
    let debug = root.get("profile").and_then(|all| all.get("dev")).and_then(|dev| dev.get("debug"));
    let is_full = match debug {
        None => true,
        Some(value) => {
            value.as_bool() == Some(true) || value.as_integer() == Some(2) || value.as_str() == Some("full")
        }
    };
    is_full.then(|| Finding {
        id: "debug",
        is_remark: false,
        message:
            "the profile `dev` makes all that a debugger may want, which takes most of a second of each build"
                .to_owned(),
        advice: format!(
            "in {}:\n[profile.dev]\ndebug = \"line-tables-only\"",
            project.root.join("Cargo.toml").display()
        ),
    })
}

/// An engine that is built in and not used.
fn features(project: &Project) -> Option<Finding> {
    let manifest = manifest(&project.folder);
    let crewed = manifest.get("dependencies")?.get("crewed")?;
    let has_defaults = crewed.get("default-features").and_then(toml::Value::as_bool).unwrap_or(true);
    let files = std::env::current_dir().ok()?;
    let settings =
        files.ancestors().find_map(|folder| std::fs::read_to_string(folder.join("Rocket.toml")).ok());
    let settings: Table = settings.unwrap_or_default().parse().unwrap_or_default();
    let uses_postgres = settings.iter().any(|(_, profile)| {
        let store =
            profile.get("crewed").and_then(|crewed| crewed.get("store")).and_then(toml::Value::as_str);
        store.is_some_and(|store| store.starts_with("postgres"))
    });
    (has_defaults && !uses_postgres && std::env::var("ROCKET_CREWED").is_err()).then(|| Finding {
        id: "features",
        is_remark: true,
        message: "crewed is built with PostgreSQL, and Rocket.toml names no such store".to_owned(),
        advice: format!(
            "in {}, if it stays so:\ncrewed = {{ .., default-features = false, features = [\"sqlite\", \"docs\"] }}",
            project.folder.join("Cargo.toml").display()
        ),
    })
}

/// Whether the program would launch.
fn launch(project: &Project) -> Result<Option<Finding>, Failure> {
    let runtime = Runtime::new().or_fail("threads cannot be started")?;
    runtime.block_on(async {
        let Some(program) = project.build().await?.program else {
            return Ok(Some(Finding {
                id: "build",
                is_remark: false,
                message: "the program does not compile".to_owned(),
                advice: "mend what the compiler says above".to_owned(),
            }));
        };
        let answer = program::ask(&program, &["plan"], Some(LIMIT), Errors::Kept).await?;
        Ok((answer.status != 0).then(|| Finding {
            id: "launch",
            is_remark: false,
            message: "the program would not launch".to_owned(),
            advice: answer.text.trim_end().to_owned(),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn a_release_is_read() {
        assert_eq!(release("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(release("rustc 2.0.0-nightly (a 2030-01-01)"), Some((2, 0)));
        assert_eq!(release("rust"), None);
    }
}
