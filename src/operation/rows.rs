//! Rows on their way to whoever asked: as JSON, column by column, straight into the answer; or as structs.

use std::sync::Arc;

use crate::error::Error;
use crate::issue::{Issue, IssueKind};
use crate::resource::{DecodeError, Resource, ResourceMeta, Row, Table};
use crate::store::Sink;
use crate::value::{Value, ValueRef};
use crate::wire::Constraints;

/// How a row is written, worked out when the API is put together.
pub(super) struct Layout {
    members: Vec<Member>,
    key: usize,
}

struct Member {
    /// `{"id":` for the first, `,"name":` for others.
    lead: Vec<u8>,
    name: &'static str,
    /// Where it stands in a row that is read.
    position: usize,
    constraints: &'static Constraints,
    write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl Layout {
    pub(super) fn of(meta: &ResourceMeta) -> Self {
        Layout::showing(meta, |_| true)
    }

    /// The same, without the key.
    pub(super) fn without_key(meta: &ResourceMeta) -> Self {
        Layout::showing(meta, |index| index != meta.key)
    }

    /// The same, but only of the columns for which `shows` holds.
    fn showing(meta: &ResourceMeta, shows: impl Fn(usize) -> bool) -> Self {
        let shown = Table::of(meta).visible;
        let kept = shown.iter().enumerate().filter(|(_, index)| shows(**index));
        let member = |(count, (position, index)): (usize, (usize, &usize))| {
            let field = &meta.object.fields[*index];
            let open = if count == 0 { '{' } else { ',' };
            Member {
                lead: format!("{open}{}:", serde_json::Value::from(field.name)).into_bytes(),
                name: meta.columns[*index].name,
                constraints: &field.constraints,
                write_json: meta.columns[*index].write_json,
                position,
            }
        };
        Layout {
            members: kept.enumerate().map(member).collect(),
            key: shown.iter().position(|index| *index == meta.key).unwrap_or_default(),
        }
    }

    fn write(&self, row: &dyn Row, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        if self.members.is_empty() {
            out.push(b'{');
        }
        for member in &self.members {
            out.extend_from_slice(&member.lead);
            row.get(member.position)
                .and_then(|value| (member.write_json)(value, member.constraints, out))
                .map_err(|e| DecodeError(format!("column `{}`: {e}", member.name)))?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// The longest list that is answered, in bytes: it is held whole on its way out.
const LONGEST_LIST: usize = 32 << 20;

/// Takes rows as JSON: one, or an array of them.
pub struct JsonRows {
    layout: Arc<Layout>,
    json: Vec<u8>,
    rows: u64,
    /// The key of the last row as it stands in a path, where it is asked for.
    key: Option<String>,
    wants_key: bool,
    /// Of a list, how many rows were asked for at most.
    list: Option<u64>,
    too_long: bool,
}

impl JsonRows {
    /// Takes the one row that is to come.
    pub(super) fn one(layout: &Arc<Layout>) -> Self {
        JsonRows::new(layout, 256, None)
    }

    /// The same, and its key.
    pub(super) fn with_key(layout: &Arc<Layout>) -> Self {
        JsonRows { wants_key: true, ..JsonRows::one(layout) }
    }

    /// Takes an array of at most so many rows.
    pub(super) fn list(layout: &Arc<Layout>, limit: u64) -> Self {
        let mut list = JsonRows::new(layout, 4096, Some(limit));
        list.json.push(b'[');
        list
    }

    fn new(layout: &Arc<Layout>, capacity: usize, list: Option<u64>) -> Self {
        let (layout, json) = (Arc::clone(layout), Vec::with_capacity(capacity));
        JsonRows { layout, json, rows: 0, key: None, wants_key: false, list, too_long: false }
    }

    /// The key of the row as it stands in a path, not yet encoded.
    pub fn take_key(&mut self) -> String {
        self.key.take().unwrap_or_default()
    }

    /// The row, or the array.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a list is too long for one answer, with the `limit` that is not.
    pub fn into_json(mut self) -> Result<Vec<u8>, Error> {
        let Some(limit) = self.list else { return Ok(self.json) };
        if self.too_long {
            let less = self.rows.max(1) - 1;
            let reason = format!("the rows are too long for one answer; `limit={less}` is not");
            let loc = vec!["query".into(), "limit".into()];
            let kind = IssueKind::Format { what: "", reason };
            return Err(Error::Invalid(vec![Issue::new(kind, loc, limit.into())]));
        }
        self.json.push(b']');
        Ok(self.json)
    }
}

impl Sink for JsonRows {
    fn reset(&mut self) {
        self.json.truncate(usize::from(self.list.is_some()));
        (self.rows, self.key, self.too_long) = (0, None, false);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        if self.list.is_some() {
            if self.too_long || self.json.len() > LONGEST_LIST {
                self.too_long = true;
                return Ok(());
            }
            if self.rows > 0 {
                self.json.push(b',');
            }
        }
        self.layout.write(row, &mut self.json)?;
        if self.wants_key {
            self.key = Some(key_text(row.get(self.layout.key)?)?);
        }
        self.rows += 1;
        Ok(())
    }

    fn count(&self) -> u64 {
        self.rows
    }
}

/// Notes whether there was a row, and looks no further.
#[derive(Default)]
pub struct AnyRow(u64);

impl Sink for AnyRow {
    fn reset(&mut self) {
        self.0 = 0;
    }

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        self.0 += 1;
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0
    }
}

/// Takes rows as the declared struct, with all their columns.
pub struct Structs<R>(pub Vec<R>);

impl<R: Resource + Send> Sink for Structs<R> {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.0.push(R::of_row(row)?);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
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

    fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

/// The key as it stands in a path.
fn key_text(value: ValueRef<'_>) -> Result<String, DecodeError> {
    match value {
        ValueRef::Integer(i) => Ok(i.to_string()),
        ValueRef::Text(text) => Ok(text.to_owned()),
        ValueRef::Blob(bytes) => uuid::Uuid::from_slice(bytes)
            .map(|uuid| uuid.to_string())
            .map_err(|e| DecodeError(format!("the key is no UUID: {e}"))),
        ValueRef::Null | ValueRef::Real(_) => Err(DecodeError("the key is neither integer nor text".into())),
    }
}
