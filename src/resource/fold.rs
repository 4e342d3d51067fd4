//! Unicode's simple case folding, by which texts are compared whatever the case of their letters.
//!
//! It turns one character into one. So SQLite compares by a function that calls this one, and PostgreSQL by a regular
//! expression that has, for each character, all that become the same.

use std::collections::{BTreeSet, HashMap};
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
    /// The regular expression that finds it in texts that are not folded. Of a long text it finds the beginning.
    pub pattern: String,
    /// Where the text is long: the letters that become one of it when they are folded, and what each of them becomes.
    pub letters: Option<[String; 2]>,
}

/// How many characters a pattern finds. An automaton is made of it, and of 20,000 characters that takes half a second.
const LONGEST_PATTERN: usize = 100;

impl Folded {
    /// The forms of a text that is folded already.
    pub(super) fn of(text: String) -> Self {
        let beginning = text.char_indices().nth(LONGEST_PATTERN).map(|(end, _)| &text[..end]);
        let letters = beginning.map(|_| letters(&text));
        Folded { pattern: pattern(beginning.unwrap_or(&text)), letters, text }
    }

    /// The approximate size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.pattern.len() + self.letters.iter().flatten().map(String::len).sum::<usize>()
    }
}

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

/// The letters that become one of this text when they are folded, and what each of them becomes, in the same order.
fn letters(folded: &str) -> [String; 2] {
    let letters: BTreeSet<char> = folded.chars().collect();
    let of =
        |to: char| OTHERS.get(&to).into_iter().flat_map(|others| others.chars()).map(move |from| (from, to));
    let (from, to): (String, String) = letters.into_iter().flat_map(of).unzip();
    [from, to]
}

/// The regular expression of POSIX that finds the texts which, folded, are this folded one.
fn pattern(folded: &str) -> String {
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
        assert_eq!(letters("σk9σ"), ["K\u{212a}Σς", "kkσσ"]);
        let long = Folded::of("ab".repeat(51));
        assert_eq!(long.pattern, "[aA][bB]".repeat(50));
        assert_eq!(long.letters, Some(["AB".to_owned(), "ab".to_owned()]));
        assert_eq!(Folded::of("ab".repeat(50)).letters, None);
    }
}
