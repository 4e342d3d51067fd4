//! The sinks that take the rows of an operation: as JSON, which is written column by column into the answer, or as
//! structs.

use std::sync::Arc;

use super::Permissions;
use crate::error::Error;
use crate::issue::{Issue, IssueKind};
use crate::resource::{ColumnType, DecodeError, Resource, ResourceMeta, Row, Table};
use crate::store::{Sink, is_true_at};
use crate::value::{Value, ValueRef};
use crate::wire::Constraints;

/// How a row is written as JSON. It is computed once, when the API is assembled.
pub(super) struct Layout {
    members: Vec<Member>,
    /// The position of the key among the visible columns.
    key: usize,
}

struct Member {
    /// The text before the value: `{"id":` for the first member, `,"name":` for others.
    lead: Vec<u8>,
    name: &'static str,
    /// Its name in JSON.
    wire: &'static str,
    kind: ColumnType,
    /// The position of the value in a row.
    position: usize,
    constraints: &'static Constraints,
    write_json: fn(ValueRef<'_>, &Constraints, &mut Vec<u8>) -> Result<(), DecodeError>,
}

impl Member {
    #[inline]
    fn write(&self, row: &dyn Row, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        row.get(self.position)
            .and_then(|value| (self.write_json)(value, self.constraints, out))
            .map_err(|e| DecodeError(format!("column `{}`: {e}", self.name)))
    }
}

impl Layout {
    pub(super) fn of(meta: &ResourceMeta) -> Self {
        Layout::showing(meta, |_| true)
    }

    pub(super) fn without_key(meta: &ResourceMeta) -> Self {
        Layout::showing(meta, |index| index != meta.key)
    }

    /// The layout of those visible columns for which `shows` is true.
    pub(super) fn showing(meta: &ResourceMeta, shows: impl Fn(usize) -> bool) -> Self {
        let visible = Table::of(meta).visible;
        let kept = visible.iter().enumerate().filter(|(_, index)| shows(**index));
        let member = |(count, (position, index)): (usize, (usize, &usize))| {
            let field = &meta.object.fields[*index];
            let open = if count == 0 { '{' } else { ',' };
            Member {
                lead: format!("{open}{}:", serde_json::Value::from(field.name)).into_bytes(),
                name: meta.columns[*index].name,
                wire: field.name,
                kind: (meta.columns[*index].kind)(&field.constraints),
                constraints: &field.constraints,
                write_json: meta.columns[*index].write_json,
                position,
            }
        };
        Layout {
            members: kept.enumerate().map(member).collect(),
            key: visible.iter().position(|index| *index == meta.key).unwrap_or_default(),
        }
    }

    /// The names of the members.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.members.iter().map(|member| member.wire)
    }

    /// Passes the values of a row on as the cells of a table: of a text its characters, of null nothing, and of all else
    /// its JSON.
    pub(super) fn cells(
        &self,
        row: &dyn Row,
        mut cell: impl FnMut(&[u8]) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut json = Vec::new();
        for member in &self.members {
            json.clear();
            member.write(row, &mut json)?;
            match &*json {
                b"null" => cell(b"")?,
                [b'"', text @ .., b'"'] if !matches!(member.kind, ColumnType::Json) => {
                    match text.contains(&b'\\') {
                        true => {
                            let text: String = serde_json::from_slice(&json)
                                .map_err(|error| DecodeError(error.to_string()))?;
                            cell(text.as_bytes())?;
                        }
                        false => cell(text)?,
                    }
                }
                json => cell(json)?,
            }
        }
        Ok(())
    }

    #[inline]
    pub(super) fn write(&self, row: &dyn Row, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        if self.members.is_empty() {
            out.push(b'{');
        }
        for member in &self.members {
            out.extend_from_slice(&member.lead);
            member.write(row, out)?;
        }
        out.push(b'}');
        Ok(())
    }

    /// Writes those members of a row that the caller may see. Returns whether that is the row itself, and not only its key.
    pub(super) fn write_seen(
        &self,
        row: &dyn Row,
        seen: &Seen,
        out: &mut Vec<u8>,
    ) -> Result<bool, DecodeError> {
        let row_is_seen = seen.row.map_or(Ok(true), |flag| is_true_at(row, flag))?;
        let mut before = b'{';
        for member in &self.members {
            let is_seen = match seen.members.iter().find(|(position, _)| *position == member.position) {
                _ if !row_is_seen => member.position == self.key,
                Some((_, flag)) => is_true_at(row, *flag)?,
                None => true,
            };
            if is_seen {
                out.push(before);
                out.extend_from_slice(&member.lead[1..]);
                member.write(row, out)?;
                before = b',';
            }
        }
        if before == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(row_is_seen)
    }
}

