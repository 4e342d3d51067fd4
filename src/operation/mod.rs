//! The operations of a resource, independent of HTTP.
//!
//! An HTTP request and a call of a `Repository` both become a [`Request`], whose inputs are valid: [`Inputs`] parses
//! keys, queries and bodies. [`execute()`] carries out every operation, whether in a transaction or not, so that a rule
//! for all operations is implemented once. The rows are returned in the sink that the caller passes, as JSON or as the
//! declared struct.
//!
//! Only the functions of [`Inputs`], which parse into the declared types, are compiled once for each resource.
//! Everything else works on the declaration as data.

mod cursor;
mod execute;
mod export;
mod input;
mod list;
mod order;
mod page;
mod parameters;
mod permissions;
#[cfg(feature = "testing")]
mod proof;
mod query;
mod rows;
mod sent;

pub(crate) use execute::{Command, Connection, Context, Outcome, Reply, Request, execute};
pub(crate) use input::{Inputs, invalid};
pub(crate) use list::List;
pub use list::page_reads;
pub(crate) use page::PageSizes;
pub(crate) use parameters::is_list_parameter;
pub(crate) use permissions::Permissions;
pub(crate) use rows::{AnyRow, Counted, JsonRows, Structs, Values};
pub(crate) use sent::SentValues;

use std::any::TypeId;
use std::sync::Arc;

use crate::error::Error;
use crate::resource::{AccessMeta, Resource, ResourceMeta, Table};
use crate::store::{BoxedSink, Store, TableId};
use crate::wire::Constraints;
use parameters::Parameters;
use rows::{Layout, Seen};

/// A resource that is served: its declaration, the parsers of its inputs, and its table in a store.
#[derive(Clone)]
pub(crate) struct Service {
    meta: &'static ResourceMeta,
    inputs: Inputs,
    store: Arc<dyn Store>,
    table: TableId,
    layout: Arc<Layout>,
    /// The columns that clients may see.
    visible: Arc<[usize]>,
    /// The layout of the answer to a read by key, which may leave out the key.
    one: Arc<Layout>,
    /// The constraints of the query parameter `skip`.
    skip: Constraints,
    /// The constraints of the query parameter `limit`.
    limit: Constraints,
    page: PageSizes,
    /// The parameters of its lists.
    parameters: Arc<Parameters>,
    /// Who may do what with the rows, if that is not everybody.
    access: Option<&'static AccessMeta>,
}

impl Service {
    /// The service of a resource whose rows are in this table of the store.
    #[must_use]
    pub(crate) fn of(
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
        let visible = Table::of(meta).visible.into();
        let parameters = Arc::new(Parameters::of(meta));
        let access = meta.access.filter(|access| !access.is_open());
        Service { meta, inputs, store, table, layout, visible, one, skip, limit, page, parameters, access }
    }

    /// Whether this is the service of `R`.
    #[must_use]
    pub(crate) fn serves<R: Resource>(&self) -> bool {
        self.inputs.resource == TypeId::of::<R>()
    }

    /// The declaration of the resource.
    #[must_use]
    pub(crate) fn meta(&self) -> &'static ResourceMeta {
        self.meta
    }

    /// The store that has the rows.
    #[must_use]
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The layout of the rows of a list.
    fn layout_of(&self, list: &List) -> Arc<Layout> {
        match &list.members {
            None => Arc::clone(&self.layout),
            Some(members) => Arc::new(self.showing(members)),
        }
    }

    fn showing(&self, members: &[usize]) -> Layout {
        Layout::showing(self.meta, |index| members.contains(&index))
    }

    /// The positions among the visible columns of those that the rows of a list are sorted by.
    fn visible_terms(&self, list: &List) -> Vec<usize> {
        let visible = |column| self.visible.iter().position(|visible| *visible == column);
        list.sorted_by(self.meta).into_iter().filter_map(visible).collect()
    }

    /// The cursor of the page after this one, if there is one.
    ///
    /// # Errors
    /// It would be too long, since somebody else has written longer texts than clients may send. Without a cursor a
    /// client would take the page for the last one.
    pub(crate) fn next_page(fingerprint: u64, rows: &JsonRows) -> Result<Option<String>, Error> {
        let Some(position) = rows.position() else { return Ok(None) };
        let why = "the last row of this page has longer texts than a cursor holds; sort by another field";
        let too_long = || Error::Invalid(query::fault("sort", why, ""));
        cursor::encoded(fingerprint, position).ok_or_else(too_long).map(Some)
    }

    /// A sink that writes the rows of a command as JSON.
    #[must_use]
    pub(crate) fn json_sink(&self, command: &Command, permissions: Option<&Permissions>) -> BoxedSink {
        let is_write = !matches!(command, Command::List(_) | Command::Read { .. });
        let seen = Seen::of(permissions, &self.visible, is_write);
        let rows = match command {
            Command::List(list) => {
                // In the order of the key, which is the usual one, nothing has to be looked up.
                let terms = if list.terms.is_empty() { Vec::new() } else { self.visible_terms(list) };
                JsonRows::list(self.layout_of(list), list.limit, self.meta.list.envelope, terms)
            }
            Command::Read { members: Some(members), .. } => JsonRows::one(&Arc::new(self.showing(members))),
            Command::Read { .. } => JsonRows::one(&self.one),
            Command::Create(_) => JsonRows::with_key(&self.layout),
            Command::Replace(..) | Command::Patch(..) => JsonRows::one(&self.layout),
            Command::Delete(_) => return Box::new(AnyRow::default()),
        };
        Box::new(rows.showing(seen))
    }
}
