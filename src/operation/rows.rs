//! Rows on their way to JSON: column by column, straight into the answer.

use std::sync::Arc;

use crate::resource::{DecodeError, ResourceMeta, Row, Table};
use crate::store::Sink;
use crate::value::ValueRef;
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

    /// The same without the key.
    pub(super) fn beside_the_key(meta: &ResourceMeta) -> Self {
        Layout::showing(meta, |index| index != meta.key)
    }

    fn showing(meta: &ResourceMeta, shows: impl Fn(usize) -> bool) -> Self {
        let shown = Table::of(meta).shown;
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

/// Takes at most one row.
pub(super) struct OneRow {
    layout: Arc<Layout>,
    pub(super) json: Option<Vec<u8>>,
    /// The key as text, where it is asked for.
    pub(super) key: Option<String>,
    wants_key: bool,
}

impl OneRow {
    pub(super) fn new(layout: &Arc<Layout>) -> Self {
        OneRow { layout: Arc::clone(layout), json: None, key: None, wants_key: false }
    }

    pub(super) fn with_key(layout: &Arc<Layout>) -> Self {
        OneRow { wants_key: true, ..OneRow::new(layout) }
    }
}

impl Sink for OneRow {
    fn reset(&mut self) {
        (self.json, self.key) = (None, None);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        let mut json = Vec::with_capacity(256);
        self.layout.write(row, &mut json)?;
        if self.wants_key {
            self.key = Some(key_text(row.get(self.layout.key)?)?);
        }
        self.json = Some(json);
        Ok(())
    }
}

/// The longest list that is answered, in bytes: it is held whole on its way out.
const LONGEST_LIST: usize = 32 << 20;

/// Takes rows into a JSON array.
pub(super) struct ManyRows {
    layout: Arc<Layout>,
    json: Vec<u8>,
    rows: u64,
    too_long: bool,
}

impl ManyRows {
    pub(super) fn new(layout: &Arc<Layout>) -> Self {
        let mut json = Vec::with_capacity(4096);
        json.push(b'[');
        ManyRows { layout: Arc::clone(layout), json, rows: 0, too_long: false }
    }

    /// The array; or how many rows there was room for.
    pub(super) fn into_json(mut self) -> Result<Vec<u8>, u64> {
        if self.too_long {
            return Err(self.rows);
        }
        self.json.push(b']');
        Ok(self.json)
    }
}

impl Sink for ManyRows {
    fn reset(&mut self) {
        self.json.truncate(1);
        (self.rows, self.too_long) = (0, false);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        if self.too_long || self.json.len() > LONGEST_LIST {
            self.too_long = true;
            return Ok(());
        }
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        self.rows += 1;
        self.layout.write(row, &mut self.json)
    }
}

/// Notes whether there was a row, and looks no further.
pub(super) struct AnyRow(pub(super) bool);

impl Sink for AnyRow {
    fn reset(&mut self) {
        self.0 = false;
    }

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        self.0 = true;
        Ok(())
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
