//! Values and rows in PostgreSQL's binary format.

use std::cell::OnceCell;
use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::dialect::wire_type;
use crate::resource::{ColumnType, DecodeError, Row};
use crate::store::draft::Parameter;
use crate::value::{Value, ValueRef};

type Failure = Box<dyn Error + Sync + Send>;

/// The microseconds from 1970, where our moments begin, to 2000, where PostgreSQL's do.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

const MICROS_OF_DAY: i64 = 86_400_000_000;

impl ToSql for Parameter<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (self.value, self.kind) {
            (ValueRef::Null, _) => return Ok(IsNull::Yes),
            (ValueRef::Integer(i), ColumnType::Integer) => out.put_i64(i),
            (ValueRef::Integer(i @ (0 | 1)), ColumnType::Boolean) => out.put_u8(i as u8),
            (ValueRef::Integer(i), ColumnType::Timestamp) => {
                out.put_i64(i.checked_sub(EPOCH_MICROS).ok_or("the moment is too early")?);
            }
            (ValueRef::Integer(i), ColumnType::Time) if (0..MICROS_OF_DAY).contains(&i) => out.put_i64(i),
            (ValueRef::Integer(i), ColumnType::Decimal { scale }) => {
                return Decimal::try_new(i, scale)?.to_sql(ty, out);
            }
            // Adding 0.0 makes a zero of a negative zero, which the store does not distinguish.
            (ValueRef::Real(r), ColumnType::Real) => out.put_f64(r + 0.0),
            (ValueRef::Text(text), ColumnType::Date) => {
                let days = text.parse::<NaiveDate>()?.signed_duration_since(EPOCH).num_days();
                out.put_i32(i32::try_from(days)?);
            }
            (ValueRef::Text(text), ColumnType::Text | ColumnType::UnitEnum(_) | ColumnType::Json) => {
                out.put_slice(text.as_bytes());
            }
            (ValueRef::Blob(bytes), ColumnType::Bytes) => out.put_slice(bytes),
            (ValueRef::Blob(bytes), ColumnType::Uuid) if bytes.len() == 16 => out.put_slice(bytes),
            (value, kind) => return Err(format!("{} for a column of {kind:?}", value.kind()).into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row whose columns have these types.
pub(super) struct BorrowedRow<'a> {
    row: &'a tokio_postgres::Row,
    kinds: &'a [ColumnType],
    /// The dates as texts, each formatted when it is first read, since a value borrows its text from here.
    dates: Vec<OnceCell<String>>,
}

impl<'a> BorrowedRow<'a> {
    pub(super) fn new(row: &'a tokio_postgres::Row, kinds: &'a [ColumnType]) -> Self {
        let dates = match kinds.iter().any(|kind| matches!(kind, ColumnType::Date)) {
            true => kinds.iter().map(|_| OnceCell::new()).collect(),
            false => Vec::new(),
        };
        BorrowedRow { row, kinds, dates }
    }
}

impl Row for BorrowedRow<'_> {
    fn width(&self) -> usize {
        self.kinds.len()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        let missing = || DecodeError(format!("there is no column {index}"));
        let kind = self.kinds.get(index).ok_or_else(missing)?;
        // If the type of the column was changed meanwhile, the same bytes would mean another value.
        let found = self.row.columns().get(index).ok_or_else(missing)?.type_();
        if *found != wire_type(kind) {
            return Err(DecodeError(format!(
                "its type in PostgreSQL is {found}, and not {}",
                wire_type(kind)
            )));
        }
        let bytes = match self.row.try_get::<_, Option<Raw<'_>>>(index).map_err(|_| missing())? {
            Some(Raw(bytes)) => bytes,
            None => return Ok(ValueRef::Null),
        };
        let read = match kind {
            ColumnType::Integer => array(bytes).map(i64::from_be_bytes).map(ValueRef::Integer),
            ColumnType::Boolean => array(bytes).map(|[b]| ValueRef::Integer(b.into())),
            ColumnType::Real => array(bytes).map(f64::from_be_bytes).map(ValueRef::Real),
            ColumnType::Decimal { scale } => last_places(bytes, *scale).map(ValueRef::Integer),
            ColumnType::Text | ColumnType::UnitEnum(_) | ColumnType::Json => {
                std::str::from_utf8(bytes).ok().map(ValueRef::Text)
            }
            ColumnType::Bytes | ColumnType::Uuid => Some(ValueRef::Blob(bytes)),
            ColumnType::Timestamp => array(bytes).and_then(moment).map(ValueRef::Integer),
            ColumnType::Time => array(bytes).map(i64::from_be_bytes).map(ValueRef::Integer),
            ColumnType::Date => array(bytes).and_then(day).map(|day| {
                let text = self.dates.get(index).map(|text| text.get_or_init(|| day.to_string()));
                text.map_or(ValueRef::Null, |text| ValueRef::Text(text))
            }),
        };
        read.ok_or_else(|| DecodeError(format!("its value in PostgreSQL is no {kind:?}")))
    }
}

/// A value for a parameter whose type the server has inferred. Its `Debug` shows no value, since it may be a secret.
pub(super) struct BoundParameter<'a>(pub(super) &'a Value);

impl fmt::Debug for BoundParameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref().kind())
    }
}

