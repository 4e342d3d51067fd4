use std::sync::Arc;

use crewed::__internals::resource::Table;
use crewed::__internals::store::Migrate;
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use tempfile::TempDir;

use super::{Engine, Opened};

pub struct SqliteFile;

impl Engine for SqliteFile {
    fn open(tables: Vec<Table>) -> Opened {
        let folder = TempDir::new().unwrap();
        let location = Location::File(folder.path().join("test.db"));
        let store = SqliteStore::open(location, tables, Options::default(), Migrate::Apply).unwrap();
        Opened { store: Arc::new(store), _folder: Some(folder) }
    }
}

pub struct SqliteMemory;

impl Engine for SqliteMemory {
    fn open(tables: Vec<Table>) -> Opened {
        let store = SqliteStore::open(Location::Memory, tables, Options::default(), Migrate::Apply).unwrap();
        Opened { store: Arc::new(store), _folder: None }
    }
}
