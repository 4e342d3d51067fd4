//! What is wrong with an input: one [`Issue`] for each fault, collected by a [`Trail`].
//!
//! An issue is data. How it reads on the wire (FastAPI's words, Pydantic version 1's, RFC 9457) is
//! decided in `render`.

use std::borrow::Cow;

use serde_json::Value as Json;

/// One step of the way to a faulty value.
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

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
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
    /// What was sent there, as it was sent.
    pub input: Json,
}

impl Issue {
    /// An issue of this kind, at this place.
    #[must_use]
    pub fn new(kind: IssueKind, loc: Vec<Step>, input: Json) -> Self {
        Issue { kind, loc, input }
    }
}

/// A bound of a number, kept as the kind of number it bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// Bounds an integer or a decimal.
    Int(i64),
    /// Bounds a floating-point number.
    Float(f64),
}

impl Bound {
    /// The bound as JSON: `1` for an integer's, `1.0` for a float's.
    #[must_use]
    pub fn to_json(self) -> Json {
        match self {
            Bound::Int(i) => i.into(),
            Bound::Float(f) => f.into(),
        }
    }

    /// The bound as a floating-point number.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Bound::Int(i) => i as f64,
            Bound::Float(f) => f,
        }
    }
}

/// The kinds of fault, named after Pydantic's error types.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are Pydantic's, documented by `render`")]
pub enum IssueKind {
    Missing,
    ExtraForbidden {
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
    Enum {
        names: &'static [&'static str],
    },
    Literal {
        names: &'static [&'static str],
    },
    GreaterThan(Bound),
    GreaterThanEqual(Bound),
    LessThan(Bound),
    LessThanEqual(Bound),
    MultipleOf(Bound),
    TooShort {
        min: usize,
        actual: usize,
    },
    TooLong {
        max: usize,
        actual: usize,
    },
    /// A text that is not of its declared format; `what` names the format, `reason` says why not.
    Format {
        what: &'static str,
        reason: String,
    },
    /// A text that holds the NUL character, which no engine stores.
    Nul,
    /// A key that no address can name: empty, `.` or `..`.
    UnaddressableKey,
    /// A value that another row has already.
    Unique,
}

/// `'draft', 'live' or 'gone'`.
#[must_use]
pub fn one_of(names: &[&str]) -> String {
    let mut text = String::new();
    for (i, name) in names.iter().enumerate() {
        text.push_str(match i {
            0 => "",
            _ if i + 1 == names.len() => " or ",
            _ => ", ",
        });
        text.extend(["'", name, "'"]);
    }
    text
}

/// Every issue of one request, in FastAPI's order.
pub type Issues = Vec<Issue>;

/// Walks an input, knows where it stands, and collects what is wrong there.
#[derive(Debug, Default)]
pub struct Trail {
    loc: Vec<Step>,
    issues: Issues,
}

impl Trail {
    /// A trail that starts at a place: `body`, `path`, `query`.
    #[must_use]
    pub fn at(place: &'static str) -> Self {
        Trail { loc: vec![place.into()], issues: Issues::new() }
    }

    /// Does something one step further in.
    pub fn step<T>(&mut self, step: impl Into<Step>, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.loc.push(step.into());
        let result = inner(self);
        self.loc.pop();
        result
    }

    /// Notes a fault here. Returns `None`, which is what there is instead of a value.
    pub fn fault<T>(&mut self, kind: IssueKind, input: &Json) -> Option<T> {
        self.issues.push(Issue::new(kind, self.loc.clone(), input.clone()));
        None
    }

    /// How many steps in from the start this is; the place itself is the first.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.loc.len()
    }

    /// How many faults were noted so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.issues.len()
    }

    /// The faults noted since there were `count`, to be amended.
    pub fn since(&mut self, count: usize) -> &mut [Issue] {
        &mut self.issues[count..]
    }

    /// Ends the walk.
    #[must_use]
    pub fn into_issues(self) -> Issues {
        self.issues
    }
}
