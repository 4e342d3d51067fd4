//! Shapes as schemas, and the components that they refer to.

use std::collections::BTreeMap;

use schemars::schema::{InstanceType, Schema, SchemaObject};

use super::forms::{all_of, nullable, reference, refers, typed};
use super::merge::unique;
use super::{constraints, naming, text};
use crate::issue::Choices;
use crate::resource::ResourceMeta;
use crate::wire::{Constraints, FieldMeta, ObjectMeta, Presence, Shape, UnitEnumMeta};

/// Components by name, in the order in which they were met.
pub(super) type Definitions = schemars::Map<String, Schema>;

/// Where a struct stands, which decides what is said of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// A resource in an answer: every field that is shown is there.
    Answer,
    /// A body, or a part of one.
    Model,
    /// A body that patches a resource.
    Patch,
    /// A struct within a patch: any part of it may be left out.
    Merge,
}

/// Makes schemas, and a component for each struct and enum that they name.
pub(super) struct Schemas<'d> {
    definitions: &'d mut Definitions,
    /// Who claims each name, and the declarations that were found to be its own.
    claims: BTreeMap<String, Claim>,
    faults: Vec<String>,
}

struct Claim {
    /// The type, and where it was met.
    who: String,
    // Addresses, and what is said of them. One constant may have several; that only costs a comparison.
    declarations: Vec<(usize, View)>,
}

impl<'d> Schemas<'d> {
    /// Puts components among these.
    pub(super) fn new(definitions: &'d mut Definitions) -> Self {
        Schemas { definitions, claims: BTreeMap::new(), faults: Vec::new() }
    }

