//! What a build with some features serves, and what it says where another is asked for. `scripts/test.sh` builds it
//! with each of them.

#![allow(
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    reason = "a test fails where it panics, is its own documentation, and what one set of features needs another may not"
)]

use crewed::post;
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::figment::providers::{Format, Toml};
use crewed::rocket::http::{ContentType, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;

#[model]
struct Item {
    name: String,
    #[field(ge = 0.0)]
    price: f64,
}

#[post("/items")]
fn create_item(item: Item) -> Json<Item> {
    Json(item)
}

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
}

fn functions() -> Api {
    Api::new().operations(operations![create_item])
}

fn with(toml: &str) -> Figment {
    let config = rocket::Config::debug_default();
    Figment::from(config).merge(("log_level", "off")).merge(Toml::string(toml).nested())
}

/// What is said where a program does not launch.
fn report(toml: &str, api: Api) -> Option<String> {
    let rocket = rocket::custom(with(toml)).attach(api);
    rocket::async_test(crewed::ignite(rocket)).err().map(|error| error.to_string())
}

fn refused(toml: &str, api: Api) -> String {
    report(toml, api).unwrap_or_else(|| panic!("it launches, with {toml}"))
}

/// There is one line, and it ends like this.
fn only(report: &str, line: &str) {
    assert_eq!(report.matches("\n  - ").count(), 1, "{report}");
    assert!(report.trim_end().ends_with(line), "`{line}` is not at the end of\n{report}");
}

#[test]
fn functions_and_models_need_no_feature() {
    let client = Client::untracked(rocket::custom(with("")).attach(functions())).unwrap();
    let ask = |body: &str| {
        let request = client.post("/items").header(ContentType::JSON).body(body);
        let answer = request.dispatch();
        (answer.status(), answer.into_json::<serde_json::Value>().unwrap())
    };
    let item = serde_json::json!({"name": "Lamp", "price": 3.5});
    assert_eq!(ask(&item.to_string()), (Status::Ok, item));
    let (status, body) = ask(r#"{"name": "Lamp", "price": -1}"#);
    assert_eq!(
        (status, &body["detail"][0]["type"]),
        (Status::UnprocessableEntity, &"greater_than_equal".into())
    );
}

#[test]
fn the_document_and_its_pages_are_there_with_docs_alone() {
    let client = Client::untracked(rocket::custom(with("")).attach(functions())).unwrap();
    let expected = if cfg!(feature = "docs") { Status::Ok } else { Status::NotFound };
    for path in ["/openapi.json", "/docs", "/rapidoc"] {
        assert_eq!(client.get(path).dispatch().status(), expected, "{path}");
    }
}

/// The file that the project comes with may be copied, whatever is built in.
#[test]
fn the_projects_own_configuration_needs_no_feature() {
    assert_eq!(report(include_str!("../Rocket.toml"), functions()), None);
}

/// Whatever is asked for is there, with all features.
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "docs", feature = "tls"))]
#[test]
fn nothing_is_missing_in_a_build_with_all() {
    let toml = "[default.crewed]\ndocs = \"/docs\"\ntitle = \"t\"\npostgres = { pool = 3 }\nstore = \"sqlite::memory:\"\n\
                [default.tls]\ncerts = \"c.pem\"\nkey = \"k.pem\"";
    assert_eq!(report(toml, functions().resource::<User>()), None);
}

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
#[test]
fn a_key_for_a_store_is_refused_without_an_engine() {
    for (key, value) in [
        ("durability", "\"full\""),
        ("queue", "\"64 MiB\""),
        ("migrate", "\"print\""),
        ("undeclared_columns", "\"refuse\""),
        ("page", "{ max = 10 }"),
    ] {
        only(
            &refused(&format!("[default.crewed]\n{key} = {value}"), functions()),
            &format!(
                "asks for a store, which crewed is built without: switch on the feature `sqlite` or `postgres` of crewed \
                 in Cargo.toml, or remove `{key}`"
            ),
        );
    }
}

