//! The messages of Pydantic version 1, which older FastAPI tutorials show.

use serde_json::{Map, Value as Json};

use super::{FARTHER, Words, all_of, loc};
use crate::issue::{Bound, Choices, Issue, IssueKind};

pub(super) fn item(issue: &Issue) -> Json {
    let words = match issue.input {
        // Version 1 checks for null before it checks the type.
        Json::Null if is_of_type(&issue.kind) => {
            Words::new("type_error.none.not_allowed", "none is not an allowed value")
        }
        _ => words(&issue.kind),
    };
    let mut item = Map::new();
    item.insert("loc".to_owned(), loc(&issue.loc));
    item.insert("msg".to_owned(), words.msg.into());
    item.insert("type".to_owned(), words.kind.into());
    if !words.ctx.is_empty() {
        item.insert("ctx".to_owned(), words.ctx.into());
    }
    item.into()
}

fn is_of_type(kind: &IssueKind) -> bool {
    matches!(
        kind,
        IssueKind::ModelAttributesType
            | IssueKind::DictType
            | IssueKind::ListType
            | IssueKind::StringType
            | IssueKind::IntType
            | IssueKind::FloatType
            | IssueKind::DecimalType
            | IssueKind::BoolType
            | IssueKind::UuidType
            | IssueKind::DateType
            | IssueKind::DatetimeType
            | IssueKind::TimeType
            | IssueKind::BytesType
            | IssueKind::Enum(_)
            | IssueKind::Literal(_)
    )
}

