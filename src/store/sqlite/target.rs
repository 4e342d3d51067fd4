//! The configured SQLite database, as the launch of a program uses it.

use std::fmt;

use super::{ExaminedSqlite, Location, Options, SqliteStore};
use crate::resource::Table;
use crate::store::opening::{Database, Examined, Examining, OpeningStore, Place};
use crate::store::{Due, Durability, OpenError, SchemaPolicy, Store};

/// The location of a database and the options of its store.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) location: Location,
    pub(crate) options: Options,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Location::File(path) => path.display().fmt(f),
            Location::Memory => f.write_str("in memory, gone when the program ends"),
        }
    }
}

impl Database for Target {
    fn place(&self) -> Place {
        match &self.location {
            Location::File(path) => Place::File(path.clone()),
            Location::Memory => Place::Memory,
        }
    }

    fn durability(&self) -> Durability {
        self.options.durability
    }

    fn examine(self: Box<Self>, tables: Vec<Table>, policy: SchemaPolicy) -> Examining {
        Box::pin(async move {
            let examined = SqliteStore::examine(self.location, tables, self.options, policy)?;
            Ok(Box::new(examined) as Box<dyn Examined>)
        })
    }
}

impl Examined for ExaminedSqlite {
    fn due(&self) -> &Due {
        self.due()
    }

    fn open(&self) -> OpeningStore {
        let examined = self.clone();
        Box::pin(async {
            // Migrating may take long (an index over many rows, say), and must not block a thread of the runtime.
            let opened = tokio::task::spawn_blocking(|| examined.open()).await;
            let (store, changes) = opened.map_err(|error| OpenError(error.to_string()))??;
            Ok((Box::new(store) as Box<dyn Store>, changes))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::{Location, Options, SchemaPolicy, Target};
    use crate::resource::{ColumnType, Role, Table, TableColumn};
    use crate::store::{Migrate, Opening, SchemaStep, StepAction, When};

    /// If the caller that opens the store is cancelled, the migration goes on, and the next caller waits for it.
    #[tokio::test(flavor = "multi_thread")]
    async fn is_opened_once_whoever_goes_away() {
        let folder = tempfile::tempdir().expect("there is a folder");
        let path = folder.path().join("a.db");
        let key = TableColumn { role: Role::Key, ..TableColumn::new("id", ColumnType::Integer) };
        let table =
            Table { name: "t", columns: vec![key], key: 0, visible: vec![0], indexes: &[], tenant: None };
        let location = Location::File(path);
        let target = || Box::new(Target { location: location.clone(), options: Options::default() });
        let policy = SchemaPolicy::from(Migrate::Apply);
        let made = Opening::examine(target(), vec![table.clone()], policy.clone()).await.expect("it fits");
        made.open().await.map(drop).expect("it is opened");
        drop(made);
        let runs = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&runs);
        let slow = StepAction::Run(Arc::new(move |transaction| {
            count.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(400)).await;
                (Some(transaction), Ok(()))
            })
        }));
        let steps = vec![SchemaStep::new("slow", When::Before, slow)];
        let opening = Opening::examine(target(), vec![table], SchemaPolicy { steps, ..policy }).await;
        let opening = opening.expect("it fits");
        for _ in 0..3 {
            let gone = tokio::time::timeout(Duration::from_millis(50), opening.open()).await;
            assert!(gone.is_err(), "it is not open yet");
        }
        let (one, other) = tokio::join!(opening.open(), opening.open());
        assert!(one.is_ok() && other.is_ok(), "{:?}, {:?}", one.err(), other.err());
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }
}
