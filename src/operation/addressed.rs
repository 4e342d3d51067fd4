//! Operations whose values stand in the address: under `inputs = "path"` and `inputs = "query"`.
//!
//! They take what a function under the same path and query would: what is not asked for is passed over,
//! and a key may be empty.

use serde_json::Value as Json;

use super::{Addressed, Outcome, Service, Told};
use crate::error::Error;
use crate::issue::{Issue, IssueKind, Issues};
use crate::resource::Change;
use crate::value::Value;

impl Service {
    /// Adds the row that an address describes.
    ///
    /// # Errors
    /// Values with issues, a unique value that is taken; or the store's.
    pub async fn create_addressed(&self, addressed: &Addressed) -> Result<Outcome, Error> {
        let changes = (self.inputs.values)(self.meta, addressed).map_err(Error::Invalid)?;
        self.add(changes, Told::Addressed(addressed)).await
    }

    /// Reads the row whose key an address names.
    ///
    /// # Errors
    /// A key that is none or missing, no such row; or the store's.
    pub async fn read_addressed(&self, addressed: &Addressed) -> Result<Outcome, Error> {
        self.found(self.addressed_key(addressed).map_err(Error::Invalid)?).await
    }

    /// Gives the row whose key an address names its other values.
    ///
    /// # Errors
    /// Values with issues, no such row, a unique value that is taken; or the store's.
    pub async fn replace_addressed(&self, addressed: &Addressed) -> Result<Outcome, Error> {
        let values = (self.inputs.values)(self.meta, addressed);
        // A key that clients choose is among the values, and told there if it is at fault.
        let (key, changes) = match values {
            Ok(mut changes) => match changes.take(self.meta.key) {
                Some(Change::Set(key)) => (key, changes),
                _ => (self.addressed_key(addressed).map_err(Error::Invalid)?, changes),
            },
            Err(issues) => return Err(Error::Invalid(self.with_key_issues(addressed, issues))),
        };
        self.update(key, changes, Told::Addressed(addressed)).await
    }

    /// Removes the row whose key an address names.
    ///
    /// # Errors
    /// A key that is none or missing, no such row; or the store's.
    pub async fn delete_addressed(&self, addressed: &Addressed) -> Result<Outcome, Error> {
        let key = self.addressed_key(addressed).map_err(Error::Invalid)?;
        self.remove(key, Told::Addressed(addressed)).await
    }

    fn addressed_key(&self, addressed: &Addressed) -> Result<Value, Issues> {
        let name = self.meta.object.fields[self.meta.key].name;
        match addressed.members.get(name) {
            Some(key) => (self.inputs.key)(self.meta, addressed.place, key),
            None => {
                let loc = vec![addressed.place.into(), name.into()];
                Err(vec![Issue::new(IssueKind::Missing, loc, Json::Null)])
            }
        }
    }

    /// The issues of a generated key, which is no value, before those of the values.
    fn with_key_issues(&self, addressed: &Addressed, issues: Issues) -> Issues {
        if !self.meta.has_generated_key() {
            return issues;
        }
        let mut all = self.addressed_key(addressed).err().unwrap_or_default();
        all.extend(issues);
        all
    }
}