/// What the truth values at the end of a row are about, where a caller does not see everything.
pub(super) struct Seen {
    /// The positions among the visible columns of those that are masked in some rows, each with that of its truth value.
    members: Vec<(usize, usize)>,
    /// The position of the truth value about the whole row.
    row: Option<usize>,
}

impl Seen {
    /// The truth values of the rows that an operation returns to a caller, if there are any. `visible` are the columns
    /// that clients see.
    pub(super) fn of(permissions: Option<&Permissions>, visible: &[usize], is_write: bool) -> Option<Self> {
        let permissions = permissions?;
        let masked = permissions.masked();
        let masked = masked.filter_map(|column| visible.iter().position(|visible| *visible == column));
        let members: Vec<_> =
            masked.enumerate().map(|(flag, position)| (position, visible.len() + flag)).collect();
        let row = (is_write && permissions.may_be_unseen()).then(|| visible.len() + members.len());
        (row.is_some() || !members.is_empty()).then_some(Seen { members, row })
    }
}

/// The greatest length of a list, in bytes. It is bounded since the whole answer is in memory until it is sent.
const LONGEST_LIST: usize = 32 << 20;

/// A sink that writes rows as JSON: one object, or an array of them.
pub(crate) struct JsonRows {
    layout: Arc<Layout>,
    json: Vec<u8>,
    rows: u64,
    /// The key of the last row as it is written in a path, if it is wanted.
    key: Option<String>,
    wants_key: bool,
    /// What is not seen of each row, if anything is not.
    seen: Option<Box<Seen>>,
    /// Whether the row is seen, and not only its key.
    row_is_seen: bool,
    /// The page of a list, or `None` for a single row.
    page: Option<Box<Page>>,
}

/// The page of a list that is being written.
struct Page {
    /// The requested number of rows.
    limit: u64,
    /// The text before the rows.
    start: &'static str,
    /// The positions among the visible columns of those that the rows are sorted by. If there are none, that is the key.
    terms: Vec<usize>,
    /// The values of these columns in the last row of a page that is full.
    last: Vec<Value>,
    /// Whether there is a row more than were requested.
    has_more: bool,
    too_long: bool,
}

impl JsonRows {
    /// A sink for a single row.
    pub(super) fn one(layout: &Arc<Layout>) -> Self {
        JsonRows::new(Arc::clone(layout), 256, None)
    }

    /// A sink for a single row, which also keeps its key.
    pub(super) fn with_key(layout: &Arc<Layout>) -> Self {
        JsonRows { wants_key: true, ..JsonRows::one(layout) }
    }

    /// A sink for a page of rows, which are in an object if the declaration says so. `terms` are the positions among
    /// the visible columns of those that the rows are sorted by.
    pub(super) fn list(layout: Arc<Layout>, limit: u64, envelope: bool, terms: Vec<usize>) -> Self {
        let start = if envelope { "{\"items\":[" } else { "[" };
        let page = Page { limit, start, terms, last: Vec::new(), has_more: false, too_long: false };
        let mut list = JsonRows::new(layout, 4096, Some(Box::new(page)));
        list.json.extend_from_slice(start.as_bytes());
        list
    }

    fn new(layout: Arc<Layout>, capacity: usize, page: Option<Box<Page>>) -> Self {
        let json = Vec::with_capacity(capacity);
        JsonRows { layout, json, rows: 0, key: None, wants_key: false, seen: None, row_is_seen: true, page }
    }

    /// Leaves out what the caller does not see.
    pub(super) fn showing(self, seen: Option<Seen>) -> Self {
        let wants_key = self.wants_key || seen.as_ref().is_some_and(|seen| seen.row.is_some());
        JsonRows { seen: seen.map(Box::new), wants_key, ..self }
    }

    /// Whether the row is one that the caller may see. Of another one there is only the key.
    pub(crate) fn row_is_seen(&self) -> bool {
        self.row_is_seen
    }

