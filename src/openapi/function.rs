//! Functions under `#[get]` and its like in the document.

use okapi::openapi3::{Operation as Documented, Parameter, RefOr, RequestBody, Response, Responses};
use rocket_okapi::OperationInfo;
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::request::RequestHeaderInput;
use schemars::schema::InstanceType;

use super::answers::{Answers, JSON, media, response};
use super::bridge::{Describe, Guarded};
use super::forms::typed;
use super::operation::template;
use super::parameter::parameter;
use super::schema::Schemas;
use super::{DocumentOptions, naming, text};
use crate::error_format::{ErrorList, ErrorMeta, phrase};
use crate::function::{Answer, Described, FunctionMeta, is_redirect};
use crate::input::{InputMeta, Place};
use crate::route::rocket_method;
use crate::wire::{FieldMeta, Presence, Shape};

/// Documents a function.
pub(super) fn operation(
    meta: &'static FunctionMeta,
    options: &DocumentOptions<'_>,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<OperationInfo, String> {
    let mut documented = Documented {
        tags: meta.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        summary: Some(text(meta.summary).unwrap_or_else(|| naming::title(meta.name))),
        description: text(meta.doc),
        operation_id: Some(meta.id.unwrap_or(meta.name).to_owned()),
        deprecated: meta.deprecated,
        ..Documented::default()
    };
    let origin = |input: &InputMeta| format!("`{}` of the function `{}`", input.field.name, meta.name);
    for input in meta.inputs {
        match (input.place, input.model()) {
            (Place::QueryModel, Some(object)) => {
                let fields = object.fields.iter();
                documented
                    .parameters
                    .extend(fields.map(|field| taken(field, "query", &origin(input), schemas)));
            }
            (Place::Guard | Place::Data, _) => {}
            (place, _) if place.is_body() => {}
            (place, _) => {
                documented.parameters.push(taken(&input.field, place.name(), &origin(input), schemas))
            }
        }
    }
    documented.request_body = body(meta, schemas, &origin);
    let mut answers = Answers::new(options.errors);
    succeeds(meta, &mut answers, schemas, generator)?;
    for answer in meta.answers {
        fails(answer, meta, &mut answers, schemas, generator)?;
    }
    if meta.inputs.iter().any(|input| !matches!(input.place, Place::Guard | Place::Data)) {
        answers.invalid();
    }
    for asked in meta.guards {
        fails(&asked.errors, meta, &mut answers, schemas, generator)?;
        if let Some(Describe::Guard(describe)) = asked.described.to() {
            let guarded = describe(generator, meta.name).map_err(|e| not_described(meta, &e))?;
            guard(guarded, &mut documented, &mut answers, generator);
        }
    }
    documented.responses = answers.into_responses();
    let path = format!("{}{}", options.base, template(meta.path));
    Ok(OperationInfo { path, method: rocket_method(meta.method), operation: documented })
}

/// A parameter.
fn taken(field: &FieldMeta, place: &str, origin: &str, schemas: &mut Schemas<'_>) -> RefOr<Parameter> {
    let required = matches!(field.presence, Presence::Required);
    let schema = schemas.parameter(field, origin);
    let mut parameter = parameter(field.name, place, text(field.doc), required, schema);
    if let RefOr::Object(parameter) = &mut parameter {
        parameter.deprecated = field.deprecated;
    }
    parameter
}

fn body(
    meta: &'static FunctionMeta,
    schemas: &mut Schemas<'_>,
    origin: &dyn Fn(&InputMeta) -> String,
) -> Option<RefOr<RequestBody>> {
    let inputs: Vec<&InputMeta> = meta.inputs.iter().filter(|input| input.place.is_body()).collect();
    let first = inputs.first()?;
    let form = first.place.is_form();
    let alone =
        inputs.len() == 1 && if form { first.model().is_some() } else { !InputMeta::embedded(meta.inputs) };
    let schema = match alone {
        true => schemas.whole_body(&first.field, &origin(first)),
        false => {
            let fields = inputs.iter().flat_map(|input| match input.model() {
                Some(object) => object.fields.to_vec(),
                None => vec![input.field],
            });
            schemas.body_of(
                &format!("Body_{}", meta.id.unwrap_or(meta.name)),
                &fields.collect::<Vec<_>>(),
                form,
                meta.name,
            )
        }
    };
    let file = inputs.iter().any(|input| is_file(input.field.shape()));
    let media_type = match (form, file) {
        (false, _) => JSON,
        (true, false) => "application/x-www-form-urlencoded",
        (true, true) => "multipart/form-data",
    };
    let required = inputs.iter().any(|input| input.is_required());
    let content = [(media_type.to_owned(), media(schema))].into_iter().collect();
    Some(RequestBody { content, required, ..RequestBody::default() }.into())
}

