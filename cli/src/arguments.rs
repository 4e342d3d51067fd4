//! The arguments of the command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Makes projects with crewed, reloads them while they are written, and asks them what they serve.
#[derive(Debug, Parser)]
#[command(
    name = "crewed",
    version,
    after_help = "`crewed VERB --help` says more. The exit status is 0, or 1 if something was found or failed, or 2 if the arguments cannot be understood."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Makes a project that runs and passes its tests
    New(New),
    /// Serves a program, and a new one whenever it is changed
    Dev(Dev),
    /// Lists what a program serves
    Routes(Routes),
    /// Prints the OpenAPI document of a program
    Openapi(Openapi),
    /// Says what a change of the declaration would break
    Check(Check),
    /// Shows the changes that a program's database needs, or makes them
    Migrate(Migrate),
    /// Says what a program should not go live with
    Audit(Audit),
    /// Says what makes builds slow or a launch fail
    Doctor(Doctor),
    /// Runs a command that ends with the one that has started it
    #[command(hide = true)]
    Guard(Guard),
}

#[derive(Args, Debug)]
#[command(after_help = "Example: crewed new library && cd library && crewed dev")]
pub(crate) struct New {
    /// The name of the project, and of the folder that is made for it
    pub(crate) name: String,
    /// What it begins with
    #[arg(long, value_enum, default_value_t = Template::Users)]
    pub(crate) from: Template,
    /// The folder with crewed's own source [default: the one that this command was built from]
    #[arg(long, value_name = "DIR")]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// One resource and one function
    Users,
    /// A resource with every kind of field, in a module of its own
    Heroes,
    /// The functions of FastAPI's tutorial, and a resource
    Fastapi,
}

/// The program that is meant, as cargo's own options say it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Which {
    /// The package [default: that of the current folder]
    #[arg(short, long, value_name = "CRATE")]
    pub(crate) package: Option<String>,
    /// The binary, if the package has several
    #[arg(long, value_name = "NAME", conflicts_with = "example")]
    pub(crate) bin: Option<String>,
    /// An example instead of a binary
    #[arg(long, value_name = "NAME")]
    pub(crate) example: Option<String>,
    /// Builds with optimizations
    #[arg(long)]
    pub(crate) release: bool,
    /// Cargo features to switch on, with commas or blanks between them
    #[arg(long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: crewed dev --port 8001 --migrate")]
pub(crate) struct Dev {
    /// The port [default: ROCKET_PORT, `port` in Rocket.toml, or 8000]
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// The address [default: ROCKET_ADDRESS, `address` in Rocket.toml, or 127.0.0.1]
    #[arg(long)]
    pub(crate) address: Option<std::net::IpAddr>,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Looks at the files every second instead of being told, for mounted folders
    #[arg(long)]
    pub(crate) poll: bool,
    /// Ends the old program before the new one starts, so that there are never two
    #[arg(long)]
    pub(crate) no_overlap: bool,
    /// Changes the database without asking
    #[arg(long)]
    pub(crate) migrate: bool,
    /// Arguments for the program
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: crewed routes --json")]
pub(crate) struct Routes {
    #[command(flatten)]
    pub(crate) which: Which,
    /// As JSON: a list of objects with `method`, `path`, `name` and `kind`
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  crewed openapi > openapi.json\n  crewed openapi --check openapi.json")]
pub(crate) struct Openapi {
    #[command(flatten)]
    pub(crate) which: Which,
    /// The base of the API, if the program has several
    #[arg(long, value_name = "PATH")]
    pub(crate) base: Option<String>,
    /// Compares the document with that of a file, as JSON, and exits with status 1 if they differ
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
    /// The version of OpenAPI
    #[arg(long, value_parser = ["3.0"], default_value = "3.0")]
    pub(crate) version: String,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: crewed migrate --print")]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Shows the changes, and exits with status 1 if there are any
    #[arg(long, conflicts_with_all = ["apply", "convert"])]
    pub(crate) print: bool,
    /// Makes the changes that lose no data
    #[arg(long, conflicts_with = "convert")]
    pub(crate) apply: bool,
    /// Also makes those that narrow or rewrite values
    #[arg(long)]
    pub(crate) convert: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  crewed check --accept api.json\n  crewed check --against api.json")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Compares the program with the snapshot in this file
    #[arg(long, value_name = "FILE", required_unless_present = "accept")]
    pub(crate) against: Option<PathBuf>,
    /// Writes the snapshot of the program into this file; with `--against`, after the comparison
    #[arg(long, value_name = "FILE")]
    pub(crate) accept: Option<PathBuf>,
    /// Ids of changes that are allowed, besides those under `allowed` in the snapshot
    #[arg(long, value_name = "ID")]
    pub(crate) allow: Vec<String>,
    /// What is unknown counts as breaking
    #[arg(long)]
    pub(crate) strict: bool,
    /// As JSON: a list of objects with `id`, `class` and `message`
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "The program is meant that goes live, and its configuration: `--release`, in the folder of its Rocket.toml; or `PROGRAM --crewed audit`, where it is.\n\nExample: crewed audit --release --allow durability"
)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub(crate) which: Which,
    /// As JSON: a list of objects with `id`, `remark`, `message`, `why` and `advice`
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) json: bool,
    /// Prints nothing: the exit status is 1 if something is found that is no remark
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Ids of findings that are left out
    #[arg(long, value_name = "ID")]
    pub(crate) allow: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example: crewed doctor")]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) which: Which,
    /// As JSON: a list of objects with `id`, `remark`, `message` and `advice`
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Guard {
    /// The command
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}