    /// Keeps the names of crewed's own components from others.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = &'static str>) {
        for name in names {
            let claim = Claim { who: "one of crewed's own errors".to_owned(), declarations: Vec::new() };
            self.claims.insert(name.to_owned(), claim);
        }
    }

    /// The types that share a name with another.
    pub(super) fn into_faults(self) -> Vec<String> {
        self.faults
    }

    /// The type that each name belongs to, and where it was met.
    pub(super) fn owners(&self) -> BTreeMap<String, String> {
        self.claims.iter().map(|(name, claim)| (name.clone(), claim.who.clone())).collect()
    }

    /// A resource as answers show it.
    pub(super) fn answer(&mut self, meta: &ResourceMeta) -> SchemaObject {
        self.object(meta.object, View::Answer, &format!("the resource {}", meta.path))
    }

    /// The same without its key, which the address says.
    pub(super) fn beside_the_key(&mut self, meta: &ResourceMeta) -> SchemaObject {
        let mut schema = self.members(meta.object, View::Answer, meta.object.name);
        let key = meta.object.fields[meta.key].name;
        schema.metadata = None;
        schema.object().properties.shift_remove(key);
        schema.object().required.remove(key);
        schema
    }

    /// A body of a resource's operations.
    pub(super) fn body(&mut self, object: &'static ObjectMeta, view: View, path: &str) -> SchemaObject {
        self.object(object, view, &format!("a body of {path}"))
    }

    /// The value of a field by itself, as it stands in an address.
    pub(super) fn value(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let mut schema = self.shape((field.shape)(), &field.constraints, View::Model, origin);
        if schema.is_ref() {
            return schema;
        }
        without_nul(&mut schema, &field.constraints);
        schema.metadata().title = Some(naming::title(field.name));
        schema
    }

    /// The value of a parameter; what describes it stands on the parameter.
    pub(super) fn parameter(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let bare = FieldMeta { doc: "", deprecated: false, ..*field };
        let mut schema = self.sent(&bare, origin);
        if schema.is_ref() {
            return schema;
        }
        without_nul(&mut schema, &field.constraints);
        // Swagger UI would send the example of its own accord.
        if field.example.is_none() && !matches!(field.presence, Presence::Required) {
            schema.extensions.remove("example");
        }
        schema
    }

    /// A value that is sent by itself, or not at all: outside of JSON there is no null.
    fn sent(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let constraints = Constraints { not_null: true, ..field.constraints };
        self.described(&FieldMeta { constraints, ..*field }, View::Model, View::Model, origin)
    }

    /// The body of a function, where it is one input.
    pub(super) fn whole_body(&mut self, field: &FieldMeta, origin: &str) -> SchemaObject {
        let schema = self.shape((field.shape)(), &field.constraints, View::Model, origin);
        if refers(&schema) {
            return schema;
        }
        self.described(field, View::Model, View::Model, origin)
    }

    /// The body of a function, where it is several: a component of its own.
    pub(super) fn body_of(
        &mut self,
        name: &str,
        fields: &[FieldMeta],
        form: bool,
        function: &str,
    ) -> SchemaObject {
        // Of two functions of one name, each has a body of its own.
        let name = &unique(&mut self.definitions.keys().cloned().collect(), name);
        let mut schema = typed(InstanceType::Object);
        schema.metadata().title = Some(name.to_owned());
        for field in fields {
            let origin = format!("`{}` of the function `{function}`", field.name);
            let property = match form {
                true => self.sent(field, &origin),
                false => self.described(field, View::Model, View::Model, &origin),
            };
            let object = schema.object();
            if matches!(field.presence, Presence::Required) {
                object.required.insert(field.name.to_owned());
            }
            object.properties.insert(field.name.to_owned(), property.into());
        }
        self.definitions.insert(name.to_owned(), schema.into());
        reference(name)
    }

    /// A value of this shape.
    pub(super) fn of_shape(&mut self, shape: Shape, origin: &str) -> SchemaObject {
        self.shape(shape, &Constraints::NONE, View::Model, origin)
    }

    /// The schema of a type itself, not a reference to it.
    pub(super) fn component(&mut self, shape: Shape) -> SchemaObject {
        match shape {
            Shape::Object(meta) => self.members(meta, View::Model, &naming::object(meta)),
            Shape::UnitEnum(meta) => names_of(meta),
            other => self.shape(other, &Constraints::NONE, View::Model, ""),
        }
    }

    /// A reference to a struct's component, which is made where it is new.
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
        let name = naming::component(meta.name);
        // Of an enum the same is said everywhere.
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
            // What is in the definitions unclaimed was put there by schemars, for the same type.
            if !self.definitions.contains_key(name) {
                // Refers to nothing yet, but ends the recursion of a type that contains itself.
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
        // Reserved names have no definition yet; what is being defined is `true` for now.
        let known = self.definitions.get(name);
        if known.is_none_or(|known| *known != Schema::Bool(true) && *known != schema) {
            self.faults.push(two_types(name, &first, who));
        }
    }

    /// The schema of a struct itself.
    pub(super) fn members(&mut self, meta: &'static ObjectMeta, view: View, name: &str) -> SchemaObject {
        let mut schema = typed(InstanceType::Object);
        schema.metadata().title = Some(name.to_owned());
        schema.metadata().description = text(meta.doc);
        // Once for all of them: a pattern on each would be what tools make values of.
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
        // So that what was read can be edited and sent back. Of a key that clients choose nothing is said: a body that
        // repeats it is accepted, and one that says another is refused, so whoever goes by the document sends none.
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
        // What is nested in an answer is described as it is in a body: one model, one component.
        let inner = match view {
            View::Answer | View::Model => View::Model,
            View::Patch | View::Merge => View::Merge,
        };
        self.described(field, view, inner, &origin)
    }

    /// A value, and all that is said of it.
    fn described(&mut self, field: &FieldMeta, view: View, inner: View, origin: &str) -> SchemaObject {
        let mut schema = self.shape((field.shape)(), &field.constraints, inner, origin);
        // In a merge patch null takes a member out, which then has to be one that may be missing.
        if view == View::Merge && !matches!(field.presence, Presence::Required) {
            schema = nullable(schema);
        }
        let mut notes = schemars::schema::Metadata {
            title: Some(naming::title(field.name)).filter(|_| !refers(&schema)),
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
            // Tools show a default where there is no example.
            schema.extensions.remove("example");
        }
        let example = field.example.map(|example| example());
        schema.metadata = None;
        if notes == Default::default() && example.is_none() {
            return schema;
        }
        let mut schema = if schema.is_ref() { all_of(schema) } else { schema };
        schema.metadata = Some(Box::new(notes));
        schema.extensions.extend(example.map(|example| ("example".to_owned(), example)));
        schema
    }

    fn shape(&mut self, shape: Shape, constraints: &Constraints, view: View, origin: &str) -> SchemaObject {
        // That a value is never null is said of itself, and not of what it holds.
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
    schema.metadata().title = Some(naming::component(meta.name));
    schema.metadata().description = text(meta.doc);
    schema
}

const NO_NUL: &str = "A text that is stored holds no NUL character (U+0000).";

/// Says of a value that stands by itself what a text may not hold.
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

/// A type and where it was met; one that was written by hand has no path to name it by.
fn who(type_name: &str, origin: &str) -> String {
    match type_name {
        "" => format!("that of {origin}"),
        path => format!("`{path}` ({origin})"),
    }
}

/// What is wrong with two types of one name, and what to do about it.
pub(super) fn two_types(name: &str, first: &str, second: &str) -> String {
    format!(
        "two types are called `{name}` in the document: {first} and {second}; give one of them another name with \
         `#[model(name = \"..\")]`, or with `name = \"..\"` under `#[resource(..)]`"
    )
}
