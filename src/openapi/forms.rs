//! Basic schemas, and the forms of null and references in OpenAPI 3.0.

use schemars::schema::{InstanceType, Schema, SchemaObject};
use serde_json::Value as Json;

/// A schema that has only a type.
pub(super) fn typed(instance_type: InstanceType) -> SchemaObject {
    SchemaObject { instance_type: Some(instance_type.into()), ..SchemaObject::default() }
}

/// A reference to a component.
pub(super) fn reference(name: &str) -> SchemaObject {
    SchemaObject::new_ref(format!("#/components/schemas/{name}"))
}

/// The schema of an object with these members.
pub(super) fn object_of<const N: usize>(
    members: [(&str, SchemaObject); N],
    required: &[&str],
) -> SchemaObject {
    let mut schema = typed(InstanceType::Object);
    let object = schema.object();
    object.properties = members.into_iter().map(|(name, schema)| (name.to_owned(), schema.into())).collect();
    object.required = required.iter().map(|name| (*name).to_owned()).collect();
    schema
}

/// The schema of a value or null.
///
/// By OpenAPI 3.0.3, `nullable` has a meaning only next to a `type`, and cannot widen what a reference allows:
/// `{"allOf": [{"$ref": ".."}], "nullable": true}` refuses null. So a reference becomes an `anyOf` of itself and an
/// enum of null. The `allOf` around it, and the redundant `nullable`, help generators of clients; docs/conformance.md
/// lists the forms that were tried.
pub(super) fn nullable(mut schema: SchemaObject) -> SchemaObject {
    if schema.instance_type.is_some() {
        schema.extensions.insert("nullable".to_owned(), true.into());
        return schema;
    }
    let known = schema.subschemas.as_ref().and_then(|all| all.any_of.as_ref());
    // A schema that allows any value allows null.
    if schema == SchemaObject::default() || known.is_some_and(|any| any.contains(&null())) {
        return schema;
    }
    or_null(schema)
}

/// The schema of null, or of a value with a schema that is a reference or a combination.
pub(super) fn or_null(schema: SchemaObject) -> SchemaObject {
    let schema = if schema.is_ref() { all_of(schema) } else { schema };
    let mut either = SchemaObject::default();
    either.subschemas().any_of = Some(vec![schema.into(), null()]);
    either
}

/// The schema of null alone.
fn null() -> Schema {
    let mut schema = SchemaObject { enum_values: Some(vec![Json::Null]), ..SchemaObject::default() };
    schema.extensions.insert("nullable".to_owned(), true.into());
    schema.into()
}

/// A reference in a form that can have other keywords: OpenAPI 3.0 ignores those next to a `$ref`.
pub(super) fn all_of(reference: SchemaObject) -> SchemaObject {
    let mut schema = SchemaObject::default();
    schema.subschemas().all_of = Some(vec![reference.into()]);
    schema
}

/// Whether a schema is a reference, or a combination of others.
pub(super) fn refers(schema: &SchemaObject) -> bool {
    schema.is_ref() || (schema.instance_type.is_none() && schema.subschemas.is_some())
}
