//! The messages of Pydantic version 2, as FastAPI sends them.

use serde_json::{Map, Value as Json};

use super::{FARTHER, Words, all_of, loc};
use crate::issue::{Bound, Choices, Issue, IssueKind, Step, one_of};

pub(super) fn item(issue: &Issue) -> Json {
    let words = words(&issue.kind);
    let mut item = Map::new();
    item.insert("type".to_owned(), words.kind.into());
    item.insert("loc".to_owned(), loc(&issue.loc));
    item.insert("msg".to_owned(), words.msg.into());
    if !matches!(issue.kind, IssueKind::NotPermitted) {
        item.insert("input".to_owned(), issue.input.clone());
    }
    if !words.ctx.is_empty() {
        item.insert("ctx".to_owned(), words.ctx.into());
    }
    item.into()
}

/// An issue as a line of the log, without the value: `balance: Input should be greater than or equal to 0`.
pub(super) fn describe(issue: &Issue) -> String {
    let step = |step: &Step| match step {
        Step::Name(name) => name.to_string(),
        Step::Index(index) => index.to_string(),
    };
    // The first step (`body`) is skipped, as the value did not come from a request.
    let place: Vec<String> = issue.loc.iter().skip(1).map(step).collect();
    format!("{}: {}", place.join("."), words(&issue.kind.clone().redacted()).msg)
}

