//! serde's `rename_all`, for fields and for variants.

/// The cases by serde's names.
pub(crate) const CASES: &[&str] = &[
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// One of [`CASES`].
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Case::Lower,
            "UPPERCASE" => Case::Upper,
            "PascalCase" => Case::Pascal,
            "camelCase" => Case::Camel,
            "snake_case" => Case::Snake,
            "SCREAMING_SNAKE_CASE" => Case::ScreamingSnake,
            "kebab-case" => Case::Kebab,
            "SCREAMING-KEBAB-CASE" => Case::ScreamingKebab,
            _ => return None,
        })
    }

    /// Converts the name of a field, which is snake case in Rust. As in serde, `lowercase` does not change it.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Case::Lower | Case::Snake => name.to_owned(),
            Case::Upper | Case::ScreamingSnake => name.to_ascii_uppercase(),
            Case::Pascal => name.split('_').map(capital).collect(),
            Case::Camel => uncapital(&Case::Pascal.field(name)),
            Case::Kebab => name.replace('_', "-"),
            Case::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// Converts the name of a variant, which is Pascal case in Rust.
    pub(crate) fn variant(self, name: &str) -> String {
        match self {
            Case::Pascal => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            Case::Camel => uncapital(name),
            Case::Snake => words(name, '_'),
            Case::ScreamingSnake => words(name, '_').to_ascii_uppercase(),
            Case::Kebab => words(name, '-'),
            Case::ScreamingKebab => words(name, '-').to_ascii_uppercase(),
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_uppercase().to_string() + chars.as_str())
}

fn uncapital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_lowercase().to_string() + chars.as_str())
}

/// `HalfDone` as `half_done`.
fn words(name: &str, between: char) -> String {
    let mut text = String::new();
    for (i, c) in name.char_indices() {
        if i > 0 && c.is_uppercase() {
            text.push(between);
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_serdes() {
        let fields = [
            "secret_name",
            "SECRET_NAME",
            "SecretName",
            "secretName",
            "secret_name",
            "SECRET_NAME",
            "secret-name",
            "SECRET-NAME",
        ];
        let variants = [
            "halfdone",
            "HALFDONE",
            "HalfDone",
            "halfDone",
            "half_done",
            "HALF_DONE",
            "half-done",
            "HALF-DONE",
        ];
        for (i, name) in CASES.iter().enumerate() {
            let case = Case::named(name).expect("every listed case is known");
            assert_eq!(case.field("secret_name"), fields[i], "{name}");
            assert_eq!(case.variant("HalfDone"), variants[i], "{name}");
        }
    }
}
