//! Bytes, which are a base64 text in JSON.

use std::borrow::Cow;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::{Constraints, constraint_error};
use crate::issue::{IssueCollector, IssueKind};

pub(super) fn read<'de, D: Deserializer<'de>>(
    input: D,
    constraints: &Constraints,
) -> Result<Vec<u8>, D::Error> {
    let text = <Cow<'de, str>>::deserialize(input)?;
    let bytes = decode(&text).map_err(|_| constraint_error())?;
    check(&bytes, constraints).map_err(|_| constraint_error())?;
    Ok(bytes)
}

pub(super) fn coerce(
    input: &Json,
    constraints: &Constraints,
    collector: &mut IssueCollector,
) -> Option<Vec<u8>> {
    let Json::String(text) = input else {
        return collector.fault(IssueKind::BytesType, input);
    };
    let decoded = decode(text)
        .map_err(|e| IssueKind::Base64Decode { error: e.to_string() })
        .and_then(|bytes| check(&bytes, constraints).map(|()| bytes));
    match decoded {
        Ok(bytes) => Some(bytes),
        Err(kind) => collector.fault(kind, input),
    }
}

pub(super) fn write<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&STANDARD.encode(bytes))
}

/// Decodes base64, which may have line breaks, as in MIME and PEM.
fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    let is_blank = |b: &u8| b.is_ascii_whitespace();
    match STANDARD.decode(text) {
        Err(_) if text.as_bytes().iter().any(is_blank) => {
            STANDARD.decode(text.bytes().filter(|b| !is_blank(b)).collect::<Vec<u8>>())
        }
        decoded => decoded,
    }
}

/// The constraints on the number of items apply to the number of bytes.
fn check(bytes: &[u8], constraints: &Constraints) -> Result<(), IssueKind> {
    constraints.check_most(bytes.len())?;
    constraints.check_least(bytes.len())?;
    constraints.check_indexed(bytes)
}
