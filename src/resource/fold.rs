//! Unicode's simple case folding, by which texts are compared whatever the case of their letters.
//!
//! It turns one character into one, so that a database can do the same: SQLite by a function that calls this one, and
//! PostgreSQL by `translate`, whose tables come from here.

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

/// The characters that folding changes, and what each of them becomes, in the same order.
pub(crate) fn tables() -> &'static (String, String) {
    static TABLES: LazyLock<(String, String)> = LazyLock::new(|| {
        ('\0'..=char::MAX).map(|letter| (letter, fold(letter))).filter(|(from, to)| from != to).unzip()
    });
    &TABLES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_becomes_one() {
        assert_eq!(folded("ÀÉ straße ΣΑΣ ǅ İI"), "àé straße σασ ǆ İi");
        // Both sigmas are one letter, and so are the Kelvin sign and `k`.
        assert_eq!(folded("ς\u{212a}"), "σk");
        let (from, to) = tables();
        assert_eq!(from.chars().count(), to.chars().count());
        assert!(from.starts_with("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "{from}");
        for letter in to.chars() {
            assert_eq!(fold(letter), letter, "what is folded stays as it is");
        }
    }
}
