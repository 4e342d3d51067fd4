//! `[default.crewed]` in `Rocket.toml`: read once, every mistake told at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rocket::data::ByteUnit;
use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::keys::SECTION;
use super::misplaced::misplaced;
use super::section::{Section, plainly, wanted};
use crate::error_format::ErrorFormat;
use crate::operation::PageSizes;
use crate::store::postgres::{self, Address};
use crate::store::{Durability, Migrate, SchemaPolicy, Target, Undeclared, sqlite};

/// The configuration in force.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) store: StoreUrl,
    pub(super) durability: Durability,
    /// How many bytes the writes that wait may hold.
    pub(super) queue: u64,
    /// `None` where there are to be no docs.
    pub(super) docs: Option<String>,
    pub(super) errors: ErrorFormat,
    pub(super) page: PageSizes,
    pub(super) schema: SchemaPolicy,
    pub(super) postgres: postgres::Options,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
}

/// Where resources live.
#[derive(Clone, Debug)]
pub(super) enum StoreUrl {
    /// A file of SQLite's.
    SqliteFile(PathBuf),
    /// SQLite, for as long as the program runs.
    SqliteMemory,
    /// A PostgreSQL server.
    Postgres(Box<Address>),
}

impl Config {
    /// Reads the section.
    ///
    /// # Errors
    /// Every mistake in it.
    pub(super) fn read(figment: &Figment) -> Result<Self, Vec<String>> {
        let mut section = Section { figment, problems: misplaced(figment) };
        section.check_keys();
        let queue = section.queue();
        let durability =
            section.choice("durability", &[("full", Durability::Full), ("normal", Durability::Normal)]);
        let config = Config {
            store: section.store(),
            durability,
            queue,
            postgres: postgres::Options {
                durability,
                queue_bytes: queue,
                replicas: section.replicas(),
                ..section.postgres()
            },
            docs: section.docs(),
            errors: section.choice(
                "errors",
                &[
                    ("fastapi", ErrorFormat::FastApi),
                    ("pydantic-v1", ErrorFormat::PydanticV1),
                    ("problem", ErrorFormat::Problem),
                ],
            ),
            page: section.page(),
            schema: section.schema(),
            title: section.value("title"),
            version: section.value("version"),
            description: section.value("description"),
        };
        if section.problems.is_empty() { Ok(config) } else { Err(section.problems) }
    }

    /// The database, and how it is to be used.
    pub(super) fn target(&self) -> Target {
        let sqlite = |location| {
            let options = sqlite::Options {
                durability: self.durability,
                queue_bytes: self.queue,
                ..sqlite::Options::default()
            };
            Target::Sqlite(location, options)
        };
        match &self.store {
            StoreUrl::SqliteFile(path) => sqlite(sqlite::Location::File(path.clone())),
            StoreUrl::SqliteMemory => sqlite(sqlite::Location::Memory),
            StoreUrl::Postgres(address) => Target::Postgres(address.clone(), self.postgres.clone()),
        }
    }
}

