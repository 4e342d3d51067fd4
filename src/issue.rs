//! What is wrong with an input: one [`Issue`] for each fault, collected by a [`Trail`].
//!
//! An issue is data. How it reads on the wire (FastAPI's words, Pydantic version 1's, RFC 9457) is
//! decided in `render`.

use std::borrow::Cow;
use std::io;

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

impl Step {
    /// The same, with a name of [`MOST_OF_A_NAME`] bytes at most.
    fn shortened(&self) -> Self {
        match self {
            Step::Name(Cow::Owned(name)) => Step::Name(shortened(name, MOST_OF_A_NAME).into_owned().into()),
            other => other.clone(),
        }
    }

    /// About how long it is in an answer, in bytes.
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
    /// What was sent there, as it was sent; the beginning of it where that is too long to be shown again.
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
    /// A text or bytes that no index holds, in bytes.
    IndexedTooLong {
        max: usize,
    },
    /// A key that no address can name: empty, `.` or `..`.
    UnaddressableKey,
    /// A key that no path can hold: `.` or `..`.
    DotsAsKey,
    /// A value that another row has already.
    Unique,
    /// A value by which another row is referred to, and there is none.
    Reference,
    /// The key of a row that others refer to.
    Referenced,
    /// A body whose values would take more memory than this when they are read, in bytes.
    TooManyValues {
        most: usize,
    },
}

/// What a value may be one of.
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
        let all: Vec<String> = match self {
            Choices::Names(names) => names.iter().map(|name| format!("'{name}'")).collect(),
            Choices::Numbers(numbers) => numbers.iter().map(i64::to_string).collect(),
        };
        match all.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
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

impl IssueKind {
    /// The same kind, without what a parser said of the input.
    fn without_words(self) -> Self {
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

    /// The same kind, without more of the input than its beginning in what a parser said.
    fn shortened(self) -> Self {
        match self {
            IssueKind::Format { what, reason } => {
                IssueKind::Format { what, reason: shortened(&reason, MOST_OF_A_NAME).into_owned() }
            }
            other => other,
        }
    }

    /// About how long its words are in an answer, in bytes.
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
            IssueKind::Format { reason, .. } => 2 * reason.len(),
            _ => 0,
        };
        200 + more
    }
}

/// What stands in an issue in place of a secret.
pub const REDACTED: &str = "**********";

/// How many issues are told of one request: what is wrong a hundred times over is not told better by
/// more, and a body of nothing but faults must not cost many times its own size.
pub const MOST_ISSUES: usize = 100;

/// How many bytes of what was sent are shown again in the issues of one input, all together. What no
/// longer fits is cut: a text stands in its place, with its beginning and its length.
pub const MOST_ECHOED: usize = 64 << 10;

/// How many bytes the issues of one input may come to, with their places and their words. No further
/// issue is collected then.
pub const MOST_TOLD: usize = 256 << 10;

/// How many bytes of memory the values of one body may take when they are read: sixteen for each byte of the
/// body, and never less than this.
pub const MOST_MEMORY: usize = 16 << 20;

/// How many bytes the values of a body of this length may take.
pub(crate) fn most_memory(length: usize) -> usize {
    length.saturating_mul(16).max(MOST_MEMORY)
}

/// The longest name that is shown whole in the place of an issue, in bytes.
pub const MOST_OF_A_NAME: usize = 256;

/// How much is shown of what is cut, in bytes.
const EXCERPT: usize = 128;

/// Every issue of one request, in FastAPI's order; at most [`MOST_ISSUES`] of a body.
pub type Issues = Vec<Issue>;

/// A value as it was sent, which an issue shows again.
pub trait Echo {
    /// How long it is as JSON, in bytes; `None` where it is longer than `most`.
    fn length_within(&self, most: usize) -> Option<usize>;

    /// The value.
    fn to_json(&self) -> Json;

    /// Its first bytes, at most `most`, and how many there are in all where that is known.
    fn beginning(&self, most: usize) -> (String, Option<usize>);
}

impl Echo for Json {
    fn length_within(&self, most: usize) -> Option<usize> {
        let mut kept = FirstBytes { bytes: None, length: 0, most };
        serde_json::to_writer(&mut kept, self).ok()?;
        Some(kept.length)
    }

    fn to_json(&self) -> Json {
        self.clone()
    }