    /// The values of the last row in the columns of the order, if there are more rows.
    pub(super) fn position(&self) -> Option<&[Value]> {
        self.page.as_ref().filter(|page| page.has_more).map(|page| page.last.as_slice())
    }

    /// The key of the row as it is written in a path, before percent-encoding.
    pub(crate) fn take_key(&mut self) -> String {
        self.key.take().unwrap_or_default()
    }

    /// The JSON of the row, or of the page, which ends with this text.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a list is too long for one answer. The issue says which `limit` fits.
    pub(crate) fn into_json(mut self, end: &str) -> Result<Vec<u8>, Error> {
        let Some(page) = self.page else { return Ok(self.json) };
        if page.too_long {
            let less = self.rows.max(1) - 1;
            let reason = format!("the rows are too long for one response; `limit={less}` fits");
            let loc = vec!["query".into(), "limit".into()];
            let kind = IssueKind::Format { what: "", reason };
            return Err(Error::Invalid(vec![Issue::new(kind, loc, page.limit.into())]));
        }
        self.json.extend_from_slice(end.as_bytes());
        Ok(self.json)
    }
}

impl Sink for JsonRows {
    fn reset(&mut self) {
        if let Some(page) = &mut self.page {
            (page.has_more, page.too_long) = (false, false);
        }
        self.json.truncate(self.page.as_ref().map_or(0, |page| page.start.len()));
        (self.rows, self.key) = (0, None);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        if let Some(page) = &mut self.page {
            if self.rows == page.limit {
                page.has_more = true;
                return Ok(());
            }
            if page.too_long || self.json.len() > LONGEST_LIST {
                page.too_long = true;
                return Ok(());
            }
            if self.rows > 0 {
                self.json.push(b',');
            }
        }
        match &self.seen {
            None => self.layout.write(row, &mut self.json)?,
            Some(seen) => self.row_is_seen = self.layout.write_seen(row, seen, &mut self.json)?,
        }
        if self.wants_key {
            self.key = Some(key_text(row.get(self.layout.key)?)?);
        }
        self.rows += 1;
        if let Some(page) = self.page.as_mut().filter(|page| page.limit == self.rows) {
            let by_key = [self.layout.key];
            let terms = if page.terms.is_empty() { &by_key } else { page.terms.as_slice() };
            let value = |position: &usize| row.get(*position).map(|value| value.to_owned());
            page.last = terms.iter().map(value).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.rows + u64::from(self.page.as_ref().is_some_and(|page| page.has_more))
    }
}

/// A sink that only counts the rows.
#[derive(Default)]
pub(crate) struct AnyRow(u64);

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

/// A sink that takes the number of rows that a statement counts.
#[derive(Default)]
pub(crate) struct Counted(pub u64);

impl Sink for Counted {
    fn reset(&mut self) {
        self.0 = 0;
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        match row.get(0)? {
            ValueRef::Integer(count) => self.0 = u64::try_from(count).unwrap_or_default(),
            other => return Err(DecodeError(format!("{} stands where a count should", other.kind()))),
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0
    }
}

/// A sink that decodes rows into the declared struct, with all of their columns.
pub(crate) struct Structs<R> {
    /// The rows.
    pub(crate) rows: Vec<R>,
    /// The columns whose values in the last row are kept.
    kept: Vec<usize>,
    /// The values of these columns in the last row.
    pub(crate) last: Vec<Value>,
}

impl<R> Structs<R> {
    /// A sink for rows of which nothing more has to be known.
    pub(crate) fn new() -> Self {
        Structs::after(Vec::new())
    }

    /// A sink that also keeps the values of these columns in the last row.
    pub(crate) fn after(kept: Vec<usize>) -> Self {
        Structs { rows: Vec::new(), kept, last: Vec::new() }
    }
}

impl<R: Resource + Send> Sink for Structs<R> {
    fn reset(&mut self) {
        self.rows.clear();
        self.last.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.rows.push(R::of_row(row)?);
        self.last.clear();
        for column in &self.kept {
            self.last.push(row.get(*column)?.to_owned());
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// A sink that keeps the values of any rows, for the user's own SQL.
#[derive(Default)]
pub(crate) struct Values(pub Vec<Vec<Value>>);

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

/// The text of a key in a path.
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
