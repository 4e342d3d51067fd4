//! `POST` on the collection; `PUT`, `PATCH` and `DELETE` on a key.

use chrono::Utc;

use super::rows::{AnyRow, OneRow};
use super::{Outcome, Service, Told};
use crate::error::Error;
use crate::issue::{IssueKind, Issues};
use crate::resource::{Change, Changes, Column, CreateStyle, ReplyStyle, Role};
use crate::store::{TableId, Write};
use crate::value::Value;
use crate::wire::{Body, Constraints, Presence, member_fault};

impl Service {
    /// What a body says of a new row.
    ///
    /// # Errors
    /// A body with issues, a query.
    pub fn creation(&self, query: &str, body: Body<'_>) -> Result<Changes, Error> {
        let mut issues = self.no_query(query);
        match (self.inputs.create)(self.meta, body) {
            Ok(changes) if issues.is_empty() => Ok(changes),
            Ok(_) => Err(Error::Invalid(issues)),
            Err(more) => {
                issues.extend(more);
                Err(Error::Invalid(issues))
            }
        }
    }

    /// Adds a row; `sent` is the body that it was read from.
    ///
    /// # Errors
    /// A unique value that is taken; or the store's.
    pub async fn create(&self, changes: Changes, sent: &[u8]) -> Result<Outcome, Error> {
        self.add(changes, Told::Body(sent)).await
    }

    /// Adds a row of these values, or overwrites the one that has its key, as is declared.
    pub(super) async fn add(&self, changes: Changes, sent: Told<'_>) -> Result<Outcome, Error> {
        let write = self.insertion(changes, self.table)?;
        let row = self
            .store
            .execute(write, OneRow::with_key(&self.layout))
            .await
            .map_err(|e| self.failed(e, sent))?;
        match (row.json, row.key, self.meta.create) {
            (Some(_), Some(_), _) if self.meta.replies == ReplyStyle::Status => Ok(success()),
            (Some(row), Some(_), CreateStyle::Replace) => Ok(Outcome::Found(row)),
            (Some(row), Some(key), CreateStyle::New) => Ok(Outcome::Created { row, key }),
            _ => Err(Error::Internal("the store did not show the new row".to_owned())),
        }
    }

    /// What adds a row of these values, as is declared.
    pub(super) fn insertion(&self, mut changes: Changes, table: TableId) -> Result<Write, Error> {
        self.sound(&changes)?;
        self.fill(&mut changes);
        let values = changes
            .into_columns()
            .filter_map(|(index, change)| match change {
                Change::Set(value) => Some((index, value)),
                Change::Compute(_) | Change::Merge { .. } => None,
            })
            .collect();
        Ok(match self.meta.create {
            CreateStyle::New => Write::Insert { table, values },
            CreateStyle::Replace => Write::Put { table, values },
        })
    }

    /// What a body says of a row, which is all that clients may set; and the key of that row.
    ///
    /// # Errors
    /// A key that is none, a query, a body with issues or another key.
    pub fn replacement(&self, key: &str, query: &str, body: Body<'_>) -> Result<(Value, Changes), Error> {
        self.changes(key, query, body, self.inputs.replace)
    }

    /// What a patch says of a row, and the key of that row.
    ///
    /// # Errors
    /// As of [`Service::replacement`].
    pub fn merging(&self, key: &str, query: &str, body: Body<'_>) -> Result<(Value, Changes), Error> {
        self.changes(key, query, body, self.inputs.patch)
    }

    /// Gives a row other values; what clients cannot set stays. `sent` is the body that they were read from.
    ///
    /// # Errors
    /// No such row, a unique value that is taken; or the store's.
    pub async fn replace(&self, (key, changes): (Value, Changes), sent: &[u8]) -> Result<Outcome, Error> {
        self.update(key, changes, Told::Body(sent)).await
    }

    /// Merges a patch into a row. An empty patch changes nothing, not even `updated_at`.
    ///
    /// # Errors
    /// As of [`Service::replace`].
    pub async fn patch(&self, (key, changes): (Value, Changes), sent: &[u8]) -> Result<Outcome, Error> {
        if changes.is_empty() {
            return self.unchanged(key).await;
        }
        self.update(key, changes, Told::Body(sent)).await
    }

    /// Removes a row.
    ///
    /// # Errors
    /// A key that is none, a query, no such row, rows that refer to it; or the store's.
    pub async fn delete(&self, key: &str, query: &str) -> Result<Outcome, Error> {
        let value = self.key(key, query).map_err(Error::Invalid)?;
        self.remove(value, Told::Path(key)).await
    }

