//! Putting an API together: what is refused, all of it in one message; and what lives beside it.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{Status, uri::Origin};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::{Build, Rocket, State};
use serde_json::{Value, json};

use crate::kit::config;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[resource("/users", name = "Person", table = "people")]
struct Person {
    #[field(key)]
    name: String,
}

#[resource("/members", table = "Users")]
struct Member {
    #[field(key)]
    name: String,
}

/// What Rocket makes of a `Rocket.toml`.
pub(crate) fn figment_of(toml: &str) -> impl crewed::rocket::figment::Provider {
    use crewed::rocket::figment::providers::{Format, Toml};
    Toml::string(toml).nested()
}

pub(crate) fn refusal(rocket: Rocket<Build>) -> String {
    let ignited = crewed::rocket::async_test(crewed::ignite(rocket));
    match ignited {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.to_string(),
    }
}

pub(crate) fn refused(figment: Figment, api: Api) -> String {
    refusal(crewed::rocket::custom(figment).attach(api))
}

#[test]
fn everything_wrong_is_told_at_once() {
    let config = config()
        .merge(("crewed.stroe", "x"))
        .merge(("crewed.errors", "rfc"))
        .merge(("crewed.page.max", 10))
        .merge(("crewed.page.default", 20));
    let api = Api::new().resource::<User>().resource::<Person>().resource::<Member>();
    let report = refused(config, api);
    for part in [
        "crewed cannot launch:",
        "unknown key `stroe`",
        "did you mean `store`?",
        "`errors`",
        "`rfc` is none of `fastapi`, `pydantic-v1` and `problem`",
        "`default` is 20, and should be from 1 to `max`, which is 10",
        "`GET /users` (and 5 more) is claimed by resource `User` and by resource `Person`",
        "the resources `User` and `Member` are both stored in the table `Users`",
    ] {
        assert!(report.contains(part), "`{part}` is not in\n{report}");
    }
}

