//! The whole document of two declarations written by hand, and what is refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use std::collections::HashMap;

use super::{About, Around, DescribedResource, DocumentOptions, Foreign, Info, OpenApi, PageSize, document};
use crate::error::Error;
use crate::error_format::ErrorFormat;
use crate::issue::{Bound, IssueCollector};
use crate::resource::{ColumnMeta, NotFoundReply, Operation, ResourceDescriptor, ResourceMeta, codec};
use crate::wire::{
    CompiledPattern, Constraints, FieldMeta, Format, ObjectMeta, Pattern, Shape, UnitEnumMeta, Wire,
};

const ZIP: Pattern = Pattern {
    source: "^[0-9]{5}$",
    regex: || {
        static COMPILED: LazyLock<CompiledPattern> = LazyLock::new(|| Pattern::compile("^[0-9]{5}$"));
        &COMPILED
    },
};

const STATUS: UnitEnumMeta = UnitEnumMeta::new("Status", "How far it is.", &["draft", "live"]);

const ADDRESS: ObjectMeta = ObjectMeta::new(
    "Address",
    "Where somebody lives.",
    &[
        FieldMeta::new("city", <String as Wire>::shape)
            .doc("The city.")
            .constraints(Constraints::NONE.min_length(2)),
        FieldMeta::new("zip", <Option<String> as Wire>::shape)
            .constraints(Constraints::NONE.pattern(ZIP))
            .optional(),
        FieldMeta::new("floor", <i32 as Wire>::shape).default(|| json!(1)),
        FieldMeta::new("neighbours", || Shape::List(|| Shape::Object(&ADDRESS))).default(|| json!([])),
        FieldMeta::new("landlord", || Shape::Nullable(|| Shape::Object(&ADDRESS))).optional(),
    ],
);

const HERO_FIELDS: &[FieldMeta] = &[
    FieldMeta::new("id", <i64 as Wire>::shape)
        .constraints(Constraints::NONE.stored().addressed())
        .read_only(),
    FieldMeta::new("name", <String as Wire>::shape)
        .doc("What they are called.")
        .constraints(Constraints::NONE.stored().min_length(1).max_length(64))
        .example(|| json!("Deadpond")),
    FieldMeta::new("age", <Option<i32> as Wire>::shape)
        .constraints(Constraints::NONE.gt(Bound::Int(0)))
        .optional(),
    FieldMeta::new("power", <u8 as Wire>::shape)
        .constraints(Constraints::NONE.le(Bound::Int(100)))
        .default(|| json!(10)),
    FieldMeta::new("score", <f64 as Wire>::shape).constraints(
        Constraints::NONE.ge(Bound::Float(0.0)).lt(Bound::Float(1.0)).multiple_of(Bound::Float(0.25)),
    ),
    FieldMeta::new("secret_name", <String as Wire>::shape).write_only(),
    FieldMeta::new("email", <Option<String> as Wire>::shape)
        .constraints(Constraints::NONE.format(Format::Email))
        .optional(),
    FieldMeta::new("status", || Shape::UnitEnum(&STATUS))
        .doc("Whether they are seen.")
        .default(|| json!("draft")),
    FieldMeta::new("address", || Shape::Nullable(|| Shape::Object(&ADDRESS))).optional(),
    FieldMeta::new("tags", <Vec<String> as Wire>::shape)
        .constraints(Constraints::NONE.max_items(8).min_length(1))
        .default(|| json!([])),
    FieldMeta::new("labels", <BTreeMap<String, bool> as Wire>::shape).default(|| json!({})),
    FieldMeta::new("fee", <Option<Decimal> as Wire>::shape)
        .doc("What a day costs.")
        .constraints(Constraints::NONE.scale(2).ge(Bound::Int(0)))
        .optional(),
    FieldMeta::new("portrait", <Option<Vec<u8>> as Wire>::shape)
        .constraints(Constraints::NONE.max_items(1000))
        .optional(),
    FieldMeta::new("extra", <Json as Wire>::shape).deprecated().default(|| json!(null)),
    FieldMeta::new("created_at", <DateTime<Utc> as Wire>::shape).read_only(),
];

const HERO: ResourceMeta = ResourceMeta::new(
    "/heroes",
    "heroes",
    &ObjectMeta::new("Hero", "Someone with a cape.", HERO_FIELDS),
    &[
        ColumnMeta::new("id", codec::<i64>()).generated::<i64>(),
        ColumnMeta::new("name", codec::<String>()).unique(),
        ColumnMeta::new("age", codec::<Option<i32>>()),
        ColumnMeta::new("power", codec::<u8>()),
    ],
    0,
);

const HERO_CREATE: ObjectMeta = ObjectMeta::new(
    "HeroCreate",
    "What a client sends to create a hero.",
    // All but the generated key and the time.
    HERO_FIELDS.split_at(1).1.split_at(13).0,
)
.deny_unknown()
.ignore(&["id", "created_at"]);

