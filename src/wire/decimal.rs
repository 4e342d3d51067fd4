//! Decimals. They are serialized as texts, like Pydantic's, and parsed from texts or numbers, without losing digits.

use std::borrow::Cow;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::{Constraints, Part, Shape, Wire, constraint_error};
use crate::issue::{Bound, IssueCollector, IssueKind};

/// The maximal number of digits of a decimal with a `scale`, before and after the point together.
pub(crate) const MOST_DIGITS: u32 = 18;

/// [`MOST_DIGITS`] nines and one more.
const TOO_MANY: i128 = 10_i128.pow(MOST_DIGITS);

/// The format that distinguishes a decimal from other texts in a shape.
const FORMAT: &str = "decimal";

/// Whether a shape is a decimal.
pub(crate) fn is_decimal(shape: Shape) -> bool {
    matches!(shape, Shape::Text { format: FORMAT })
}

impl Wire for Decimal {
    fn shape() -> Shape {
        Shape::Text { format: FORMAT }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?.get();
        let text = match raw.as_bytes() {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => Cow::Borrowed(&raw[1..raw.len() - 1]),
            [b'"', ..] => serde_json::from_str(raw).map_err(|_| constraint_error())?,
            [b'-' | b'0'..=b'9', ..] => as_number(raw),
            _ => return Err(constraint_error()),
        };
        let value = from_text(&text).ok_or_else(constraint_error)?;
        check(value, constraints).map_err(|_| constraint_error())
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let parsed = match input {
            Json::Number(n) => from_text(&n.to_string()),
            Json::String(text) => from_text(text.trim()),
            _ => return collector.fault(IssueKind::DecimalType, input),
        };
        match parsed.ok_or(IssueKind::DecimalParsing).and_then(|v| check(v, constraints)) {
            Ok(value) => Some(value),
            Err(kind) => collector.fault(kind, input),
        }
    }

    fn coerce_part(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Self> {
        let number = match input.text() {
            text @ [b'-' | b'0'..=b'9', ..] => std::str::from_utf8(text).ok(),
            _ => None,
        };
        match number.map(|raw| from_text(&as_number(raw)).ok_or(IssueKind::DecimalParsing)) {
            Some(parsed) => match parsed.and_then(|value| check(value, constraints)) {
                Ok(value) => Some(value),
                Err(kind) => collector.fault(kind, &input),
            },
            None if input.is_list() || input.is_object() => collector.fault(IssueKind::DecimalType, &input),
            None => Self::coerce(&input.tree(collector)?, constraints, collector),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// The text of a number that `serde_json::Value` cannot represent exactly.
pub(super) fn too_exact(raw: &str) -> Option<&str> {
    match raw.as_bytes() {
        [b'-' | b'0'..=b'9', ..] => match as_number(raw) {
            Cow::Borrowed(raw) => Some(raw),
            Cow::Owned(_) => None,
        },
        _ => None,
    }
}

/// The text of a JSON number. If `serde_json::Value` represents it exactly, the text is normalized, as in Python (`1.5`
/// for `1.50`). Otherwise it is borrowed as it was written, so that no digit is lost.
fn as_number(raw: &str) -> Cow<'_, str> {
    match serde_json::from_str::<serde_json::Number>(raw).map(|number| number.to_string()) {
        Ok(number) if from_text(&number) == from_text(raw) => number.into(),
        _ => raw.into(),
    }
}

fn from_text(text: &str) -> Option<Decimal> {
    // `from_str_exact` refuses a number that it would have to round, whereas `from_scientific` rounds it.
    Decimal::from_str_exact(text).ok().or_else(|| of_digits(text))
}

/// Parses a decimal with an exponent, or one that has more digits than the type only because of its zeros.
fn of_digits(text: &str) -> Option<Decimal> {
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let trailing = digits.len() - significant.len();
    // The power of ten of the last nonzero digit.
    let power = exponent.checked_add(trailing as i64)?.checked_sub(fraction.len() as i64)?;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some(Decimal::ZERO);
    }
    let digits: i128 = significant.parse().ok()?;
    let (digits, scale) = match u32::try_from(power) {
        Ok(power) => (digits.checked_mul(10_i128.checked_pow(power)?)?, 0),
        Err(_) => (digits, u32::try_from(power.checked_neg()?).ok()?),
    };
    Decimal::try_from_i128_with_scale(if negative { -digits } else { digits }, scale).ok()
}

fn check(value: Decimal, constraints: &Constraints) -> Result<Decimal, IssueKind> {
    if let Some(places) = constraints.scale {
        let value = value.normalize();
        if value.scale() > places {
            return Err(IssueKind::DecimalMaxPlaces { places });
        }
        if scaled(value, places).is_none_or(|last| i128::from(last).abs() >= TOO_MANY) {
            return Err(IssueKind::DecimalWholeDigits { digits: MOST_DIGITS - places });
        }
    }
    let leaves_a_rest = |v: Decimal, b: Decimal| v.checked_rem(b).is_some_and(|rest| !rest.is_zero());
    constraints.check_bounds(value, exact, leaves_a_rest).map(|()| value)
}

/// The exact bound of a decimal. A floating-point bound is read in its shortest decimal spelling.
pub(crate) fn exact(bound: Bound) -> Option<Decimal> {
    match bound {
        Bound::Int(i) => Some(Decimal::from(i)),
        Bound::Float(f) => from_text(&f.to_string()),
        Bound::Decimal { digits, scale } => Decimal::try_new(digits, scale).ok(),
    }
}

/// The decimal as an integer in units of its last place, which is how a column stores it.
pub(crate) fn scaled(value: Decimal, places: u32) -> Option<i64> {
    let mut value = value;
    value.rescale(places);
    if value.scale() != places {
        return None;
    }
    value.mantissa().to_i64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_make_no_decimal_too_long() {
        let long = format!("1.5{}", "0".repeat(43));
        let cases = [
            ("0e-30", "0"),
            ("0e-4000000000", "0"),
            (&*long, "1.5"),
            ("000000000000000000000000000000000000000001", "1"),
            ("-0.000000000000000000000000000001000e3", "-0.000000000000000000000000001"),
            ("100000000000000000000000000000000e-30", "100"),
        ];
        for (text, value) in cases {
            assert_eq!(from_text(text).map(|v| v.normalize().to_string()).as_deref(), Some(value), "{text}");
        }
        let wrong = ["", ".", "-", "1.5e", "1..5", "1.5x", "1e-30", "1e40", "--1", "0e99999999999999999999"];
        for text in wrong {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (raw, text) in [
            ("1.50", "1.5"),
            ("1e3", "1000.0"),
            ("90071992547409.93", "90071992547409.93"),
            ("0.1", "0.1"),
            ("0.10000000000000000555", "0.10000000000000000555"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551617", "18446744073709551617"),
            ("-90071992547409.930", "-90071992547409.930"),
        ] {
            assert_eq!(as_number(raw), text);
        }
    }
}
