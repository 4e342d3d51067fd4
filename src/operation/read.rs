//! `GET` on a key.

use super::rows::OneRow;
use super::{Outcome, Service, Told};
use crate::error::Error;
use crate::store::Read;
use crate::value::Value;

impl Service {
    /// Reads the row of a key.
    ///
    /// # Errors
    /// A key that is none, a query, no such row; or the store's.
    pub async fn read(&self, key: &str, query: &str) -> Result<Outcome, Error> {
        let key = self.key(key, query).map_err(Error::Invalid)?;
        self.found(key).await
    }

    pub(super) async fn found(&self, key: Value) -> Result<Outcome, Error> {
        let read = Read::One { table: self.table, key };
        let row = self
            .store
            .fetch(read, OneRow::new(&self.one))
            .await
            .map_err(|e| self.failed(e, Told::Nothing))?;
        row.json.map(Outcome::Found).ok_or(Error::NotFound)
    }
}