#[test]
fn wrong_configuration_says_what_was_meant() {
    let cases = [
        (config().merge(("crewed_store", "x")), "write ROCKET_CREWED='{store=\"..\"}'"),
        (config().merge(("crewed", "sqlite")), "is no table: in Rocket.toml write [default.crewed]"),
        (config().merge(("crewed.store", "mysql://x")), "`mysql://x` is no store: write \"sqlite:FILE\""),
        (
            config().merge(("crewed.store", "postgres:///x")),
            "it names no host: write \"postgres://USER@HOST/DATABASE\"",
        ),
        (
            config().merge(("crewed.store", "postgres://h/x?pool=3")),
            "no URL of a PostgreSQL server: unknown option `pool`",
        ),
        (
            config().merge(("crewed.store", "postgres://h/x?sslmode=full")),
            "`sslmode=full` is none of `disable`",
        ),
        (
            config().merge(("crewed.store", "postgres://127.0.0.1:1/x")),
            "postgres://127.0.0.1:1/x cannot be opened: ",
        ),
        (config().merge(("crewed.store", "postgress://me:secret@h/x")), "`postgress:..` is no store"),
        (
            config().merge(("crewed.replicas", "postgres://me:secret@h/x")),
            "it is a list of URLs, written [\"postgres://..\"]",
        ),
        (config().merge(("crewed.pool", 3)), "did you mean `postgres.pool`?"),
        (config().merge(("crewed.what", 3)), "the keys are `store`, "),
        (config().merge(("crewed.read", vec!["postgres://h/x"])), ": it is called `replicas` now"),
        (config().merge(("crewed.queue", 0)), "`queue`"),
        (config().merge(("crewed.queue", "0 MiB")), "and should be a size like \"64 MiB\""),
        (config().merge(("crewed.queue", -1)), "it is -1, and should be a size like \"64 MiB\""),
        (
            config().merge(("crewed.queue", "64 apples")),
            "it is \"64 apples\", and should be a size like \"64 MiB\"",
        ),
        (config().merge(("crewed.queue", true)), "it is `true`, and should be a size like \"64 MiB\""),
        (config().merge(("crewed.queu", "1 MiB")), "did you mean `queue`?"),
        (config().merge(("crewed.postgres", 3)), "it is written { pool = 16, statement_timeout = 30 }"),
        (config().merge(("crewed.postgres.pool", 0)), "`postgres.pool`"),
        (config().merge(("crewed.postgres.pol", 3)), "did you mean `postgres.pool`?"),
        (config().merge(("crewed.store", 3)), "it is 3, and should be a text"),
        (config().merge(("crewed.store", ["a"])), "it is a list, and should be a text"),
        (config().merge(("crewed.postgres.prepared", 1)), "it is 1, and should be `true` or `false`"),
        (
            config().merge(("crewed.postgres.readers", -1)),
            "it is -1, and should be a whole number, 1 or more",
        ),
        (config().merge(("crewed.page.skip", -1)), "it is -1, and should be a whole number, 0 or more"),
        (
            config().merge(("crewed.page.default", 5_000_000_000_u64)),
            "it is 5000000000, and should be a whole number from 1 to 4294967295",
        ),
        (config().merge(("crewed.docs", "docs")), "it is a path like \"/docs\""),
        (
            config().merge(("crewed.page.max", "many")),
            "it is \"many\", and should be a whole number from 1 to 4294967295",
        ),
        (config().merge(("crewed.page.size", 3)), "unknown key `page.size`"),
        (config().merge(("crewed.page.max", 0)), "`page.max`"),
        (config().merge(("crewd.store", "x")), "unknown section `crewd`: did you mean [default.crewed]?"),
        (
            config().merge(figment_of("[crewed]\nstore = \"sqlite:x.db\"")),
            "[crewed] is a profile to Rocket, and read by nobody: write [default.crewed]",
        ),
        (config().merge(("crewed.page", 5)), "it is written { default = 100, max = 1000, skip = 10000 }"),
        (config().merge(("crewed.store", "sqlite://:memory:")), "is no store"),
        (config().merge(("crewed.store", "sqlite:x.db?mode=ro")), "is no store"),
        (
            config().merge(("crewed.migrate", "yes")),
            "`yes` is none of `apply`, `convert`, `print` and `check`",
        ),
        (config().merge(("crewed.store", "sqlite:/nowhere/at/all.db")), "/nowhere/at/all.db"),
    ];
    for (figment, part) in cases {
        let report = refused(figment, Api::new().resource::<User>());
        assert!(report.contains(part), "`{part}` is not in\n{report}");
        assert_eq!(report.matches("\n  - ").count(), 1, "{report}");
    }
}

#[test]
fn wrong_bases_are_refused() {
    for base in ["api", "/api/", "/", "/<x>", "//"] {
        let report = refused(config(), Api::new().at(base).resource::<User>());
        assert!(report.contains("is no base"), "{base}: {report}");
    }
    let rocket = crewed::rocket::custom(config());
    let twice = rocket.attach(Api::new().resource::<User>()).attach(Api::new().resource::<Member>());
    let report = refusal(twice);
    assert!(report.contains("two APIs stand on the base `/`"), "{report}");

    #[resource("/v1/users", table = "others")]
    struct Other {
        #[field(key)]
        name: String,
    }
    let rocket = crewed::rocket::custom(config());
    let overlap =
        rocket.attach(Api::new().resource::<Other>()).attach(Api::new().at("/v1").resource::<User>());
    let report = refusal(overlap);
    assert!(
        report.contains("is claimed by resource `Other` of another API and by resource `User`"),
        "{report}"
    );
}

const TOO_LARGE: u64 = u64::MAX;

#[test]
fn defaults_that_no_column_takes_are_refused() {
    #[resource("/odd")]
    struct Odd {
        #[field(key)]
        name: String,
        #[field(default = TOO_LARGE)]
        count: u64,
        #[field(default = f64::NAN)]
        share: f64,
        #[field(default = "x".repeat(9), max_length = 8)]
        text: String,
        #[field(default = 3)]
        fine: u64,
    }
    let report = refused(config(), Api::new().resource::<Odd>());
    for field in ["count", "share", "text"] {
        let part = format!("the default of `{field}` of the resource `Odd` breaks its rules");
        assert!(report.contains(&part), "`{part}` is not in\n{report}");
    }
    assert!(!report.contains("fine"), "{report}");
}

