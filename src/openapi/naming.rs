//! Derives the names of components and operations, and titles.

use super::described::DescribedResource;
use crate::resource::ResourceDescriptor;
use crate::wire::{NAIVE, ObjectMeta, Shape};

/// The names of a resource, for its operations.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The collection, as an identifier: `heroes`.
    pub(super) many: String,
    /// One row, as an identifier: `hero`.
    pub(super) one: String,
}

impl Names {
    /// `heroes`, for people.
    pub(super) fn all(&self) -> String {
        self.many.replace('_', " ")
    }

    /// `a hero`, for people.
    pub(super) fn a(&self) -> String {
        let article = if self.one.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {}", self.one.replace('_', " "))
    }
}

/// Unique names of resources: from the last segment of the path, or from the whole path if another resource has the
/// same last segment.
pub(super) fn names(resources: &[DescribedResource]) -> Vec<Names> {
    let resources: Vec<ResourceDescriptor> = resources.iter().map(|resource| resource.descriptor).collect();
    let last = |resource: &ResourceDescriptor| {
        let segment = resource.meta.path.rsplit('/').find(|segment| !segment.is_empty());
        identifier(segment.unwrap_or(resource.meta.tag))
    };
    let one = |resource: &ResourceDescriptor| snake(&component(resource.meta.object.name));
    let count = |name: &str, of: &dyn Fn(&ResourceDescriptor) -> String| {
        resources.iter().filter(|resource| of(resource) == name).count()
    };
    resources
        .iter()
        .map(|resource| {
            let whole = identifier(resource.meta.path.trim_matches('/'));
            let (many, one_) = (last(resource), one(resource));
            Names {
                one: if count(&one_, &one) > 1 { format!("{whole}_{one_}") } else { one_ },
                many: if count(&many, &last) > 1 { whole } else { many },
            }
        })
        .collect()
}

/// The name of a struct's component: `Page_Item` for a `Page<Item>`.
pub(super) fn object(meta: &ObjectMeta) -> String {
    let mut name = component(meta.name);
    for parameter in meta.parameters {
        name.push('_');
        name.push_str(&shape(parameter()));
    }
    name
}

/// The name of a type, by itself or as a part of another name.
pub(super) fn shape(shape_: Shape) -> String {
    match shape_ {
        Shape::Any => "any".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Integer { min: i64::MIN, max: i64::MAX, .. } => "int".to_owned(),
        Shape::Integer { min, max, .. } => integer(min, max),
        Shape::Number { format: "float" } => "float32".to_owned(),
        Shape::Number { .. } => "float".to_owned(),
        Shape::Text { format: "" } => "str".to_owned(),
        Shape::Text { format: NAIVE } => "datetime".to_owned(),
        Shape::Text { format } => format.replace('-', ""),
        Shape::List(item) => format!("list_{}", shape(item())),
        Shape::Map(member) => format!("dict_{}", shape(member())),
        Shape::Nullable(inner) => format!("optional_{}", shape(inner())),
        Shape::Object(meta) => object(meta),
        Shape::UnitEnum(meta) => component(meta.name),
    }
}

/// The name of an integer, which has its width, so that a generic model has different names for different widths.
fn integer(min: i64, max: i64) -> String {
    let bits = 64 - max.leading_zeros() + u32::from(min < 0);
    format!("{}int{bits}", if min < 0 { "" } else { "u" })
}

/// A name in which characters that OpenAPI does not allow in names of components are replaced.
pub(super) fn component(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

/// The title of a field: `Secret Name` for `secret_name`, as Pydantic's.
pub(super) fn title(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let parts = words.map(|word| word.split('-').map(sentence).collect::<Vec<_>>().join("-"));
    parts.collect::<Vec<_>>().join(" ")
}

/// A text whose first letter is capitalized.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
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
        assert_eq!(title("secret_name"), "Secret Name");
        assert_eq!(title("Hello"), "Hello");
        assert_eq!(title("x-token"), "X-Token");
        assert_eq!(component("Käfer<T>"), "K_fer_T_");
    }
}
