//! The configuration of a SQLite database, in a file or in memory.

use std::path::{Path, PathBuf};

use super::{Selection, Usage};
use crate::app::keys::SECTION;
use crate::app::section::Section;
use crate::store::sqlite::{Location, Options, Target};

/// The database of a SQLite URL. Without a URL it is a file with the name of the program.
pub(super) fn database(section: &mut Section<'_>, url: Option<&str>, usage: &Usage) -> Selection {
    let location = match url {
        Some(url) => match url.strip_prefix("sqlite:")? {
            ":memory:" => Location::Memory,
            path if path.is_empty() || path.contains('?') || path.ends_with(":memory:") => return None,
            path => Location::File(
                section.beside_file("store", Path::new(path.strip_prefix("//").unwrap_or(path))),
            ),
        },
        None => Location::File(section.beside_config(Path::new(&format!("{}.db", program())))),
    };
    let mut options = Options { durability: usage.durability, ..Options::default() };
    options.queue_bytes = usage.queue.unwrap_or(options.queue_bytes);
    Some(Ok(Box::new(Target { location, options })))
}

impl Section<'_> {
    /// A path relative to the folder of the file that has the key, or to the current folder if the key is not from a
    /// file.
    fn beside_file(&self, key: &str, path: &Path) -> PathBuf {
        let metadata = self.figment.find_metadata(&format!("{SECTION}.{key}"));
        let file = metadata.and_then(|metadata| metadata.source.as_ref()?.file_path());
        absolute(file.and_then(Path::parent), path)
    }

    /// A path relative to the folder of the effective `Rocket.toml`, or to the current folder.
    fn beside_config(&self, path: &Path) -> PathBuf {
        let file = self
            .figment
            .metadata()
            .find_map(|metadata| metadata.source.as_ref()?.file_path().filter(|path| path.is_file()));
        absolute(file.and_then(Path::parent), path)
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
