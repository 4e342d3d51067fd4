//! What is asked of cargo: which program is meant, and how it is built.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use cargo_metadata::{Message, Metadata, MetadataCommand, Package, TargetKind};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::arguments::Which;
use crate::failure::{Failure, While};
use crate::terminal;

/// A program that cargo can build.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    which: Which,
    package: String,
    /// The name of the binary or the example.
    pub(crate) name: String,
    is_example: bool,
    /// The folder of the package.
    pub(crate) folder: PathBuf,
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

/// How a build ended.
#[derive(Debug)]
pub(crate) struct Built {
    /// The program, if it was built.
    pub(crate) program: Option<PathBuf>,
    /// Whether it is the one that was there already.
    pub(crate) is_same: bool,
    /// The errors and warnings of the compiler, in its colours.
    pub(crate) messages: String,
}

/// Cargo, as it is to be started.
pub(crate) fn cargo() -> OsString {
    // Cargo names itself to its subcommands.
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Project {
    /// Finds the program that is meant, as `cargo run` does.
    pub(crate) fn find(which: &Which) -> Result<Self, Failure> {
        let metadata = MetadataCommand::new().no_deps().exec();
        let metadata = metadata.map_err(|error| Failure::of(told(&error)))?;
        let here = std::env::current_dir().or_fail("the current folder is unknown")?;
        let packages = candidates(&metadata, which, &here)?;
        let wanted = which.example.as_ref().or(which.bin.as_ref());
        let kind = if which.example.is_some() { TargetKind::Example } else { TargetKind::Bin };
        let mut found: Vec<(&Package, &str)> = Vec::new();
        for package in packages {
            let names = package.targets.iter().filter(|target| target.kind.contains(&kind));
            let names = names.map(|target| target.name.as_str());
            let named = names.filter(|name| wanted.is_none_or(|wanted| wanted == name));
            let default = package.default_run.as_deref().filter(|_| wanted.is_none());
            found.extend(
                named
                    .filter(|name| default.is_none_or(|default| default == *name))
                    .map(|name| (package, name)),
            );
        }
        let what = if which.example.is_some() { "example" } else { "program" };
        let (package, name) = match (&*found, wanted) {
            ([one], _) => *one,
            ([], Some(wanted)) => return Err(Failure::of(format!("there is no {what} `{wanted}` here"))),
            ([], None) => {
                return Err(Failure::of(
                    "there is no program here: `crewed new NAME` makes a project, and `--example NAME` takes an example",
                ));
            }
            (several, _) => {
                let names: Vec<_> = several.iter().map(|(_, name)| format!("`{name}`")).collect();
                return Err(Failure::of(format!(
                    "there are several programs here: take one with `--bin`, or its package with `-p`; they are {}",
                    names.join(", ")
                )));
            }
        };
        Ok(Project {
            which: which.clone(),
            package: package.name.to_string(),
            name: name.to_owned(),
            is_example: which.example.is_some(),
            folder: parent(package.manifest_path.as_std_path()),
            root: metadata.workspace_root.clone().into(),
            target: metadata.target_directory.clone().into(),
        })
    }

    /// The folders of all packages that are on this machine and that the program may be built from.
    pub(crate) fn local_packages(&self) -> Vec<PathBuf> {
        let mut whole = MetadataCommand::new();
        whole.manifest_path(self.folder.join("Cargo.toml")).other_options(["--offline".to_owned()]);
        match whole.exec() {
            Ok(metadata) => {
                let local = metadata.packages.iter().filter(|package| package.source.is_none());
                local.map(|package| parent(package.manifest_path.as_std_path())).collect()
            }
            // Without the index there is no more to know than the package itself.
            Err(_) => vec![self.folder.clone()],
        }
    }

    fn arguments(&self) -> Vec<OsString> {
        let mut all = vec!["build", "--message-format=json-diagnostic-rendered-ansi", "-p", &self.package];
        all.extend([if self.is_example { "--example" } else { "--bin" }, &self.name]);
        if self.which.release {
            all.push("--release");
        }
        for features in &self.which.features {
            all.extend(["--features", features]);
        }
        all.into_iter().map(OsString::from).collect()
    }

    /// Builds the program, and shows what the compiler says as it says it. If the future is dropped, the build ends.
    pub(crate) async fn build(&self) -> Result<Built, Failure> {
        let itself = std::env::current_exe().or_fail("this program is not to be found")?;
        let mut command = Command::new(itself);
        command.arg("guard").arg("--").arg(cargo()).args(self.arguments());
        // The guard ends cargo, and what cargo has started, when its standard input is closed.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().or_fail("cargo cannot be started")?;
        let _life = child.stdin.take();
        let mut built = Built { program: None, is_same: false, messages: String::new() };
        if let Some(stdout) = child.stdout.take() {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await.or_fail("cargo cannot be listened to")? {
                self.take(&line, &mut built);
            }
        }
        let status = child.wait().await.or_fail("cargo cannot be waited for")?;
        if !status.success() {
            built.program = None;
        } else if built.program.is_none() {
            return Err(Failure::of(format!("cargo did not say where it has put `{}`", self.name)));
        }
        Ok(built)
    }

    fn take(&self, line: &str, built: &mut Built) {
        match serde_json::from_str::<Message>(line) {
            Ok(Message::CompilerMessage(said)) => {
                if let Some(rendered) = said.message.rendered {
                    show(&rendered);
                    built.messages.push_str(&rendered);
                }
            }
            Ok(Message::CompilerArtifact(artifact)) if artifact.target.name == self.name => {
                if let Some(program) = artifact.executable {
                    built.program = Some(program.into());
                    built.is_same = artifact.fresh;
                }
            }
            Ok(_) => {}
            // What a build script prints, for example.
            Err(_) => show(&format!("{line}\n")),
        }
    }
}

/// Shows what the compiler says, in its colours if there are any.
fn show(text: &str) {
    let text = if terminal::has_colors() { text.into() } else { plain(text) };
    // There is nobody to tell if this fails.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A text without colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What `cargo metadata` said, without what surrounds it.
fn told(error: &cargo_metadata::Error) -> String {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => stderr.trim().to_owned(),
        error => format!("cargo cannot be asked: {error}"),
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// The packages among which the program is: the named one, that of the current folder, or those that cargo takes in a
/// workspace.
fn candidates<'a>(metadata: &'a Metadata, which: &Which, here: &Path) -> Result<Vec<&'a Package>, Failure> {
    let all = metadata.workspace_packages();
    if let Some(name) = &which.package {
        let found: Vec<_> = all.into_iter().filter(|package| *package.name == *name).collect();
        return match found.is_empty() {
            true => Err(Failure::of(format!("there is no package `{name}` here"))),
            false => Ok(found),
        };
    }
    let at_root = here == metadata.workspace_root.as_std_path();
    let around: Vec<_> = all
        .iter()
        .copied()
        .filter(|package| !at_root && here.starts_with(parent(package.manifest_path.as_std_path())))
        .collect();
    if let Some(nearest) = around.into_iter().max_by_key(|package| package.manifest_path.as_str().len()) {
        return Ok(vec![nearest]);
    }
    match metadata.workspace_default_members.is_available() {
        true => Ok(metadata.workspace_default_packages()),
        false => Ok(all),
    }
}
