use std::sync::Arc;

use crewed::__internals::resource::Table;
use crewed::__internals::store::Migrate;
use crewed::__internals::store::postgres::{Address, Options, PostgresStore};

use super::{Engine, Opened, postgres_schema, wait};

pub struct Postgres;

impl Engine for Postgres {
    fn open(tables: Vec<Table>) -> Opened {
        let address = Address::parse(&postgres_schema()).unwrap();
        let store = wait(PostgresStore::open(address, tables, Options::default(), Migrate::Apply));
        Opened { store: Arc::new(store.unwrap()), _folder: None }
    }
}