fn words(kind: &IssueKind) -> Words {
    match kind {
        IssueKind::Missing => Words::new("missing", "Field required"),
        IssueKind::ExtraForbidden { allowed } => {
            let words = Words::new("extra_forbidden", "Extra inputs are not permitted");
            if allowed.is_empty() { words } else { words.with("allowed", allowed.clone()) }
        }
        IssueKind::NotAllowed { allowed } => {
            let expected = one_of(allowed.iter().map(|name| format!("'{name}'")).collect());
            Words::new("literal_error", format!("Input should be {expected}"))
                .with("expected", expected)
                .with("allowed", allowed.clone())
        }
        IssueKind::FrozenField => Words::new("frozen_field", "Field is frozen"),
        IssueKind::JsonInvalid { error } => {
            Words::new("json_invalid", "JSON decode error").with("error", error.as_str())
        }
        IssueKind::ModelAttributesType => Words::new(
            "model_attributes_type",
            "Input should be a valid dictionary or object to extract fields from",
        ),
        IssueKind::DictType => Words::new("dict_type", "Input should be a valid dictionary"),
        IssueKind::ListType => Words::new("list_type", "Input should be a valid list"),
        IssueKind::StringType => Words::new("string_type", "Input should be a valid string"),
        IssueKind::StringUnicode => Words::new(
            "string_unicode",
            "Input should be a valid string, unable to parse raw data as a unicode string",
        ),
        IssueKind::StringTooShort { min } => {
            let msg = format!("String should have at least {}", count(*min, "character"));
            Words::new("string_too_short", msg).with("min_length", *min)
        }
        IssueKind::StringTooLong { max } => {
            let msg = format!("String should have at most {}", count(*max, "character"));
            Words::new("string_too_long", msg).with("max_length", *max)
        }
        IssueKind::StringPatternMismatch { pattern } => {
            let msg = format!("String should match pattern '{pattern}'");
            Words::new("string_pattern_mismatch", msg).with("pattern", *pattern)
        }
        IssueKind::IntType => Words::new("int_type", "Input should be a valid integer"),
        IssueKind::IntParsing => {
            Words::new("int_parsing", "Input should be a valid integer, unable to parse string as an integer")
        }
        IssueKind::IntParsingSize => Words::new(
            "int_parsing_size",
            "Unable to parse input string as an integer, exceeded maximum size",
        ),
        IssueKind::IntFromFloat => Words::new(
            "int_from_float",
            "Input should be a valid integer, got a number with a fractional part",
        ),
        IssueKind::FloatType => Words::new("float_type", "Input should be a valid number"),
        IssueKind::FloatParsing => {
            Words::new("float_parsing", "Input should be a valid number, unable to parse string as a number")
        }
        IssueKind::FiniteNumber => Words::new("finite_number", "Input should be a finite number"),
        IssueKind::DecimalType => {
            Words::new("decimal_type", "Decimal input should be an integer, float, string or Decimal object")
        }
        IssueKind::DecimalParsing => Words::new("decimal_parsing", "Input should be a valid decimal"),
        IssueKind::DecimalMaxPlaces { places } => {
            let msg = format!("Decimal input should have no more than {}", count(*places, "decimal place"));
            Words::new("decimal_max_places", msg).with("decimal_places", *places)
        }
        IssueKind::DecimalWholeDigits { digits } => {
            let digit = count(*digits, "digit");
            let msg = format!("Decimal input should have no more than {digit} before the decimal point");
            Words::new("decimal_whole_digits", msg).with("whole_digits", *digits)
        }
        IssueKind::BoolType => Words::new("bool_type", "Input should be a valid boolean"),
        IssueKind::BoolParsing => {
            Words::new("bool_parsing", "Input should be a valid boolean, unable to interpret input")
        }
        IssueKind::UuidType => Words::new("uuid_type", "UUID input should be a string, bytes or UUID object"),
        IssueKind::UuidParsing { error } => parsing("uuid_parsing", "Input should be a valid UUID", error),
        IssueKind::DateType => Words::new("date_type", "Input should be a valid date"),
        IssueKind::DateParsing { error } => {
            parsing("date_from_datetime_parsing", "Input should be a valid date or datetime", error)
        }
        IssueKind::DateInexact => Words::new(
            "date_from_datetime_inexact",
            "Datetimes provided to dates should have zero time - e.g. be exact dates",
        ),
        IssueKind::DatetimeType => Words::new("datetime_type", "Input should be a valid datetime"),
        IssueKind::DatetimeParsing { error } => {
            parsing("datetime_from_date_parsing", "Input should be a valid datetime or date", error)
        }
        IssueKind::DatetimeNumber { error } => {
            parsing("datetime_parsing", "Input should be a valid datetime", error)
        }
        IssueKind::TimezoneAware => Words::new("timezone_aware", "Input should have timezone info"),
        IssueKind::TimezoneNaive => Words::new("timezone_naive", "Input should not have timezone info"),
        IssueKind::TimeType => Words::new("time_type", "Input should be a valid time"),
        IssueKind::TimeParsing { error } => {
            parsing("time_parsing", "Input should be in a valid time format", error)
        }
        IssueKind::BytesType => Words::new("bytes_type", "Input should be a valid bytes"),
        IssueKind::Base64Decode { error } => {
            Words::new("base64_decode", format!("Base64 decoding error: '{error}'"))
                .with("error", error.as_str())
        }
        IssueKind::Enum(choices) => choice("enum", *choices),
        IssueKind::Literal(choices) => choice("literal_error", *choices),
        IssueKind::GreaterThan(b) => bound("greater_than", "be greater than", "gt", *b),
        IssueKind::GreaterThanEqual(b) => {
            bound("greater_than_equal", "be greater than or equal to", "ge", *b)
        }
        IssueKind::LessThan(b) => bound("less_than", "be less than", "lt", *b),
        IssueKind::LessThanEqual(b) => bound("less_than_equal", "be less than or equal to", "le", *b),
        IssueKind::SkipTooFar(b) => {
            let msg = format!("Input should be less than or equal to {b}; {FARTHER}");
            Words::new("less_than_equal", msg).with("le", b.to_json())
        }
        IssueKind::MultipleOf(b) => bound("multiple_of", "be a multiple of", "multiple_of", *b),
        IssueKind::TooShort { min, actual } => {
            let item = count(*min, "item");
            let msg = format!("List should have at least {item} after validation, not {actual}");
            length("too_short", msg, "min_length", *min, *actual)
        }
        IssueKind::TooLong { max, actual } => {
            let item = count(*max, "item");
            let msg = format!("List should have at most {item} after validation, not {actual}");
            length("too_long", msg, "max_length", *max, *actual)
        }
        IssueKind::Format { what: "email", reason } => {
            Words::new("value_error", format!("value is not a valid email address: {reason}"))
                .with("reason", reason.as_str())
        }
        IssueKind::Format { what: "uri", reason } => {
            parsing("url_parsing", "Input should be a valid URL", reason)
        }
        IssueKind::Format { what: "ipv4", .. } => {
            Words::new("ip_v4_address", "Input is not a valid IPv4 address")
        }
        IssueKind::Format { what: "ipv6", .. } => {
            Words::new("ip_v6_address", "Input is not a valid IPv6 address")
        }
        IssueKind::Format { reason, .. } => value_error(reason),
        IssueKind::Nul => value_error("a text cannot hold the NUL character"),
        IssueKind::IndexedTooLong { max } => value_error(&format!("an index holds at most {max} bytes")),
        IssueKind::UnaddressableKey => value_error("a key cannot be empty, '.' or '..'"),
        IssueKind::DotsAsKey => value_error("a key cannot be '.' or '..'"),
        IssueKind::Unique => Words::new("unique", "Value is taken"),
        IssueKind::NotPermitted => Words::new("not_permitted", "Not permitted"),
        IssueKind::UniqueTogether { fields } => {
            let msg = format!("Another row has the same {}", all_of(fields));
            Words::new("unique", msg).with("fields", fields.clone())
        }
        IssueKind::Reference => Words::new("reference", "No such row"),
        IssueKind::Referenced => Words::new("referenced", "Other rows refer to this one"),
        IssueKind::TooManyValues { most } => {
            let msg = format!(
                "Input should take at most {most} bytes of memory when it is read; send less at once"
            );
            Words::new("too_many_values", msg).with("max_memory", *most)
        }
    }
}

fn parsing(kind: &'static str, msg: &str, error: &str) -> Words {
    Words::new(kind, format!("{msg}, {error}")).with("error", error)
}

fn choice(kind: &'static str, choices: Choices) -> Words {
    let expected = choices.one_of();
    Words::new(kind, format!("Input should be {expected}")).with("expected", expected)
}

fn bound(kind: &'static str, msg: &str, name: &str, bound: Bound) -> Words {
    Words::new(kind, format!("Input should {msg} {bound}")).with(name, bound.to_json())
}

fn length(kind: &'static str, msg: String, name: &str, limit: usize, actual: usize) -> Words {
    Words::new(kind, msg).with("field_type", "List").with(name, limit).with("actual_length", actual)
}

fn value_error(reason: &str) -> Words {
    Words::new("value_error", format!("Value error, {reason}")).with("error", reason)
}

/// `1 character`, `3 characters`.
fn count(n: impl TryInto<usize>, what: &str) -> String {
    let n = n.try_into().unwrap_or(usize::MAX);
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
