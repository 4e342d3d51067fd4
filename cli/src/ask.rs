//! Builds a program and asks it one of the verbs that are part of it.

use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::arguments::{Audit, Migrate, Openapi, Routes, Which};
use crate::cargo::Project;
use crate::failure::{Failure, While};
use crate::program::{self, Answer, LIMIT};
use crate::terminal;

pub(crate) fn routes(asked: &Routes) -> Result<ExitCode, Failure> {
    let mut arguments = vec!["routes".to_owned()];
    if asked.json {
        arguments.push("--json".to_owned());
    }
    pass_on(&asked.which, &arguments, Some(LIMIT))
}

pub(crate) fn openapi(asked: &Openapi) -> Result<ExitCode, Failure> {
    let mut arguments = vec!["openapi".to_owned(), "--version".to_owned(), asked.version.clone()];
    if let Some(base) = &asked.base {
        arguments.extend(["--base".to_owned(), base.clone()]);
    }
    if let Some(file) = &asked.check {
        let file = file.to_str().ok_or_else(|| Failure::usage("the name of the file is not UTF-8"))?;
        arguments.extend(["--check".to_owned(), file.to_owned()]);
    }
    pass_on(&asked.which, &arguments, Some(LIMIT))
}

pub(crate) fn migrate(asked: &Migrate) -> Result<ExitCode, Failure> {
    let mut arguments = vec!["migrate".to_owned()];
    for (is_asked, option) in
        [(asked.print, "--print"), (asked.apply, "--apply"), (asked.convert, "--convert")]
    {
        if is_asked {
            arguments.push(option.to_owned());
        }
    }
    // A migration takes as long as there are rows.
    let limit = Some(LIMIT).filter(|_| !asked.apply && !asked.convert);
    pass_on(&asked.which, &arguments, limit)
}

pub(crate) fn audit(asked: &Audit) -> Result<ExitCode, Failure> {
    let mut arguments = vec!["audit".to_owned()];
    for (is_asked, option) in [(asked.json, "--json"), (asked.quiet, "--quiet")] {
        if is_asked {
            arguments.push(option.to_owned());
        }
    }
    arguments.extend(asked.allow.iter().flat_map(|id| ["--allow".to_owned(), id.clone()]));
    pass_on(&asked.which, &arguments, Some(LIMIT))
}

/// Asks the program, prints its answer, and returns its exit status.
fn pass_on(which: &Which, arguments: &[String], limit: Option<Duration>) -> Result<ExitCode, Failure> {
    let Answer { text, status } = built_and_asked(which, arguments, limit)?;
    terminal::answer(&text);
    Ok(ExitCode::from(status))
}

/// Everything that the declaration of a program says.
pub(crate) fn description(which: &Which) -> Result<serde_json::Value, Failure> {
    let answer = built_and_asked(which, &["describe".to_owned()], Some(LIMIT))?;
    if answer.status != 0 {
        return Err(Failure::of("the program did not describe itself"));
    }
    serde_json::from_str(&answer.text).or_fail("the program has not answered with JSON")
}

fn built_and_asked(which: &Which, arguments: &[String], limit: Option<Duration>) -> Result<Answer, Failure> {
    let project = Project::find(which)?;
    let runtime = Runtime::new().or_fail("threads cannot be started")?;
    runtime.block_on(async {
        let built = project.build().await?;
        let program = built.program.ok_or_else(|| Failure::of("the program does not compile"))?;
        program::ask(&program, arguments, limit, program::Errors::Shown).await
    })
}
