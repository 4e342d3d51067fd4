//! What the operations of a resource do, free of HTTP, and the one way in which they do it.
//!
//! Whoever asks, a request or code of the user's own, brings a [`Request`] whose inputs are valid: [`input`](Inputs)
//! makes it of texts and bodies. [`execute`] carries it out, whatever it is
//! and wherever it goes, so that a rule for every operation has one place. Rows come back in the sink that was
//! given, as JSON or as the declared struct.
//!
//! Nothing here is compiled once per resource but the five functions of [`Inputs`], which parse into the declared
//! types; an operation sees the declaration as data.

mod execute;
mod input;
mod page;
mod rows;
mod sent;

pub use execute::{Command, Connection, Context, Outcome, Reply, Request, execute};
pub use input::Inputs;
pub use page::PageSizes;
pub use rows::{AnyRow, JsonRows, Structs, Values};
pub use sent::SentValues;

use std::any::TypeId;
use std::sync::Arc;

use crate::resource::{Resource, ResourceMeta};
use crate::store::{BoxedSink, Store, TableId};
use crate::wire::Constraints;
use rows::Layout;

/// A resource that is being served.
pub struct Service {
    meta: &'static ResourceMeta,
    inputs: Inputs,
    store: Arc<dyn Store>,
    table: TableId,
    layout: Arc<Layout>,
    /// What a read of one row shows.
    one: Arc<Layout>,
    skip: Constraints,
    limit: Constraints,
    page: PageSizes,
}

impl Service {
    /// Serves a resource from the table at this position of the store.
    #[must_use]
    pub fn of(
        meta: &'static ResourceMeta,
        inputs: Inputs,
        store: Arc<dyn Store>,
        table: TableId,
        page: PageSizes,
    ) -> Self {
        let layout = Arc::new(Layout::of(meta));
        let one = match meta.read_shows_key() {
            true => Arc::clone(&layout),
            false => Arc::new(Layout::without_key(meta)),
        };
        let (skip, limit) = (page.skip_constraints(), page.limit_constraints());
        Service { meta, inputs, store, table, layout, one, skip, limit, page }
    }

    /// Whether it serves `R`.
    #[must_use]
    pub fn serves<R: Resource>(&self) -> bool {
        self.inputs.resource == TypeId::of::<R>()
    }

    /// The declaration.
    #[must_use]
    pub fn meta(&self) -> &'static ResourceMeta {
        self.meta
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// What takes the rows of a command as JSON.
    #[must_use]
    pub fn json_sink(&self, command: &Command) -> BoxedSink {
        Box::new(match command {
            Command::List { limit, .. } => JsonRows::list(&self.layout, *limit),
            Command::Read(_) => JsonRows::one(&self.one),
            Command::Create(_) => JsonRows::with_key(&self.layout),
            Command::Replace(..) | Command::Patch(..) => JsonRows::one(&self.layout),
            Command::Delete(_) => return Box::new(AnyRow::default()),
        })
    }
}
