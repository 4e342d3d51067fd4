//! The names of operations: their ids in the document, in metrics and in the log.

use std::collections::BTreeSet;

use super::{Operation, ResourceMeta};

/// The names of a resource, for its operations.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// The collection, as an identifier: `heroes`.
    pub(crate) many: String,
    /// One row, as an identifier: `hero`.
    pub(crate) one: String,
}

impl Names {
    /// `heroes`, for people.
    pub(crate) fn all(&self) -> String {
        self.many.replace('_', " ")
    }

    /// `a hero`, for people.
    pub(crate) fn a(&self) -> String {
        let article = if self.one.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {}", self.one.replace('_', " "))
    }

    /// The id of an operation: `read_hero`.
    pub(crate) fn id(&self, operation: Operation) -> String {
        let Names { many, one } = self;
        match operation {
            Operation::List => format!("list_{many}"),
            Operation::Create => format!("create_{one}"),
            Operation::Read => format!("read_{one}"),
            Operation::Replace => format!("replace_{one}"),
            Operation::Patch => format!("patch_{one}"),
            Operation::Delete => format!("delete_{one}"),
        }
    }
}

/// Unique names of resources: from the last segment of the path, or from the whole path if another resource has the
/// same last segment.
pub(crate) fn names(resources: &[&ResourceMeta]) -> Vec<Names> {
    let last = |resource: &ResourceMeta| {
        let segment = resource.path.rsplit('/').find(|segment| !segment.is_empty());
        identifier(segment.unwrap_or(resource.tag))
    };
    let one = |resource: &ResourceMeta| snake(&component(resource.object.name));
    let count = |name: &str, of: &dyn Fn(&ResourceMeta) -> String| {
        resources.iter().filter(|resource| of(resource) == name).count()
    };
    resources
        .iter()
        .map(|resource| {
            let whole = identifier(resource.path.trim_matches('/'));
            let (many, one_) = (last(resource), one(resource));
            Names {
                one: if count(&one_, &one) > 1 { format!("{whole}_{one_}") } else { one_ },
                many: if count(&many, &last) > 1 { whole } else { many },
            }
        })
        .collect()
}

/// A name in which characters that OpenAPI does not allow in names of components are replaced.
pub(crate) fn component(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

/// The name, with a number if it is taken.
pub(crate) fn unique(taken: &mut BTreeSet<String>, wanted: &str) -> String {
    let mut name = wanted.to_owned();
    let mut count = 1;
    while !taken.insert(name.clone()) {
        count += 1;
        name = format!("{wanted}_{count}");
    }
    name
}

/// A path in the notation of OpenAPI: `/items/{id}`.
pub(crate) fn template(path: &str) -> String {
    path.replace("..>", ">").replace('<', "{").replace('>', "}")
}

fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// `super_hero` for `SuperHero`, `api_key` for `APIKey`.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let after_small = i > 0 && !letters[i - 1].is_ascii_uppercase() && letters[i - 1] != '_';
        let before_small = i > 0 && letters.get(i + 1).is_some_and(char::is_ascii_lowercase);
        let new_word = letter.is_ascii_uppercase()
            && (after_small || (before_small && letters[i - 1].is_ascii_uppercase()));
        if new_word {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    identifier(&snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_words() {
        let cases = [
            ("Hero", "hero"),
            ("SuperHero", "super_hero"),
            ("APIKey", "api_key"),
            ("Page_Item", "page_item"),
        ];
        for (name, expected) in cases {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(component("Käfer<T>"), "K_fer_T_");
        assert_eq!(template("/items/<id>/<rest..>"), "/items/{id}/{rest}");
    }
}
