//! The operations of a resource in the document, each with exactly its inputs and answers.

use okapi::openapi3::{Header, Operation as Documented, Parameter, RefOr, RequestBody};
use rocket_okapi::OperationInfo;
use rocket_okapi::r#gen::OpenApiGenerator;
use schemars::schema::InstanceType;

use super::answers::{Answers, JSON, header, media, response};
use super::around::{add_dependencies, add_parameters, add_untaken};
use super::described::DescribedResource;
use super::failures::add_declared;
use super::forms::typed;
use super::parameter::parameter;
use super::schema::{Schemas, View};
use super::{DocumentOptions, list, text, url_style};
use crate::error_format::phrase;
use crate::function::FunctionMeta;
use crate::resource::naming::{Names, template};
use crate::resource::{CreateStyle, Operation, ReplyStyle, ResourceDescriptor, Role};
use crate::route::rocket_method;
use crate::wire::{FieldMeta, ObjectMeta};

const MERGE_PATCH: &str = "application/merge-patch+json";

/// Documents the operations of a resource.
pub(super) fn operations(
    described: &DescribedResource,
    names: &Names,
    options: &DocumentOptions<'_>,
    schemas: &mut Schemas<'_>,
    generator: &mut OpenApiGenerator,
) -> Result<Vec<OperationInfo>, String> {
    let DescribedResource { descriptor: resource, around, plans } = described;
    let mut all = Vec::new();
    for operation in resource.meta.operations.iter() {
        let mut subject = Subject { resource, names, options, schemas };
        let (mut documented, mut answers) = subject.document(operation);
        let path = format!("{}{}{}", options.base, around.prefix, resource.meta.address(operation));
        let owner = format!("the resource `{}`", resource.meta.object.name);
        let around_it = around.tags.iter().filter(|tag| *tag != resource.meta.tag).cloned();
        documented.tags.splice(0..0, around_it);
        documented.deprecated |= around.deprecated;
        let as_function = FunctionMeta::new(operation.method(), "/", resource.meta.object.name);
        if let Some(plan) = plans.get(&operation) {
            add_parameters(plan, &owner, &mut documented, schemas);
            add_dependencies(plan, &mut documented, &mut answers, schemas, generator)?;
        }
        add_declared(&around.answers, &as_function, &mut answers, schemas, generator)?;
        add_untaken(&path, &mut documented);
        documented.responses = answers.into_responses();
        let method = rocket_method(operation.method());
        all.push(OperationInfo { path: template(&path), method, operation: documented });
    }
    Ok(all)
}

/// The resource whose operations are documented.
struct Subject<'a, 'd> {
    resource: &'a ResourceDescriptor,
    names: &'a Names,
    options: &'a DocumentOptions<'a>,
    schemas: &'a mut Schemas<'d>,
}

impl Subject<'_, '_> {
    fn document(&mut self, operation: Operation) -> (Documented, Answers) {
        let (all, a) = (self.names.all(), self.names.a());
        let summary = match operation {
            Operation::List => format!("List {all}"),
            Operation::Create => format!("Create {a}"),
            Operation::Read => format!("Read {a}"),
            Operation::Replace => format!("Replace {a}"),
            Operation::Patch => format!("Patch {a}"),
            Operation::Delete => format!("Delete {a}"),
        };
        let description = match operation {
            Operation::Replace => {
                Some("Replaces it as a whole: a field that is left out returns to its default.")
            }
            Operation::Patch => Some(
                "A JSON Merge Patch (RFC 7396): a field that is left out stays as it is, and null clears it.",
            ),
            _ => None,
        };
        let documented = Documented {
            tags: vec![self.resource.meta.tag.to_owned()],
            summary: Some(summary),
            description: description.map(str::to_owned),
            operation_id: Some(self.names.id(operation)),
            parameters: self.parameters(operation),
            request_body: self.body(operation),
            ..Documented::default()
        };
        (documented, self.answers(operation))
    }

    fn parameters(&mut self, operation: Operation) -> Vec<RefOr<Parameter>> {
        if self.resource.meta.is_url_styled() {
            return url_style::parameters(self.resource.meta, operation, self.schemas);
        }
        match operation {
            Operation::List => list::parameters(self.resource.meta, self.options.page, self.schemas),
            Operation::Read if self.resource.meta.list.sparse => {
                vec![self.key_parameter(), list::members(self.resource.meta)]
            }
            Operation::Create => Vec::new(),
            _ => vec![self.key_parameter()],
        }
    }

