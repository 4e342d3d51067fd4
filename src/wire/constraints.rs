//! The constraints of `#[field(..)]`, and how they are checked.

use std::borrow::Cow;

use regex::Regex;

use super::format::Format;
use crate::issue::{Bound, IssueKind};

/// The maximal length in bytes of a key, or of a unique or indexed field. It is PostgreSQL's limit for an index entry,
/// a little less than a third of a page, and applies to every engine, so that data can be moved between them.
pub const MOST_INDEXED: usize = 2600;

/// The constraints of a field. Those that do not apply to its type are `None`.
///
/// On a list or map, `min_items` and `max_items` bound the collection, the others its members.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are the words of `#[field(..)]`")]
#[non_exhaustive]
pub struct Constraints {
    pub ge: Option<Bound>,
    pub gt: Option<Bound>,
    pub le: Option<Bound>,
    pub lt: Option<Bound>,
    pub multiple_of: Option<Bound>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub pattern: Option<Pattern>,
    pub format: Option<Format>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
    /// Decimal places of a `Decimal` column.
    pub scale: Option<u32>,
    /// The value is stored in a column, so a text must not have the NUL character.
    pub stored: bool,
    /// The value is stored in an index, so it has at most so many bytes.
    pub most_indexed: Option<usize>,
    /// The value is the key of a resource, so it must be possible as the last segment of a path.
    pub addressed: bool,
    /// The value is a key in the middle of a path, so it must not be `.` or `..`.
    pub in_path: bool,
    /// The field is [`Patched`](super::Patched) and must not be null, for example because its column is NOT NULL.
    pub not_null: bool,
}

impl Constraints {
    /// No constraint at all.
    pub const NONE: Constraints = Constraints {
        ge: None,
        gt: None,
        le: None,
        lt: None,
        multiple_of: None,
        min_length: None,
        max_length: None,
        pattern: None,
        format: None,
        min_items: None,
        max_items: None,
        scale: None,
        stored: false,
        most_indexed: None,
        addressed: false,
        in_path: false,
        not_null: false,
    };

    pub(super) fn check_int(&self, value: i64) -> Result<(), IssueKind> {
        let bound = |bound| match bound {
            Bound::Int(i) => Some(i),
            Bound::Float(_) | Bound::Decimal { .. } => None,
        };
        // `checked_rem` is `None` only for the least integer by -1, which leaves no remainder.
        self.check_bounds(value, bound, |v, b| b != 0 && v.checked_rem(b).is_some_and(|rest| rest != 0))
    }

    pub(super) fn check_float(&self, value: f64) -> Result<(), IssueKind> {
        if !value.is_finite() {
            return Err(IssueKind::FiniteNumber);
        }
        // As in pydantic-core, the remainder may differ from zero, or from the divisor, by a rounding error.
        let leaves_a_rest = |v: f64, b: f64| {
            let rest = (v % b).abs();
            let threshold = v.abs() / 1e9;
            rest > threshold && (rest - b.abs()).abs() > threshold
        };
        self.check_bounds(value, |bound| Some(bound.as_f64()), leaves_a_rest)
    }

    /// Checks the bounds of a number. Only the first violation is reported, in pydantic-core's order.
    pub(super) fn check_bounds<N: Copy + PartialOrd>(
        &self,
        value: N,
        number: impl Fn(Bound) -> Option<N>,
        leaves_a_rest: impl Fn(N, N) -> bool,
    ) -> Result<(), IssueKind> {
        let broken = |bound: Option<Bound>, breaks: fn(&N, &N) -> bool| {
            bound.filter(|bound| number(*bound).is_some_and(|bound| breaks(&value, &bound)))
        };
        let rest = |bound: &Bound| number(*bound).is_some_and(|bound| leaves_a_rest(value, bound));
        if let Some(bound) = self.multiple_of.filter(rest) {
            return Err(IssueKind::MultipleOf(bound));
        }
        if let Some(bound) = broken(self.le, N::gt) {
            return Err(IssueKind::LessThanEqual(bound));
        }
        if let Some(bound) = broken(self.lt, N::ge) {
            return Err(IssueKind::LessThan(bound));
        }
        if let Some(bound) = broken(self.ge, N::lt) {
            return Err(IssueKind::GreaterThanEqual(bound));
        }
        if let Some(bound) = broken(self.gt, N::le) {
            return Err(IssueKind::GreaterThan(bound));
        }
        Ok(())
    }

