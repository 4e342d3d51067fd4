//! Which function answers on which path, and what guards forward.

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Header, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::{AnyFunction, get, patch, post, put};

use crate::kit::{client, config};

#[get("/<path..>")]
fn all(path: String) -> String {
    format!("all {path}")
}

#[get("/")]
fn root() -> &'static str {
    "root"
}

#[get("/files/<path..>")]
fn files(path: String) -> String {
    format!("files {path}")
}

#[get("/files/")]
fn folder() -> &'static str {
    "folder"
}

#[post("/u/<id>/b")]
fn post_b(id: String) -> String {
    format!("post {id}")
}

#[get("/u/a/<id>")]
fn get_a(id: String) -> String {
    format!("get {id}")
}

#[put("/u/<one>/<two>")]
fn put_any(one: String, two: String) -> String {
    format!("put {one} {two}")
}

fn told(client: &Client, method: &str, path: &str) -> (u16, String) {
    let answer = client.req(method.parse().unwrap(), path.to_owned()).dispatch();
    (answer.status().code, answer.into_string().unwrap_or_default())
}

fn of(functions: impl IntoIterator<Item = AnyFunction>) -> Client {
    client(config(), Api::new().operations(functions))
}

#[test]
fn what_says_more_goes_first_in_any_order() {
    for functions in [operations![all, root, files, folder], operations![folder, files, root, all]] {
        for base in ["", "/api"] {
            let client = client(config(), Api::new().at(base).operations(functions));
            for (path, answer) in [
                ("/", "root"),
                ("/x/y", "all x/y"),
                ("/files/", "folder"),
                ("/files/x/y", "files x/y"),
                ("/files", "all files"),
            ] {
                assert_eq!(
                    told(&client, "GET", &format!("{base}{path}")),
                    (200, answer.to_owned()),
                    "{base}{path}"
                );
            }
        }
    }
}

#[test]
fn paths_that_overlap_share_what_both_match() {
    for functions in [operations![post_b, get_a, put_any], operations![put_any, get_a, post_b]] {
        let client = of(functions);
        for (method, path, answer) in [
            ("POST", "/u/a/b", "post a"),
            ("GET", "/u/a/b", "get b"),
            ("PUT", "/u/a/b", "put a b"),
            ("PUT", "/u/a/c", "put a c"),
            ("POST", "/u/x/b", "post x"),
        ] {
            assert_eq!(told(&client, method, path), (200, answer.to_owned()), "{method} {path}");
        }
        let refused = client.delete("/u/a/b").dispatch();
        assert_eq!(refused.headers().get_one("allow"), Some("GET, POST, PUT"));
        assert_eq!(told(&client, "GET", "/u/x/b").0, 405);
    }
}

struct Forwards;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Forwards {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Forward(Status::Unauthorized)
    }
}

#[get("/forwards")]
fn forwards(_guard: Forwards) -> &'static str {
    "never"
}

#[test]
fn what_a_guard_forwards_with_is_the_answer_where_nobody_takes_it() {
    let client = of(operations![forwards]);
    assert_eq!(told(&client, "GET", "/forwards"), (401, r#"{"detail":"Unauthorized"}"#.to_owned()));
    assert_eq!(told(&client, "POST", "/forwards").0, 405);
}

#[put("/formed")]
fn put_formed() -> &'static str {
    "put"
}

#[patch("/formed")]
fn patch_formed() -> &'static str {
    "patch"
}

#[post("/posted")]
fn posted(#[param(form)] _method: String) -> String {
    _method
}

/// A page of another site can send a form; Rocket takes its first field for the method.
#[test]
fn a_forms_post_stays_a_post() {
    let client = of(operations![put_formed, patch_formed, posted]);
    for name in ["_method", "._method", "[_method]", "_method.", "&._method", "%5Fmethod"] {
        for method in ["put", "patch", "PUT"] {
            let form = format!("{name}={method}");
            let answer = client.post("/formed").header(ContentType::Form).body(&form).dispatch();
            assert_eq!(answer.status(), Status::MethodNotAllowed, "{form}");
            let typed = Header::new("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=utf-8");
            let answer = client.post("/formed").header(typed).body(&form).dispatch();
            assert_eq!(answer.status(), Status::MethodNotAllowed, "{form}");
        }
    }
    let answer = client.post("/posted").header(ContentType::Form).body("_method=get").dispatch();
    assert_eq!(answer.into_string().as_deref(), Some("get"));
    let answer = client.put("/formed").header(ContentType::JSON).body("{}").dispatch();
    assert_eq!(answer.into_string().as_deref(), Some("put"));
}

