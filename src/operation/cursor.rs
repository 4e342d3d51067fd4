//! Cursors: the place in a list where its next page begins, as an opaque text in a URL.
//!
//! A cursor is data of the client's, and proves nothing. It holds the values that the last row of a page has in the
//! columns of the order, each of which is looked at again as a value of its column, and a fingerprint of the query, so
//! that a cursor of another query is told from one of this query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Datelike as _, NaiveDate};
use smallvec::SmallVec;

use crate::resource::{ColumnType, ResourceMeta};
use crate::store::{Order, lasting_hash};
use crate::value::Value;
use crate::wire::{push_date, text};

/// The version of the encoding, which is its first byte.
const VERSION: u8 = 1;

/// The greatest length of a cursor.
pub(super) const LONGEST: usize = 16 << 10;

/// The microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The first microsecond that PostgreSQL has, counted from 1970. Its last one is beyond what an `i64` counts.
const FIRST: i64 = -210_866_803_200_000_000;

/// The cursor of the row with these values, or `None` if it would be too long.
pub(super) fn encoded(fingerprint: u64, position: &[Value]) -> Option<String> {
    let mut bytes = SmallVec::<[u8; 64]>::new();
    bytes.push(VERSION);
    bytes.extend_from_slice(&fingerprint.to_be_bytes());
    for value in position {
        match value {
            Value::Null => bytes.push(0),
            Value::Integer(integer) => {
                bytes.push(1);
                bytes.extend_from_slice(&integer.to_be_bytes());
            }
            Value::Real(real) => {
                bytes.push(2);
                bytes.extend_from_slice(&real.to_be_bytes());
            }
            Value::Text(text) => {
                bytes.push(3);
                push_sized(text.as_bytes(), &mut bytes)?;
            }
            Value::Blob(blob) => {
                bytes.push(4);
                push_sized(blob, &mut bytes)?;
            }
        }
    }
    let text = URL_SAFE_NO_PAD.encode(bytes);
    (text.len() <= LONGEST).then_some(text)
}

fn push_sized(content: &[u8], bytes: &mut SmallVec<[u8; 64]>) -> Option<()> {
    bytes.extend_from_slice(&u16::try_from(content.len()).ok()?.to_be_bytes());
    bytes.extend_from_slice(content);
    Some(())
}

/// The values in a cursor.
///
/// # Errors
/// A text that says what is wrong.
pub(super) fn decoded(
    cursor: &str,
    fingerprint: u64,
    terms: &[Order],
    meta: &ResourceMeta,
) -> Result<Vec<Value>, &'static str> {
    const TORN: &str = "the cursor is damaged: take it from the `Link` of a page as it is";
    if cursor.len() > LONGEST {
        return Err("the cursor is too long");
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| TORN)?;
    let mut rest = bytes.as_slice();
    if take::<1>(&mut rest) != Some([VERSION]) {
        return Err(TORN);
    }
    if take(&mut rest).map(u64::from_be_bytes).ok_or(TORN)? != fingerprint {
        return Err(
            "the cursor is of another query: its filters, its search and its sort have to stay the same",
        );
    }
    let mut position = Vec::with_capacity(terms.len());
    for term in terms {
        let value = value(&mut rest).filter(|value| fits(value, *term, meta));
        position.push(value.ok_or(TORN)?);
    }
    if rest.is_empty() { Ok(position) } else { Err(TORN) }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

fn value(bytes: &mut &[u8]) -> Option<Value> {
    let [kind] = take(bytes)?;
    let mut sized = || {
        let length = usize::from(u16::from_be_bytes(take(bytes)?));
        let (taken, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        Some(taken.to_vec())
    };
    match kind {
        0 => Some(Value::Null),
        3 => String::from_utf8(sized()?).ok().map(Value::Text),
        4 => Some(Value::Blob(sized()?)),
        1 => take(bytes).map(i64::from_be_bytes).map(Value::Integer),
        2 => take(bytes).map(f64::from_be_bytes).map(Value::Real),
        _ => None,
    }
}

/// Whether a column can have a value: also one that no client can send, and that somebody else has written.
fn fits(value: &Value, term: Order, meta: &ResourceMeta) -> bool {
    let constraints = &meta.object.fields[term.column].constraints;
    match (value, (meta.columns[term.column].kind)(constraints)) {
        (Value::Null, _) => term.may_be_null,
        (Value::Integer(integer), kind) => match kind {
            ColumnType::Integer | ColumnType::Decimal { .. } => true,
            ColumnType::Boolean => matches!(integer, 0 | 1),
            ColumnType::Time => (0..DAY).contains(integer),
            ColumnType::Timestamp => *integer >= FIRST,
            _ => false,
        },
        (Value::Real(real), ColumnType::Real) => real.is_finite(),
        // PostgreSQL's days begin in the year -4713, and SQLite compares the text.
        (Value::Text(sent), ColumnType::Date) => {
            let day = sent.parse::<NaiveDate>();
            day.is_ok_and(|day| day.year() > -4713 && *sent == text(push_date, &day))
        }
        (Value::Text(text), ColumnType::Text | ColumnType::UnitEnum(_)) => !text.contains('\0'),
        (Value::Blob(bytes), ColumnType::Uuid) => bytes.len() == 16,
        _ => false,
    }
}

/// Identifies a query by texts, in their order.
pub(super) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    // No text has the byte 0xff, so that two never run into one another.
    lasting_hash(parts.into_iter().flat_map(|part| part.bytes().chain([0xff])))
}
