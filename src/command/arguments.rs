//! The arguments behind `--crewed`.

use std::path::PathBuf;

use crate::app::{FINDINGS, nearest};
use crate::error_format::all_quoted;
use crate::store::Migrate;

/// What the arguments ask for.
pub(super) enum Requested {
    Verb(Verb),
    /// The help of a verb, or of all.
    Help(&'static str),
    /// Nothing that there is, for this reason.
    Nothing(String),
}

/// A question to the program.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// The document, or whether it is that of a file.
    OpenApi { base: Option<String>, check: Option<PathBuf> },
    /// What is served.
    Routes { json: bool },
    /// The changes of the database that are due. They are made if that is asked for.
    Migrate { how: How },
    /// What the program should not go live with.
    Audit { shows: Shows, allowed: Vec<String> },
    /// Everything that the declaration says, in JSON, for the command `crewed`.
    Describe,
    /// The same, and what a launch would change in the database.
    Plan,
}

/// How findings are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Text,
    Json,
    /// By the exit status alone.
    Nothing,
}

/// What becomes of the changes that are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// They are shown.
    Show,
    /// They are shown, and are a finding.
    Print,
    /// They are made, as far as `migrate` allows that.
    Make(Migrate),
}

impl How {
    /// How far changes may go.
    pub(super) fn policy(self) -> Migrate {
        match self {
            How::Make(migrate) => migrate,
            How::Show | How::Print => Migrate::Apply,
        }
    }
}

const HELP: &str = "\
Answers a question about this program, and serves nothing.

Usage: PROGRAM --crewed VERB

  openapi [--base PATH] [--check FILE]     prints the OpenAPI document
  routes [--json]                          lists what is served
  migrate [--print | --apply | --convert]  shows or makes the changes of the database that are due
  audit [--json | --quiet] [--allow ID]    says what the program should not go live with

`PROGRAM --crewed VERB --help` says more. The exit status is 0, or 1 if something was found or the program cannot
launch, or 2 if the arguments cannot be understood.";

const OPENAPI: &str = "\
Prints the OpenAPI document of this program. No server is started and no database opened.

Usage: PROGRAM --crewed openapi [--base PATH] [--check FILE] [--version 3.0]

  --base PATH      the base of the API, if the program has several
  --check FILE     compares it with that of a file, as JSON, and exits with status 1 if they differ
  --version 3.0    the version of OpenAPI (the default and the only one is 3.0)

Example: PROGRAM --crewed openapi > openapi.json";

const ROUTES: &str = "\
Lists the method, the path and the name of everything that this program serves. No server is started and no database
opened.

Usage: PROGRAM --crewed routes [--json]

  --json    as JSON: a list of objects with `method`, `path`, `name` and `kind`

Example: PROGRAM --crewed routes";

const MIGRATE: &str = "\
Shows the changes that the database of this program needs, or makes them. Nothing is served.

Usage: PROGRAM --crewed migrate [--print | --apply | --convert]

  --print      shows them, and exits with status 1 if there are any
  --apply      makes those that lose no data
  --convert    also makes those that narrow or rewrite values

Without one of these they are shown, with status 0.

Example: PROGRAM --crewed migrate --print";

const AUDIT: &str = "\
Says what of the list before going live this program and its configuration do not meet, why that matters, and what mends
it. It is meant for the program and the configuration that go live: no server is started and no database opened.

Usage: PROGRAM --crewed audit [--json | --quiet] [--allow ID]..

  --json        as JSON: a list of objects with `id`, `remark`, `message`, `why` and `advice`
  --quiet       prints nothing
  --allow ID    leaves out what has this id, and may be repeated

The exit status is 1 if something is found that is no remark.

Example: PROGRAM --crewed audit --allow durability";

/// Reads the arguments behind `--crewed`.
pub(super) fn parse(arguments: impl IntoIterator<Item = String>) -> Requested {
    let mut arguments = arguments.into_iter();
    let Some(verb) = arguments.next() else {
        return Requested::Nothing(format!("`--crewed` stands without a verb\n\n{HELP}"));
    };
    let rest: Vec<String> = arguments.collect();
    let help = match verb.as_str() {
        "openapi" => OPENAPI,
        "routes" => ROUTES,
        "migrate" => MIGRATE,
        "audit" => AUDIT,
        "help" | "--help" | "-h" => return Requested::Help(HELP),
        "describe" | "plan" => HELP,
        _ => {
            let near = nearest(&verb, &["openapi", "routes", "migrate", "audit"]);
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Requested::Nothing(format!("`{verb}` is no verb{near}\n\n{HELP}"));
        }
    };
    if rest.iter().any(|argument| matches!(argument.as_str(), "--help" | "-h")) {
        return Requested::Help(help);
    }
    match options(&verb, rest) {
        Ok(verb) => Requested::Verb(verb),
        Err(why) => Requested::Nothing(format!("{why}\n\n{help}")),
    }
}