#[cfg(not(feature = "docs"))]
#[test]
fn a_key_for_the_document_is_refused_without_docs() {
    for (key, value) in [
        ("docs", "\"/docs\""),
        ("docs", "true"),
        ("title", "\"t\""),
        ("title", "false"),
        ("version", "\"1\""),
        ("description", "\"d\""),
    ] {
        only(
            &refused(&format!("[default.crewed]\n{key} = {value}"), functions()),
            &format!(
                "asks for the OpenAPI document, which crewed is built without: switch on the feature `docs` of crewed in \
                 Cargo.toml, or remove `{key}`"
            ),
        );
    }
    assert_eq!(report("[default.crewed]\ndocs = false", functions()), None);
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_is_refused_without_tls() {
    only(
        &refused("[default.tls]\ncerts = \"c.pem\"\nkey = \"k.pem\"", functions()),
        "asks for TLS, which crewed is built without, so that everything would go over the wire in the clear: switch on \
         the feature `tls` of crewed in Cargo.toml, or remove `tls`",
    );
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_rockets_with_tls() {
    let rocket =
        rocket::custom(with("[default.tls]\ncerts = \"c.pem\"\nkey = \"k.pem\"")).attach(functions());
    let rocket = rocket::async_test(crewed::ignite(rocket)).unwrap();
    assert!(rocket.config().tls_enabled());
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_server_is_refused_without_postgres() {
    for scheme in ["postgres", "postgresql"] {
        let report = refused(
            &format!("[default.crewed]\nstore = \"{scheme}://me:secret@h/x\""),
            functions().resource::<User>(),
        );
        only(
            &report,
            "asks for PostgreSQL, which crewed is built without: switch on the feature `postgres` of crewed in \
             Cargo.toml, or remove `store`",
        );
        assert!(!report.contains("secret"), "{report}");
    }
    for (key, value) in [("postgres", "{ pool = 3 }"), ("replicas", "[\"postgres://me:secret@h/x\"]")] {
        let report = refused(&format!("[default.crewed]\n{key} = {value}"), functions());
        only(
            &report,
            &format!(
                "asks for PostgreSQL, which crewed is built without: switch on the feature `postgres` of crewed in \
                 Cargo.toml, or remove `{key}`"
            ),
        );
        assert!(!report.contains("secret"), "{report}");
    }
}

#[cfg(not(feature = "sqlite"))]
#[test]
fn a_file_is_refused_without_sqlite() {
    for store in ["sqlite:app.db", "sqlite::memory:"] {
        only(
            &refused(&format!("[default.crewed]\nstore = \"{store}\""), functions().resource::<User>()),
            "asks for SQLite, which crewed is built without: switch on the feature `sqlite` of crewed in Cargo.toml, or \
             remove `store`",
        );
    }
    let report = refused("[default.crewed]\nstore = \"app.db\"", functions());
    let is_no_store = "`app.db` is no store: write \"sqlite:FILE\", \"sqlite::memory:\" or \
                       \"postgres://USER@HOST/DATABASE\"; for SQLite, switch on the feature `sqlite` of crewed in Cargo.toml";
    assert!(report.contains(is_no_store), "{report}");
}

#[cfg(all(feature = "postgres", not(feature = "sqlite")))]
#[test]
fn a_resource_needs_a_url_without_sqlite() {
    only(
        &refused("", functions().resource::<User>()),
        "the resource `User` has no store: write store = \"postgres://USER@HOST/DATABASE\" below [default.crewed]; for \
         SQLite, switch on the feature `sqlite` of crewed in Cargo.toml",
    );
}

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
#[test]
fn a_resource_is_refused_without_an_engine() {
    let features = "no store, which crewed is built without; for SQLite, switch on the feature `sqlite` of crewed in \
                    Cargo.toml; for PostgreSQL, switch on the feature `postgres` of crewed in Cargo.toml";
    only(&refused("", functions().resource::<User>()), &format!("the resource `User` has {features}"));
    let both = functions().resource::<User>().resource::<Hero>();
    only(&refused("", both), &format!("the resources `User` and `Hero` have {features}"));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_resource_lives_in_memory_with_sqlite() {
    let rocket = rocket::custom(with("[default.crewed]\nstore = \"sqlite::memory:\""));
    let client = Client::untracked(rocket.attach(Api::new().resource::<User>())).unwrap();
    let request = client.post("/users").header(ContentType::JSON).body(r#"{"name": "ada"}"#);
    assert_eq!(request.dispatch().status(), Status::Created);
    assert_eq!(client.get("/users").dispatch().into_string().as_deref(), Some(r#"[{"name":"ada"}]"#));
}