#[get("/<a>/<b>")]
fn two(a: String, b: String) -> String {
    format!("two {a} {b}")
}

#[get("/<a>/<b>/<path..>")]
fn two_and_more(a: String, b: String, path: String) -> String {
    format!("more {a} {b} {path}")
}

#[get("/<a>/x/<b>")]
fn x_between(a: String, b: String) -> String {
    format!("x {a} {b}")
}

/// FastAPI and Rocket serve both; at the first segment in which two differ, a text goes before a parameter and that
/// before the rest.
#[test]
fn a_parameter_stands_beside_the_rest_of_a_path() {
    let mut functions = vec![];
    functions.extend(operations![two, files, folder, all, two_and_more, x_between, root]);
    for _ in 0..functions.len() {
        functions.rotate_left(1);
        for base in ["", "/api", "/api/v1"] {
            let client = client(config(), Api::new().at(base).operations(functions.clone()));
            for (path, answer) in [
                ("/a/b", "two a b"),
                ("/files/b", "files b"),
                ("/files/b/c", "files b/c"),
                ("/files/x/c", "files x/c"),
                ("/files/", "folder"),
                ("/files", "all files"),
                ("/a/x/c", "x a c"),
                ("/a/b/c", "more a b c"),
                ("/a/x/c/d", "more a x c/d"),
                ("/a/x/", "more a x "),
                ("/", "root"),
            ] {
                let path = format!("{base}{path}");
                assert_eq!(told(&client, "GET", &path), (200, answer.to_owned()), "{path}");
            }
            let refused = client.put(format!("{base}/files/b")).dispatch();
            assert_eq!(refused.headers().get_one("allow"), Some("GET"));
        }
    }
}

/// Both are named, each with the path as it was written.
#[test]
fn two_functions_on_one_path_are_told_apart() {
    #[get("/items/<id>/<rest..>")]
    fn first(id: i64, rest: String) -> String {
        format!("{id} {rest}")
    }

    #[get("/items/<name>/<path..>")]
    fn second(name: String, path: String) -> String {
        format!("{name} {path}")
    }

    for base in ["", "/api"] {
        let api = Api::new().at(base).operations(operations![first, second]);
        let report = crate::launch::refusal(crewed::rocket::custom(config()).attach(api));
        let part = format!(
            "`GET {base}/items/<name>/<path..>` is claimed by the function `first` and by the function `second`, and the \
             first is written `{base}/items/<id>/<rest..>`"
        );
        assert!(report.contains(&part), "{part}\n{report}");
    }
}

#[get("/<name>/<rest>")]
fn under(name: String, rest: String) -> String {
    format!("{name} {rest}")
}

#[get("/<name>/")]
fn with_slash(name: String) -> String {
    name
}

#[get("/<name>/y/z")]
fn without_slash(name: String) -> String {
    name
}

/// Browsers take a backslash for a slash, and two of them before a name for another host.
#[test]
fn a_redirect_stays_on_its_host() {
    for base in ["", "/api", "/api/v1"] {
        let functions = operations![under, with_slash, without_slash];
        let client = client(config(), Api::new().at(base).operations(functions));
        let evil = [
            "%5cevil.example",
            "%5Cevil.example",
            "%2Fevil.example",
            "%09evil",
            "%2F%2Fevil.example",
            "evil",
        ];
        for evil in evil {
            let answer = client.get(format!("{base}/{evil}")).dispatch();
            let location = answer.headers().get_one("location").map(str::to_owned);
            assert_eq!(location, Some(format!("{base}/{evil}/")), "{base}/{evil}");
            let answer = client.get(format!("{base}/{evil}/y/z/")).dispatch();
            let location = answer.headers().get_one("location").map(str::to_owned);
            assert_eq!(location, Some(format!("{base}/{evil}/y/z")), "{base}/{evil}");
        }
        for evil in ["//evil.example", "//evil.example/y/z/", "///evil.example", "//evil.example//"] {
            let answer = client.get(format!("{base}{evil}")).dispatch();
            let location = answer.headers().get_one("location").unwrap_or("/");
            assert!(location.starts_with('/') && !location.starts_with("//"), "{base}{evil} to {location}");
        }
    }
}

mod elsewhere {
    #[crewed::get("/elsewhere")]
    fn private() -> &'static str {
        "private"
    }
}

/// What lists a function does not call it.
#[test]
fn a_function_of_a_module_may_be_private() {
    let client = client(config(), Api::new().operations(operations![elsewhere::private]));
    assert_eq!(client.get("/elsewhere").dispatch().into_string().as_deref(), Some("private"));
}
