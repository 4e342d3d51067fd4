//! Converts shapes into schemas, and collects the components that these refer to.

use std::collections::BTreeMap;

use schemars::schema::{InstanceType, Schema, SchemaObject};

use super::forms::{all_of, nullable, reference, refers, typed};
use super::{constraints, naming, text};
use crate::issue::Choices;
use crate::resource::naming::{component, unique};
use crate::resource::{AccessMeta, ResourceMeta};
use crate::wire::{Constraints, FieldMeta, ObjectMeta, Presence, Shape, UnitEnumMeta};

/// Components by name, in the order of their first use.
pub(super) type Definitions = schemars::Map<String, Schema>;

/// The use of a struct, which decides which of its fields are described, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// A resource in an answer, in which every visible field exists.
    Answer,
    /// A body, or a part of one.
    Model,
    /// A body that patches a resource.
    Patch,
    /// A struct within a patch, of which any part may be left out.
    Merge,
}

/// Builds schemas, and a component for each struct and enum in them.
pub(super) struct Schemas<'d> {
    definitions: &'d mut Definitions,
    /// The type that has each name, and its declarations.
    claims: BTreeMap<String, Claim>,
    faults: Vec<String>,
}

struct Claim {
    /// The type, and where it was found.
    who: String,
    // The addresses of the declarations, with their uses. A constant may have several addresses, which costs only an
    // additional comparison.
    declarations: Vec<(usize, View)>,
}

impl<'d> Schemas<'d> {
    /// Adds components to these definitions.
    pub(super) fn new(definitions: &'d mut Definitions) -> Self {
        Schemas { definitions, claims: BTreeMap::new(), faults: Vec::new() }
    }

