//! Derives the names of components, and titles.

use crate::resource::naming::component;
use crate::wire::{NAIVE, ObjectMeta, Shape};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_words() {
        assert_eq!(title("secret_name"), "Secret Name");
        assert_eq!(title("Hello"), "Hello");
        assert_eq!(title("x-token"), "X-Token");
    }
}
