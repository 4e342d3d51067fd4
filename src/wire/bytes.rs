//! Bytes: base64 text on the wire.

use std::borrow::Cow;

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::{Rules, broken};
use crate::issue::{IssueKind, Trail};

pub(super) fn read<'de, D: Deserializer<'de>>(input: D, rules: &Rules) -> Result<Vec<u8>, D::Error> {
    let text = <Cow<'de, str>>::deserialize(input)?;
    let bytes = decode(&text).map_err(|_| broken())?;
    check(&bytes, rules).map_err(|_| broken())?;
    Ok(bytes)
}

pub(super) fn explain(input: &Json, rules: &Rules, trail: &mut Trail) -> Option<Vec<u8>> {
    let Json::String(text) = input else {
        return trail.fault(IssueKind::BytesType, input);
    };
    let decoded = decode(text)
        .map_err(|e| IssueKind::Base64Decode { error: e.to_string() })
        .and_then(|bytes| check(&bytes, rules).map(|()| bytes));
    match decoded {
        Ok(bytes) => Some(bytes),
        Err(kind) => trail.fault(kind, input),
    }
}

pub(super) fn write<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&STANDARD.encode(bytes))
}

/// Base64 may be broken into lines, as MIME and PEM have it.
fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    let is_blank = |b: &u8| b.is_ascii_whitespace();
    match STANDARD.decode(text) {
        Err(_) if text.as_bytes().iter().any(is_blank) => {
            STANDARD.decode(text.bytes().filter(|b| !is_blank(b)).collect::<Vec<u8>>())
        }
        decoded => decoded,
    }
}

/// The items of a list of bytes are its bytes.
fn check(bytes: &[u8], rules: &Rules) -> Result<(), IssueKind> {
    rules.check_most(bytes.len())?;
    rules.check_least(bytes.len())?;
    rules.check_indexed(bytes)
}
