//! The whole list as a stream: rows by pages of their own, so that any number of them takes little memory.
//!
//! An export is no snapshot. A row that stays as it is comes once; what is written meanwhile may or may not be seen.

use std::sync::Arc;

use futures_util::stream::{self, Stream};

use super::execute::{Command, Connection, Context, Reply, Request, execute};
use super::rows::{Layout, Seen};
use super::{List, Permissions, SentValues, Service};
use crate::error::Error;
use crate::resource::{DecodeError, ExportFormat, Row};
use crate::store::{self, Columns, Sink};
use crate::value::Value;

/// How many rows are read at once.
const PAGE: u64 = 500;

/// About how many bytes of rows are in memory at once.
const PIECE: usize = 256 << 10;

impl Service {
    /// How many rows the list of an export has on all pages.
    pub(crate) async fn total(&self, list: &List, permissions: Option<&Permissions>) -> Result<u64, Error> {
        let list = List { counts: true, limit: 0, skip: 0, ..list.clone() };
        let connection = Connection::Store(self.store());
        let mut context = Context { service: self, connection, columns: Columns::Visible, permissions };
        let request = Request { command: Command::List(Box::new(list)), sent: SentValues::Nothing };
        let reply = execute(&mut context, request, Box::<super::AnyRow>::default()).await?;
        Ok(reply.total.unwrap_or_default())
    }

    /// The layout of the rows of an export. A table has no column that the caller may see in no row; where they do not see
    /// a value, its cell is empty.
    fn exported(&self, list: &List, format: ExportFormat, permissions: Option<&Permissions>) -> Arc<Layout> {
        match (format, permissions) {
            (ExportFormat::Csv, Some(permissions)) => {
                let is_asked = |column| list.members.as_ref().is_none_or(|members| members.contains(&column));
                Arc::new(Layout::showing(self.meta, |column| is_asked(column) && !permissions.hides(column)))
            }
            _ => self.layout_of(list),
        }
    }

    /// The rows of a list in a format, in pieces.
    pub(crate) fn export(
        &self,
        list: List,
        format: ExportFormat,
        permissions: Option<Permissions>,
    ) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send + use<> {
        let seen = Seen::of(permissions.as_ref(), &self.visible, false).map(Arc::new);
        let (service, layout) = (self.clone(), self.exported(&list, format, permissions.as_ref()));
        // They were counted before, and not for each piece.
        let list = List { counts: false, ..list };
        let kept: Arc<[usize]> = self.visible_terms(&list).into();
        let head = match format {
            ExportFormat::JsonLines => Ok(Vec::new()),
            ExportFormat::Csv => head(&layout),
        };
        let rows = stream::try_unfold(Some((list, PAGE)), move |left| {
            let (service, layout, kept) = (service.clone(), Arc::clone(&layout), Arc::clone(&kept));
            let (permissions, seen) = (permissions.clone(), seen.clone());
            async move {
                let Some((list, page)) = left.filter(|(list, _)| list.limit > 0) else { return Ok(None) };
                let wanted = list.limit.min(page);
                let request = Request {
                    command: Command::List(Box::new(List { limit: wanted, ..list.clone() })),
                    sent: SentValues::Nothing,
                };
                let connection = Connection::Store(service.store());
                let (columns, permissions) = (Columns::Visible, permissions.as_ref());
                let mut context = Context { service: &service, connection, columns, permissions };
                let out = match format {
                    ExportFormat::JsonLines => Out::Lines(Vec::new()),
                    ExportFormat::Csv => Out::Csv(Box::new(table())),
                };
                let rows =
                    Box::new(Piece { layout, seen, out, kept, taken: 0, came: 0, size: 0, last: Vec::new() });
                let Reply { rows, .. } = execute(&mut context, request, rows).await?;
                let piece =
                    store::unboxed::<Piece>(rows).map_err(|error| Error::Internal(error.to_string()))?;
                // Rows that were too long to be taken are read again, fewer at once, until rows are short again.
                let is_cut = piece.taken < piece.came;
                let next = (is_cut || piece.came == wanted).then(|| {
                    let list = List { limit: list.limit - piece.taken, ..list.after(piece.last) };
                    (list, if is_cut { piece.taken.max(1) } else { (page * 2).min(PAGE) })
                });
                Ok(Some((piece.out.into_bytes()?, next)))
            }
        });
        let head = stream::iter(head.map(|head| (!head.is_empty()).then_some(head)).transpose());
        futures_util::StreamExt::chain(head, rows)
    }
}

/// A sink that writes rows in the format of an export, until there are enough bytes.
struct Piece {
    layout: Arc<Layout>,
    /// What the caller does not see of each row.
    seen: Option<Arc<Seen>>,
    out: Out,
    /// The positions among the visible columns of those that the rows are sorted by.
    kept: Arc<[usize]>,
    /// How many rows were written, and how many came.
    taken: u64,
    came: u64,
    /// About how many bytes were written.
    size: usize,
    /// The values of the kept columns in the last row that was written.
    last: Vec<Value>,
}

/// What was written so far, in the format of an export.
enum Out {
    Lines(Vec<u8>),
    Csv(Box<csv::Writer<Vec<u8>>>),
}

impl Out {
    fn into_bytes(self) -> Result<Vec<u8>, Error> {
        match self {
            Out::Lines(lines) => Ok(lines),
            Out::Csv(table) => table.into_inner().map_err(|error| unwritten(&error)),
        }
    }
}

impl Sink for Piece {
    fn reset(&mut self) {
        match &mut self.out {
            Out::Lines(lines) => lines.clear(),
            Out::Csv(writer) => **writer = table(),
        }
        self.last.clear();
        (self.taken, self.came, self.size) = (0, 0, 0);
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.came += 1;
        if self.taken > 0 && self.size >= PIECE {
            return Ok(());
        }
        match &mut self.out {
            Out::Lines(lines) => {
                match &self.seen {
                    None => self.layout.write(row, lines)?,
                    Some(seen) => drop(self.layout.write_seen(row, seen, lines)?),
                }
                lines.push(b'\n');
                self.size = lines.len();
            }
            Out::Csv(writer) => {
                let size = &mut self.size;
                self.layout.cells(row, |cell| {
                    *size += cell.len() + 1;
                    writer.write_field(cell).map_err(|error| DecodeError(error.to_string()))
                })?;
                writer.write_record(None::<&[u8]>).map_err(|error| DecodeError(error.to_string()))?;
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
        self.came
    }
}

/// A table of comma-separated values.
fn table() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

/// The line with the names of the columns.
fn head(layout: &Layout) -> Result<Vec<u8>, Error> {
    let mut table = table();
    table.write_record(layout.names()).map_err(|error| unwritten(&error))?;
    table.into_inner().map_err(|error| unwritten(&error))
}

fn unwritten(error: &dyn std::error::Error) -> Error {
    Error::Internal(format!("a line of comma-separated values: {error}"))
}