const PATCH_FIELDS: &[FieldMeta] = &[
    HERO_FIELDS[1].patched(false),
    HERO_FIELDS[2].patched(true),
    HERO_FIELDS[3].patched(false),
    HERO_FIELDS[7].patched(false),
    HERO_FIELDS[8].patched(true),
];

const HERO_PATCH: ObjectMeta =
    ObjectMeta::new("HeroPatch", "What a client sends to change a hero.", PATCH_FIELDS)
        .deny_unknown()
        .ignore(&["id", "created_at"]);

const USER_FIELDS: &[FieldMeta] = &[
    FieldMeta::new("name", <String as Wire>::shape)
        .doc("The name they are found by.")
        .constraints(Constraints::NONE.stored().addressed().max_length(64)),
    FieldMeta::new("nickname", <String as Wire>::shape).constraints(Constraints::NONE.stored()),
];

const USER: ResourceMeta = ResourceMeta::new(
    "/users",
    "users",
    &ObjectMeta::new("User", "Someone, and the nickname they go by.", USER_FIELDS),
    &[ColumnMeta::new("name", codec::<String>()).key(), ColumnMeta::new("nickname", codec::<String>())],
    0,
)
.operations(&[Operation::Create, Operation::Read, Operation::Replace, Operation::Delete])
.missing(400, "Name not found.");

const USER_REPLACE: ObjectMeta = ObjectMeta::new(
    "UserReplace",
    "What a client sends to replace a user.",
    // All but the key.
    USER_FIELDS.split_at(1).1,
)
.deny_unknown()
.key("name");

const USER_CREATE: ObjectMeta =
    ObjectMeta::new("UserCreate", "What a client sends to create a user.", USER_FIELDS).deny_unknown();

const RESOURCES: [ResourceDescriptor; 2] = [
    ResourceDescriptor {
        meta: &HERO,
        create: Some(&HERO_CREATE),
        replace: Some(&HERO_CREATE),
        patch: Some(&HERO_PATCH),
    },
    ResourceDescriptor { meta: &USER, create: Some(&USER_CREATE), replace: Some(&USER_REPLACE), patch: None },
];

fn made_of(resources: &[ResourceDescriptor], foreign: &[Foreign]) -> Result<Json, Vec<String>> {
    with_errors(ErrorFormat::FastApi, resources, foreign)
}

fn with_errors(
    errors: ErrorFormat,
    resources: &[ResourceDescriptor],
    foreign: &[Foreign],
) -> Result<Json, Vec<String>> {
    let info = Info {
        title: "Heroes".to_owned(),
        version: "1.2.0".to_owned(),
        description: "Heroes, and *who* knows them.".to_owned(),
        about: About::default(),
    };
    let described = |descriptor: &ResourceDescriptor| DescribedResource {
        descriptor: *descriptor,
        around: Around::default(),
        plans: HashMap::new(),
    };
    let resources: Vec<DescribedResource> = resources.iter().map(described).collect();
    let page = PageSize { default: 100, max: 1000, skip: 10_000 };
    let bytes = document(&DocumentOptions {
        info: &info,
        base: "/api/v1",
        resources: &resources,
        functions: &[],
        page,
        errors,
        foreign,
    })?;
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

/// Rewritten by `CREWED_UPDATE_GOLDEN=1`.
#[test]
fn the_whole_document() {
    let document = made_of(&RESOURCES, &[]);
    let document = format!("{:#}\n", document.unwrap_or_else(|faults| panic!("{faults:?}")));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/openapi_by_hand.json");
    if std::env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &document).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        golden == document,
        "the document is not {path}: rewrite it with CREWED_UPDATE_GOLDEN=1 and look"
    );
}

/// What is documented is what is rendered.
#[test]
fn errors_read_as_configured() {
    let formats = [ErrorFormat::FastApi, ErrorFormat::PydanticV1, ErrorFormat::Problem];
    for format in formats {
        let document = with_errors(format, &RESOURCES, &[]).unwrap_or_default();
        let read = &document["paths"]["/api/v1/heroes/{id}"]["get"]["responses"];
        let schemas = &document["components"]["schemas"];
        let mut collector = IssueCollector::at("path");
        i64::coerce(&json!("x"), &Constraints::NONE, &mut collector);
        let answers = [
            ("404", "HTTPError", format.error(&Error::NotFound, NotFoundReply::NOT_FOUND)),
            (
                "422",
                "HTTPValidationError",
                format.error(&Error::Invalid(collector.into_issues()), NotFoundReply::NOT_FOUND),
            ),
        ];
        for (status, name, response) in answers {
            let content = &read[status]["content"][response.content_type.unwrap_or_default()];
            assert_eq!(content["schema"]["$ref"], format!("#/components/schemas/{name}"));
            let body: Json = serde_json::from_slice(response.body.bytes()).unwrap_or_default();
            conforms(&body, &schemas[name]);
            let issues = body["detail"].as_array().or(body["errors"].as_array());
            issues.into_iter().flatten().for_each(|issue| conforms(issue, &schemas["ValidationError"]));
        }
    }
}