#[test]
fn nothing_is_opened_where_something_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not.db");
    let store = format!("sqlite:{}", path.display());
    let figment = config().merge(("crewed.store", store)).merge(("crewed.docks", "/docs"));
    refused(figment, Api::new().resource::<User>());
    assert!(!path.exists());
}

#[test]
fn a_file_stays_from_launch_to_launch() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("stays.db").display());
    let launch = || {
        let figment = config().merge(("crewed.store", &store));
        Client::untracked(crewed::rocket::custom(figment).attach(Api::new().resource::<User>())).unwrap()
    };
    let ada = json!({"name": "ada", "nickname": "countess"});
    let client = launch();
    client.post("/users").json(&ada).dispatch();
    drop(client);
    assert_eq!(launch().get("/users/ada").dispatch().into_json::<Value>(), Some(ada));
}

#[test]
fn a_table_that_does_not_fit_stops_the_launch() {
    #[resource("/users")]
    struct Changed {
        #[field(key)]
        name: String,
        #[field(unique)]
        email: String,
    }
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("old.db").display());
    let figment = config().merge(("crewed.store", &store));
    let first = crewed::rocket::custom(figment.clone()).attach(Api::new().resource::<User>());
    drop(Client::untracked(first).unwrap());
    let report = refused(figment, Api::new().resource::<Changed>());
    for part in ["old.db", "users", "nickname", "email"] {
        assert!(report.contains(part), "`{part}` is not in\n{report}");
    }
}

