//! Integers, floats and booleans.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value as Json;

use super::{Constraints, Part, Shape, Wire, constraint_error};
use crate::issue::{Bound, IssueCollector, IssueKind};

macro_rules! integers {
    ($($int:ty: $format:literal, $max:expr;)*) => {$(
        impl Wire for $int {
            fn shape() -> Shape {
                Shape::Integer { min: <$int>::MIN as i64, max: $max, format: $format }
            }

            fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
                let value = input.deserialize_i64(Whole)?;
                constraints.check_int(value).map_err(|_| constraint_error())?;
                <$int>::try_from(value).map_err(|_| constraint_error())
            }

            fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
                match coerce_int(input, <$int>::MIN as i64, $max, constraints) {
                    Ok(value) => <$int>::try_from(value).ok(),
                    Err(kind) => collector.fault(kind, input),
                }
            }

            fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, out)
            }
        }
    )*};
}

// Wider integers are limited to the range of i64, since the engines cannot store more, and few JSON parsers can read
// more.
integers! {
    i8: "int32", i8::MAX as i64;
    i16: "int32", i16::MAX as i64;
    i32: "int32", i32::MAX as i64;
    i64: "int64", i64::MAX;
    u16: "int32", u16::MAX as i64;
    u32: "int64", u32::MAX as i64;
    u64: "int64", i64::MAX;
    isize: "int64", isize::MAX as i64;
    usize: "int64", if usize::BITS < 64 { usize::MAX as i64 } else { i64::MAX };
}

/// A single byte is a small integer, but a list of bytes is a base64 text.
impl Wire for u8 {
    fn shape() -> Shape {
        Shape::Integer { min: 0, max: 255, format: "int32" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        u16::read(input, constraints).and_then(|v| u8::try_from(v).map_err(|_| constraint_error()))
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match coerce_int(input, 0, 255, constraints) {
            Ok(value) => u8::try_from(value).ok(),
            Err(kind) => collector.fault(kind, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(*self)
    }

    fn list_shape() -> Shape {
        Shape::Text { format: "byte" }
    }

    fn read_list<'de, D: Deserializer<'de>>(
        input: D,
        constraints: &Constraints,
    ) -> Result<Vec<u8>, D::Error> {
        super::bytes::read(input, constraints)
    }

    fn coerce_list(
        input: Part<'_>,
        constraints: &Constraints,
        collector: &mut IssueCollector,
    ) -> Option<Vec<u8>> {
        match input.is_list() || input.is_object() {
            true => collector.fault(IssueKind::BytesType, &input),
            false => super::bytes::coerce(&input.tree(collector)?, constraints, collector),
        }
    }

    fn write_list<S: Serializer>(items: &[u8], out: S) -> Result<S::Ok, S::Error> {
        super::bytes::write(items, out)
    }
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
    }
}

fn coerce_int(input: &Json, min: i64, max: i64, constraints: &Constraints) -> Result<i64, IssueKind> {
    let wide = match input {
        Json::Bool(b) => i128::from(*b),
        Json::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
            (Some(i), ..) => i.into(),
            (_, Some(u), _) => u.into(),
            (.., Some(f)) if f.fract() != 0.0 => return Err(IssueKind::IntFromFloat),
            // A number below the least integer may be rounded to it as a float, but must not count as that integer.
            (.., Some(f)) if f <= i64::MIN as f64 => (f as i128).min(i128::from(i64::MIN) - 1),
            // A number outside the range of `i128` becomes the least or greatest `i128`, which is always out of bounds.
            (.., f) => f.unwrap_or(f64::MAX) as i128,
        },
        Json::String(text) => int_from_text(text)?,
        _ => return Err(IssueKind::IntType),
    };
    let value = match i64::try_from(wide) {
        Ok(value) => value,
        // A violated bound of the declaration is reported rather than that of the integer type.
        Err(_) if let Some(kind) = beyond(wide, constraints) => return Err(kind),
        Err(_) if wide < 0 => return Err(IssueKind::GreaterThanEqual(Bound::Int(min))),
        Err(_) => return Err(IssueKind::LessThanEqual(Bound::Int(max))),
    };
    constraints.check_int(value)?;
    if value < min {
        return Err(IssueKind::GreaterThanEqual(Bound::Int(min)));
    }
    if value > max {
        return Err(IssueKind::LessThanEqual(Bound::Int(max)));
    }
    Ok(value)
}

/// The declared bound that an integer of more than 64 bits violates.
fn beyond(wide: i128, constraints: &Constraints) -> Option<IssueKind> {
    let nearest = if wide < 0 { i64::MIN } else { i64::MAX };
    Constraints { multiple_of: None, ..*constraints }.check_int(nearest).err()
}

/// Parses an integer as Python spells it: with blanks around, a sign, `_` between digits, and zeros after a point.
fn int_from_text(text: &str) -> Result<i128, IssueKind> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let digits = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return Err(IssueKind::IntParsing),
        None => digits,
    };
    let digits = without_underscores(digits).ok_or(IssueKind::IntParsing)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IssueKind::IntParsing);
    }
    // Python's own limit.
    if digits.len() > 4300 {
        return Err(IssueKind::IntParsingSize);
    }
    let digits = digits.trim_start_matches('0');
    let value = match digits {
        "" => 0,
        _ => digits.parse::<i128>().unwrap_or(i128::MAX),
    };
    Ok(if negative { -value } else { value })
}

