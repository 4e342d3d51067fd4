//! The configuration of a PostgreSQL server and its replicas.

use std::time::Duration;

use super::{Selection, Usage};
use crate::app::keys::SECTION;
use crate::app::section::Section;
use crate::store::Database;
use crate::store::postgres::{Address, Options, Target};

/// The database of a PostgreSQL URL.
pub(super) fn database(section: &mut Section<'_>, url: Option<&str>, usage: &Usage) -> Selection {
    let replicas = section.replicas(url);
    let mut options = Options { durability: usage.durability, replicas, ..section.postgres() };
    options.queue_bytes = usage.queue.unwrap_or(options.queue_bytes);
    let url = url.filter(|url| is_postgres(url))?;
    Some(Address::parse(url).map(|address| Box::new(Target { address, options }) as Box<dyn Database>))
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

impl Section<'_> {
    fn postgres(&mut self) -> Options {
        self.table("postgres", "{ pool = 16, statement_timeout = 30 }");
        let mut options = Options::default();
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

    /// A positive number.
    fn positive(&mut self, key: &str) -> Option<usize> {
        let number = self.value::<usize>(key)?;
        if number == 0 {
            let source = self.source(key);
            self.problems.push(format!("`{key}`{source}: it is 0, and should be 1 or more"));
        }
        Some(number.max(1))
    }

    fn replicas(&mut self, primary: Option<&str>) -> Vec<Address> {
        let source = self.source("replicas");
        // The value may have a password, so the message does not show it.
        if let Ok(value) = self.figment.find_value(&format!("{SECTION}.replicas"))
            && value.as_array().is_none()
        {
            self.problems
                .push(format!("`replicas`{source}: it is a list of URLs, written [\"postgres://..\"]"));
            return Vec::new();
        }
        let urls: Vec<String> = self.value("replicas").unwrap_or_default();
        if !urls.is_empty() && !primary.is_some_and(is_postgres) {
            self.problems.push(format!("`replicas`{source}: only a store of PostgreSQL's has replicas"));
        }
        let mut replicas = Vec::new();
        for url in urls {
            match Address::parse_replica(&url) {
                Ok(address) => replicas.push(address),
                Err(why) => self.problems.push(format!("`replicas`{source}: {why}")),
            }
        }
        replicas
    }
}
