//! `crewed new`: makes a project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::arguments::{New, Template};
use crate::cargo::cargo;
use crate::failure::{Failure, While};
use crate::terminal;

/// The folder with crewed's source that this command was built from.
const BUILT_FROM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const MANIFEST: &str = include_str!("../templates/common/Cargo.toml.in");
const DOCKERFILE: &str = include_str!("../templates/common/Dockerfile.in");
const GITIGNORE: &str = include_str!("../templates/common/gitignore");
const DOCKERIGNORE: &str = include_str!("../templates/common/dockerignore");

impl Template {
    /// The sources, below the folder of the project.
    fn sources(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Template::Users => &[
                ("src/main.rs", include_str!("../templates/users/src/main.rs")),
                ("src/tests.rs", include_str!("../templates/users/src/tests.rs")),
            ],
            Template::Heroes => &[
                ("src/main.rs", include_str!("../templates/heroes/src/main.rs")),
                ("src/heroes.rs", include_str!("../templates/heroes/src/heroes.rs")),
                ("src/tests.rs", include_str!("../templates/heroes/src/tests.rs")),
            ],
            Template::Fastapi => &[
                ("src/main.rs", include_str!("../templates/fastapi/src/main.rs")),
                ("src/tests.rs", include_str!("../templates/fastapi/src/tests.rs")),
            ],
        }
    }
}

pub(crate) fn make(new: &New) -> Result<ExitCode, Failure> {
    let name = new.name.as_str();
    named(name)?;
    let folder = std::env::current_dir().or_fail("the current folder is unknown")?.join(name);
    let crewed = source(new.path.as_deref())?;
    let taken = || Failure::of(format!("{} is there already, and not empty", folder.display()));
    let is_taken = match fs::read_dir(&folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => folder.symlink_metadata().is_ok(),
    };
    if is_taken {
        return Err(taken());
    }
    let crewed_text = written(&crewed)?;
    let filled = |text: &str| text.replace("{name}", name).replace("{crewed}", crewed_text);
    let rocket_toml = include_str!("../../Rocket.toml");
    let common = [
        ("Cargo.toml", filled(MANIFEST)),
        ("Rocket.toml", rocket_toml.to_owned()),
        ("Dockerfile", filled(DOCKERFILE)),
        (".gitignore", GITIGNORE.to_owned()),
        (".dockerignore", DOCKERIGNORE.to_owned()),
    ];
    let sources = new.from.sources().iter().map(|(file, text)| (*file, (*text).to_owned()));
    for (file, text) in common.into_iter().chain(sources) {
        write(&folder.join(file), &text)?;
    }
    lock(&folder, &crewed);
    terminal::note(&format!("made {name}: `cd {name} && crewed dev` serves it, and `cargo test` tests it"));
    Ok(ExitCode::SUCCESS)
}

/// The keywords of Rust, and the names that cargo gives to packages and folders of its own.
const RESERVED: &str = "\
    abstract as async await become box break const continue crate do dyn else enum extern false final fn for \
    gen if impl in let loop macro match mod move mut override priv pub ref return self static struct super \
    trait true try type typeof unsafe unsized use virtual where while yield test core std alloc proc_macro \
    build deps examples incremental";

/// Refuses a name that cannot be that of a package and of a program.
fn named(name: &str) -> Result<(), Failure> {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let fits = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
    match name {
        "crewed" => Err(Failure::usage(
            "the project cannot be called `crewed`, as what it depends on is called so; take another name",
        )),
        _ if !begins || !fits => Err(Failure::usage(format!(
            "`{name}` is no name for a package: small letters, digits, `-` and `_`, with a letter first"
        ))),
        _ if RESERVED.split_whitespace().any(|word| word == name) => Err(Failure::usage(format!(
            "the project cannot be called `{name}`, which is a word of Rust's or of cargo's; take another name"
        ))),
        _ => Ok(()),
    }
}

/// A path as it can stand between quotation marks, in Cargo.toml as well as in a Dockerfile.
fn written(path: &Path) -> Result<&str, Failure> {
    let text = path
        .to_str()
        .filter(|text| !text.contains(['"', '\\', '$', '\'']) && !text.contains(char::is_control));
    text.ok_or_else(|| {
        Failure::of(format!(
            "the path of crewed's source, {path:?}, has what cannot stand in Cargo.toml or in a Dockerfile: take one \
             without quotation marks, `\\`, `$` and the like"
        ))
    })
}

/// The folder with crewed's own source.
fn source(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = asked.unwrap_or(Path::new(BUILT_FROM));
    let whole = folder.canonicalize().map_err(|error| {
        let what = match asked {
            Some(_) => "the folder of crewed's source cannot be used",
            None => "the folder that this command was built from is gone: name one with `--path`",
        };
        Failure::of(format!("{what}: {}: {error}", folder.display()))
    })?;
    let manifest = fs::read_to_string(whole.join("Cargo.toml")).unwrap_or_default();
    match manifest.lines().any(|line| line.trim() == "name = \"crewed\"") {
        true => Ok(whole),
        false => Err(Failure::of(format!("{} is not the source of crewed", whole.display()))),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let cannot = format!("{} cannot be written", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).or_fail(&cannot)?;
    }
    fs::write(file, text).or_fail(&cannot)
}

/// Begins with the versions that this release of crewed was tested with. Cargo leaves out what the project does not
/// need, which takes no network where the index of these crates is on this machine; otherwise the first build does it.
fn lock(folder: &Path, crewed: &Path) {
    if fs::copy(crewed.join("Cargo.lock"), folder.join("Cargo.lock")).is_err() {
        return;
    }
    // If this fails, the first build says why.
    let _ = Command::new(cargo())
        .args(["metadata", "--offline", "--format-version=1"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
