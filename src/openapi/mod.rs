//! The OpenAPI 3.0 document of an API, and the pages that show it.
//!
//! It is built once, at launch, from the same data as the routes. Its types are those of okapi and rocket_okapi, whose
//! traits a guard or a responder of your own implements to be described in it. okapi writes OpenAPI 3.0 and not 3.1,
//! which FastAPI writes. Where the two differ (`nullable`, exclusive bounds), the older form is used.

mod answers;
mod around;
#[doc(hidden)]
pub mod bridge;
mod constraints;
mod described;
mod errors;
mod example;
mod failures;
mod finish;
mod forms;
mod function;
mod input;
mod list;
mod merge;
mod naming;
mod operation;
mod parameter;
mod prune;
mod schema;
mod ui;
mod url_style;

#[cfg(test)]
mod tests;

pub(crate) use crate::route::Page;
pub(crate) use described::{Around, DescribedFunction, DescribedResource};
pub(crate) use merge::Foreign;
pub use okapi::openapi3::OpenApi;
pub use rocket_okapi;
pub(crate) use ui::{Ui, rapidoc, swagger_ui};

use std::collections::BTreeSet;

use okapi::openapi3;
pub(crate) use okapi::openapi3::{Contact, ExternalDocs, License, Server, Tag};
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::settings::OpenApiSettings;

use self::schema::Schemas;
use crate::error_format::ErrorFormat;
use crate::resource::ResourceDescriptor;
use crate::resource::naming::{names, unique};

/// The head of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Info {
    /// The name of the API.
    pub title: String,
    /// The version of the API; not OpenAPI's.
    pub version: String,
    /// The description of the API in Markdown, which may be empty.
    pub description: String,
    /// Everything else that the program says about the API.
    pub about: About,
}

/// What a program says about its API.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub terms: Option<String>,
    pub contact: Option<Contact>,
    pub license: Option<License>,
    pub servers: Vec<Server>,
    /// The descriptions of tags, in the order of the document.
    pub tags: Vec<Tag>,
    pub external_docs: Option<ExternalDocs>,
}

/// The sizes of a list's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageSize {
    /// The number of rows if the client sends no `limit`.
    pub default: u64,
    /// The maximal `limit`.
    pub max: u64,
    /// The maximal `skip`.
    pub skip: u64,
}

/// The parts of the document.
#[derive(Clone, Debug)]
pub(crate) struct DocumentOptions<'a> {
    /// Its head.
    pub info: &'a Info,
    /// The prefix of every path: an empty text, or `/api/v1`.
    pub base: &'a str,
    /// The resources, in the order of their declaration.
    pub resources: &'a [DescribedResource],
    /// The functions, in the order in which they were added.
    pub functions: &'a [DescribedFunction],
    /// The sizes of the lists' pages.
    pub page: PageSize,
    /// The format of errors.
    pub errors: ErrorFormat,
    /// Documents of routes that were declared with rocket_okapi.
    pub foreign: &'a [Foreign],
}

/// Builds the document, as compact JSON.
///
/// # Errors
/// All conflicts in it: different types with the same name, or foreign operations with the path and method of another.
/// If two of crewed's own operations have the same path and method, the document has the first, as the routes report
/// that conflict.
pub(crate) fn document(options: &DocumentOptions<'_>) -> Result<Vec<u8>, Vec<String>> {
    let mut faults = Vec::new();
    let mut document = declared(options, &mut faults);
    prune::unreferenced(&mut document);
    for foreign in options.foreign {
        merge::merge(&mut document, foreign, &mut faults);
    }
    finish::finish(&mut document);
    // The generator writes 3.0.0. 3.0.3 is the same format, whose specification is clearer.
    document.openapi = "3.0.3".to_owned();
    let json = serde_json::to_vec(&document);
    match json {
        Ok(json) if faults.is_empty() => Ok(json),
        Ok(_) => Err(faults),
        Err(e) => Err(vec![format!("the document cannot be written as JSON: {e}")]),
    }
}

fn declared(options: &DocumentOptions<'_>, faults: &mut Vec<String>) -> OpenApi {
    let mut definitions = schema::Definitions::new();
    let mut schemas = Schemas::new(&mut definitions);
    let errors = errors::components(options.errors);
    schemas.reserve(errors.iter().map(|(name, _)| *name));
    let mut generator = OpenApiGenerator::new(&OpenApiSettings::new());
    let mut taken = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut operations = Vec::new();
    let metas: Vec<_> = options.resources.iter().map(|resource| resource.descriptor.meta).collect();
    for (resource, name) in options.resources.iter().zip(names(&metas)) {
        if resource.around.hidden {
            continue;
        }
        match operation::operations(resource, &name, options, &mut schemas, &mut generator) {
            Ok(documented) => operations.extend(documented),
            Err(fault) => faults.push(fault),
        }
    }
    let shown = |function: &&DescribedFunction| !function.meta.hidden && !function.around.hidden;
    for described in options.functions.iter().filter(shown) {
        match function::operation(described, options, &mut schemas, &mut generator) {
            Ok(operation) => operations.push(operation),
            Err(fault) => faults.push(fault),
        }
    }
    for mut operation in operations {
        if let Some(id) = &mut operation.operation.operation_id {
            *id = unique(&mut ids, id);
        }
        // Two operations with the same path and method prevent the launch, which the routes report. okapi would print a
        // second message.
        if taken.insert(format!("{} {}", operation.method, operation.path)) {
            generator.add_operation(operation);
        }
    }
    let owners = schemas.owners();
    faults.append(&mut schemas.into_faults());
    let mut document = generator.into_openapi();
    document.info = openapi3::Info {
        title: options.info.title.clone(),
        version: options.info.version.clone(),
        description: text(&options.info.description),
        terms_of_service: options.info.about.terms.clone(),
        contact: options.info.about.contact.clone(),
        license: options.info.about.license.clone(),
        ..openapi3::Info::default()
    };
    document.servers.clone_from(&options.info.about.servers);
    document.external_docs.clone_from(&options.info.about.external_docs);
    document.tags = tags(options.info, options.resources);
    let components = document.components.get_or_insert_default();
    for (name, schema) in definitions {
        let schema = schema.into_object();
        // The descriptions of responders and guards have schemas of schemars, which may have the same names.
        if components.schemas.insert(name.clone(), schema.clone()).is_some_and(|known| known != schema) {
            let owner = owners.get(&name).map_or("a declared type", String::as_str);
            faults.push(schema::two_types(&name, owner, "a type that derives schemars' `JsonSchema`"));
        }
    }
    components.schemas.extend(errors.map(|(name, schema)| (name.to_owned(), schema)));
    document
}

/// The tags that the program describes, and then those of the resources. The description of one of these is the first
/// doc comment of its resources.
fn tags(info: &Info, resources: &[DescribedResource]) -> Vec<Tag> {
    let mut tags = info.about.tags.clone();
    for DescribedResource { descriptor: ResourceDescriptor { meta, .. }, around, .. } in resources {
        if around.hidden {
            continue;
        }
        let description = text(meta.object.doc);
        match tags.iter_mut().find(|tag| tag.name == meta.tag) {
            Some(tag) => tag.description = tag.description.take().or(description),
            None => tags.push(Tag { name: meta.tag.to_owned(), description, ..Tag::default() }),
        }
    }
    tags
}

/// A text, or `None` if it is blank.
fn text(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