    /// Checks a text, and returns it in its normalized spelling, which mostly is the one that was sent.
    pub(super) fn check_text<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, IssueKind> {
        if self.min_length.is_some() || self.max_length.is_some() {
            let length = text.chars().count();
            if let Some(min) = self.min_length.filter(|min| length < *min) {
                return Err(IssueKind::StringTooShort { min });
            }
            if let Some(max) = self.max_length.filter(|max| length > *max) {
                return Err(IssueKind::StringTooLong { max });
            }
        }
        if let Some(pattern) = self.pattern.filter(|p| !p.is_match(text)) {
            return Err(IssueKind::StringPatternMismatch { pattern: pattern.source });
        }
        let text = match self.format {
            Some(format) => format.normalized(text)?,
            None => text.into(),
        };
        if self.stored && text.contains('\0') {
            return Err(IssueKind::Nul);
        }
        self.check_indexed(text.as_bytes())?;
        if self.addressed && matches!(&*text, "" | "." | "..") {
            return Err(IssueKind::UnaddressableKey);
        }
        if self.in_path && matches!(&*text, "." | "..") {
            return Err(IssueKind::DotsAsKey);
        }
        Ok(text)
    }

    pub(super) fn check_indexed(&self, bytes: &[u8]) -> Result<(), IssueKind> {
        match self.most_indexed {
            Some(max) if bytes.len() > max => Err(IssueKind::IndexedTooLong { max }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_most(&self, count: usize) -> Result<(), IssueKind> {
        match self.max_items {
            Some(max) if count > max => Err(IssueKind::TooLong { max, actual: count }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_least(&self, count: usize) -> Result<(), IssueKind> {
        match self.min_items {
            Some(min) if count < min => Err(IssueKind::TooShort { min, actual: count }),
            _ => Ok(()),
        }
    }
}

macro_rules! words {
    ($($word:ident: $value:ty;)*) => {
        /// One setter for each word of `#[field(..)]`, so that declarations can be built in constants.
        #[allow(missing_docs, reason = "the names are the words of `#[field(..)]`")]
        impl Constraints {
            $(#[must_use]
            pub const fn $word(self, $word: $value) -> Self {
                Constraints { $word: Some($word), ..self }
            })*
        }
    };
}

words! {
    ge: Bound;
    gt: Bound;
    le: Bound;
    lt: Bound;
    multiple_of: Bound;
    min_length: usize;
    max_length: usize;
    pattern: Pattern;
    format: Format;
    min_items: usize;
    max_items: usize;
    scale: u32;
}

impl Constraints {
    /// The value is stored in a column.
    #[must_use]
    pub const fn stored(self) -> Self {
        Constraints { stored: true, ..self }
    }

    /// The value is stored in an index.
    #[must_use]
    pub const fn indexed(self) -> Self {
        self.indexed_within(MOST_INDEXED)
    }

    /// The value is stored in an index with others, which leave so many bytes to it.
    #[must_use]
    pub const fn indexed_within(self, bytes: usize) -> Self {
        Constraints { most_indexed: Some(bytes), ..self }
    }

    /// The value is a key, which is the last segment of a path.
    #[must_use]
    pub const fn addressed(self) -> Self {
        Constraints { addressed: true, ..self }
    }

    /// The value is a key in the middle of a path, after its name.
    #[must_use]
    pub const fn in_path(self) -> Self {
        Constraints { in_path: true, ..self }
    }

    /// The value may be left out, but must not be null.
    #[must_use]
    pub const fn not_null(self) -> Self {
        Constraints { not_null: true, ..self }
    }
}

/// A regular expression of the `regex` crate. It is compiled once, at launch, which fails if it is invalid.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// The expression as declared.
    pub source: &'static str,
    /// The compiled expression, or the error.
    pub regex: fn() -> &'static CompiledPattern,
}

/// The result of compiling a pattern.
pub type CompiledPattern = Result<Regex, regex::Error>;

/// The maximal size of a compiled pattern in bytes. The macros check the same limit.
const MAX_PATTERN: usize = 10 << 20;

/// The maximal size in bytes of the lazily built DFA of a pattern, for each thread that uses it.
const MAX_DFA: usize = 2 << 20;

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// The expression is invalid, or too large.
    pub fn compile(source: &str) -> CompiledPattern {
        let mut builder = regex::RegexBuilder::new(source);
        builder.size_limit(MAX_PATTERN).dfa_size_limit(MAX_DFA).build()
    }

    fn is_match(&self, text: &str) -> bool {
        // The launch fails if a pattern cannot be compiled, so there is always an expression here.
        (self.regex)().as_ref().is_ok_and(|regex| regex.is_match(text))
    }
}
