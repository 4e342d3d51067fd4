//! What functions, dependencies and guards answer, beside success.

use okapi::openapi3::{Operation as Documented, Parameter, RefOr, Response, Responses};
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::request::RequestHeaderInput;

use super::answers::{Answers, response};
use super::bridge::{Describe, Guarded};
use super::schema::Schemas;
use super::text;
use crate::error_format::{ErrorList, ErrorMeta, phrase};
use crate::function::{Answer, FunctionMeta, Guard};
use crate::input::Described;

/// The description of an answer that succeeds, where there is no other.
pub(super) const SUCCESS: &str = "Successful Response";

/// Adds the answers that routers declare, the innermost first. What an operation or an inner router declares itself
/// counts more.
pub(super) fn add_declared(
    declared: &[Answer],
    meta: &FunctionMeta,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    for answer in declared.iter().rev() {
        if let Answer::Declared(status, ..) = answer
            && !answers.has(*status)
        {
            add_answer(answer, meta, answers, schemas, generator)?;
        }
    }
    Ok(())
}

/// Adds an answer that is an error, or that was declared.
pub(super) fn add_answer(
    answer: &Answer,
    meta: &FunctionMeta,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    match answer {
        Answer::Failing(described) => {
            for (status, answer) in responses(*described, meta, generator)? {
                if let Some(status) = status {
                    answers.add(status, named(answer, phrase(status)));
                }
            }
        }
        Answer::NotFound => answers.error(404, phrase(404)),
        Answer::Errors(errors) => {
            for error in *errors {
                add_errors(error, answers);
            }
        }
        Answer::Declared(status, declared, shape) => {
            let description = match *declared {
                "" if *status == meta.status => SUCCESS,
                "" => phrase(*status),
                description => description,
            };
            let origin = format!("an answer of the function `{}`", meta.name);
            match shape {
                Some(shape) => {
                    let schema = schemas.of_shape(shape(), &origin);
                    if *status == meta.status {
                        answers.remove(*status);
                    }
                    answers.json(*status, description, schema);
                }
                // A declaration of the successful answer can have a description, in addition to what the type says.
                None if *status == meta.status && declared.is_empty() => {}
                None if *status == meta.status => answers.describe(*status, description),
                None if *status >= 400 => answers.error_described(*status, phrase(*status), description),
                None => answers.add(*status, response(description)),
            }
        }
        _ => {}
    }
    Ok(())
}

fn add_errors(errors: &ErrorList, answers: &mut Answers) {
    match errors {
        ErrorList::One(ErrorMeta { status, detail, doc }) => {
            let detail = if detail.is_empty() { phrase(*status) } else { *detail };
            answers.error_described(*status, detail, text(doc).as_deref().unwrap_or(detail));
        }
        ErrorList::Of(inside) => inside.iter().for_each(|errors| add_errors(errors, answers)),
    }
}

/// Adds the input of a guard, which is a parameter or a security scheme, and its answers.
fn guard(
    guarded: Guarded,
    documented: &mut Documented,
    answers: &mut Answers,
    generator: &mut OpenApiGenerator,
) {
    match guarded.input {
        RequestHeaderInput::None => {}
        RequestHeaderInput::Parameter(parameter) => {
            // The function and its dependencies may all have the guard.
            let is_same = |known: &RefOr<Parameter>| match known {
                RefOr::Object(known) => known.name == parameter.name && known.location == parameter.location,
                RefOr::Ref(_) => false,
            };
            if !documented.parameters.iter().any(is_same) {
                documented.parameters.push(parameter.into());
            }
        }
        RequestHeaderInput::Security(name, scheme, requirement) => {
            generator.add_security_scheme(name, scheme);
            let required = documented.security.get_or_insert_default();
            if !required.contains(&requirement) {
                required.push(requirement);
            }
        }
        _ => {}
    }
    for (status, answer) in guarded.answers.responses {
        if let (Ok(status), RefOr::Object(answer)) = (status.parse(), answer) {
            let answer = named(answer, phrase(status));
            // A guard writes no body itself, so its error has the common format.
            match answer.content.is_empty() && status >= 400 {
                true => answers.error_described(status, phrase(status), &answer.description),
                false => answers.add(status, answer),
            }
        }
    }
}

fn not_described(meta: &FunctionMeta, error: &rocket_okapi::OpenApiError) -> String {
    format!("the function `{}` cannot be documented: {error}", meta.name)
}

/// Adds the input and the answers of a guard.
pub(super) fn add_guard(
    declared: &Guard,
    meta: &FunctionMeta,
    documented: &mut Documented,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    add_answer(&declared.errors, meta, answers, schemas, generator)?;
    if let Some(Describe::Guard(describe)) = declared.described.to() {
        let guarded = describe(generator, meta.name).map_err(|e| not_described(meta, &e))?;
        guard(guarded, documented, answers, generator);
    }
    Ok(())
}

/// The answers that a responder describes, each with its status, or `None` for the default answer.
pub(super) fn responses(
    described: Described,
    meta: &FunctionMeta,
    generator: &mut OpenApiGenerator,
) -> Result<impl Iterator<Item = (Option<u16>, Response)> + use<>, String> {
    let described = match described.to() {
        Some(Describe::Responder(describe)) => describe(generator).map_err(|e| not_described(meta, &e))?,
        _ => Responses::default(),
    };
    let object = |answer| match answer {
        RefOr::Object(answer) => Some(answer),
        RefOr::Ref(_) => None,
    };
    let by_status = described.responses.into_iter();
    let by_status = by_status.map(|(status, answer)| (status.parse().ok(), answer));
    let all = by_status.chain(described.default.map(|answer| (None, answer)));
    Ok(all.filter_map(move |(status, answer)| Some((status, object(answer)?))))
}

/// The answer, with this description if it has none.
pub(super) fn named(answer: Response, description: &str) -> Response {
    match answer.description.is_empty() {
        true => Response { description: description.to_owned(), ..answer },
        false => answer,
    }
}