    fn beginning(&self, most: usize) -> (String, Option<usize>) {
        if let Json::String(text) = self {
            return (beginning(text, most).to_owned(), Some(text.len()));
        }
        let mut kept = FirstBytes { bytes: Some(Vec::new()), length: 0, most };
        // It ends with an error where there is more, which is why it is asked for the beginning.
        let _ = serde_json::to_writer(&mut kept, self);
        let bytes = kept.bytes.unwrap_or_default();
        (beginning(&String::from_utf8_lossy(&bytes), most).to_owned(), None)
    }
}

/// Takes what is written, up to a length.
struct FirstBytes {
    bytes: Option<Vec<u8>>,
    length: usize,
    most: usize,
}

impl io::Write for FirstBytes {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.length += more.len();
        if let Some(bytes) = &mut self.bytes {
            bytes.extend_from_slice(&more[..more.len().min(self.most.saturating_sub(bytes.len()))]);
        }
        match self.length > self.most {
            true => Err(io::ErrorKind::WriteZero.into()),
            false => Ok(more.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first bytes of a text, at most `most`, without half a character.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The same text, or its beginning and a mark where it is longer than `most` bytes.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.len() > most {
        true => format!("{}…", beginning(text, most)).into(),
        false => text.into(),
    }
}

/// Walks an input, knows where it stands, and collects what is wrong there.
#[derive(Debug)]
pub struct Trail {
    loc: Vec<Step>,
    issues: Issues,
    secret: bool,
    count: usize,
    /// How many bytes may still be shown again.
    echo_left: usize,
    /// How many bytes the issues may still come to.
    telling_left: usize,
    /// How many bytes the values may take, and how many of these are left.
    memory: usize,
    memory_left: usize,
    full: bool,
}

impl Default for Trail {
    fn default() -> Self {
        Trail {
            loc: Vec::new(),
            issues: Issues::new(),
            secret: false,
            count: 0,
            echo_left: MOST_ECHOED,
            telling_left: MOST_TOLD,
            memory: MOST_MEMORY,
            memory_left: MOST_MEMORY,
            full: false,
        }
    }
}

impl Trail {
    /// A trail that starts at a place: `body`, `path`, `query`.
    #[must_use]
    pub fn at(place: &'static str) -> Self {
        Trail { loc: vec![place.into()], ..Trail::default() }
    }

    /// A trail in a body of this length, in bytes.
    pub(crate) fn in_body(length: usize) -> Self {
        let memory = most_memory(length);
        Trail { memory, memory_left: memory, ..Trail::at("body") }
    }

    /// Does something one step further in.
    pub fn step<T>(&mut self, step: impl Into<Step>, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.loc.push(step.into());
        let result = inner(self);
        self.loc.pop();
        result
    }

    /// Does something where values are secret, if they are: nothing of them is noted.
    pub fn secretly<T>(&mut self, secret: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.secret;
        self.secret |= secret;
        let result = inner(self);
        self.secret = before;
        result
    }

    /// Notes a fault here. Returns `None`, which is what there is instead of a value.
    pub fn fault<T>(&mut self, kind: IssueKind, input: &(impl Echo + ?Sized)) -> Option<T> {
        self.count += 1;
        if !self.is_full() {
            let (kind, input) = match self.secret {
                true => (kind.without_words(), REDACTED.into()),
                false => (kind, self.echo(input)),
            };
            self.note(kind, input);
        }
        None
    }

    /// Whether no further issue is noted, so that there is no use in looking on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full || self.issues.len() >= MOST_ISSUES
    }

    /// Whether there is memory left for so many bytes more, which are taken. Where there is not, that is
    /// the last fault that is noted, of the whole input.
    pub fn takes(&mut self, bytes: usize) -> bool {
        match self.memory_left.checked_sub(bytes) {
            Some(left) => self.memory_left = left,
            None => self.out_of_memory(),
        }
        !self.full
    }

    /// How many bytes the values may still take.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory_left
    }

    /// Notes that the values of the input take too much memory.
    pub(crate) fn out_of_memory(&mut self) {
        self.count += 1;
        if !self.is_full() {
            let inner = self.loc.split_off(self.loc.len().min(1));
            self.note(IssueKind::TooManyValues { most: self.memory }, Json::Null);
            self.loc.extend(inner);
        }
        self.full = true;
    }

