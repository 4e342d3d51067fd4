//! The whole list as a stream: rows by pages of their own, so that any number of them takes little memory.
//!
//! An export is no snapshot. A row that stays as it is comes once; what is written meanwhile may or may not be seen.

use std::sync::Arc;

use futures_util::stream::{self, Stream};
use serde_json::Value as Json;

use super::execute::{Command, Connection, Context, Reply, Request, execute};
use super::rows::Layout;
use super::{List, SentValues, Service};
use crate::error::Error;
use crate::resource::{ColumnType, DecodeError, ExportFormat, Row};
use crate::store::{self, Columns, Sink};
use crate::value::Value;

/// How many rows are read at once.
const PAGE: u64 = 500;

/// About how many bytes of rows are in memory at once.
const PIECE: usize = 256 << 10;

impl Service {
    /// How many rows the list of an export has on all pages.
    pub(crate) async fn total(&self, list: &List) -> Result<u64, Error> {
        let list = List { counts: true, limit: 0, skip: 0, ..list.clone() };
        let connection = Connection::Store(self.store());
        let mut context = Context { service: self, connection, columns: Columns::Visible };
        let request = Request { command: Command::List(Box::new(list)), sent: SentValues::Nothing };
        let reply = execute(&mut context, request, Box::<super::AnyRow>::default()).await?;
        Ok(reply.total.unwrap_or_default())
    }

    /// The rows of a list in a format, in pieces.
    pub(crate) fn export(
        &self,
        list: List,
        format: ExportFormat,
    ) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send + use<> {
        let (service, layout) = (self.clone(), self.layout_of(&list));
        let kept: Arc<[usize]> = self.visible_terms(&list).into();
        let head = match format {
            ExportFormat::JsonLines => Ok(Vec::new()),
            ExportFormat::Csv => record(layout.names().map(str::to_owned)),
        };
        let rows = stream::try_unfold(Some((list, PAGE)), move |left| {
            let (service, layout, kept) = (service.clone(), Arc::clone(&layout), Arc::clone(&kept));
            async move {
                let Some((list, page)) = left.filter(|(list, _)| list.limit > 0) else { return Ok(None) };
                let wanted = list.limit.min(page);
                let request = Request {
                    command: Command::List(Box::new(List { limit: wanted, ..list.clone() })),
                    sent: SentValues::Nothing,
                };
                let connection = Connection::Store(service.store());
                let mut context = Context { service: &service, connection, columns: Columns::Visible };
                let rows = Box::new(Piece {
                    layout,
                    format,
                    kept,
                    out: Vec::new(),
                    taken: 0,
                    seen: 0,
                    last: Vec::new(),
                });
                let Reply { rows, .. } = execute(&mut context, request, rows).await?;
                let piece =
                    store::unboxed::<Piece>(rows).map_err(|error| Error::Internal(error.to_string()))?;
                // Rows that were too long to be taken are read again, fewer at once.
                let is_last = piece.seen < wanted;
                let next = (!is_last || piece.taken < piece.seen).then(|| {
                    let list = List { limit: list.limit - piece.taken, ..list.after(piece.last) };
                    (list, if piece.taken < piece.seen { piece.taken.max(1) } else { page })
                });
                Ok(Some((piece.out, next)))
            }
        });
        let head = stream::iter(head.map(|head| (!head.is_empty()).then_some(head)).transpose());
        futures_util::StreamExt::chain(head, rows)
    }
}

/// A sink that writes rows in the format of an export, until there are enough bytes.
struct Piece {
    layout: Arc<Layout>,
    format: ExportFormat,
    /// The positions among the visible columns of those that the rows are sorted by.
    kept: Arc<[usize]>,
    out: Vec<u8>,
    /// How many rows were written, and how many came.
    taken: u64,
    seen: u64,
    /// The values of the kept columns in the last row that was written.
    last: Vec<Value>,
}

impl Sink for Piece {
    fn reset(&mut self) {
        self.out.clear();
        self.last.clear();
        (self.taken, self.seen) = (0, 0);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.seen += 1;
        if self.taken > 0 && self.out.len() >= PIECE {
            return Ok(());
        }
        match self.format {
            ExportFormat::JsonLines => {
                self.layout.write(row, &mut self.out)?;
                self.out.push(b'\n');
            }
            ExportFormat::Csv => {
                let cells = self.layout.cells(row)?.into_iter().map(|(kind, json)| cell(kind, json));
                let record = record(cells).map_err(|error| DecodeError(error.to_string()))?;
                self.out.extend_from_slice(&record);
            }
        }
        self.taken += 1;
        self.last.clear();
        for position in &*self.kept {
            self.last.push(row.get(*position)?.to_owned());
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.seen
    }
}

/// The text of a cell: that of a text, nothing for null, and JSON for all else.
fn cell(kind: ColumnType, json: Vec<u8>) -> String {
    let text = String::from_utf8(json).unwrap_or_default();
    match (kind, &*text) {
        (_, "null") => String::new(),
        (ColumnType::Json, _) => text,
        (_, quoted) if quoted.starts_with('"') => match serde_json::from_str(quoted) {
            Ok(Json::String(inner)) => inner,
            _ => text,
        },
        _ => text,
    }
}

/// A line of comma-separated values.
fn record(cells: impl Iterator<Item = String>) -> Result<Vec<u8>, Error> {
    let failed = |error: String| Error::Internal(format!("a line of comma-separated values: {error}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells.map(String::into_bytes)).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}
