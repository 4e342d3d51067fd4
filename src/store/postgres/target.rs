//! PostgreSQL as a [`Database`], the trait by which a launching rocket opens any engine.

use std::fmt;
use std::iter;

use super::{Address, ExaminedPostgres, Options, PostgresStore};
use crate::resource::Table;
use crate::store::opening::{Database, Examined, Examining, OpeningStore, Place};
use crate::store::{Due, Durability, SchemaPolicy, Store};

/// The address of a database, and the options to open it with.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: Address,
    pub(crate) options: Options,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl Database for Target {
    fn place(&self) -> Place {
        let all = || iter::once(&self.address).chain(&self.options.replicas);
        let elsewhere = all().flat_map(Address::elsewhere).collect();
        let exposed = all().filter(|address| !address.elsewhere().is_empty());
        let secrecy = exposed.map(|address| address.secrecy).min().unwrap_or_default();
        Place::Server { elsewhere, secrecy }
    }

    fn durability(&self) -> Durability {
        self.options.durability
    }

    fn examine(self: Box<Self>, tables: Vec<Table>, policy: SchemaPolicy) -> Examining {
        Box::pin(async move {
            let examined = PostgresStore::examine(self.address, tables, self.options, policy).await?;
            Ok(Box::new(examined) as Box<dyn Examined>)
        })
    }
}

impl Examined for ExaminedPostgres {
    fn due(&self) -> &Due {
        self.due()
    }

    fn open(&self) -> OpeningStore {
        let examined = self.clone();
        Box::pin(async {
            let (store, changes) = examined.open().await?;
            Ok((Box::new(store) as Box<dyn Store>, changes))
        })
    }
}