    /// Reserves the names of crewed's own components.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = &'static str>) {
        for name in names {
            let claim = Claim { who: "one of crewed's own errors".to_owned(), declarations: Vec::new() };
            self.claims.insert(name.to_owned(), claim);
        }
    }

    /// Messages about different types with the same name.
    pub(super) fn into_faults(self) -> Vec<String> {
        self.faults
    }

    /// The type that has each name, and where it was found.
    pub(super) fn owners(&self) -> BTreeMap<String, String> {
        self.claims.iter().map(|(name, claim)| (name.clone(), claim.who.clone())).collect()
    }

    /// The schema of a resource in an answer.
    pub(super) fn answer(&mut self, meta: &ResourceMeta) -> SchemaObject {
        let name = naming::object(meta.object);
        let declaration = (std::ptr::from_ref(meta.object) as usize, View::Answer);
        let who = who((meta.object.type_name)(), &format!("the resource {}", meta.path));
        self.define(&name, declaration, &who, |schemas| schemas.row(meta));
        reference(&name)
    }

    /// The same itself, and not a reference to it.
    pub(super) fn row(&mut self, meta: &ResourceMeta) -> SchemaObject {
        let masked = masked(meta);
        let mut schema = self.members(meta.object, View::Answer, &naming::object(meta.object));
        schema.object().required.retain(|name| !masked.contains(&name.as_str()));
        schema
    }

    /// The schema of a resource in the answer to a write. Who may not see what they have written is answered its key alone.
    pub(super) fn written(&mut self, meta: &ResourceMeta) -> SchemaObject {
        if !meta.access.is_some_and(AccessMeta::may_write_unseen) {
            return self.answer(meta);
        }
        let mut schema = self.members(meta.object, View::Answer, meta.object.name);
        let key = meta.object.fields[meta.key].name;
        schema.metadata = None;
        schema.object().required.retain(|name| name == key);
        schema
    }

    /// The schema of a resource in the answer to a list or a read, whose members clients may choose if the declaration
    /// says so.
    pub(super) fn shown(&mut self, meta: &ResourceMeta) -> SchemaObject {
        if !meta.list.sparse {
            return self.answer(meta);
        }
        let mut schema = self.members(meta.object, View::Answer, meta.object.name);
        schema.metadata = None;
        schema.object().required.clear();
        schema
    }

    /// The same without its key, which is in the URL.
    pub(super) fn without_key(&mut self, meta: &ResourceMeta) -> SchemaObject {
        let mut schema = self.members(meta.object, View::Answer, meta.object.name);
        let key = meta.object.fields[meta.key].name;
        let masked = masked(meta);
        schema.metadata = None;
        schema.object().properties.shift_remove(key);
        schema.object().required.retain(|name| name != key && !masked.contains(&name.as_str()));
        schema
    }

    /// The schema of a body of a resource's operations.
    pub(super) fn body(&mut self, object: &'static ObjectMeta, view: View, path: &str) -> SchemaObject {
        self.object(object, view, &format!("a body of {path}"))
    }

    /// The schema of a single value in a URL.
    pub(super) fn value(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let mut schema = self.shape((field.shape)(), &field.constraints, View::Model, origin);
        if schema.is_ref() {
            return schema;
        }
        without_nul(&mut schema, &field.constraints);
        schema.metadata().title = Some(naming::title(field.name));
        schema
    }

    /// The schema of a parameter. The description belongs to the parameter itself.
    pub(super) fn parameter(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let bare = FieldMeta { doc: "", deprecated: false, ..*field };
        let mut schema = self.sent(&bare, origin);
        if schema.is_ref() {
            return schema;
        }
        without_nul(&mut schema, &field.constraints);
        // Swagger UI would send the example by default, even of an optional parameter.
        if field.first_example().is_none() && !matches!(field.presence, Presence::Required) {
            schema.extensions.remove("example");
        }
        schema
    }

    /// The schema of a value that is sent outside of JSON, where there is no null.
    fn sent(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let constraints = Constraints { not_null: true, ..field.constraints };
        self.described(&FieldMeta { constraints, ..*field }, View::Model, View::Model, origin)
    }

    /// The schema of a body that is a single input.
    pub(super) fn whole_body(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let schema = self.shape((field.shape)(), &field.constraints, View::Model, origin);
        if refers(&schema) {
            return schema;
        }
        self.described(field, View::Model, View::Model, origin)
    }

    /// The schema of a body with several inputs, which is a component of its own.
    pub(super) fn body_of(
        &mut self,
        name: &str,
        fields: &[FieldMeta],
        form: bool,
        function: &str,
    ) -> SchemaObject {
        // Two functions with the same name have different bodies.
        let name = &unique(&mut self.definitions.keys().cloned().collect(), name);
        let mut schema = typed(InstanceType::Object);
        schema.metadata().title = Some(name.to_owned());
        for field in fields {
            let origin = format!("`{}` of the function `{function}`", field.name);
            let mut property = match form {
                true => self.sent(field, &origin),
                false => self.described(field, View::Model, View::Model, &origin),
            };
            let required = matches!(field.presence, Presence::Required);
            let is_file = property.format.as_deref() == Some("binary");
            if form && required && !is_file && property.instance_type == Some(InstanceType::String.into()) {
                // As in FastAPI, a text that is empty in a form is one that was not sent.
                property.string().min_length.get_or_insert(1);
            }
            let object = schema.object();
            if required {
                object.required.insert(field.name.to_owned());
            }
            object.properties.insert(field.name.to_owned(), property.into());
        }
        self.definitions.insert(name.to_owned(), schema.into());
        reference(name)
    }

    /// The schema of a shape.
    pub(super) fn of_shape(&mut self, shape: Shape, origin: &str) -> SchemaObject {
        self.shape(shape, &Constraints::NONE, View::Model, origin)
    }

    /// The schema of a type itself, and not a reference to it.
    pub(super) fn component(&mut self, shape: Shape) -> SchemaObject {
        match shape {
            Shape::Object(meta) => self.members(meta, View::Model, &naming::object(meta)),
            Shape::UnitEnum(meta) => names_of(meta),
            other => self.shape(other, &Constraints::NONE, View::Model, ""),
        }
    }

    /// A reference to the component of a struct, which is created if it is new.
    pub(super) fn object(&mut self, meta: &'static ObjectMeta, view: View, origin: &str) -> SchemaObject {
        let mut name = naming::object(meta);
        if view == View::Merge {
            name.push_str("Patch");
        }
        let declaration = (std::ptr::from_ref(meta) as usize, view);
        let who = who((meta.type_name)(), origin);
        self.define(&name, declaration, &who, |schemas| schemas.members(meta, view, &name));
        reference(&name)
    }

    fn choice(&mut self, meta: &'static UnitEnumMeta, origin: &str) -> SchemaObject {
        let name = component(meta.name);
        // The schema of an enum is the same for every use.
        let declaration = (std::ptr::from_ref(meta) as usize, View::Model);
        self.define(&name, declaration, &who((meta.type_name)(), origin), |_| names_of(meta));
        reference(&name)
    }

    fn define(
        &mut self,
        name: &str,
        declaration: (usize, View),
        who: &str,
        make: impl FnOnce(&mut Self) -> SchemaObject,
    ) {
        let Some(claim) = self.claims.get_mut(name) else {
            let claim = Claim { who: who.to_owned(), declarations: vec![declaration] };
            self.claims.insert(name.to_owned(), claim);
            // A definition without a claim was added by schemars for the same type.
            if !self.definitions.contains_key(name) {
                // This placeholder ends the recursion if the type contains itself.
                self.definitions.insert(name.to_owned(), Schema::Bool(true));
                let schema = make(self);
                self.definitions.insert(name.to_owned(), schema.into());
            }
            return;
        };
        if claim.declarations.contains(&declaration) {
            return;
        }
        claim.declarations.push(declaration);
        let first = claim.who.clone();
        let schema = Schema::from(make(self));
        // A reserved name has no definition yet, and a type that is being defined has the placeholder `true`.
        let known = self.definitions.get(name);
        if known.is_none_or(|known| *known != Schema::Bool(true) && *known != schema) {
            self.faults.push(two_types(name, &first, who));
        }
    }

    /// The schema of a struct itself.
    pub(super) fn members(&mut self, meta: &'static ObjectMeta, view: View, name: &str) -> SchemaObject {
        let mut schema = typed(InstanceType::Object);
        schema.metadata().title = Some(if meta.title.is_empty() { name } else { meta.title }.to_owned());
        if let Some(example) = meta.examples.first() {
            schema.extensions.insert("example".to_owned(), (example.value)());
        }
        schema.metadata().description = text(meta.doc);
        // This is one sentence for all fields: tools would generate example values from a pattern on each.
        if view != View::Answer
            && meta.fields.iter().any(|field| field.constraints.stored && is_text(field.shape()))
        {
            also(&mut schema, NO_NUL);
        }
        let object = schema.object();
        for field in meta.fields.iter().filter(|field| view != View::Answer || !field.write_only) {
            let required = match view {
                View::Answer => true,
                View::Model | View::Patch => matches!(field.presence, Presence::Required),
                View::Merge => false,
            };
            if required {
                object.required.insert(field.name.to_owned());
            }
            let property = self.property(meta, field, view);
            object.properties.insert(field.name.to_owned(), property.into());
        }
        // These are documented so that a client can edit what it read and send it back. A key that clients choose is
        // not: a body may repeat it, but one with a different key is refused, so a client should not send it.
        for name in meta.ignored {
            let mut passed_over = SchemaObject::default();
            passed_over.metadata().title = Some(naming::title(name));
            passed_over.metadata().description =
                Some("No client sets this; it may be sent back as it was read.".to_owned());
            passed_over.metadata().read_only = true;
            object.properties.insert((*name).to_owned(), passed_over.into());
        }
        if meta.deny_unknown && view != View::Answer {
            object.additional_properties = Some(Box::new(Schema::Bool(false)));
        }
        schema
    }

    fn property(&mut self, meta: &ObjectMeta, field: &FieldMeta, view: View) -> SchemaObject {
        let origin = format!("`{}.{}`", meta.name, field.name);
        // A struct within an answer has the schema that it has within a body, so that a model has one component.
        let inner = match view {
            View::Answer | View::Model => View::Model,
            View::Patch | View::Merge => View::Merge,
        };
        self.described(field, view, inner, &origin)
    }

    /// The schema of a field with its description.
    fn described(&mut self, field: &FieldMeta, view: View, inner: View, origin: &str) -> SchemaObject {
        let mut schema = self.shape((field.shape)(), &field.constraints, inner, origin);
        // In a merge patch null removes a member, which is possible only if the member is optional.
        if view == View::Merge && !matches!(field.presence, Presence::Required) {
            schema = nullable(schema);
        }
        let mut notes = schemars::schema::Metadata {
            title: match field.title {
                "" => Some(naming::title(field.name)).filter(|_| !refers(&schema)),
                title => Some(title.to_owned()),
            },
            description: match (text(field.doc), schema.metadata().description.take()) {
                (Some(doc), Some(note)) => Some(format!("{doc}\n\n{note}")),
                (doc, note) => doc.or(note),
            },
            deprecated: field.deprecated,
            read_only: field.read_only,
            write_only: field.write_only,
            ..Default::default()
        };
        if let (Presence::Default(value), View::Model) = (field.presence, view) {
            notes.default = Some(value());
            // Without an example, tools show the default.
            schema.extensions.remove("example");
        }
        let example = field.first_example();
        schema.metadata = None;
        if notes == Default::default() && example.is_none() {
            return schema;
        }
        let mut schema = if schema.is_ref() { all_of(schema) } else { schema };
        schema.metadata = Some(Box::new(notes));
        schema.extensions.extend(example.map(|example| ("example".to_owned(), example)));
        schema
    }

    pub(super) fn shape(
        &mut self,
        shape: Shape,
        constraints: &Constraints,
        view: View,
        origin: &str,
    ) -> SchemaObject {
        // `not_null` applies to the value itself, and not to its items.
        let of_items = Constraints { not_null: false, ..*constraints };
        match shape {
            Shape::Any => SchemaObject::default(),
            Shape::Boolean => typed(InstanceType::Boolean),
            Shape::Integer { min, max, format } => constraints::integer(min, max, format, constraints),
            Shape::Number { format } => constraints::number(format, constraints),
            Shape::Text { format } => constraints::text(format, constraints),
            Shape::Nullable(inner) => {
                let schema = self.shape(inner(), constraints, view, origin);
                if constraints.not_null { schema } else { nullable(schema) }
            }
            Shape::List(item) => {
                let mut schema = typed(InstanceType::Array);
                // A patch replaces a list as a whole.
                let item = self.shape(item(), &of_items, View::Model, origin);
                let array = schema.array();
                array.items = Some(Schema::from(item).into());
                (array.min_items, array.max_items) = constraints::items(constraints);
                schema
            }
            Shape::Map(member) => {
                let mut schema = typed(InstanceType::Object);
                let member = self.shape(member(), &of_items, view, origin);
                let member = if view == View::Merge { nullable(member) } else { member };
                let object = schema.object();
                object.additional_properties = Some(Box::new(member.into()));
                if view != View::Merge {
                    (object.min_properties, object.max_properties) = constraints::items(constraints);
                }
                schema
            }
            Shape::Object(meta) => self.object(meta, view, origin),
            Shape::UnitEnum(meta) => self.choice(meta, origin),
        }
    }
}

