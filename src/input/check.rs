//! Checks for inputs that no request could satisfy. They run at launch, since a macro does not know the types.

use super::{InputMeta, Place};
use crate::wire::Shape;

/// The problems of the inputs of one function, whose method has no body if `bodiless`.
#[must_use]
pub(crate) fn problems(inputs: &[InputMeta], bodiless: bool) -> Vec<String> {
    let mut problems: Vec<String> = inputs.iter().filter_map(|input| unfit(input, bodiless)).collect();
    let first = |takes: fn(Place) -> bool| inputs.iter().find(|input| takes(input.place));
    let form = first(Place::is_form);
    let json = first(|place| matches!(place, Place::Body { .. }));
    let raw = first(|place| place == Place::Data);
    if let (Some(form), Some(json)) = (form, json) {
        let (form, json) = (form.field.name, json.field.name);
        problems.push(format!(
            "the body is a form, of which `{form}` is a field, and JSON, for `{json}`: take one"
        ));
    }
    if let (Some(raw), Some(other)) = (raw, form.or(json)) {
        let (raw, other) = (raw.field.name, other.field.name);
        problems
            .push(format!("`data` gives the whole body to `{raw}`, and nothing of it is left for `{other}`"));
    }
    problems
}

fn unfit(input: &InputMeta, bodiless: bool) -> Option<String> {
    let name = input.field.name;
    let shape = (input.field.shape)();
    match input.place {
        Place::Path(_) | Place::Rest(_) | Place::Query | Place::Header | Place::Cookie
            if is_object(shape) =>
        {
            let whole = match input.place {
                Place::Query => format!(", and the whole query is `?<{name}..>`"),
                _ => String::new(),
            };
            let made = match input.place {
                Place::Header | Place::Cookie => {
                    ": take each by itself, in a dependency that makes the struct, `#[param(depends(..))]`"
                }
                _ => "",
            };
            Some(format!("`{name}` is a struct, but a {} is one value{whole}{made}", input.place.name()))
        }
        Place::Body { .. } | Place::Form | Place::Data if bodiless => Some(format!(
            "the body of a request of this method is ignored: take `{name}` from the query (`?<{name}..>` for a \
             whole model), or from a request guard"
        )),
        Place::QueryModel if input.model().is_none() => Some(format!(
            "`?<{name}..>` is the whole query, which is a struct under `#[model]`; this is none"
        )),
        Place::Form
            if input.model().is_none() && matches!(shape, Shape::Nullable(inner) if is_object(inner())) =>
        {
            Some(format!("`{name}` is the whole form, which is always there: take it without the `Option`"))
        }
        Place::QueryModel | Place::Form => {
            let object = input.model()?;
            let nested = object.fields.iter().find(|field| is_object((field.shape)()))?;
            let (member, place) = (nested.name, if input.place.is_form() { "form" } else { "query" });
            Some(format!("`{member}` of `{name}` is a struct, but a field of a {place} is one value"))
        }
        _ => None,
    }
}

/// Whether a type is an object, or a list of objects, and not a single value or a list of these.
fn is_object(shape: Shape) -> bool {
    match shape {
        Shape::Object(_) | Shape::Map(_) => true,
        Shape::List(inner) | Shape::Nullable(inner) => is_object(inner()),
        _ => false,
    }
}
