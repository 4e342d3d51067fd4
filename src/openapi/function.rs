//! Functions under `#[get]` and its like in the document.

use okapi::openapi3::{
    self, ExampleValue, Operation as Documented, Parameter, ParameterValue, RefOr, RequestBody, Response,
    Responses,
};
use rocket_okapi::OperationInfo;
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::request::RequestHeaderInput;
use schemars::schema::InstanceType;

use super::answers::{Answers, JSON, media, response};
use super::around::{DescribedFunction, add_dependencies, add_untaken, all_inputs};
use super::bridge::{Describe, Guarded};
use super::forms::typed;
use super::operation::template;
use super::parameter::parameter;
use super::schema::Schemas;
use super::{DocumentOptions, naming, text};
use crate::error_format::{ErrorList, ErrorMeta, phrase};
use crate::function::{Answer, FunctionMeta, Guard, is_redirect};
use crate::input::{Described, InputMeta, Place};
use crate::route::rocket_method;
use crate::wire::{Example, FieldMeta, Presence, Shape};

/// Documents a function.
pub(super) fn operation(
    described: &DescribedFunction,
    options: &DocumentOptions<'_>,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<OperationInfo, String> {
    let DescribedFunction { meta, around, plan } = described;
    let meta = *meta;
    let own = meta.tags.iter().map(|tag| (*tag).to_owned());
    let mut documented = Documented {
        tags: around.tags.iter().cloned().chain(own).collect(),
        summary: Some(text(meta.summary).unwrap_or_else(|| naming::title(meta.name))),
        description: text(meta.doc),
        operation_id: Some(meta.id.unwrap_or(meta.name).to_owned()),
        deprecated: meta.deprecated || around.deprecated,
        ..Documented::default()
    };
    let inputs = all_inputs(meta.inputs, plan.as_ref());
    for input in &inputs {
        let origin = format!("`{}` of the function `{}`", input.field.name, meta.name);
        documented.parameters.extend(input_parameters(input, &origin, schemas));
    }
    let path = format!("{}{}{}", options.base, around.prefix, meta.path);
    add_untaken(&path, &mut documented);
    documented.request_body = body(meta, &inputs, schemas);
    let mut answers = Answers::new(options.errors);
    add_successes(meta, &mut answers, schemas, generator)?;
    for answer in meta.answers {
        add_answer(answer, meta, &mut answers, schemas, generator)?;
    }
    if meta.inputs.iter().any(|input| !matches!(input.place, Place::Guard | Place::Data)) {
        answers.invalid();
    }
    for guard in meta.guards {
        add_guard(guard, meta, &mut documented, &mut answers, schemas, generator)?;
    }
    if let Some(plan) = plan {
        add_dependencies(plan, &mut documented, &mut answers, schemas, generator)?;
    }
    add_declared(&around.answers, meta, &mut answers, schemas, generator)?;
    documented.responses = answers.into_responses();
    Ok(OperationInfo { path: template(&path), method: rocket_method(meta.method), operation: documented })
}

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

/// The parameters of an input: one, or for a model of the whole query one for each field. The body has none.
pub(super) fn input_parameters(
    input: &InputMeta,
    origin: &str,
    schemas: &mut Schemas<'_>,
) -> Vec<RefOr<Parameter>> {
    match (input.place, input.model()) {
        _ if input.field.hidden => Vec::new(),
        (Place::QueryModel, Some(object)) => {
            object.fields.iter().map(|field| input_parameter(field, "query", origin, schemas)).collect()
        }
        (Place::Guard | Place::Data, _) => Vec::new(),
        (place, _) if place.is_body() => Vec::new(),
        (place, _) => vec![input_parameter(&input.field, place.name(), origin, schemas)],
    }
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

/// The parameter of an input.
fn input_parameter(
    field: &FieldMeta,
    place: &str,
    origin: &str,
    schemas: &mut Schemas<'_>,
) -> RefOr<Parameter> {
    let required = matches!(field.presence, Presence::Required);
    let schema = schemas.parameter(field, origin);
    let mut parameter = parameter(field.name, place, text(field.doc), required, schema);
    if let RefOr::Object(parameter) = &mut parameter {
        parameter.deprecated = field.deprecated;
        if let ParameterValue::Schema { examples, .. } = &mut parameter.value {
            *examples = several(field.examples);
        }
    }
    parameter
}

fn body(meta: &FunctionMeta, all: &[InputMeta], schemas: &mut Schemas<'_>) -> Option<RefOr<RequestBody>> {
    let origin = |input: &InputMeta| format!("`{}` of the function `{}`", input.field.name, meta.name);
    let inputs: Vec<&InputMeta> = all.iter().filter(|input| input.place.is_body()).collect();
    let first = inputs.first()?;
    let form = first.place.is_form();
    let alone = inputs.len() == 1 && if form { first.model().is_some() } else { !InputMeta::embedded(all) };
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
    let mut content = media(schema);
    if alone {
        let of_model = match first.field.shape() {
            Shape::Object(meta) => meta.examples,
            _ => &[],
        };
        let of_input = first.field.examples;
        content.examples = several(if of_input.is_empty() { of_model } else { of_input });
    }
    let content = [(media_type.to_owned(), content)].into_iter().collect();
    Some(RequestBody { content, required, ..RequestBody::default() }.into())
}

/// Several examples by their names. A single one without a name is in the schema.
fn several(examples: &[Example]) -> Option<okapi::Map<String, openapi3::Example>> {
    if let [] | [Example { name: "", .. }] = examples {
        return None;
    }
    let named = examples.iter().enumerate().map(|(index, example)| {
        let name = match example.name {
            "" => format!("example {}", index + 1),
            name => name.to_owned(),
        };
        let example = openapi3::Example {
            summary: None,
            description: None,
            value: ExampleValue::Value((example.value)()),
            extensions: okapi::Map::new(),
        };
        (name, example)
    });
    Some(named.collect())
}

fn is_file(shape: Shape) -> bool {
    match shape {
        Shape::Text { format } => format == "binary",
        Shape::List(inner) | Shape::Nullable(inner) => is_file(inner()),
        _ => false,
    }
}

const SUCCESS: &str = "Successful Response";

/// Adds the successful answers. There are several if the function returns one of several types.
fn add_successes(
    meta: &FunctionMeta,
    answers: &mut Answers,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<(), String> {
    for either in meta.answers.split(|answer| matches!(answer, Answer::Or)) {
        add_success(either, meta, answers, schemas, generator)?;
    }
    Ok(())
}

/// Adds the successful answer of one type. It is that of the first part of the type that has a description.
fn add_success(
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
                answers.json(meta.status, SUCCESS, schema);
                return Ok(());
            }
            Answer::Items(media_type, shape) => {
                let mut answer = response(SUCCESS);
                let schema = schemas.of_shape(shape(), &origin);
                answer.content.insert((*media_type).to_owned(), media(schema));
                answers.add(meta.status, answer);
                return Ok(());
            }
            // The type of a redirect does not have its status, so a declared status or answer replaces the default.
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
                let mut answer = response(SUCCESS);
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
                    answers.add(status, named(answer, if status < 300 { SUCCESS } else { phrase(status) }));
                    any = true;
                }
                if any {
                    return Ok(());
                }
            }
            _ => {}
        }
    }
    answers.add(meta.status, response(SUCCESS));
    Ok(())
}

/// The answers that a responder describes, each with its status, or `None` for the default answer.
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

/// The answer, with this description if it has none.
fn named(answer: Response, description: &str) -> Response {
    match answer.description.is_empty() {
        true => Response { description: description.to_owned(), ..answer },
        false => answer,
    }
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