impl ToSql for BoundParameter<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let kind = match (self.0, ty) {
            (Value::Integer(i), &Type::INT2) => return i16::try_from(*i)?.to_sql(ty, out),
            (Value::Integer(i), &Type::INT4) => return i32::try_from(*i)?.to_sql(ty, out),
            // The conversion would turn a number that is too large into infinity.
            (Value::Real(r), &Type::FLOAT4) if r.is_finite() && (*r as f32).is_infinite() => {
                return Err("a number is too large for `real`".into());
            }
            (Value::Real(r), &Type::FLOAT4) => return (*r as f32).to_sql(ty, out),
            (Value::Text(text), &Type::NUMERIC) => return Decimal::from_str_exact(text)?.to_sql(ty, out),
            (Value::Text(text), &Type::JSONB) => {
                out.put_u8(1);
                out.put_slice(text.as_bytes());
                return Ok(IsNull::No);
            }
            (_, &Type::INT8) => ColumnType::Integer,
            (_, &Type::BOOL) => ColumnType::Boolean,
            (_, &Type::FLOAT8) => ColumnType::Real,
            (_, &Type::NUMERIC) => ColumnType::Decimal { scale: 0 },
            (_, &Type::BYTEA) => ColumnType::Bytes,
            (_, &Type::UUID) => ColumnType::Uuid,
            (_, &Type::TIMESTAMPTZ | &Type::TIMESTAMP) => ColumnType::Timestamp,
            (_, &Type::DATE) => ColumnType::Date,
            (_, &Type::TIME) => ColumnType::Time,
            _ => ColumnType::Text,
        };
        Parameter { value: self.0.as_ref(), kind }.to_sql(ty, out)
    }

    /// A text for a parameter of a type that is not encoded here is sent in PostgreSQL's text format.
    fn encode_format(&self, ty: &Type) -> Format {
        match (self.0, ty) {
            (
                Value::Text(_),
                &Type::TEXT
                | &Type::VARCHAR
                | &Type::BPCHAR
                | &Type::NAME
                | &Type::JSON
                | &Type::JSONB
                | &Type::DATE
                | &Type::NUMERIC,
            ) => Format::Binary,
            (Value::Text(_), _) => Format::Text,
            _ => Format::Binary,
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of the user's own SQL, whose columns have whatever types the server reports.
pub(super) struct Plain<'a> {
    row: &'a tokio_postgres::Row,
    /// The decimals and dates as texts, each formatted when it is first read.
    texts: Vec<OnceCell<String>>,
}

impl<'a> Plain<'a> {
    pub(super) fn new(row: &'a tokio_postgres::Row) -> Self {
        Plain { row, texts: (0..row.len()).map(|_| OnceCell::new()).collect() }
    }
}

impl Row for Plain<'_> {
    fn width(&self) -> usize {
        self.row.len()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        let missing = || DecodeError(format!("there is no column {index}"));
        let column = self.row.columns().get(index).ok_or_else(missing)?;
        let bytes = match self.row.try_get::<_, Option<Raw<'_>>>(index).map_err(|_| missing())? {
            Some(Raw(bytes)) => bytes,
            None => return Ok(ValueRef::Null),
        };
        let text =
            |text: Option<String>| text.map(|text| ValueRef::Text(self.texts[index].get_or_init(|| text)));
        let read = match *column.type_() {
            Type::INT2 => array(bytes).map(|bytes| ValueRef::Integer(i16::from_be_bytes(bytes).into())),
            Type::INT4 => array(bytes).map(|bytes| ValueRef::Integer(i32::from_be_bytes(bytes).into())),
            Type::INT8 | Type::TIME => array(bytes).map(|bytes| ValueRef::Integer(i64::from_be_bytes(bytes))),
            Type::BOOL => array(bytes).map(|[b]| ValueRef::Integer(b.into())),
            Type::FLOAT4 => array(bytes).map(|bytes| ValueRef::Real(f32::from_be_bytes(bytes).into())),
            Type::FLOAT8 => array(bytes).map(|bytes| ValueRef::Real(f64::from_be_bytes(bytes))),
            Type::TIMESTAMPTZ | Type::TIMESTAMP => array(bytes).and_then(moment).map(ValueRef::Integer),
            Type::BYTEA | Type::UUID => Some(ValueRef::Blob(bytes)),
            Type::NUMERIC => text(Decimal::from_sql(&Type::NUMERIC, bytes).ok().map(|d| d.to_string())),
            Type::DATE => text(array(bytes).and_then(day).map(|day| day.to_string())),
            Type::JSONB => bytes.get(1..).and_then(|json| std::str::from_utf8(json).ok()).map(ValueRef::Text),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => {
                std::str::from_utf8(bytes).ok().map(ValueRef::Text)
            }
            _ => None,
        };
        read.ok_or_else(|| {
            DecodeError(format!(
                "column `{}` has the type {}, which crewed cannot read; cast it to text",
                column.name(),
                column.type_()
            ))
        })
    }
}

/// The microseconds since 1970 of a timestamp, or `None` for `infinity` and `-infinity`.
fn moment(bytes: [u8; 8]) -> Option<i64> {
    let micros = i64::from_be_bytes(bytes);
    micros.checked_add(EPOCH_MICROS).filter(|_| micros != i64::MIN)
}

fn day(bytes: [u8; 4]) -> Option<NaiveDate> {
    EPOCH.checked_add_signed(chrono::TimeDelta::try_days(i32::from_be_bytes(bytes).into())?)
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// A decimal as the integer that counts its last place (`12.30` with a scale of 2 is 1230), or `None` if it does not
/// fit.
fn last_places(bytes: &[u8], scale: u32) -> Option<i64> {
    let stored = Decimal::from_sql(&Type::NUMERIC, bytes).ok()?;
    let mut decimal = stored;
    decimal.rescale(scale);
    // A stored value with more places than the scale would be rounded, and is refused instead.
    let is_whole = decimal.scale() == scale && decimal == stored;
    if is_whole { i64::try_from(decimal.mantissa()).ok() } else { None }
}

/// The bytes of a value, as PostgreSQL sent them.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
