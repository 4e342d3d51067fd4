//! Converts constraints into keywords of a schema.

use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value as Json;

use super::example;
use super::forms::typed;
use crate::issue::Bound;
use crate::wire::{Constraints, NAIVE};

/// The schema of an integer. It has the bounds of the type, unless the format implies them.
pub(super) fn integer(min: i64, max: i64, format: &str, constraints: &Constraints) -> SchemaObject {
    let (least, most) = match format {
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let mut schema = formatted(InstanceType::Integer, format);
    let lower =
        [(min > least).then_some(Limit::inclusive(Bound::Int(min))), ge(constraints), gt(constraints)];
    let upper = [(max < most).then_some(Limit::inclusive(Bound::Int(max))), le(constraints), lt(constraints)];
    bounds(&mut schema, &lower, &upper, constraints);
    let fits = |example: &Json| example.as_i64().is_some_and(|value| (min..=max).contains(&value));
    shown(&mut schema, example::of_number::<i64>(constraints).filter(fits));
    schema
}

/// The schema of a floating-point number.
pub(super) fn number(format: &str, constraints: &Constraints) -> SchemaObject {
    let mut schema = formatted(InstanceType::Number, format);
    bounds(
        &mut schema,
        &[ge(constraints), gt(constraints)],
        &[le(constraints), lt(constraints)],
        constraints,
    );
    shown(&mut schema, example::of_number::<f64>(constraints));
    schema
}

/// The schema of a text, or of a type that is serialized as one.
pub(super) fn text(format: &str, constraints: &Constraints) -> SchemaObject {
    // As in FastAPI, the document does not say whether a timestamp has an offset.
    let shown_as = if format == NAIVE { "date-time" } else { format };
    let mut schema = formatted(InstanceType::String, shown_as);
    let length = |length: Option<usize>| length.and_then(|n| u32::try_from(n).ok());
    match format {
        "" | "password" => {
            let shortest = constraints.min_length.max(constraints.addressed.then_some(1));
            if shortest.is_some() || constraints.max_length.is_some() {
                schema.string().min_length = length(shortest);
                schema.string().max_length = length(constraints.max_length);
            }
            schema.string().pattern = constraints.pattern.map(|pattern| pattern.source.to_owned());
            if constraints.addressed || constraints.in_path {
                let dots = Some(vec![".".into(), "..".into()]);
                let dots = SchemaObject { enum_values: dots, ..SchemaObject::default() };
                schema.subschemas().not = Some(Box::new(dots.into()));
                schema.metadata().description =
                    Some("Neither `.` nor `..`, which no address can name.".to_owned());
            }
            if let Some(format) = constraints.format {
                schema.format = Some(format.name().to_owned());
            }
        }
        // The constraints count bytes, but the schema counts characters of base64.
        "byte" if constraints.min_items.is_some() || constraints.max_items.is_some() => {
            let encoded = |bytes: usize| bytes.div_ceil(3).saturating_mul(4);
            schema.string().min_length = length(constraints.min_items.map(encoded));
            schema.string().max_length = length(constraints.max_items.map(encoded));
        }
        "decimal" => schema.metadata().description = decimal_note(constraints),
        _ => {}
    }
    shown(&mut schema, example::of_text(format, constraints));
    schema
}

fn shown(schema: &mut SchemaObject, example: Option<Json>) {
    schema.extensions.extend(example.map(|example| ("example".to_owned(), example)));
}

/// The bounds of the number of items or members.
pub(super) fn items(constraints: &Constraints) -> (Option<u32>, Option<u32>) {
    let count = |count: Option<usize>| count.and_then(|n| u32::try_from(n).ok());
    (count(constraints.min_items), count(constraints.max_items))
}

/// A sentence about the bounds of a decimal. It is a text, for which a schema has no keywords of numeric bounds.
fn decimal_note(constraints: &Constraints) -> Option<String> {
    let mut notes = Vec::new();
    if let Some(places) = constraints.scale {
        notes.push(format!("with at most {places} decimal places"));
    }
    let words = [
        ("at least", constraints.ge),
        ("more than", constraints.gt),
        ("at most", constraints.le),
        ("less than", constraints.lt),
        ("a multiple of", constraints.multiple_of),
    ];
    for (word, bound) in words {
        notes.extend(bound.map(|bound| format!("{word} {}", bound.to_json())));
    }
    (!notes.is_empty()).then(|| format!("A decimal, {}.", notes.join(", ")))
}

fn formatted(instance_type: InstanceType, format: &str) -> SchemaObject {
    let mut schema = typed(instance_type);
    schema.format = super::text(format);
    schema
}

/// One end of a range.
#[derive(Clone, Copy)]
struct Limit {
    bound: Bound,
    exclusive: bool,
}

impl Limit {
    fn inclusive(bound: Bound) -> Self {
        Limit { bound, exclusive: false }
    }

    fn exclusive(bound: Bound) -> Self {
        Limit { bound, exclusive: true }
    }
}

fn ge(constraints: &Constraints) -> Option<Limit> {
    constraints.ge.map(Limit::inclusive)
}

fn gt(constraints: &Constraints) -> Option<Limit> {
    constraints.gt.map(Limit::exclusive)
}

fn le(constraints: &Constraints) -> Option<Limit> {
    constraints.le.map(Limit::inclusive)
}

fn lt(constraints: &Constraints) -> Option<Limit> {
    constraints.lt.map(Limit::exclusive)
}

/// Writes the tightest of the limits.
///
/// They are written as extensions: schemars stores bounds as floats, which cannot represent every i64, and exclusive
/// ones as numbers, whereas OpenAPI 3.0 requires `true` next to the bound.
fn bounds(
    schema: &mut SchemaObject,
    lower: &[Option<Limit>],
    upper: &[Option<Limit>],
    constraints: &Constraints,
) {
    let tightest = |limits: &[Option<Limit>], tighter: fn(f64, f64) -> bool| {
        limits.iter().flatten().copied().reduce(|a, b| {
            let (x, y) = (a.bound.as_f64(), b.bound.as_f64());
            if tighter(y, x) || (x == y && b.exclusive) { b } else { a }
        })
    };
    let ends = [
        ("minimum", "exclusiveMinimum", tightest(lower, |new, old| new > old)),
        ("maximum", "exclusiveMaximum", tightest(upper, |new, old| new < old)),
    ];
    for (keyword, exclusive, limit) in ends {
        if let Some(limit) = limit {
            schema.extensions.insert(keyword.to_owned(), limit.bound.to_json());
            if limit.exclusive {
                schema.extensions.insert(exclusive.to_owned(), Json::Bool(true));
            }
        }
    }
    if let Some(bound) = constraints.multiple_of {
        schema.extensions.insert("multipleOf".to_owned(), bound.to_json());
    }
}