fn is_file(shape: Shape) -> bool {
    match shape {
        Shape::Text { format } => format == "binary",
        Shape::List(inner) | Shape::Nullable(inner) => is_file(inner()),
        _ => false,
    }
}

const DONE: &str = "Successful Response";

/// The answers that succeed, of which there are several where either of them may be given.
fn succeeds(
    meta: &FunctionMeta,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    for either in meta.answers.split(|answer| matches!(answer, Answer::Or)) {
        one_succeeds(either, meta, answers, schemas, generator)?;
    }
    Ok(())
}

/// An answer that succeeds: of what the function returns, all that says something of itself.
fn one_succeeds(
    of: &[Answer],
    meta: &FunctionMeta,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    let origin = format!("the answer of the function `{}`", meta.name);
    for answer in of {
        match answer {
            Answer::Json(shape) => {
                let schema = schemas.of_shape(shape(), &origin);
                answers.json(meta.status, DONE, schema);
                return Ok(());
            }
            // What kind a redirect is, its type does not say: a status or an answer that is declared does.
            Answer::Empty(status) if is_redirect(*status) => {
                let mut declared = meta.answers.iter().filter_map(|answer| match answer {
                    Answer::Declared(status, ..) => Some(*status),
                    _ => None,
                });
                if is_redirect(meta.status) {
                    answers.add(meta.status, response(phrase(meta.status)));
                } else if !declared.any(is_redirect) {
                    answers.add(*status, response(phrase(*status)));
                }
                return Ok(());
            }
            Answer::Empty(status) => {
                answers.add(*status, response(phrase(*status)));
                return Ok(());
            }
            Answer::Media(media_type) => {
                let mut answer = response(DONE);
                let mut schema = typed(InstanceType::String);
                if !media_type.starts_with("text/") {
                    schema.format = Some("binary".to_owned());
                }
                answer.content.insert((*media_type).to_owned(), media(schema));
                answers.add(meta.status, answer);
                return Ok(());
            }
            Answer::Described(described) => {
                let mut any = false;
                for (status, answer) in responses(*described, meta, generator)? {
                    let status = status.filter(|status| *status != 200).unwrap_or(meta.status);
                    answers.add(status, named(answer, if status < 300 { DONE } else { phrase(status) }));
                    any = true;
                }
                if any {
                    return Ok(());
                }
            }
            _ => {}
        }
    }
    answers.add(meta.status, response(DONE));
    Ok(())
}

/// What a responder says of itself: by status, or whatever the status.
fn responses(
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

/// An answer with a description.
fn named(answer: Response, description: &str) -> Response {
    match answer.description.is_empty() {
        true => Response { description: description.to_owned(), ..answer },
        false => answer,
    }
}

/// The other answers.
fn fails(
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
                list(error, answers);
            }
        }
        Answer::Declared(status, description, shape) => {
            let said = match *description {
                "" if *status == meta.status => DONE,
                "" => phrase(*status),
                said => said,
            };
            let origin = format!("an answer of the function `{}`", meta.name);
            match shape {
                Some(shape) => {
                    let schema = schemas.of_shape(shape(), &origin);
                    if *status == meta.status {
                        answers.remove(*status);
                    }
                    answers.json(*status, said, schema);
                }
                // Of the answer that succeeds there is more to say than the type says.
                None if *status == meta.status && description.is_empty() => {}
                None if *status == meta.status => answers.describe(*status, said),
                None if *status >= 400 => answers.error_described(*status, phrase(*status), said),
                None => answers.add(*status, response(said)),
            }
        }
        _ => {}
    }
    Ok(())
}

fn list(errors: &ErrorList, answers: &mut Answers) {
    match errors {
        ErrorList::One(ErrorMeta { status, detail, doc }) => {
            let detail = if detail.is_empty() { phrase(*status) } else { *detail };
            answers.error_described(*status, detail, text(doc).as_deref().unwrap_or(detail));
        }
        ErrorList::Of(inside) => inside.iter().for_each(|errors| list(errors, answers)),
    }
}

/// What a guard takes stands among the parameters, or among the schemes of security.
fn guard(
    guarded: Guarded,
    documented: &mut Documented,
    answers: &mut Answers,
    generator: &mut OpenApiGenerator,
) {
    match guarded.input {
        RequestHeaderInput::None => {}
        RequestHeaderInput::Parameter(parameter) => documented.parameters.push(parameter.into()),
        RequestHeaderInput::Security(name, scheme, requirement) => {
            generator.add_security_scheme(name, scheme);
            documented.security.get_or_insert_default().push(requirement);
        }
        _ => {}
    }
    for (status, answer) in guarded.answers.responses {
        if let (Ok(status), RefOr::Object(answer)) = (status.parse(), answer) {
            let answer = named(answer, phrase(status));
            // A guard writes no body: what it fails with is told as every error is.
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
