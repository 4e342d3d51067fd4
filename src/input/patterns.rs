//! Compiles the regular expressions of all inputs when the API is assembled, so that no request waits for that, and an
//! invalid one is reported at launch.

use super::InputMeta;
use crate::wire::{Constraints, ObjectMeta, Pattern, Shape};

/// Compiles the patterns of these structs and inputs, and of all types within them. Returns a message for each pattern
/// that cannot be compiled.
#[must_use]
pub(crate) fn uncompiled(
    objects: impl Iterator<Item = &'static ObjectMeta>,
    inputs: impl Iterator<Item = &'static InputMeta>,
) -> Vec<String> {
    let (mut problems, mut seen) = (Vec::new(), Vec::new());
    let mut within = |shape: Shape, problems: &mut Vec<String>| {
        shape.each_field(&mut seen, &mut |owner, field| {
            let place = || format!("the field `{}` of `{}`", field.name, owner.name);
            problems.extend(problem(&field.constraints, place));
        });
    };
    for object in objects {
        within(Shape::Object(object), &mut problems);
    }
    for input in inputs {
        problems.extend(problem(&input.field.constraints, || format!("`{}`", input.field.name)));
        within(input.field.shape(), &mut problems);
    }
    problems
}

fn problem(constraints: &Constraints, place: impl FnOnce() -> String) -> Option<String> {
    let Pattern { source, regex } = constraints.pattern?;
    let error = regex().as_ref().err()?;
    Some(format!("the pattern `{source}` of {} cannot be compiled: {error}", place()))
}