fn conforms(value: &Json, schema: &Json) {
    let names = |json: &Json| json.as_object().map(|o| o.keys().cloned().collect()).unwrap_or(vec![]);
    let (members, known) = (names(value), names(&schema["properties"]));
    assert!(members.iter().all(|name| known.contains(name)), "{value} is not {schema}");
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
    assert!(required.into_iter().all(|name| value.get(name).is_some()), "{value} is not {schema}");
}

#[test]
fn two_types_of_one_name_are_refused() {
    const OTHER_STATUS: UnitEnumMeta = UnitEnumMeta::new("Status", "Not the same.", &["on", "off"]);
    const FIELDS: &[FieldMeta] = &[
        FieldMeta::new("id", <i64 as Wire>::shape),
        FieldMeta::new("status", || Shape::UnitEnum(&OTHER_STATUS)),
        FieldMeta::new("hero", || Shape::Object(HERO.object)),
    ];
    const LAMP: ResourceMeta =
        ResourceMeta::new("/lamps", "lamps", &ObjectMeta::new("ValidationError", "", FIELDS), &[], 0)
            .operations(&[Operation::Read]);
    let lamp = ResourceDescriptor { meta: &LAMP, create: None, replace: None, patch: None };
    let faults = made_of(&[RESOURCES[0], lamp], &[]).err().unwrap_or_default();
    assert_eq!(
        faults,
        [
            told("Status", "that of `Hero.status`", "that of `ValidationError.status`"),
            told("Hero", "that of the resource /heroes", "that of `ValidationError.hero`"),
            told("ValidationError", "one of crewed's own errors", "that of the resource /lamps"),
        ]
    );
}

fn told(name: &str, first: &str, second: &str) -> String {
    format!(
        "two types are called `{name}` in the document: {first} and {second}; give one of them another name with \
         `#[model(name = \"..\")]`, or with `name = \"..\"` under `#[resource(..)]`"
    )
}

#[test]
fn names_tell_resources_apart() {
    const FIELDS: &[FieldMeta] = &[FieldMeta::new("id", <i64 as Wire>::shape)];
    const ADMIN: ResourceMeta =
        ResourceMeta::new("/admin/users", "admin", &ObjectMeta::new("SuperUser", "", FIELDS), &[], 0)
            .operations(&[Operation::List]);
    const OPEN: ResourceMeta =
        ResourceMeta::new("/users", "users", &ObjectMeta::new("User", "", FIELDS), &[], 0)
            .operations(&[Operation::List]);
    let of = |meta| ResourceDescriptor { meta, create: None, replace: None, patch: None };
    let document = made_of(&[of(&ADMIN), of(&OPEN)], &[]).unwrap_or_default();
    let get = |path: &str| document["paths"][path]["get"].clone();
    assert_eq!(get("/api/v1/admin/users")["operationId"], "list_admin_users");
    assert_eq!(get("/api/v1/users")["operationId"], "list_users");
}

fn foreign(base: &str, document: Json) -> Foreign {
    let document: OpenApi = serde_json::from_value(document).unwrap_or_default();
    Foreign { base: base.to_owned(), document }
}

#[test]
fn foreign_documents_are_merged() {
    let operation =
        json!({"operationId": "read_user", "responses": {"200": {"description": ""}}, "tags": ["x"]});
    let other = json!({
        "openapi": "3.0.0",
        "info": {"title": "Other", "version": "9"},
        "paths": {"/": {"get": operation}, "/users/{id}": {"patch": operation}},
        "components": {"schemas": {"Cape": {"type": "object"}}},
        "tags": [{"name": "x", "description": "Others."}],
    });
    let merged = made_of(&RESOURCES, &[foreign("/api/v1/", other)]).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(merged["info"]["title"], "Heroes");
    assert_eq!(merged["paths"]["/api/v1/"]["get"]["operationId"], "read_user_2");
    assert_eq!(merged["paths"]["/api/v1/"]["get"]["responses"]["200"]["description"], "OK");
    assert_eq!(merged["paths"]["/api/v1/users/{id}"]["patch"]["operationId"], "read_user_3");
    assert_eq!(merged["components"]["schemas"]["Cape"]["type"], "object");
    let tags =
        merged["tags"].as_array().map(|tags| tags.iter().filter_map(|tag| tag["name"].as_str()).collect());
    assert_eq!(tags, Some(vec!["heroes", "users", "x"]));
}

#[test]
fn what_a_foreign_document_would_replace_is_refused() {
    let operation = json!({"responses": {"200": {"description": ""}}});
    let other = json!({
        "openapi": "3.0.0",
        "info": {"title": "Other", "version": "9"},
        "paths": {"/users/{id}": {"get": operation}},
        "components": {"schemas": {"Hero": {"type": "object"}}},
    });
    let faults = made_of(&RESOURCES, &[foreign("/api/v1", other)]).err().unwrap_or_default();
    assert_eq!(
        faults,
        [
            "GET /api/v1/users/{id} of the routes mounted at `/api/v1` is documented twice: GET \
             /api/v1/users/{name} is there already",
            "two types are called `Hero` in the document: one of the routes mounted at `/api/v1` is not the same \
             as the one that is there already; give one of them another name",
        ]
    );
}
