//! The constraints of `#[field(..)]` and the checks they make.

use std::borrow::Cow;

use regex::Regex;

use super::format::Format;
use crate::issue::{Bound, IssueKind};

/// The longest text, or bytes, of a key or a unique or indexed field, in bytes: what an index of PostgreSQL
/// takes, a little less than a third of its pages. It holds on every engine, so that data can move.
pub const MOST_INDEXED: usize = 2600;

/// The constraints of one field; those that do not concern its type are `None`.
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
    /// The value goes to a column: no NUL in texts.
    pub stored: bool,
    /// The value goes to an index, which takes [`MOST_INDEXED`] bytes of a text.
    pub indexed: bool,
    /// The key of a resource: what no address can name is refused.
    pub addressed: bool,
    /// The key stands in a path that names it, in which `.` and `..` are no segments of their own.
    pub in_path: bool,
    /// A [`Patched`](super::Patched) field that is never null, such as one whose column takes no NULL.
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
        indexed: false,
        addressed: false,
        in_path: false,
        not_null: false,
    };

    pub(super) fn check_int(&self, value: i64) -> Result<(), IssueKind> {
        let bound = |bound| match bound {
            Bound::Int(i) => Some(i),
            Bound::Float(_) | Bound::Decimal { .. } => None,
        };
        // No remainder is no overflow either: of the least integer by -1.
        self.check_bounds(value, bound, |v, b| b != 0 && v.checked_rem(b).is_some_and(|rest| rest != 0))
    }

    pub(super) fn check_float(&self, value: f64) -> Result<(), IssueKind> {
        if !value.is_finite() {
            return Err(IssueKind::FiniteNumber);
        }
        // As pydantic-core: the remainder may miss zero, or the divisor, by a rounding error.
        let leaves_a_rest = |v: f64, b: f64| {
            let rest = (v % b).abs();
            let threshold = v.abs() / 1e9;
            rest > threshold && (rest - b.abs()).abs() > threshold
        };
        self.check_bounds(value, |bound| Some(bound.as_f64()), leaves_a_rest)
    }

    /// One fault is told for a value; the order is pydantic-core's.
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

    /// The spelling of a text that is kept, which is mostly the one that was sent.
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
            Some(format) => format.kept(text)?,
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
        match self.indexed && bytes.len() > MOST_INDEXED {
            true => Err(IssueKind::IndexedTooLong { max: MOST_INDEXED }),
            false => Ok(()),
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
        /// One setter for each word of `#[field(..)]`, for declarations to be built in constants.
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
    /// The value goes to a column.
    #[must_use]
    pub const fn stored(self) -> Self {
        Constraints { stored: true, ..self }
    }

    /// The value goes to an index.
    #[must_use]
    pub const fn indexed(self) -> Self {
        Constraints { indexed: true, ..self }
    }

    /// The value is a key that addresses name.
    #[must_use]
    pub const fn addressed(self) -> Self {
        Constraints { addressed: true, ..self }
    }

    /// The value is a key that stands in a path after its name.
    #[must_use]
    pub const fn in_path(self) -> Self {
        Constraints { in_path: true, ..self }
    }

    /// Null is refused, while the value may be left out.
    #[must_use]
    pub const fn not_null(self) -> Self {
        Constraints { not_null: true, ..self }
    }
}

/// A regular expression of the `regex` crate, compiled once: when the API that it belongs to is put together, which
/// fails where it cannot be.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// The expression as declared.
    pub source: &'static str,
    /// Its compiled form, or why there is none.
    pub regex: fn() -> &'static CompiledPattern,
}

/// What came of compiling a pattern.
pub type CompiledPattern = Result<Regex, regex::Error>;

/// How large a pattern may be once it is compiled, in bytes. The macros hold it to that too.
const MOST_OF_A_PATTERN: usize = 10 << 20;

/// How much memory a pattern may take for what it has learnt of texts, for each thread that uses it, in bytes.
const MOST_LEARNT: usize = 2 << 20;

impl Pattern {
    /// Compiles an expression.
    ///
    /// # Errors
    /// It is none, or too large.
    pub fn compile(source: &str) -> CompiledPattern {
        let mut builder = regex::RegexBuilder::new(source);
        builder.size_limit(MOST_OF_A_PATTERN).dfa_size_limit(MOST_LEARNT).build()
    }

    fn is_match(&self, text: &str) -> bool {
        // No API is launched with one that cannot be compiled.
        (self.regex)().as_ref().is_ok_and(|regex| regex.is_match(text))
    }
}
