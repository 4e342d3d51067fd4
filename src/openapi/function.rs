//! Functions under `#[get]` and its like in the document.

use okapi::openapi3::{Operation as Documented, RefOr, RequestBody};
use rocket_okapi::OperationInfo;
use rocket_okapi::r#gen::OpenApiGenerator;
use schemars::schema::InstanceType;

use super::answers::{Answers, JSON, media, response};
use super::around::{add_dependencies, add_untaken, all_inputs};
use super::described::DescribedFunction;
use super::failures::{SUCCESS, add_answer, add_declared, add_guard, named, responses};
use super::forms::typed;
use super::input::{input_parameters, several};
use super::schema::Schemas;
use super::{DocumentOptions, naming, text};
use crate::error_format::phrase;
use crate::function::{Answer, FunctionMeta, is_redirect};
use crate::input::{InputMeta, Place};
use crate::resource::naming::template;
use crate::route::rocket_method;
use crate::wire::Shape;

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
        operation_id: Some(meta.operation_id().to_owned()),
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
    if let Some(rate) = meta.rate_limit {
        answers.too_many(rate);
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

fn is_file(shape: Shape) -> bool {
    match shape {
        Shape::Text { format } => format == "binary",
        Shape::List(inner) | Shape::Nullable(inner) => is_file(inner()),
        _ => false,
    }
}

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
            Answer::Json(shape) | Answer::Reply(shape) => {
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