fn words(kind: &IssueKind) -> Words {
    match kind {
        IssueKind::Missing => Words::new("value_error.missing", "field required"),
        IssueKind::ExtraForbidden { allowed } => {
            let words = Words::new("value_error.extra", "extra fields not permitted");
            if allowed.is_empty() { words } else { words.with("allowed", allowed.clone()) }
        }
        IssueKind::NotAllowed { allowed } => {
            let permitted: Vec<String> = allowed.iter().map(|name| format!("'{name}'")).collect();
            let msg = format!("unexpected value; permitted: {}", permitted.join(", "));
            Words::new("value_error.const", msg).with("permitted", allowed.clone())
        }
        IssueKind::FrozenField => Words::new("value_error.const", "field is frozen"),
        IssueKind::JsonInvalid { error } => {
            Words::new("value_error.jsondecode", error.as_str()).with("msg", error.as_str())
        }
        IssueKind::ModelAttributesType | IssueKind::DictType => {
            Words::new("type_error.dict", "value is not a valid dict")
        }
        IssueKind::ListType => Words::new("type_error.list", "value is not a valid list"),
        IssueKind::StringType | IssueKind::StringUnicode => Words::new("type_error.str", "str type expected"),
        IssueKind::BytesType | IssueKind::Base64Decode { .. } => {
            Words::new("type_error.bytes", "byte type expected")
        }
        IssueKind::StringTooShort { min } => {
            let msg = format!("ensure this value has at least {min} characters");
            Words::new("value_error.any_str.min_length", msg).with("limit_value", *min)
        }
        IssueKind::StringTooLong { max } => {
            let msg = format!("ensure this value has at most {max} characters");
            Words::new("value_error.any_str.max_length", msg).with("limit_value", *max)
        }
        IssueKind::StringPatternMismatch { pattern } => {
            let msg = format!("string does not match regex \"{pattern}\"");
            Words::new("value_error.str.regex", msg).with("pattern", *pattern)
        }
        IssueKind::IntType | IssueKind::IntParsing | IssueKind::IntParsingSize | IssueKind::IntFromFloat => {
            Words::new("type_error.integer", "value is not a valid integer")
        }
        IssueKind::FloatType | IssueKind::FloatParsing | IssueKind::FiniteNumber => {
            Words::new("type_error.float", "value is not a valid float")
        }
        IssueKind::DecimalType | IssueKind::DecimalParsing => {
            Words::new("type_error.decimal", "value is not a valid decimal")
        }
        IssueKind::DecimalMaxPlaces { places } => {
            let msg = format!("ensure that there are no more than {places} decimal places");
            Words::new("value_error.decimal.max_places", msg).with("decimal_places", *places)
        }
        IssueKind::DecimalWholeDigits { digits } => {
            let msg = format!("ensure that there are no more than {digits} digits before the decimal point");
            Words::new("value_error.decimal.whole_digits", msg).with("whole_digits", *digits)
        }
        IssueKind::BoolType | IssueKind::BoolParsing => {
            Words::new("type_error.bool", "value could not be parsed to a boolean")
        }
        IssueKind::UuidType | IssueKind::UuidParsing { .. } => {
            Words::new("type_error.uuid", "value is not a valid uuid")
        }
        IssueKind::DateType | IssueKind::DateParsing { .. } | IssueKind::DateInexact => {
            Words::new("value_error.date", "invalid date format")
        }
        IssueKind::DatetimeType
        | IssueKind::DatetimeParsing { .. }
        | IssueKind::DatetimeNumber { .. }
        | IssueKind::TimezoneAware
        | IssueKind::TimezoneNaive => Words::new("value_error.datetime", "invalid datetime format"),
        IssueKind::TimeType | IssueKind::TimeParsing { .. } => {
            Words::new("value_error.time", "invalid time format")
        }
        IssueKind::Enum(choices) => choice(
            "type_error.enum",
            "value is not a valid enumeration member; permitted",
            "enum_values",
            *choices,
        ),
        IssueKind::Literal(choices) => {
            choice("value_error.const", "unexpected value; permitted", "permitted", *choices)
        }
        IssueKind::GreaterThan(b) => number("value_error.number.not_gt", "greater than", *b),
        IssueKind::GreaterThanEqual(b) => number("value_error.number.not_ge", "greater than or equal to", *b),
        IssueKind::LessThan(b) => number("value_error.number.not_lt", "less than", *b),
        IssueKind::LessThanEqual(b) => number("value_error.number.not_le", "less than or equal to", *b),
        IssueKind::SkipTooFar(b) => {
            let msg = format!("ensure this value is less than or equal to {b}; {FARTHER}");
            Words::new("value_error.number.not_le", msg).with("limit_value", b.to_json())
        }
        IssueKind::MultipleOf(b) => {
            Words::new("value_error.number.not_multiple", format!("ensure this value is a multiple of {}", b))
                .with("multiple_of", b.to_json())
        }
        IssueKind::TooShort { min, .. } => {
            Words::new("value_error.list.min_items", format!("ensure this value has at least {min} items"))
                .with("limit_value", *min)
        }
        IssueKind::TooLong { max, .. } => {
            Words::new("value_error.list.max_items", format!("ensure this value has at most {max} items"))
                .with("limit_value", *max)
        }
        IssueKind::Format { what: "email", .. } => {
            Words::new("value_error.email", "value is not a valid email address")
        }
        IssueKind::Format { what: "uri", .. } => {
            Words::new("value_error.url", "invalid or missing URL scheme")
        }
        IssueKind::Format { what: "ipv4", .. } => {
            Words::new("value_error.ipv4address", "value is not a valid IPv4 address")
        }
        IssueKind::Format { what: "ipv6", .. } => {
            Words::new("value_error.ipv6address", "value is not a valid IPv6 address")
        }
        IssueKind::Format { reason, .. } => Words::new("value_error", reason.as_str()),
        IssueKind::Nul => Words::new("value_error", "a text cannot hold the NUL character"),
        IssueKind::IndexedTooLong { max } => {
            Words::new("value_error", format!("an index holds at most {max} bytes"))
        }
        IssueKind::UnaddressableKey => Words::new("value_error", "a key cannot be empty, '.' or '..'"),
        IssueKind::DotsAsKey => Words::new("value_error", "a key cannot be '.' or '..'"),
        IssueKind::Unique => Words::new("value_error.unique", "value is taken"),
        IssueKind::NotPermitted => Words::new("permission_error.not_permitted", "not permitted"),
        IssueKind::UniqueTogether { fields } => {
            let msg = format!("another row has the same {}", all_of(fields));
            Words::new("value_error.unique", msg).with("fields", fields.clone())
        }
        IssueKind::Reference => Words::new("value_error.reference", "no such row"),
        IssueKind::Referenced => Words::new("value_error.referenced", "other rows refer to this one"),
        IssueKind::TooManyValues { most } => {
            Words::new("value_error.too_many_values", "the values take too much memory")
                .with("limit_value", *most)
        }
    }
}

fn choice(kind: &'static str, msg: &str, list: &str, choices: Choices) -> Words {
    let permitted: Vec<String> = match choices {
        Choices::Names(names) => names.iter().map(|name| format!("'{name}'")).collect(),
        Choices::Numbers(numbers) => numbers.iter().map(i64::to_string).collect(),
    };
    Words::new(kind, format!("{msg}: {}", permitted.join(", "))).with(list, choices.to_json())
}

fn number(kind: &'static str, relation: &str, bound: Bound) -> Words {
    let msg = format!("ensure this value is {relation} {bound}");
    Words::new(kind, msg).with("limit_value", bound.to_json())
}