    pub(super) async fn remove(&self, key: Value, sent: Told<'_>) -> Result<Outcome, Error> {
        let there = self
            .store
            .execute(Write::Delete { table: self.table, key }, AnyRow(false))
            .await
            .map_err(|e| self.failed(e, sent))?;
        match (there.0, self.meta.replies) {
            (true, ReplyStyle::Row) => Ok(Outcome::Deleted),
            (true, ReplyStyle::Status) => Ok(success()),
            (false, _) => Err(Error::NotFound),
        }
    }

    /// The answer to a change of nothing: as if it had been written.
    async fn unchanged(&self, key: Value) -> Result<Outcome, Error> {
        self.found(key).await.map(|found| self.changed(found))
    }

    fn changed(&self, row: Outcome) -> Outcome {
        if self.meta.replies == ReplyStyle::Status { success() } else { row }
    }

    pub(super) async fn update(
        &self,
        key: Value,
        changes: Changes,
        sent: Told<'_>,
    ) -> Result<Outcome, Error> {
        let Some(write) = self.change(key.clone(), changes, self.table)? else {
            return self.unchanged(key).await;
        };
        let row =
            self.store.execute(write, OneRow::new(&self.layout)).await.map_err(|e| self.failed(e, sent))?;
        row.json.map(|row| self.changed(Outcome::Found(row))).ok_or(Error::NotFound)
    }

    /// What changes a row; nothing, for a resource without a field that clients can set.
    pub(super) fn change(
        &self,
        key: Value,
        mut changes: Changes,
        table: TableId,
    ) -> Result<Option<Write>, Error> {
        self.sound(&changes)?;
        for (index, column) in self.meta.columns.iter().enumerate() {
            if let Role::UpdatedAt = column.role {
                changes.put(index, now());
            }
        }
        let changes: Vec<_> = changes.into_columns().collect();
        Ok((!changes.is_empty()).then_some(Write::Update { table, key, changes }))
    }

    /// Path, query and body, each examined before the answer; the key of the body is the path's.
    fn changes(
        &self,
        key: &str,
        query: &str,
        body: Body<'_>,
        read: fn(&'static crate::resource::ResourceMeta, Body<'_>) -> Result<Changes, Issues>,
    ) -> Result<(Value, Changes), Error> {
        self.checked(self.key(key, query), read(self.meta, body), body.bytes)
    }

    /// A key and changes without issues, of which the first is the key of the second.
    pub(super) fn checked(
        &self,
        key: Result<Value, Issues>,
        changes: Result<Changes, Issues>,
        sent: &[u8],
    ) -> Result<(Value, Changes), Error> {
        let (key, mut changes) = match (key, changes) {
            (Ok(key), Ok(changes)) => (key, changes),
            (key, changes) => {
                let issues = [key.err(), changes.err()];
                return Err(Error::Invalid(issues.into_iter().flatten().flatten().collect()));
            }
        };
        match changes.take(self.meta.key) {
            Some(Change::Set(other)) if other != key => {
                let field = &self.meta.object.fields[self.meta.key];
                Err(Error::Invalid(member_fault(sent, field, IssueKind::FrozenField)))
            }
            _ => Ok((key, changes)),
        }
    }

    pub(super) fn sound(&self, changes: &Changes) -> Result<(), Error> {
        match changes.fault() {
            Some(fault) => Err(Error::Internal(format!("table `{}`: {fault}", self.meta.table))),
            None => Ok(()),
        }
    }

    /// What no client says of a new row: its key, its times, and defaults of read-only fields.
    fn fill(&self, changes: &mut Changes) {
        let now = now();
        for (index, (column, field)) in self.meta.columns.iter().zip(self.meta.object.fields).enumerate() {
            match column.role {
                Role::ServerGeneratedKey(make) => changes.put(index, make()),
                Role::CreatedAt | Role::UpdatedAt => changes.put(index, now.clone()),
                Role::Plain if field.read_only => {
                    let default = match field.presence {
                        Presence::Default(json) => (column.from_json)(&json(), &field.constraints),
                        _ => None,
                    };
                    changes.put(index, default.unwrap_or(Value::Null));
                }
                Role::Plain | Role::Key | Role::AutoIncrementKey => {}
            }
        }
    }
}

/// What is answered to a write that says no more than that it was done.
fn success() -> Outcome {
    Outcome::Found(br#"{"status":"success"}"#.to_vec())
}

/// The time of a write, as a column holds it.
fn now() -> Value {
    Utc::now().to_value(&Constraints::NONE)
}
