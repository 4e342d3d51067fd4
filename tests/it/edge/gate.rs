//! What is refused is refused everywhere, and what is not goes its way: beside routes, files, catchers and fairings of
//! the user's, on every base.

use crewed::prelude::*;
use crewed::rocket::fairing::AdHoc;
use crewed::rocket::figment::Figment;
use crewed::rocket::fs::FileServer;
use crewed::rocket::http::Status;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::{Build, Request, Rocket, Route, catch, catchers, delete, get, options, post, routes};
use serde_json::json;

use crate::kit::{asked, config, header, json_of};
use crate::launch::refusal;
use crate::program::{ask, launched};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

#[crewed::options("/chosen")]
fn chosen() -> &'static str {
    "an operation"
}

#[get("/beside")]
fn beside() -> &'static str {
    "beside"
}

#[post("/beside")]
fn posted() -> &'static str {
    "posted"
}

#[delete("/beside")]
fn deleted() -> &'static str {
    "deleted"
}

#[options("/beside")]
fn asked_options() -> &'static str {
    "the user's own"
}

#[options("/<_..>")]
fn any_options() -> &'static str {
    "the user's own"
}

#[catch(default)]
fn caught(status: Status, _: &Request<'_>) -> String {
    format!("caught {status}")
}

const APP: (&str, &str) = ("origin", "https://app.example");
const GET: (&str, &str) = ("access-control-request-method", "GET");
const HOST: (&str, &str) = ("host", "api.example");

fn cors() -> Figment {
    config().merge(("crewed.cors.origins", ["https://app.example"]))
}

fn hosts() -> Figment {
    config().merge(("crewed.hosts", ["api.example"]))
}

fn api(base: &str) -> Api {
    Api::new().at(base).resource::<User>().operations(operations![chosen])
}

fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

fn ranked(mut routes: Vec<Route>, rank: isize) -> Vec<Route> {
    routes.iter_mut().for_each(|route| route.rank = rank);
    routes
}

/// The status, and the text.
fn told(client: &Client, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let response = asked(client, method, path, headers);
    (response.status().code, response.into_string().unwrap_or_default())
}

const BASES: [&str; 3] = ["", "/api", "/api/v1"];

#[test]
fn another_host_is_refused_wherever_a_request_goes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hello.txt"), "a file").unwrap();
    for base in BASES {
        for rank in [isize::MIN + 1, -1000, -1, 10, isize::MAX] {
            for has_catcher in [true, false] {
                let beside = ranked(routes![beside, posted, deleted, asked_options], rank);
                let mut rocket = crewed::rocket::custom(hosts()).mount("/", beside).attach(api(base));
                rocket = rocket.mount("/files", FileServer::from(folder.path()));
                if has_catcher {
                    rocket = rocket.register("/", catchers![caught]);
                }
                let client = client(rocket);
                let at = |path: &str| format!("{base}{path}");
                for (method, path, status) in [
                    ("GET", "/beside".to_owned(), 200),
                    ("HEAD", "/beside".to_owned(), 200),
                    ("POST", "/beside".to_owned(), 200),
                    ("DELETE", "/beside".to_owned(), 200),
                    ("OPTIONS", "/beside".to_owned(), 200),
                    ("GET", "/files/hello.txt".to_owned(), 200),
                    ("GET", "/nothing".to_owned(), 404),
                    ("PATCH", "/nothing".to_owned(), 404),
                    ("GET", at("/users"), 200),
                    ("HEAD", at("/users"), 200),
                    ("DELETE", at("/users"), 405),
                    ("GET", at("/users/"), 307),
                    ("GET", at("/docs"), 200),
                    ("OPTIONS", at("/chosen"), 200),
                    ("TRACE", at("/users"), 405),
                ] {
                    let what = format!("{method} {path} {base} {rank} {has_catcher}");
                    assert_eq!(told(&client, method, &path, &[HOST]).0, status, "{what}");
                    let (status, text) = told(&client, method, &path, &[("host", "evil.example")]);
                    assert_eq!(status, 400, "{what}");
                    let said = if method == "HEAD" { "" } else { "Invalid host header" };
                    assert_eq!(text, said, "{what}");
                }
                // What nobody would answer is not given to a catcher.
                let (status, _) = told(&client, "OPTIONS", &at("/users"), &[HOST]);
                assert_eq!(status, if has_catcher { 404 } else { 405 });
                assert_eq!(told(&client, "OPTIONS", &at("/users"), &[]).1, "Invalid host header");
            }
        }
    }
}

