//! Unicode's simple case folding, by which texts are compared whatever the case of their letters.
//!
//! It turns one character into one. So SQLite compares by a function that calls this one, and PostgreSQL by a regular
//! expression that has, for each character, all that become the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_case_mapping::case_folded;

/// A text, folded.
pub(crate) fn folded(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.chars().map(fold).collect(),
    }
}

fn fold(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    case_folded(letter).and_then(|code| char::from_u32(code.get())).unwrap_or(letter)
}

/// A text that is searched for whatever the case of its letters, in two forms. An engine uses one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// The text, folded.
    pub text: String,
    /// The regular expression that finds it in texts that are not folded.
    pub pattern: String,
}

impl Folded {
    /// The forms of a text that is folded already.
    pub(super) fn of(text: String) -> Self {
        Folded { pattern: pattern(&text), text }
    }
}

/// The regular expression of POSIX that finds the texts which, folded, are this folded one.
fn pattern(folded: &str) -> String {
    /// By a character that is folded, all that become it.
    static OTHERS: LazyLock<HashMap<char, String>> = LazyLock::new(|| {
        let mut others = HashMap::<char, String>::new();
        for letter in '\0'..=char::MAX {
            let to = fold(letter);
            if to != letter {
                others.entry(to).or_default().push(letter);
            }
        }
        others
    });
    let mut pattern = String::with_capacity(folded.len() * 4);
    for letter in folded.chars() {
        match OTHERS.get(&letter) {
            // Characters that are folded are letters and have no meaning in a class.
            Some(others) => pattern.extend(['[', letter].into_iter().chain(others.chars()).chain([']'])),
            None if letter.is_ascii_punctuation() => pattern.extend(['\\', letter]),
            None => pattern.push(letter),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_becomes_one() {
        assert_eq!(folded("ÀÉ straße ΣΑΣ ǅ İI"), "àé straße σασ ǆ İi");
        // Both sigmas are one letter, and so are the Kelvin sign and `k`.
        assert_eq!(folded("ς\u{212a}"), "σk");
        for letter in '\0'..=char::MAX {
            let to = fold(letter);
            assert_eq!(fold(to), to, "what is folded stays as it is");
            assert!(to == letter || !letter.is_ascii_punctuation() && !to.is_ascii_punctuation());
        }
    }

    #[test]
    fn the_pattern_of_a_text() {
        assert_eq!(pattern("k7 ß.*"), "[kK\u{212a}]7 [ß\u{1e9e}]\\.\\*");
        assert_eq!(pattern("σ한_"), "[σΣς]한\\_");
    }
}
