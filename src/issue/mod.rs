//! The issues of an input: one [`Issue`] for each fault, collected by an [`IssueCollector`].
//!
//! An issue is data. Its wording in an answer (FastAPI's, Pydantic version 1's, or RFC 9457) is up to `error_format`.

mod collector;
mod echo;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value as Json;

pub use collector::{IssueCollector, MOST_ECHOED, MOST_ISSUES, MOST_TOLD};
pub(crate) use collector::{keep_within_bounds, most_memory};
pub(crate) use echo::Echo;
pub(crate) use echo::beginning;

use echo::shortened;

/// One step of the location of a faulty value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A place (`body`, `path`, `query`) or the wire name of a field.
    Name(Cow<'static, str>),
    /// A position in a list.
    Index(usize),
}

impl From<&'static str> for Step {
    fn from(name: &'static str) -> Self {
        Step::Name(name.into())
    }
}

impl From<String> for Step {
    fn from(name: String) -> Self {
        Step::Name(name.into())
    }
}

impl From<Cow<'static, str>> for Step {
    fn from(name: Cow<'static, str>) -> Self {
        Step::Name(name)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

impl Step {
    /// The same, with a name of [`MOST_OF_A_NAME`] bytes at most.
    fn shortened(&self) -> Self {
        match self {
            Step::Name(Cow::Owned(name)) => Step::Name(shortened(name, MOST_OF_A_NAME).into_owned().into()),
            other => other.clone(),
        }
    }

    /// Its approximate length in an answer, in bytes.
    fn length(&self) -> usize {
        match self {
            Step::Name(name) => name.len() + 3,
            Step::Index(_) => 8,
        }
    }
}

/// One fault of an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Issue {
    /// What is wrong.
    pub kind: IssueKind,
    /// Where it is: the place first, then names and positions.
    pub loc: Vec<Step>,
    /// The value that was sent there, or its beginning if it is too long to be repeated.
    pub input: Json,
}

impl Issue {
    /// Creates an issue.
    #[must_use]
    pub fn new(kind: IssueKind, loc: Vec<Step>, input: Json) -> Self {
        Issue { kind, loc, input }
    }

    /// Its approximate length in an answer in bytes, without the repeated value, which is counted separately.
    fn length(&self) -> usize {
        self.loc.iter().map(Step::length).sum::<usize>() + self.kind.length()
    }
}

/// A bound of a number, which is itself of the kind of number that it bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// Bounds an integer or a decimal.
    Int(i64),
    /// Bounds a floating-point number.
    Float(f64),
    /// Bounds a decimal.
    Decimal {
        /// The digits, as one number.
        digits: i64,
        /// How many of them are after the decimal point.
        scale: u32,
    },
}

impl Bound {
    /// The bound as JSON: `1` for an integer's, `1.0` for a float's, and the nearest float for a decimal's.
    #[must_use]
    pub fn to_json(self) -> Json {
        match self {
            Bound::Int(i) => i.into(),
            Bound::Float(_) | Bound::Decimal { .. } => self.as_f64().into(),
        }
    }

    /// The nearest floating-point number to the bound.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Bound::Int(i) => i as f64,
            Bound::Float(f) => f,
            Bound::Decimal { digits, scale } => format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Bound::Int(i) => write!(f, "{i}"),
            Bound::Float(value) => write!(f, "{value}"),
            Bound::Decimal { digits, scale } => {
                let scale = usize::try_from(scale).unwrap_or(usize::MAX).min(64);
                let sign = if digits < 0 { "-" } else { "" };
                let all = format!("{:0>1$}", digits.unsigned_abs(), scale + 1);
                let (whole, fraction) = all.split_at(all.len() - scale);
                write!(f, "{sign}{whole}")?;
                if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
            }
        }
    }
}

