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

mod rockets {
    use crewed::rocket::get;

    use super::Forwards;

    #[get("/small/<n>")]
    pub fn small(n: u8) -> String {
        n.to_string()
    }

    #[get("/<_..>", rank = 20)]
    pub fn anything(_guard: Forwards) -> &'static str {
        "never"
    }

    #[get("/passed")]
    pub fn passed(_guard: Forwards) -> &'static str {
        "never"
    }
}

/// Rocket's own routes fail as they do without an API beside them.
#[test]
fn what_rockets_routes_pass_on_keeps_its_status() {
    use crewed::rocket::routes;

    let mounted = || crewed::rocket::custom(config()).mount("/", routes![rockets::small, rockets::passed]);
    let alone = Client::untracked(mounted()).unwrap();
    let beside = mounted().attach(Api::new().operations(operations![forwards, post_b, root]));
    let beside = Client::untracked(beside).unwrap();
    for path in ["/small/7", "/small/300", "/passed", "/nothing"] {
        let status = |client: &Client| told(client, "GET", path).0;
        assert_eq!(status(&alone), status(&beside), "{path}");
        let status = |client: &Client| told(client, "HEAD", path).0;
        assert_eq!(status(&alone), status(&beside), "HEAD {path}");
    }
    assert_eq!(told(&beside, "GET", "/small/300").0, 422);
    assert_eq!(told(&beside, "GET", "/passed").0, 401);
    assert_eq!(told(&beside, "DELETE", "/u/a/b").0, 405);
    assert_eq!(told(&beside, "HEAD", "/u/a/b").0, 405);
    assert_eq!(told(&beside, "TRACE", "/u/a/b").0, 405);
    assert_eq!(told(&beside, "HEAD", "/").0, 200);
    assert_eq!(told(&beside, "POST", "/u/a/b/").0, 307);
}

/// Another API that sees the request first does not forget what a guard says.
#[test]
fn of_two_apis_a_guards_status_stays() {
    use crewed::rocket::routes;

    #[get("/api/forwards")]
    fn below(_guard: Forwards) -> &'static str {
        "never"
    }

    let rocket = crewed::rocket::custom(config())
        .mount("/api", routes![rockets::passed, rockets::anything])
        .attach(Api::new().at("/api").operations(operations![post_b]))
        .attach(Api::new().operations(operations![below]));
    let client = Client::untracked(rocket).unwrap();
    assert_eq!(told(&client, "GET", "/api/forwards").0, 401);
    assert_eq!(told(&client, "GET", "/api/passed").0, 401);
    assert_eq!(told(&client, "PUT", "/api/forwards").0, 405);
}