impl Section<'_> {
    fn docs(&mut self) -> Option<String> {
        let docs = match self.figment.find_value(&format!("{SECTION}.docs")) {
            Err(_) => return Some("/docs".to_owned()),
            Ok(Value::Bool(_, false)) => return None,
            Ok(Value::String(_, docs)) => docs,
            Ok(other) => other.into_string().unwrap_or_default(),
        };
        let fixed = |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
        let segments = docs.strip_prefix('/').unwrap_or_default();
        if segments.is_empty() || segments.split('/').any(|s| s.is_empty() || !fixed(s)) {
            let source = self.source("docs");
            self.problems.push(format!(
                "`docs`{source}: it is a path like \"/docs\", or `false` for no documentation at all"
            ));
        }
        Some(docs)
    }

    fn queue(&mut self) -> u64 {
        let usual = postgres::Options::default().queue_bytes;
        let queue = self.value::<ByteUnit>("queue").map_or(usual, |queue| queue.as_u64());
        if queue == 0 {
            // What is below 0 is read as 0.
            let written = self.figment.find_value(&format!("{SECTION}.queue"));
            let written = written.map_or("0".to_owned(), |value| plainly(&value.to_actual()));
            let (source, wanted) = (self.source("queue"), wanted("queue", ""));
            self.problems.push(format!("`queue`{source}: it is {written}, and should be {wanted}"));
        }
        queue
    }

    fn page(&mut self) -> PageSizes {
        self.table("page", "{ default = 100, max = 1000, skip = 10000 }");
        let usual = PageSizes::default();
        let max = self.value("page.max").unwrap_or(usual.max);
        let default = self.value("page.default").unwrap_or(usual.default.min(max));
        let skip = self.value("page.skip").unwrap_or(usual.skip);
        if max == 0 {
            let source = self.source("page");
            self.problems.push(format!("`page.max`{source}: it is 0, and should be 1 or more"));
        } else if default == 0 || default > max {
            let source = self.source("page");
            self.problems.push(format!(
                "`page`{source}: `default` is {default}, and should be from 1 to `max`, which is {max}"
            ));
        }
        PageSizes::new(default, max, skip)
    }

    fn schema(&mut self) -> SchemaPolicy {
        let migrate = self.choice(
            "migrate",
            &[
                ("apply", Migrate::Apply),
                ("convert", Migrate::Convert),
                ("print", Migrate::Print),
                ("check", Migrate::Check),
            ],
        );
        let undeclared = self
            .choice("undeclared_columns", &[("allow", Undeclared::Allow), ("refuse", Undeclared::Refuse)]);
        SchemaPolicy { migrate, undeclared, ..SchemaPolicy::default() }
    }

    fn postgres(&mut self) -> postgres::Options {
        self.table("postgres", "{ pool = 16, statement_timeout = 30 }");
        let mut options = postgres::Options::default();
        for (key, count) in [
            ("pool", &mut options.pool),
            ("readers", &mut options.readers),
            ("writers", &mut options.writers),
        ] {
            *count = self.positive(&format!("postgres.{key}")).unwrap_or(*count);
        }
        for (key, time) in [
            ("connect_timeout", &mut options.connect_timeout),
            ("wait_timeout", &mut options.wait_timeout),
            ("statement_timeout", &mut options.statement_timeout),
        ] {
            let seconds = self.positive(&format!("postgres.{key}"));
            *time = seconds.map_or(*time, |seconds| Duration::from_secs(seconds as u64));
        }
        options.prepared = self.value("postgres.prepared").unwrap_or(options.prepared);
        options
    }

    fn replicas(&mut self) -> Vec<Address> {
        let source = self.source("read");
        // What stands there may hold a password, and is not told.
        if let Ok(value) = self.figment.find_value(&format!("{SECTION}.read"))
            && value.as_array().is_none()
        {
            self.problems.push(format!("`read`{source}: it is a list of URLs, written [\"postgres://..\"]"));
            return Vec::new();
        }
        let urls: Vec<String> = self.value("read").unwrap_or_default();
        let primary: Option<String> = self.figment.extract_inner(&format!("{SECTION}.store")).ok();
        let is_postgres = |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !urls.is_empty() && !primary.is_some_and(|url| is_postgres(&url)) {
            self.problems.push(format!("`read`{source}: only a store of PostgreSQL's has replicas"));
        }
        let mut replicas = Vec::new();
        for url in urls {
            match Address::parse_replica(&url) {
                Ok(address) => replicas.push(address),
                Err(why) => self.problems.push(format!("`read`{source}: {why}")),
            }
        }
        replicas
    }

    fn store(&mut self) -> StoreUrl {
        let Some(url) = self.value::<String>("store") else {
            let name = format!("{}.db", program());
            return StoreUrl::SqliteFile(self.beside_config(Path::new(&name)));
        };
        match url.split_once(':') {
            Some(("sqlite", ":memory:")) => StoreUrl::SqliteMemory,
            Some(("sqlite", path))
                if !path.is_empty() && !path.contains('?') && !path.ends_with(":memory:") =>
            {
                let path = path.strip_prefix("//").unwrap_or(path);
                StoreUrl::SqliteFile(self.beside_file("store", Path::new(path)))
            }
            Some(("postgres" | "postgresql", _)) => match Address::parse(&url) {
                Ok(address) => StoreUrl::Postgres(Box::new(address)),
                Err(why) => {
                    let source = self.source("store");
                    self.problems.push(format!("`store`{source}: {why}"));
                    StoreUrl::SqliteMemory
                }
            },
            _ => {
                let source = self.source("store");
                self.problems.push(format!(
                    "`store`{source}: {} is no store: write \"sqlite:FILE\", \"sqlite::memory:\" or \
                     \"postgres://USER@HOST/DATABASE\"",
                    shown(&url)
                ));
                StoreUrl::SqliteMemory
            }
        }
    }

    /// A path from the folder of the file that a key stands in; from the current one where the key
    /// comes from elsewhere.
    fn beside_file(&self, key: &str, path: &Path) -> PathBuf {
        let metadata = self.figment.find_metadata(&format!("{SECTION}.{key}"));
        let file = metadata.and_then(|metadata| metadata.source.as_ref()?.file_path());
        absolute(file.and_then(Path::parent), path)
    }

    /// A path from the folder of the `Rocket.toml` in force, or the current one.
    fn beside_config(&self, path: &Path) -> PathBuf {
        let file = self
            .figment
            .metadata()
            .find_map(|metadata| metadata.source.as_ref()?.file_path().filter(|path| path.is_file()));
        absolute(file.and_then(Path::parent), path)
    }
}

/// A text that was meant for a URL, as a message shows it: without anything that may be a password, and so at most
/// with its scheme, unless it is too plain to hold one.
fn shown(url: &str) -> String {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._/~".contains(c));
    match url.split_once(':') {
        None if plain(url) => format!("`{url}`"),
        Some((scheme, rest)) if plain(scheme) && rest.starts_with("//") && plain(rest) => format!("`{url}`"),
        Some(("sqlite", rest)) if plain(&rest.replace(":memory:", "")) => format!("`{url}`"),
        Some((scheme, rest)) if plain(scheme) && (rest.starts_with("//") || scheme == "sqlite") => {
            format!("`{scheme}:..`")
        }
        _ => "it".to_owned(),
    }
}

fn absolute(folder: Option<&Path>, path: &Path) -> PathBuf {
    let path = folder.map_or_else(|| path.to_owned(), |folder| folder.join(path));
    std::path::absolute(&path).unwrap_or(path)
}

/// The name of the program that runs.
fn program() -> String {
    let path = std::env::current_exe().ok();
    path.as_deref().and_then(Path::file_stem).and_then(|name| name.to_str()).unwrap_or(SECTION).to_owned()
}