/// The kinds of issues, named after Pydantic's error types.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are Pydantic's, and `error_format` has their messages")]
pub enum IssueKind {
    Missing,
    ExtraForbidden {
        allowed: Vec<String>,
    },
    /// A value that is none of those that are allowed.
    NotAllowed {
        allowed: Vec<String>,
    },
    FrozenField,
    JsonInvalid {
        error: String,
    },
    ModelAttributesType,
    DictType,
    ListType,
    StringType,
    StringUnicode,
    StringTooShort {
        min: usize,
    },
    StringTooLong {
        max: usize,
    },
    StringPatternMismatch {
        pattern: &'static str,
    },
    IntType,
    IntParsing,
    IntParsingSize,
    IntFromFloat,
    FloatType,
    FloatParsing,
    FiniteNumber,
    DecimalType,
    DecimalParsing,
    DecimalMaxPlaces {
        places: u32,
    },
    DecimalWholeDigits {
        digits: u32,
    },
    BoolType,
    BoolParsing,
    UuidType,
    UuidParsing {
        error: String,
    },
    DateType,
    DateParsing {
        error: String,
    },
    DateInexact,
    DatetimeType,
    DatetimeParsing {
        error: String,
    },
    DatetimeNumber {
        error: String,
    },
    TimezoneAware,
    TimezoneNaive,
    TimeType,
    TimeParsing {
        error: String,
    },
    BytesType,
    Base64Decode {
        error: String,
    },
    Enum(Choices),
    Literal(Choices),
    GreaterThan(Bound),
    GreaterThanEqual(Bound),
    LessThan(Bound),
    LessThanEqual(Bound),
    /// A list is to begin behind more rows than may be passed over.
    SkipTooFar(Bound),
    MultipleOf(Bound),
    TooShort {
        min: usize,
        actual: usize,
    },
    TooLong {
        max: usize,
        actual: usize,
    },
    /// A text that does not have its declared format; `what` is the format, and `reason` says what is wrong.
    Format {
        what: &'static str,
        reason: String,
    },
    /// A text with the NUL character, which the engines cannot store.
    Nul,
    /// A text, or bytes, longer than `max` bytes, the limit of an index.
    IndexedTooLong {
        max: usize,
    },
    /// A key that cannot be the last segment of a path: an empty one, `.` or `..`.
    UnaddressableKey,
    /// A key that cannot be a segment of a path: `.` or `..`.
    DotsAsKey,
    /// A unique value that another row has already.
    Unique,
    /// Values of several fields that another row has already, together.
    UniqueTogether {
        fields: Vec<&'static str>,
    },
    /// A field that whoever asks may not set. It is not about the value, which is not repeated.
    NotPermitted,
    /// A foreign key that refers to a row that does not exist.
    Reference,
    /// The key of a row that others refer to.
    Referenced,
    /// A body whose parsed values would take more than `most` bytes of memory.
    TooManyValues {
        most: usize,
    },
}

/// The permitted values of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choices {
    /// These texts.
    Names(&'static [&'static str]),
    /// These numbers.
    Numbers(&'static [i64]),
}

impl Choices {
    /// `'draft', 'live' or 'gone'`; `1, 2 or 3`.
    #[must_use]
    pub fn one_of(self) -> String {
        match self {
            Choices::Names(names) => one_of(names.iter().map(|name| format!("'{name}'")).collect()),
            Choices::Numbers(numbers) => one_of(numbers.iter().map(i64::to_string).collect()),
        }
    }

    /// The values as JSON.
    #[must_use]
    pub fn to_json(self) -> Vec<Json> {
        match self {
            Choices::Names(names) => names.iter().map(|name| (*name).into()).collect(),
            Choices::Numbers(numbers) => numbers.iter().map(|number| (*number).into()).collect(),
        }
    }
}

/// `a, b or c`.
pub(crate) fn one_of(all: Vec<String>) -> String {
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

impl IssueKind {
    /// The same kind without the message of a parser, which may repeat a part of the input.
    pub(crate) fn redacted(self) -> Self {
        let error = REDACTED.to_owned();
        match self {
            IssueKind::UuidParsing { .. } => IssueKind::UuidParsing { error },
            IssueKind::DateParsing { .. } => IssueKind::DateParsing { error },
            IssueKind::DatetimeParsing { .. } => IssueKind::DatetimeParsing { error },
            IssueKind::TimeParsing { .. } => IssueKind::TimeParsing { error },
            IssueKind::Base64Decode { .. } => IssueKind::Base64Decode { error },
            IssueKind::Format { what, .. } => IssueKind::Format { what, reason: error },
            other => other,
        }
    }

    /// The same kind with a short message of the parser, which may repeat the whole input.
    fn shortened(self) -> Self {
        match self {
            IssueKind::Format { what, reason } => {
                IssueKind::Format { what, reason: shortened(&reason, MOST_OF_A_NAME).into_owned() }
            }
            other => other,
        }
    }

    /// The approximate length of its messages in an answer, in bytes.
    fn length(&self) -> usize {
        let more = match self {
            IssueKind::Enum(Choices::Names(names)) | IssueKind::Literal(Choices::Names(names)) => {
                2 * names.iter().map(|name| name.len() + 4).sum::<usize>()
            }
            IssueKind::Enum(Choices::Numbers(numbers)) | IssueKind::Literal(Choices::Numbers(numbers)) => {
                16 * numbers.len()
            }
            IssueKind::StringPatternMismatch { pattern } => 2 * pattern.len(),
            IssueKind::ExtraForbidden { allowed } => allowed.iter().map(|name| name.len() + 3).sum(),
            IssueKind::NotAllowed { allowed } => 3 * allowed.iter().map(|name| name.len() + 4).sum::<usize>(),
            IssueKind::Format { reason, .. } => 2 * reason.len(),
            _ => 0,
        };
        200 + more
    }
}

/// The text that replaces a secret in an issue.
pub(crate) const REDACTED: &str = "**********";

/// The length in bytes up to which a name is repeated completely in the location of an issue.
pub(crate) const MOST_OF_A_NAME: usize = 256;

/// The issues of one request in FastAPI's order, at most [`MOST_ISSUES`].
pub type Issues = Vec<Issue>;