/// Removes the underscores between digits, or returns `None` if there is one elsewhere.
fn without_underscores(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    let digit = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let between = |(i, _)| digit(usize::checked_sub(i, 1)) && digit(Some(i + 1));
    text.match_indices('_').all(between).then(|| text.replace('_', "").into())
}

impl Wire for f64 {
    fn shape() -> Shape {
        Shape::Number { format: "double" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        let value = f64::deserialize(input)?;
        constraints.check_float(value).map(|()| value).map_err(|_| constraint_error())
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match coerce_float(input).and_then(|value| constraints.check_float(value).map(|()| value)) {
            Ok(value) => Some(value),
            Err(kind) => collector.fault(kind, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(*self)
    }
}

impl Wire for f32 {
    fn shape() -> Shape {
        Shape::Number { format: "float" }
    }

    fn read<'de, D: Deserializer<'de>>(input: D, constraints: &Constraints) -> Result<Self, D::Error> {
        narrow(f64::read(input, constraints)?).ok_or_else(constraint_error)
    }

    fn coerce(input: &Json, constraints: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        match f64::coerce(input, constraints, collector).map(narrow)? {
            Some(value) => Some(value),
            None => collector.fault(IssueKind::FiniteNumber, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f32(*self)
    }
}

/// The nearest f32, unless that is infinite. serde would accept 1e39 as infinity.
fn narrow(value: f64) -> Option<f32> {
    Some(value as f32).filter(|v| v.is_finite())
}

fn coerce_float(input: &Json) -> Result<f64, IssueKind> {
    match input {
        Json::Bool(b) => Ok(f64::from(u8::from(*b))),
        Json::Number(n) => n.as_f64().ok_or(IssueKind::FloatParsing),
        Json::String(text) => {
            without_underscores(text.trim()).and_then(|text| text.parse().ok()).ok_or(IssueKind::FloatParsing)
        }
        _ => Err(IssueKind::FloatType),
    }
}

impl Wire for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }

    fn read<'de, D: Deserializer<'de>>(input: D, _: &Constraints) -> Result<Self, D::Error> {
        bool::deserialize(input)
    }

    fn coerce(input: &Json, _: &Constraints, collector: &mut IssueCollector) -> Option<Self> {
        let parsed = match input {
            Json::Bool(b) => Some(*b),
            Json::Number(n) if n.as_f64() == Some(1.0) => Some(true),
            Json::Number(n) if n.as_f64() == Some(0.0) => Some(false),
            Json::Number(n) if n.as_f64().is_some_and(|f| f.fract() != 0.0) => {
                return collector.fault(IssueKind::BoolType, input);
            }
            Json::Number(_) => None,
            Json::String(text) => match text.to_ascii_lowercase().as_str() {
                "1" | "on" | "t" | "true" | "y" | "yes" => Some(true),
                "0" | "off" | "f" | "false" | "n" | "no" => Some(false),
                _ => None,
            },
            _ => return collector.fault(IssueKind::BoolType, input),
        };
        match parsed {
            Some(value) => Some(value),
            None => collector.fault(IssueKind::BoolParsing, input),
        }
    }

    fn write<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_bool(*self)
    }
}
