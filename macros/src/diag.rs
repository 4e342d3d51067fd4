//! Collects the errors of a declaration, so that one build reports all of them.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// The errors of one declaration, each at the token to change.
///
/// It must be closed by [`Errors::finish`]. Dropping it before that would lose errors, so it is a bug in a macro and
/// panics.
pub(crate) struct Errors {
    all: Vec<syn::Error>,
    open: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Errors { all: Vec::new(), open: true }
    }

    /// Adds an error that underlines these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.all.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error at a span.
    pub(crate) fn span(&mut self, span: Span, message: impl Display) {
        self.all.push(syn::Error::new(span, message));
    }

    /// Adds an error of syn.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    /// The value, or `None` after adding the error.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Closes the collector, and returns all errors as one, if there are any.
    pub(crate) fn finish(mut self) -> syn::Result<()> {
        self.open = false;
        let all = std::mem::take(&mut self.all);
        match all.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        }) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        assert!(!self.open || std::thread::panicking(), "a collector of errors was never closed");
    }
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn list(words: &[&str]) -> String {
    let mut text = String::new();
    for (i, word) in words.iter().enumerate() {
        text.push_str(match i {
            0 => "",
            _ if i + 1 == words.len() => " and ",
            _ => ", ",
        });
        text.extend(["`", word, "`"]);
    }
    text
}

/// `; did you mean `x`?`, if a known word is similar, or an empty text.
///
/// A word is similar if at most a third of its letters differ, which is the compiler's own measure. So a word is not
/// proposed only because it begins in the same way.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    let lower = word.to_lowercase();
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, k), k))
        .filter(|(distance, k)| *distance <= lower.chars().count().max(k.chars().count()).max(3) / 3)
        .min_by_key(|(distance, _)| *distance);
    near.map_or_else(String::new, |(_, k)| format!("; did you mean `{k}`?"))
}

/// `a` or `an`, and the word.
pub(crate) fn an(word: &str) -> String {
    let vowel = word.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']);
    format!("{} {word}", if vowel { "an" } else { "a" })
}

/// Tokens with the spacing that a person would use: `Vec<u8>`, `&'a str`.
pub(crate) fn display(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, tight) in [
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" ::", "::"),
        (":: ", "::"),
        ("& ", "&"),
        (" ;", ";"),
    ] {
        text = text.replace(spaced, tight);
    }
    text.replace("- ", "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;

    /// A word is proposed for a typing error, but not if the words have only their beginning or end in common.
    #[test]
    fn only_what_is_near_is_proposed() {
        let known = [names::MODEL_FIELD, names::ROLES, names::PARAMETER].concat();
        let meant = |word: &str| did_you_mean(word, &known);
        for (word, near) in [
            ("min_lenght", "min_length"),
            ("minlength", "min_length"),
            ("maxLength", "max_length"),
            ("deprecatd", "deprecated"),
            ("defualt", "default"),
            ("eg", "ge"),
            ("patern", "pattern"),
            ("Header", "header"),
            ("cookies", "cookie"),
            ("exmple", "example"),
            ("depend", "depends"),
            ("indexed", "index"),
        ] {
            assert_eq!(meant(word), format!("; did you mean `{near}`?"), "{word}");
        }
        for far in ["description", "regex", "exclude", "primary_key", "nullable"] {
            assert_eq!(meant(far), "", "{far}");
        }
    }
}