fn names_of(meta: &UnitEnumMeta) -> SchemaObject {
    let mut schema = typed(match meta.choices {
        Choices::Names(_) => InstanceType::String,
        Choices::Numbers(_) => InstanceType::Integer,
    });
    schema.enum_values = Some(meta.choices.to_json());
    schema.metadata().title = Some(component(meta.name));
    schema.metadata().description = text(meta.doc);
    schema
}

const NO_NUL: &str = "A text that is stored holds no NUL character (U+0000).";

/// Documents that a single text must not have the NUL character.
fn without_nul(schema: &mut SchemaObject, constraints: &Constraints) {
    let text = schema.instance_type == Some(InstanceType::String.into()) && schema.format.is_none();
    if constraints.stored && text {
        also(schema, NO_NUL);
    }
}

/// Adds a paragraph to a description.
fn also(schema: &mut SchemaObject, more: &str) {
    let description = &mut schema.metadata().description;
    *description = match description.take() {
        Some(said) => Some(format!("{said}\n\n{more}")),
        None => Some(more.to_owned()),
    };
}

fn is_text(shape: Shape) -> bool {
    match shape {
        Shape::Text { format: "" } => true,
        Shape::Nullable(inner) => is_text(inner()),
        _ => false,
    }
}

/// The names of the fields that some callers do not see, and that an answer to these does not have.
fn masked(meta: &ResourceMeta) -> Vec<&'static str> {
    let fields = meta.access.map(|access| access.fields).unwrap_or_default();
    let masked = fields.iter().filter(|field| field.read.is_some());
    masked.map(|field| meta.object.fields[field.column].name).collect()
}

/// A type and where it was found. A declaration that was written by hand has no path.
fn who(type_name: &str, origin: &str) -> String {
    match type_name {
        "" => format!("that of {origin}"),
        path => format!("`{path}` ({origin})"),
    }
}

/// The message about two types with the same name.
pub(super) fn two_types(name: &str, first: &str, second: &str) -> String {
    format!(
        "two types are called `{name}` in the document: {first} and {second}; give one of them another name with \
         `#[model(name = \"..\")]`, or with `name = \"..\"` under `#[resource(..)]`"
    )
}