#[test]
fn preflights_are_answered_before_any_route() {
    for base in BASES {
        for rank in [isize::MIN + 1, -1, 10, isize::MAX] {
            let own = ranked(routes![beside, posted, any_options], rank);
            let rocket = crewed::rocket::custom(cors()).mount("/", own).register("/", catchers![caught]);
            let client = client(rocket.attach(api(base)));
            let users = format!("{base}/users");
            for (path, methods) in [
                ("/beside", "GET, HEAD, OPTIONS, POST"),
                (&users, "GET, HEAD, OPTIONS, POST"),
                (&format!("{users}/ada"), "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
                (&format!("{base}/chosen"), "OPTIONS"),
            ] {
                let asks = ("access-control-request-method", "OPTIONS");
                let answer = asked(&client, "OPTIONS", path, &[APP, asks]);
                assert_eq!(answer.status(), Status::Ok, "{base} {path} {rank}");
                let allowed = header(&answer, "access-control-allow-methods");
                assert_eq!(allowed.as_deref(), Some(methods), "{base} {path} {rank}");
                assert_eq!(answer.into_string().as_deref(), Some("OK"));
                // The same method, and no preflight.
                if !path.ends_with("/chosen") {
                    let own = (200, "the user's own".to_owned());
                    assert_eq!(told(&client, "OPTIONS", path, &[APP]), own, "{base} {path} {rank}");
                }
            }
        }
    }
}

/// Two bases and no base at once: each request has one that sees it first.
#[test]
fn several_apis_beside_each_other() {
    let rocket = crewed::rocket::custom(cors().merge(("crewed.hosts", ["api.example"])));
    let outer = Api::new().at("/api").resource::<User>();
    let client = client(
        rocket.mount("/", routes![beside]).attach(outer).attach(Api::new().operations(operations![chosen])),
    );
    for path in ["/beside", "/api/users", "/chosen", "/nothing"] {
        for method in ["GET", "POST", "PATCH", "HEAD", "OPTIONS"] {
            assert_eq!(told(&client, method, path, &[]).0, 400, "{method} {path}");
        }
    }
    assert_eq!(told(&client, "OPTIONS", "/api/users", &[HOST, APP, GET]), (200, "OK".to_owned()));
    assert_eq!(told(&client, "OPTIONS", "/beside", &[HOST, APP, GET]), (200, "OK".to_owned()));
    assert_eq!(json_of(asked(&client, "GET", "/api/users", &[HOST])), (200, json!([])));
}

/// Whoever answers preflights by a fairing of their own looks whether a route was found for them.
#[test]
fn a_fairing_of_the_users_own_answers_preflights_still() {
    let fairing = || {
        AdHoc::on_response("preflights", |request, response| {
            Box::pin(async move {
                if request.method() == crewed::rocket::http::Method::Options && request.route().is_none() {
                    response.set_status(Status::NoContent);
                    response.set_raw_header("Access-Control-Allow-Origin", "https://other.example");
                }
            })
        })
    };
    for base in BASES {
        let users = format!("{base}/users");
        for figment in [config(), hosts()] {
            let client = client(crewed::rocket::custom(figment).attach(fairing()).attach(api(base)));
            let answer = asked(&client, "OPTIONS", &users, &[HOST, APP, GET]);
            assert_eq!(answer.status(), Status::NoContent, "{base}");
            let origin = header(&answer, "access-control-allow-origin");
            assert_eq!(origin.as_deref(), Some("https://other.example"));
        }
        // With `cors` it is not asked any more.
        let client = client(crewed::rocket::custom(cors()).attach(fairing()).attach(api(base)));
        assert_eq!(told(&client, "OPTIONS", &users, &[APP, GET]), (200, "OK".to_owned()), "{base}");
    }
}

/// Where nothing is configured, nothing stands before the user's routes.
#[test]
fn there_is_no_gate_that_nobody_needs() {
    let first = |figment: Figment, base: &str| {
        let rocket = crewed::rocket::custom(figment).mount("/", routes![beside]).attach(api(base));
        let rocket = crewed::rocket::async_test(crewed::ignite(rocket)).unwrap();
        let mut gates: Vec<&str> = rocket
            .routes()
            .filter(|route| route.rank == isize::MIN)
            .map(|route| route.method.as_str())
            .collect();
        gates.sort_unstable();
        gates.join(" ")
    };
    for base in BASES {
        assert_eq!(first(config(), base), "");
    }
    assert_eq!(first(cors(), ""), "OPTIONS");
    assert_eq!(first(cors(), "/api"), "CONNECT DELETE OPTIONS PATCH POST PUT");
    assert_eq!(first(hosts(), ""), "");
    assert_eq!(first(hosts(), "/api"), "CONNECT DELETE GET HEAD PATCH POST PUT TRACE");
}

/// A route with the very first rank would not be stopped.
#[test]
fn a_route_that_would_go_first_is_refused() {
    let rocket = |figment: Figment, rank: isize, base: &str| {
        crewed::rocket::custom(figment).mount("/own", ranked(routes![beside, posted], rank)).attach(api(base))
    };
    for base in BASES {
        for figment in [cors(), hosts()] {
            let report = refusal(rocket(figment.clone(), isize::MIN, base));
            let line = "the route `POST /own/beside` (posted) has the rank `isize::MIN`, which is that of what refuses";
            assert!(report.contains(line), "{report}");
            // One that is only before crewed's own routes is stopped like any other.
            let client =
                client(rocket(figment.merge(("crewed.hosts", ["api.example"])), isize::MIN + 1, base));
            assert_eq!(told(&client, "GET", "/own/beside", &[]).0, 400, "{base}");
            assert_eq!(told(&client, "GET", "/own/beside", &[HOST]).0, 200, "{base}");
        }
        // Where nothing is configured it may be.
        drop(client(rocket(config(), isize::MIN, base)));
    }
}

/// Rocket takes the POST of a form whose first field is `_method` for a HEAD, and drops the body of the answer: a length
/// would let the client wait for it.
#[test]
fn a_form_in_disguise_is_refused_too() {
    for base in BASES {
        let port = launched(move |figment| {
            let figment = figment.merge(("crewed.hosts", ["api.example"]));
            crewed::rocket::custom(figment).mount("/", routes![posted]).attach(api(base))
        });
        for path in ["/beside", &format!("{base}/users")] {
            for method in ["get", "head", "put", "options"] {
                let body = format!("_method={method}");
                let length = body.len();
                let answer = ask(
                    port,
                    format!(
                        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\
                         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
                    )
                    .as_bytes(),
                );
                assert_eq!(answer.status, 400, "{base} {path} {method}");
                let length = answer.header("content-length").map(|length| length.parse().unwrap());
                assert_eq!(length.unwrap_or(answer.body.len()), answer.body.len(), "{base} {path} {method}");
            }
        }
    }
}