#[test]
fn a_column_that_may_be_null_is_added() {
    #[resource("/users")]
    struct Grown {
        #[field(key)]
        name: String,
        nickname: String,
        #[field(unique, min_length = 3)]
        email: Option<String>,
        #[field(json)]
        tags: Option<Vec<String>>,
    }
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("old.db").display());
    let figment = config().merge(("crewed.store", &store));
    let first = crewed::rocket::custom(figment.clone()).attach(Api::new().resource::<User>());
    let client = Client::untracked(first).unwrap();
    client.post("/users").json(&json!({"name": "ada", "nickname": "countess"})).dispatch();
    drop(client);

    let check = figment.clone().merge(("crewed.migrate", "check"));
    let report = refused(check, Api::new().resource::<Grown>());
    assert!(report.contains("column `email` of table `users`"), "{report}");
    let print = figment.clone().merge(("crewed.migrate", "print"));
    let report = refused(print, Api::new().resource::<Grown>());
    assert!(report.contains(r#"ALTER TABLE "users" ADD COLUMN "email" TEXT;"#), "{report}");

    let grown = crewed::rocket::custom(figment).attach(Api::new().resource::<Grown>());
    let client = Client::untracked(grown).unwrap();
    let ada = json!({"name": "ada", "nickname": "countess", "email": null, "tags": null});
    assert_eq!(client.get("/users/ada").dispatch().into_json(), Some(ada));
    client.patch("/users/ada").json(&json!({"email": "a@b.c"})).dispatch();
    let taken = json!({"name": "bob", "nickname": "b", "email": "a@b.c"});
    assert_eq!(client.post("/users").json(&taken).dispatch().status(), Status::Conflict);
}

#[test]
fn the_documentation_can_be_moved_and_left_out() {
    let client = |docs: Value| {
        let figment = config().merge(("crewed.docs", docs));
        Client::untracked(crewed::rocket::custom(figment).attach(Api::new().resource::<User>())).unwrap()
    };
    let status = |client: &Client, path: &str| {
        client.get(Origin::parse_owned(path.into()).unwrap()).dispatch().status()
    };
    let moved = client(json!("/help/api"));
    assert_eq!(status(&moved, "/help/api"), Status::Ok);
    assert_eq!(status(&moved, "/docs"), Status::NotFound);
    let out = client(json!(false));
    for path in ["/docs", "/rapidoc", "/openapi.json"] {
        assert_eq!(status(&out, path), Status::NotFound, "{path}");
    }
    assert_eq!(status(&out, "/users"), Status::Ok);
}

/// What no request could satisfy, and no macro sees.
#[test]
fn functions_that_never_succeed_are_refused() {
    use crewed::rocket::serde::json::Json;
    use crewed::{get, post};

    #[model]
    struct Inner {
        a: i64,
    }

    #[model]
    struct Nested {
        inner: Inner,
    }

    #[post("/a")]
    fn form_and_json(#[param(form)] name: String, inner: Inner) -> Json<Inner> {
        let _ = name;
        Json(inner)
    }

    #[post("/b", data = "<raw>")]
    fn data_and_json(raw: String, inner: Inner) -> String {
        format!("{raw} {}", inner.a)
    }

    #[get("/c?<inner>")]
    fn struct_in_query(inner: Option<Inner>) -> Json<Option<Inner>> {
        Json(inner)
    }

    #[get("/d?<list>")]
    fn structs_in_query(list: Vec<Inner>) -> Json<Vec<Inner>> {
        Json(list)
    }

    #[get("/e?<nested..>")]
    fn nested_in_query(nested: Nested) -> Json<Nested> {
        Json(nested)
    }

    #[post("/f")]
    fn maybe_a_form(#[param(form)] inner: Option<Inner>) -> Json<Option<Inner>> {
        Json(inner)
    }

    #[get("/g")]
    fn get_with_body(inner: Inner) -> Json<Inner> {
        Json(inner)
    }

    #[get("/h")]
    fn in_header(#[param(header)] x_inner: Inner) -> Json<Inner> {
        Json(x_inner)
    }

    let functions = operations![
        form_and_json,
        data_and_json,
        struct_in_query,
        structs_in_query,
        nested_in_query,
        maybe_a_form,
        get_with_body,
        in_header
    ];
    let rocket = crewed::rocket::custom(crate::kit::config()).attach(Api::new().operations(functions));
    let error = crewed::rocket::execute(crewed::ignite(rocket)).unwrap_err().to_string();
    for told in [
        "the function `form_and_json`: the body is a form, of which `name` is a field, and JSON, for `inner`: take one",
        "the function `data_and_json`: `data` gives the whole body to `raw`, and nothing of it is left for `inner`",
        "the function `struct_in_query`: `inner` is a struct, but a query is one value, and the whole query is `?<inner..>`",
        "the function `structs_in_query`: `list` is a struct",
        "the function `nested_in_query`: `inner` of `nested` is a struct, but a field of a query is one value",
        "the function `maybe_a_form`: `inner` is the whole form, which is always there: take it without the `Option`",
        "the function `get_with_body`: the body of a request of this method is ignored: take `inner` from the query",
        "the function `in_header`: `x-inner` is a struct, but a header is one value",
    ] {
        assert!(error.contains(told), "{told}\n{error}");
    }
}

#[test]
fn state_that_nobody_manages_is_refused() {
    struct Db;

    #[crewed::get("/db?<n>")]
    fn db(n: Option<i64>, db: &State<Db>) -> String {
        let Db = **db;
        format!("{n:?}")
    }

    let rocket = || crewed::rocket::custom(config()).attach(Api::new().operations(operations![db]));
    let error = crewed::rocket::execute(crewed::ignite(rocket())).unwrap_err().to_string();
    assert_eq!(
        error,
        "crewed cannot launch:\n  - the function `db` takes `&State<Db>`, but nothing of this type is managed: add \
         `.manage(..)` to the rocket"
    );
    // What a fairing that comes later manages counts.
    let later = crewed::rocket::fairing::AdHoc::on_ignite("db", |rocket| async { rocket.manage(Db) });
    assert!(crewed::rocket::execute(crewed::ignite(rocket().attach(later))).is_ok());
}
