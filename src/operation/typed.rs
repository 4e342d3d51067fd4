//! The operations with the declaration's own types, for code of the user's own: by the same rules, since what
//! is given goes the way of a body.

use serde_json::Value as Json;

use super::rows::AnyRow;
use super::{Service, Told};
use crate::error::Error;
use crate::issue::{IssueCollector, Issues};
use crate::resource::{DecodeError, Resource, Row};
use crate::store::{Read, Sink, Store, StoreError, Transaction, Write};
use crate::value::Value;
use crate::wire::{Body, Out, Wire, whole};

/// Where reads and writes go.
pub enum Via<'a> {
    /// Each by itself.
    Store(&'a dyn Store),
    /// Into a transaction.
    Transaction(&'a mut (dyn Transaction + 'a)),
}

impl Via<'_> {
    async fn fetch<S: Sink>(&mut self, read: Read, sink: S) -> Result<S, StoreError> {
        match self {
            Via::Store(store) => store.fetch(read, sink).await,
            Via::Transaction(transaction) => transaction.fetch(read, sink).await,
        }
    }

    async fn execute<S: Sink>(&mut self, write: Write, sink: S) -> Result<S, StoreError> {
        match self {
            Via::Store(store) => store.execute(write, sink).await,
            Via::Transaction(transaction) => transaction.execute(write, sink).await,
        }
    }
}

impl Service {
    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The row of a key.
    ///
    /// # Errors
    /// No such row, as there is none of a key that breaks the rules of keys; or the store's.
    pub async fn typed_read<R: Resource + Send>(&self, via: &mut Via<'_>, key: &R::Key) -> Result<R, Error> {
        let read = Read::One { table: self.whole, key: self.typed_key(key)? };
        let found = via.fetch(read, Last::default()).await;
        found.map_err(|error| self.failed(error, Told::Nothing))?.0.ok_or(Error::NotFound)
    }

    /// Rows by ascending key.
    ///
    /// # Errors
    /// `skip` or `limit` beyond the greatest of the configuration; or the store's.
    pub async fn typed_list<R: Resource + Send>(
        &self,
        via: &mut Via<'_>,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<R>, Error> {
        self.within_page(skip, limit).map_err(Error::Invalid)?;
        let read = Read::Page { table: self.whole, skip, limit };
        let found = via.fetch(read, All(Vec::new())).await;
        Ok(found.map_err(|error| self.failed(error, Told::Nothing))?.0)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Values with issues, a unique value that is taken; or the store's.
    pub async fn typed_create<R: Resource + Send>(
        &self,
        via: &mut Via<'_>,
        new: &R::Create,
    ) -> Result<R, Error> {
        let bytes = bytes(new)?;
        let changes = (self.inputs.create)(self.meta, body(&bytes)).map_err(Error::Invalid)?;
        let write = self.insertion(changes, self.whole)?;
        self.typed_write(via, write, &bytes).await
    }

    /// Gives a row other values; what clients cannot set stays.
    ///
    /// # Errors
    /// Values with issues, no such row, a unique value that is taken; or the store's.
    pub async fn typed_replace<R: Resource + Send>(
        &self,
        via: &mut Via<'_>,
        key: &R::Key,
        new: &R::Replace,
    ) -> Result<R, Error> {
        let bytes = bytes(new)?;
        let changes = (self.inputs.replace)(self.meta, body(&bytes));
        let (value, changes) = self.checked(Ok(self.typed_key(key)?), changes, &bytes)?;
        match self.change(value, changes, self.whole)? {
            Some(write) => self.typed_write(via, write, &bytes).await,
            None => self.typed_read(via, key).await,
        }
    }

    /// Merges a patch into a row. An empty one changes nothing.
    ///
    /// # Errors
    /// As of [`Service::typed_replace`].
    pub async fn typed_patch<R: Resource + Send>(
        &self,
        via: &mut Via<'_>,
        key: &R::Key,
        patch: &R::Patch,
    ) -> Result<R, Error> {
        let bytes = bytes(patch)?;
        let changes = (self.inputs.patch)(self.meta, body(&bytes));
        let (value, changes) = self.checked(Ok(self.typed_key(key)?), changes, &bytes)?;
        let write = if changes.is_empty() { None } else { self.change(value, changes, self.whole)? };
        match write {
            Some(write) => self.typed_write(via, write, &bytes).await,
            None => self.typed_read(via, key).await,
        }
    }

    /// Removes a row.
    ///
    /// # Errors
    /// No such row, as there is none of a key that breaks the rules of keys; or the store's.
    pub async fn typed_delete<R: Resource>(&self, via: &mut Via<'_>, key: &R::Key) -> Result<(), Error> {
        let value = self.typed_key(key)?;
        let there = via.execute(Write::Delete { table: self.table, key: value }, AnyRow(false)).await;
        let failed = |error| match serde_json::to_value(Out(key)).unwrap_or_default() {
            Json::String(key) => self.failed(error, Told::Path(&key)),
            key => self.failed(error, Told::Path(&key.to_string())),
        };
        match there.map_err(failed)?.0 {
            true => Ok(()),
            false => Err(Error::NotFound),
        }
    }

    async fn typed_write<R: Resource + Send>(
        &self,
        via: &mut Via<'_>,
        write: Write,
        sent: &[u8],
    ) -> Result<R, Error> {
        let written = via.execute(write, Last::default()).await;
        written.map_err(|error| self.failed(error, Told::Body(sent)))?.0.ok_or(Error::NotFound)
    }

    /// A key as the store knows it. Under one that breaks the rules of keys there is nothing.
    fn typed_key<K: Wire>(&self, key: &K) -> Result<Value, Error> {
        let json = serde_json::to_value(Out(key)).unwrap_or_default();
        (self.inputs.key)(self.meta, "path", &json).map_err(|_| Error::NotFound)
    }

    fn within_page(&self, skip: u64, limit: u64) -> Result<(), Issues> {
        let mut collector = IssueCollector::at("query");
        for (name, count, constraints) in [("skip", skip, &self.skip), ("limit", limit, &self.limit)] {
            collector.step(name, |collector| u64::coerce(&count.into(), constraints, collector));
        }
        match collector.count() {
            0 => Ok(()),
            _ => Err(collector.into_issues()),
        }
    }
}

fn bytes<T: Wire>(value: &T) -> Result<Vec<u8>, Error> {
    whole(|| serde_json::to_vec(&Out(value)))
        .map_err(|error| Error::Internal(format!("it cannot be written: {error}")))
}

fn body(bytes: &[u8]) -> Body<'_> {
    Body { bytes, json: true }
}

/// Takes a whole row.
struct Last<R>(Option<R>);

impl<R> Default for Last<R> {
    fn default() -> Self {
        Last(None)
    }
}

impl<R: Resource + Send> Sink for Last<R> {
    fn reset(&mut self) {
        self.0 = None;
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.0 = Some(R::of_row(row)?);
        Ok(())
    }
}

/// Takes whole rows.
struct All<R>(Vec<R>);

impl<R: Resource + Send> Sink for All<R> {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.0.push(R::of_row(row)?);
        Ok(())
    }
}

/// Takes the values of whatever rows.
#[derive(Default)]
pub struct Values(pub Vec<Vec<Value>>);

impl Sink for Values {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        let value = |index| row.get(index).map(|value| value.to_owned());
        self.0.push((0..row.width()).map(value).collect::<Result<_, _>>()?);
        Ok(())
    }
}