    /// The input, or its beginning where not all of it may be shown.
    fn echo(&mut self, input: &(impl Echo + ?Sized)) -> Json {
        if let Some(length) = input.length_within(self.echo_left) {
            self.echo_left -= length;
            return input.to_json();
        }
        let cut = match input.beginning(EXCERPT) {
            (beginning, Some(length)) => format!("{beginning}… ({length} bytes in all)"),
            (beginning, None) => format!("{beginning}…"),
        };
        cut.into()
    }

    fn note(&mut self, kind: IssueKind, input: Json) {
        let kind = kind.shortened();
        let loc: Vec<Step> = self.loc.iter().map(Step::shortened).collect();
        let steps: usize = loc.iter().map(Step::length).sum();
        // What may be shown again is counted by itself.
        match self.telling_left.checked_sub(steps + kind.length()) {
            Some(left) => self.telling_left = left,
            None => self.full = true,
        }
        self.issues.push(Issue::new(kind, loc, input));
    }

    /// How many faults there were so far, noted or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Ends the walk.
    #[must_use]
    pub fn into_issues(self) -> Issues {
        self.issues
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(issues: &[Issue]) -> usize {
        issues.iter().map(|issue| issue.input.to_string().len()).sum()
    }

    #[test]
    fn what_is_echoed_is_bounded() {
        let whole = json!({"text": "x".repeat(40 << 10)});
        let mut trail = Trail::at("body");
        for _ in 0..200 {
            trail.fault::<()>(IssueKind::Missing, &whole);
        }
        assert_eq!(trail.count(), 200);
        let issues = trail.into_issues();
        assert_eq!(issues.len(), MOST_ISSUES);
        assert_eq!(issues[0].input, whole);
        assert!(
            issues[1]
                .input
                .as_str()
                .is_some_and(|cut| cut.starts_with("{\"text\":\"xxx") && cut.ends_with('…'))
        );
        assert!(told(&issues) < MOST_ECHOED + MOST_ISSUES * 300);
    }

    /// At the bound itself all is shown, one byte beyond it is cut.
    #[test]
    fn the_bound_is_where_it_is_said_to_be() {
        for (length, cut) in [(MOST_ECHOED - 2, false), (MOST_ECHOED - 1, true)] {
            let text = Json::from("é".repeat(length / 2) + if length % 2 == 1 { "x" } else { "" });
            let mut trail = Trail::at("body");
            trail.fault::<()>(IssueKind::IntType, &text);
            let issues = trail.into_issues();
            assert_eq!(issues[0].input != text, cut, "{length}");
            if cut {
                let expected = format!("{}… ({length} bytes in all)", "é".repeat(EXCERPT / 2));
                assert_eq!(issues[0].input, Json::from(expected));
            }
        }
    }

    #[test]
    fn long_names_do_not_multiply() {
        let mut trail = Trail::at("body");
        trail.step("한".repeat(100_000), |trail| {
            for index in 0..1000 {
                trail.step(index, |trail| trail.fault::<()>(IssueKind::IntType, &Json::Null));
            }
        });
        let issues = trail.into_issues();
        assert_eq!(issues.len(), MOST_ISSUES);
        let Step::Name(name) = &issues[0].loc[1] else { panic!("{issues:?}") };
        assert!(name.len() <= MOST_OF_A_NAME + '…'.len_utf8() && name.ends_with('…'));
    }

    #[test]
    fn places_that_are_deep_end_the_collecting() {
        let mut trail = Trail::at("body");
        fn deeper(depth: usize, trail: &mut Trail) {
            match depth {
                0 => (0..1000).for_each(|_| {
                    trail.fault::<()>(IssueKind::IntType, &Json::Null);
                }),
                _ => trail.step("n".repeat(MOST_OF_A_NAME), |trail| deeper(depth - 1, trail)),
            }
        }
        deeper(120, &mut trail);
        assert!(trail.is_full());
        assert_eq!(trail.into_issues().len(), MOST_TOLD / (120 * MOST_OF_A_NAME) + 1);
    }

    #[test]
    fn memory_is_bounded_and_told_once() {
        let mut trail = Trail::at("body");
        assert!(trail.takes(MOST_MEMORY));
        trail.step("list", |trail| assert!(!trail.takes(1)));
        trail.fault::<()>(IssueKind::IntType, &Json::Null);
        let issues = trail.into_issues();
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].kind, IssueKind::TooManyValues { most: MOST_MEMORY });
        assert_eq!(issues[0].loc, [Step::from("body")]);
    }
}
