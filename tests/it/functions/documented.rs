//! What the document says of functions.

use super::*;
use rocket_okapi::r#gen::OpenApiGenerator;
use rocket_okapi::okapi::openapi3::{Object, SecurityRequirement, SecurityScheme, SecuritySchemeData};
use rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};

/// A guard that says what it wants.
struct Bearer;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Bearer {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(Bearer)
    }
}

impl<'r> OpenApiFromRequest<'r> for Bearer {
    fn from_request_input(
        _: &mut OpenApiGenerator,
        _: String,
        _: bool,
    ) -> rocket_okapi::Result<RequestHeaderInput> {
        let scheme = SecurityScheme {
            description: None,
            data: SecuritySchemeData::Http { scheme: "bearer".to_owned(), bearer_format: None },
            extensions: Object::default(),
        };
        let mut requirement = SecurityRequirement::new();
        requirement.insert("Bearer".to_owned(), Vec::new());
        Ok(RequestHeaderInput::Security("Bearer".to_owned(), scheme, requirement))
    }
}

/// Reads a thing.
///
/// In *Markdown*.
#[get(
    "/things/<id>?<q>&<old>",
    tags("things", "all"),
    summary = "Reads",
    name = "read_one_thing",
    deprecated,
    response(202, "Not yet."),
    response(404, "No such thing.", model = Note)
)]
fn thing(
    _bearer: Bearer,
    /// What is looked for.
    #[param(ge = 1, example = 7)]
    id: i64,
    #[param(max_length = 5)] q: Option<String>,
    #[param(deprecated, default = 3)] old: i64,
    #[param(header)] x_trace: Option<Uuid>,
) -> Result<Json<Note>, Refusal> {
    let _ = (id, q, old, x_trace);
    Err(Refusal::NoKey)
}

#[get("/hidden", hidden)]
fn hidden() {}

#[get("/text")]
fn text() -> String {
    String::new()
}

#[get("/maybe")]
fn maybe() -> Option<Json<Vec<Note>>> {
    None
}

#[test]
fn what_a_function_says_stands_in_the_document() {
    let api =
        Api::new().operations(operations![thing, hidden, text, maybe, form, login, files, several, events]);
    let client = crate::kit::client(config(), api);
    let (_, document) = ask(&client, "/openapi.json");
    let operation = &document["paths"]["/things/{id}"]["get"];
    assert_eq!(operation["tags"], json!(["things", "all"]));
    assert_eq!(
        (&operation["summary"], &operation["operationId"]),
        (&json!("Reads"), &json!("read_one_thing"))
    );
    assert_eq!(operation["description"], "Reads a thing.\n\nIn *Markdown*.");
    assert_eq!(operation["deprecated"], true);
    assert_eq!(operation["security"], json!([{"Bearer": []}]));
    assert_eq!(document["components"]["securitySchemes"]["Bearer"]["scheme"], "bearer");
    assert_eq!(
        operation["parameters"],
        json!([
            {
                "name": "id", "in": "path", "required": true, "description": "What is looked for.",
                "schema": {"title": "Id", "type": "integer", "format": "int64", "minimum": 1, "example": 7},
            },
            {
                "name": "q", "in": "query",
                "schema": {"title": "Q", "type": "string", "maxLength": 5},
            },
            {
                "name": "old", "in": "query", "deprecated": true,
                "schema": {"title": "Old", "type": "integer", "format": "int64", "default": 3},
            },
            {
                "name": "x-trace", "in": "header",
                "schema": {"title": "X-Trace", "type": "string", "format": "uuid"},
            },
        ])
    );
    let answers = operation["responses"].as_object().unwrap();
    let statuses: Vec<&str> = answers.keys().map(String::as_str).collect();
    assert_eq!(statuses, ["200", "202", "403", "404", "422"]);
    assert_eq!(answers["202"]["description"], "Not yet.");
    assert_eq!(answers["403"]["description"], "No key was sent., or The key is a wrong one.");
    let note = json!({"$ref": "#/components/schemas/Note"});
    assert_eq!(answers["404"]["content"]["application/json"]["schema"], note);
    assert_eq!(answers["200"]["content"]["application/json"]["schema"], note);

    assert!(document["paths"].get("/hidden").is_none());
    let text = &document["paths"]["/text"]["get"]["responses"]["200"]["content"];
    assert!(text.as_object().unwrap().keys().any(|media| media.starts_with("text/plain")), "{text}");
    let maybe = document["paths"]["/maybe"]["get"]["responses"].as_object().unwrap();
    assert_eq!(maybe.keys().collect::<Vec<_>>(), ["200", "404"]);
    let events = &document["paths"]["/events"]["get"]["responses"]["200"]["content"];
    assert!(events.get("text/event-stream").is_some(), "{events}");

    let body = |path: &str| document["paths"][path]["post"]["requestBody"]["content"].clone();
    let schemas = &document["components"]["schemas"];
    assert_eq!(body("/form")[FORM]["schema"]["$ref"], "#/components/schemas/Body_form");
    assert_eq!(schemas["Body_form"]["required"], json!(["username"]));
    assert_eq!(body("/login")[FORM]["schema"]["$ref"], "#/components/schemas/Login");
    let files = &body("/files/{id}")["multipart/form-data"]["schema"]["$ref"];
    assert_eq!(*files, "#/components/schemas/Body_files");
    assert_eq!(schemas["Body_files"]["properties"]["file"]["format"], "binary");
    assert_eq!(schemas["Body_several"]["required"], json!(["item"]));
}