fn options(verb: &str, rest: Vec<String>) -> Result<Verb, String> {
    let mut rest = rest.into_iter();
    let unknown = |option: &str| Err(format!("`{verb}` does not know `{option}`"));
    let twice = |option: &str| Err(format!("`{option}` stands twice, or beside what excludes it"));
    match verb {
        "openapi" => {
            let (mut base, mut check) = (None, None);
            while let Some(option) = rest.next() {
                let (name, value) = match option.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (option, None),
                };
                let value = value.or_else(|| rest.next());
                match (name.as_str(), value) {
                    ("--check", Some(_)) if check.is_some() => return twice("--check"),
                    ("--check", Some(file)) => check = Some(PathBuf::from(file)),
                    ("--check", None) => return Err("`--check` stands without a file".to_owned()),
                    ("--base", Some(_)) if base.is_some() => return twice("--base"),
                    ("--base", Some(path)) => base = Some(path),
                    ("--base", None) => return Err("`--base` stands without a path".to_owned()),
                    ("--version", Some(version)) if version == "3.0" => {}
                    ("--version", _) => return Err("`--version` is 3.0, and no other yet".to_owned()),
                    (name, _) => return unknown(name),
                }
            }
            Ok(Verb::OpenApi { base, check })
        }
        "routes" => match (rest.next().as_deref(), rest.next()) {
            (None, _) => Ok(Verb::Routes { json: false }),
            (Some("--json"), None) => Ok(Verb::Routes { json: true }),
            (Some("--json"), Some(more)) => unknown(&more),
            (Some(option), _) => unknown(option),
        },
        "migrate" => {
            let mut how = None;
            for option in rest {
                let asked = match option.as_str() {
                    "--print" => How::Print,
                    "--apply" => How::Make(Migrate::Apply),
                    "--convert" => How::Make(Migrate::Convert),
                    _ => return unknown(&option),
                };
                if how.replace(asked).is_some() {
                    return twice(&option);
                }
            }
            Ok(Verb::Migrate { how: how.unwrap_or(How::Show) })
        }
        "audit" => {
            let (mut shows, mut allowed) = (None, Vec::new());
            while let Some(option) = rest.next() {
                let (name, value) = match option.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (option, None),
                };
                let told = match (name.as_str(), value) {
                    ("--json", None) => Shows::Json,
                    ("--quiet", None) => Shows::Nothing,
                    ("--allow", value) => {
                        let id = value.or_else(|| rest.next());
                        let id = id.ok_or("`--allow` stands without an id")?;
                        if !FINDINGS.contains(&id.as_str()) {
                            return Err(format!(
                                "`{id}` is no id of a finding; they are {}",
                                all_quoted(FINDINGS)
                            ));
                        }
                        allowed.push(id);
                        continue;
                    }
                    (name, _) => return unknown(name),
                };
                if shows.replace(told).is_some() {
                    return twice(&name);
                }
            }
            Ok(Verb::Audit { shows: shows.unwrap_or(Shows::Text), allowed })
        }
        other => match (rest.next(), other) {
            (Some(option), _) => unknown(&option),
            (None, "plan") => Ok(Verb::Plan),
            (None, _) => Ok(Verb::Describe),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Verb, String> {
        let told = match parse(line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned)) {
            Requested::Verb(verb) => return Ok(verb),
            Requested::Help(text) => text.to_owned(),
            Requested::Nothing(why) => why,
        };
        Err(told.lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn verbs_and_their_options_are_understood() {
        let check = |file: &str| Ok(Verb::OpenApi { base: None, check: Some(file.into()) });
        assert_eq!(asked("openapi"), Ok(Verb::OpenApi { base: None, check: None }));
        let based = Verb::OpenApi { base: Some("/v1".to_owned()), check: None };
        assert_eq!(asked("openapi --base /v1"), Ok(based));
        assert_eq!(asked("openapi --check a.json"), check("a.json"));
        assert_eq!(asked("openapi --version=3.0 --check=a=b"), check("a=b"));
        assert_eq!(asked("routes --json"), Ok(Verb::Routes { json: true }));
        assert_eq!(asked("migrate"), Ok(Verb::Migrate { how: How::Show }));
        assert_eq!(asked("migrate --convert"), Ok(Verb::Migrate { how: How::Make(Migrate::Convert) }));
        let audit = |shows, allowed: &[&str]| {
            Ok(Verb::Audit { shows, allowed: allowed.iter().map(ToString::to_string).collect() })
        };
        assert_eq!(asked("audit"), audit(Shows::Text, &[]));
        assert_eq!(asked("audit --quiet"), audit(Shows::Nothing, &[]));
        assert_eq!(
            asked("audit --allow docs --json --allow=access"),
            audit(Shows::Json, &["docs", "access"])
        );
        assert_eq!((asked("plan"), asked("describe")), (Ok(Verb::Plan), Ok(Verb::Describe)));
    }

    #[test]
    fn an_id_that_is_none_is_told() {
        let why = asked("audit --allow dokcs").unwrap_err();
        assert!(
            why.starts_with(
                "`dokcs` is no id of a finding; they are `access`, `address`, `compress`, `cors`,"
            ),
            "{why}"
        );
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (line, why) in [
            ("", "`--crewed` stands without a verb"),
            ("route", "`route` is no verb; did you mean `routes`?"),
            ("serve", "`serve` is no verb"),
            ("openapi --chek a", "`openapi` does not know `--chek`"),
            ("openapi --check", "`--check` stands without a file"),
            ("openapi --check a --check b", "`--check` stands twice, or beside what excludes it"),
            ("openapi --version 3.1", "`--version` is 3.0, and no other yet"),
            ("routes --jason", "`routes` does not know `--jason`"),
            ("routes --json x", "`routes` does not know `x`"),
            ("migrate --print --apply", "`--apply` stands twice, or beside what excludes it"),
            ("audit --json --quiet", "`--quiet` stands twice, or beside what excludes it"),
            ("audit --allow", "`--allow` stands without an id"),
            ("audit docs", "`audit` does not know `docs`"),
            ("plan --json", "`plan` does not know `--json`"),
            (
                "migrate --help",
                "Shows the changes that the database of this program needs, or makes them. Nothing is served.",
            ),
        ] {
            assert_eq!(asked(line), Err(why.to_owned()), "{line}");
        }
    }
}