    fn key_parameter(&mut self) -> RefOr<Parameter> {
        let field = self.key();
        let mut schema = self.schemas.value(field, &format!("the key of {}", self.resource.meta.path));
        if let Some(example) = field.first_example() {
            schema.extensions.insert("example".to_owned(), example);
        }
        let description = text(field.doc);
        parameter(field.name, "path", description, true, schema)
    }

    fn body(&mut self, operation: Operation) -> Option<RefOr<RequestBody>> {
        let ResourceDescriptor { meta, create, replace, patch } = *self.resource;
        if meta.is_url_styled() {
            return None;
        }
        let (object, view, types): (&'static ObjectMeta, _, &[&str]) = match operation {
            Operation::Create => (create?, View::Model, &[JSON]),
            Operation::Replace => (replace?, View::Model, &[JSON]),
            Operation::Patch => (patch?, View::Patch, &[JSON, MERGE_PATCH]),
            _ => return None,
        };
        let schema = self.schemas.body(object, view, self.resource.meta.path);
        let content = types.iter().map(|t| ((*t).to_owned(), media(schema.clone()))).collect();
        Some(RequestBody { content, required: true, ..RequestBody::default() }.into())
    }

    fn answers(&mut self, operation: Operation) -> Answers {
        let meta = self.resource.meta;
        let mut answers = Answers::new(self.options.errors);
        let one = self.names.one.replace('_', " ");
        match operation {
            Operation::List => answers.add(200, list::answer(meta, self.names, self.schemas)),
            Operation::Read if meta.list.sparse => {
                answers.json(200, &format!("The {one}."), self.schemas.shown(meta));
            }
            _ if meta.replies == ReplyStyle::Status => {
                let (description, schema) = url_style::success(meta, operation, &one, self.schemas);
                answers.json(200, &description, schema);
            }
            Operation::Create if meta.create == CreateStyle::Replace => {
                answers.json(200, &format!("The {one} as it is now."), self.schemas.answer(meta));
            }
            Operation::Create => {
                let mut created = response(&format!("The {one} was created."));
                created.headers.insert("Location".to_owned(), location(&one).into());
                created.content.insert(JSON.to_owned(), media(self.schemas.written(meta)));
                answers.add(201, created);
            }
            Operation::Read | Operation::Replace | Operation::Patch => {
                let (done, schema) = match operation {
                    Operation::Read => (format!("The {one}."), self.schemas.answer(meta)),
                    _ => (format!("The {one} as it is now."), self.schemas.written(meta)),
                };
                answers.json(200, &done, schema);
            }
            Operation::Delete => answers.add(204, response(&format!("The {one} is gone."))),
        }
        if meta.access.is_some_and(|access| !access.is_open()) {
            answers.error(401, "Not authenticated");
            answers.error(403, "Not permitted");
        }
        if !matches!(operation, Operation::List | Operation::Create) {
            answers.error(meta.missing.status, meta.missing.detail);
        }
        let writes = matches!(operation, Operation::Create | Operation::Replace | Operation::Patch);
        if writes && meta.access.is_some_and(|access| access.fields.iter().any(|field| field.write.is_some()))
        {
            answers.fields_not_permitted();
        }
        if writes {
            let mut unique = self.unique(operation).peekable();
            // Not all of them have a field that is unique by itself, and could be an example.
            if unique.peek().is_some() || meta.indexes.iter().any(|index| index.unique) {
                answers.conflict(unique.find(|field| field.first_example().is_some() && !field.write_only));
            }
            if !meta.is_url_styled() {
                answers.error(413, phrase(413));
            }
        }
        if operation == Operation::Patch {
            answers.error(415, phrase(415));
        }
        answers.invalid();
        if let Some(rate) = meta.rate_limit {
            answers.too_many(rate);
        }
        answers.error(500, phrase(500));
        answers.error(503, phrase(503));
        answers
    }

    /// The fields whose values may conflict with those of another row. The key of an existing row cannot change.
    fn unique(&self, operation: Operation) -> impl Iterator<Item = &'static FieldMeta> {
        let meta = self.resource.meta;
        let columns = meta.columns.iter().zip(meta.object.fields).enumerate();
        columns.filter_map(move |(index, (column, field))| {
            let chosen = operation == Operation::Create
                && meta.create == CreateStyle::New
                && matches!(column.role, Role::Key);
            (chosen || (meta.is_unique(index) && index != meta.key)).then_some(field)
        })
    }

    fn key(&self) -> &'static FieldMeta {
        let meta = self.resource.meta;
        &meta.object.fields[meta.key]
    }
}

fn location(one: &str) -> Header {
    let mut schema = typed(InstanceType::String);
    schema.format = Some("uri-reference".to_owned());
    header(&format!("The address of the new {one}."), schema)
}
