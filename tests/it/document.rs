//! The document: held by golden files, served as promised, and true to what is answered.

use crewed::prelude::*;
use crewed::rocket::local::blocking::Client;
use serde_json::Value;

#[path = "../../examples/heroes/main.rs"]
#[allow(dead_code)]
pub(crate) mod heroes;
#[path = "../../examples/users/main.rs"]
#[allow(dead_code)]
pub(crate) mod users;

fn client(rocket: crewed::rocket::Rocket<crewed::rocket::Build>) -> Client {
    Client::untracked(rocket.configure(crate::kit::config())).unwrap()
}

fn document(client: &Client) -> Value {
    client.get("/openapi.json").dispatch().into_json().unwrap()
}

/// Compares with `tests/golden/{name}`; `CREWED_UPDATE_GOLDEN=1` writes it anew.
pub(crate) fn golden(name: &str, document: &Value) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let text = format!("{document:#}\n");
    if std::env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(held == text, "{} is not what is served; see CONTRIBUTING.md, Golden files", path.display());
}

#[test]
fn the_examples_documents_are_golden() {
    golden("openapi_users.json", &document(&client(users::rocket())));
    golden("openapi_heroes.json", &document(&client(heroes::rocket())));
}

#[test]
fn the_programs_documents_are_golden() {
    let tutorial = ["crud_pydantic", "declared_path", "declared_query", "params", "bodies"];
    for name in tutorial.into_iter().chain(["notes", "bookshop", "dependencies", "bigger", "security"]) {
        let folder = tempfile::tempdir().unwrap();
        let running = crate::program::start(&crate::program::example(name), folder.path());
        // Each chapter of this one is an API of its own.
        let base = if name == "security" { "/jwt" } else { "" };
        let document = crate::program::get(running.port, &format!("{base}/openapi.json"));
        golden(&format!("openapi_{name}.json"), &serde_json::from_slice(&document.body).unwrap());
    }
}

#[test]
fn the_pages_load_nothing_from_elsewhere() {
    let client = client(heroes::rocket());
    for (page, assets) in [
        (
            "/docs",
            ["docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/crewed-swagger-ui.js"].as_slice(),
        ),
        ("/rapidoc", ["rapidoc/rapidoc-min.js"].as_slice()),
    ] {
        let answer = client.get(page).dispatch();
        assert_eq!(answer.status().code, 200, "{page}");
        assert!(answer.content_type().is_some_and(|t| t.is_html()), "{page}");
        let html = answer.into_string().unwrap();
        assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
        for asset in assets {
            assert!(html.contains(&format!("\"{asset}\"")), "{asset} is not in {html}");
            let path = format!("/{asset}");
            assert_eq!(client.get(path).dispatch().status().code, 200, "{asset}");
        }
    }
    let script = client.get("/docs/crewed-swagger-ui.js").dispatch().into_string().unwrap();
    assert!(script.contains("\"validatorUrl\": null"), "{script}");
    assert!(
        !script.contains("tryItOutEnabled"),
        "the button is there to be pressed, as FastAPI's is: {script}"
    );
}

/// Whatever a browser shows of the documentation comes with a policy, wherever it is mounted.
#[test]
fn every_page_has_a_policy() {
    let pages = [
        "/docs",
        "/docs/index.css",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
        "/docs/crewed-swagger-ui.js",
        "/docs/oauth2-redirect.html",
        "/rapidoc",
        "/rapidoc/rapidoc-min.js",
        "/rapidoc/oauth-receiver.html",
    ];
    for base in ["", "/api"] {
        let client = crate::kit::client(crate::kit::config(), Api::new().at(base));
        for page in pages {
            for head in [false, true] {
                let path = format!("{base}{page}");
                let answer = if head { client.head(path).dispatch() } else { client.get(path).dispatch() };
                assert_eq!(answer.status().code, 200, "{base}{page}");
                let policy = answer.headers().get_one("content-security-policy").unwrap_or_default();
                let parts: Vec<&str> = policy.split("; ").collect();
                assert!(parts.contains(&"default-src 'none'"), "{base}{page}: {policy}");
                assert!(parts.contains(&"frame-ancestors 'self'"), "{base}{page}: {policy}");
                let scripts = parts.iter().find(|part| part.starts_with("script-src ")).unwrap();
                assert!(!scripts.contains("unsafe"), "{base}{page}: {policy}");
            }
        }
    }
}

/// Every operation answers with a status that is documented, whatever is sent.
#[test]
fn answers_are_documented() {
    let client = client(heroes::rocket());
    let document = document(&client);
    let sends: &[(&str, &str, &str, &str)] = &[
        ("post", "/heroes", "/heroes", r#"{"name": "Deadpond", "secret_name": "Dive Wilson"}"#),
        ("post", "/heroes", "/heroes", r#"{"name": "Deadpond", "secret_name": "Dive Wilson"}"#),
        ("post", "/heroes", "/heroes", "{"),
        ("get", "/heroes", "/heroes?skip=0", ""),
        ("get", "/heroes", "/heroes?skip=x", ""),
        ("get", "/heroes/{id}", "/heroes/1", ""),
        ("get", "/heroes/{id}", "/heroes/9", ""),
        ("get", "/heroes/{id}", "/heroes/x", ""),
        ("put", "/heroes/{id}", "/heroes/1", r#"{"name": "A", "secret_name": "B"}"#),
        ("put", "/heroes/{id}", "/heroes/9", r#"{"name": "A", "secret_name": "B"}"#),
        ("patch", "/heroes/{id}", "/heroes/1", r#"{"power": 11}"#),
        ("patch", "/heroes/{id}", "/heroes/1", r#"{"power": 10}"#),
        ("delete", "/heroes/{id}", "/heroes/1", ""),
        ("delete", "/heroes/{id}", "/heroes/1", ""),
    ];
    for (method, documented, path, body) in sends {
        let request = client.req(method.parse::<crewed::rocket::http::Method>().unwrap(), *path);
        let request = request.header(crewed::rocket::http::ContentType::JSON).body(body);
        let status = request.dispatch().status().code.to_string();
        let responses = &document["paths"][documented][method]["responses"];
        assert!(responses.get(&status).is_some(), "{method} {path}: {status} is not in {responses}");
    }
}

/// Routes under rocket_okapi's own `#[openapi]` stand in the same document, models and all.
mod mounted {
    use super::*;
    use crewed::rocket::post;
    use crewed::rocket::serde::json::Json;
    use rocket_okapi::{openapi, openapi_get_routes_spec};
    use serde_json::json;

    /// How it is meant.
    #[model]
    #[serde(rename_all = "lowercase")]
    enum Mood {
        Calm,
        Cross,
    }

    /// What is said.
    #[model]
    struct Greeting {
        #[field(min_length = 1)]
        text: String,
        mood: Option<Mood>,
    }

    #[model]
    struct Page<T> {
        items: Vec<T>,
    }

    /// Describes itself, with a model in it that may be null.
    #[derive(serde::Serialize, schemars::JsonSchema)]
    struct Foreign {
        mood: Option<Mood>,
        moods: Vec<Option<Mood>>,
    }

    #[openapi]
    #[post("/foreign")]
    fn foreign() -> Json<Foreign> {
        Json(Foreign { mood: None, moods: vec![] })
    }

    #[test]
    fn null_is_allowed_in_what_others_describe() {
        let api = Api::new().mount("/", openapi_get_routes_spec![foreign]);
        let client = client(crewed::rocket::build().attach(api));
        let null = json!({"anyOf": [
            {"allOf": [{"$ref": "#/components/schemas/Mood"}]},
            {"enum": [null], "nullable": true},
        ]});
        let document = document(&client);
        let members = &document["components"]["schemas"]["Foreign"]["properties"];
        assert_eq!((&members["mood"], &members["moods"]["items"]), (&null, &null));
        let answers = document["paths"]["/foreign"]["post"]["responses"].as_object().unwrap();
        assert!(answers.values().all(|answer| answer["description"] != ""), "{answers:?}");
    }

    /// Says it again.
    #[openapi(tag = "echo")]
    #[post("/echo", data = "<greeting>")]
    fn echo(greeting: Json<Greeting>) -> Json<Page<Greeting>> {
        Json(Page { items: vec![greeting.into_inner()] })
    }

    #[test]
    fn routes_join_the_document() {
        let api = Api::new().at("/api").mount("/extra", openapi_get_routes_spec![echo]);
        let client = client(crewed::rocket::build().attach(api));
        let echo = |body: &str| {
            client.post("/api/extra/echo").body(body).dispatch().into_string().unwrap_or_default()
        };
        assert_eq!(echo(r#"{"text": "Hi"}"#), r#"{"items":[{"text":"Hi","mood":null}]}"#);
        // Rocket's own guard knows that it does not fit, and no more.
        assert_eq!(echo(r#"{"text": ""}"#), r#"{"detail":"Unprocessable Entity"}"#);

        let document: Value = client.get("/api/openapi.json").dispatch().into_json().unwrap();
        let operation = &document["paths"]["/api/extra/echo"]["post"];
        let schema = |place: &Value| place["content"]["application/json"]["schema"]["$ref"].clone();
        assert_eq!(schema(&operation["requestBody"]), "#/components/schemas/Greeting");
        assert_eq!(schema(&operation["responses"]["200"]), "#/components/schemas/Page_Greeting");
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            schemas["Greeting"],
            json!({
                "title": "Greeting",
                "description": "What is said.",
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"title": "Text", "type": "string", "minLength": 1},
                    "mood": {"anyOf": [
                        {"allOf": [{"$ref": "#/components/schemas/Mood"}]},
                        {"enum": [null], "nullable": true},
                    ]},
                },
            })
        );
        assert_eq!(schemas["Mood"]["enum"], json!(["calm", "cross"]));
        let items = &schemas["Page_Greeting"]["properties"]["items"];
        assert_eq!(items["items"], json!({"$ref": "#/components/schemas/Greeting"}));
    }
}
