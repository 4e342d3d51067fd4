//! An API beside other routes, catchers and APIs: on every base, and whatever ranks the routes have.

use crewed::prelude::*;
use crewed::rocket::fs::FileServer;
use crewed::rocket::http::{ContentType, Header, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::request::{FromRequest, Outcome};
use crewed::rocket::{Build, Request, Rocket, Route, State, catch, catchers, get, post, routes};
use serde_json::{Value, json};

use crate::kit::{config, json_of};
use crate::launch::refusal;

/// No base, and bases of different lengths.
const BASES: [&str; 3] = ["", "/api", "/api/v1"];

/// Ranks of Rocket's own choosing, and those at the ends of what a rank can be.
const RANKS: [isize; 10] =
    [isize::MIN, -1_000_000, -1001, -12, -1, 10, 1000, 1 << 24, isize::MAX - 1, isize::MAX];

/// Does the same on every base.
fn on_each_base(test: impl Fn(&str)) {
    BASES.iter().for_each(|base| test(base));
}

fn rocket() -> Rocket<Build> {
    crewed::rocket::custom(config())
}

fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

fn ranked(mut routes: Vec<Route>, rank: isize) -> Vec<Route> {
    routes.iter_mut().for_each(|route| route.rank = rank);
    routes
}

fn status(client: &Client, method: &str, path: &str) -> u16 {
    client.req(method.parse().unwrap(), path.to_owned()).dispatch().status().code
}

fn text(client: &Client, path: &str) -> String {
    client.get(path.to_owned()).dispatch().into_string().unwrap_or_default()
}

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[resource("/members")]
struct Member {
    #[field(key)]
    name: String,
}

fn users(base: &str) -> Api {
    Api::new().at(base).resource::<User>()
}

fn add(client: &Client, base: &str, name: &str) -> Value {
    let user = json!({"name": name, "nickname": "n"});
    let added = client.post(format!("{base}/users")).json(&user).dispatch();
    assert_eq!(added.status(), Status::Created, "{base}");
    user
}

/// A guard that always forwards.
struct Never;

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Never {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Forward(Status::Unauthorized)
    }
}

struct Greeting(&'static str);

#[get("/users/me")]
fn me(greeting: &State<Greeting>) -> &'static str {
    greeting.0
}

#[get("/users/me")]
fn only_for_some(_always: Never) -> &'static str {
    "never"
}

#[get("/users/<someone>")]
fn mine(someone: &str) -> String {
    someone.to_owned()
}

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[post("/hello/<_>")]
fn posted() -> Status {
    Status::ImATeapot
}

#[get("/small/<n>")]
fn small(n: u8) -> String {
    n.to_string()
}

#[get("/passed")]
fn passed(_guard: Never) -> &'static str {
    "never"
}

#[get("/<_..>")]
fn anything(_guard: Never) -> &'static str {
    "never"
}

#[catch(404)]
fn nothing() -> &'static str {
    "nothing here"
}

#[test]
fn files_lie_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hello.txt"), "a file").unwrap();
    std::fs::write(folder.path().join("index.html"), "the index").unwrap();
    for rank in RANKS {
        on_each_base(|base| {
            let files = FileServer::from(folder.path()).rank(rank);
            let client = client(rocket().mount("/", files).attach(users(base)));
            let ada = add(&client, base, "ada");
            assert_eq!(text(&client, "/hello.txt"), "a file", "{base} {rank}");
            assert_eq!(text(&client, "/"), "the index", "{base} {rank}");
            let at = |path: &str| format!("{base}{path}");
            assert_eq!(json_of(client.get(at("/users/ada")).dispatch()), (200, ada), "{base} {rank}");
            for (method, path, expected) in [
                ("GET", "/users", 200),
                ("HEAD", "/users", 200),
                ("GET", "/docs", 200),
                ("GET", "/openapi.json", 200),
                ("GET", "/users/nobody", 404),
                ("DELETE", "/users", 405),
                ("PUT", "/openapi.json", 405),
                ("OPTIONS", "/users", 405),
                ("GET", "/users/", 307),
                ("POST", "/users/", 307),
                ("GET", "/nothing", 404),
            ] {
                assert_eq!(status(&client, method, &at(path)), expected, "{method} {base}{path} {rank}");
            }
        });
    }
}

#[test]
fn a_more_special_route_goes_first_whatever_its_rank() {
    for rank in RANKS {
        on_each_base(|base| {
            let mounted = ranked(routes![me], rank);
            let rocket = rocket().manage(Greeting("it is you")).mount(format!("{base}/"), mounted);
            let client = client(rocket.attach(users(base)));
            add(&client, base, "me");
            let path = format!("{base}/users/me");
            assert_eq!(text(&client, &path), "it is you", "{base} {rank}");
            assert_eq!(status(&client, "HEAD", &path), 200, "{base} {rank}");
            assert_eq!(status(&client, "DELETE", &path), 204, "for its method only: {base} {rank}");
        });
    }
}

#[test]
fn what_a_special_route_passes_on_is_answered() {
    for rank in RANKS {
        on_each_base(|base| {
            let mounted = ranked(routes![only_for_some], rank);
            let client = client(rocket().mount(format!("{base}/"), mounted).attach(users(base)));
            let user = add(&client, base, "me");
            let me = format!("{base}/users/me");
            let answer = json_of(client.get(&me).dispatch());
            match rank {
                // Nothing comes behind what is to come last.
                rank if rank >= isize::MAX - 1 => assert_eq!(answer.0, 401, "{base} {rank}"),
                _ => assert_eq!(answer, (200, user), "{base} {rank}"),
            }
            let refused = client.post(&me).dispatch();
            assert_eq!(refused.headers().get_one("allow"), Some("DELETE, GET, PATCH, PUT"));
        });
    }
}

#[test]
fn a_route_on_the_same_path_is_refused_whatever_its_name() {
    on_each_base(|base| {
        let same = |name: &'static str, rank: isize| {
            let mut routes = ranked(routes![mine], rank);
            routes[0].name = Some(name.into());
            refusal(rocket().mount(format!("{base}/"), routes).attach(users(base)))
        };
        for (name, rank) in [("mine", -8), ("crewed", -8), ("crewed", 0), ("crewed", -1000)] {
            let path = format!("`GET {base}/users/<someone>`");
            let part = format!(
                "{path} is claimed by resource `User` and by the route {path} ({name}), and the first \
                         is written `{base}/users/<name>`"
            );
            let report = same(name, rank);
            assert!(report.contains(&part), "{part}\n{report}");
        }
    });
}

#[test]
fn what_is_rockets_lives_beside_it() {
    on_each_base(|base| {
        let rocket = rocket()
            .manage(Greeting("it is you"))
            .mount(format!("{base}/"), routes![me, hello, posted])
            .register("/", catchers![nothing])
            .attach(users(base));
        let client = client(rocket);
        assert_eq!(text(&client, &format!("{base}/hello")), "hello");
        assert_eq!(text(&client, &format!("{base}/nope")), "nothing here", "the user's catcher wins");
        let teapot = client.post(format!("{base}/hello/x")).dispatch();
        assert_eq!(json_of(teapot), (418, json!({"detail": "I'm a Teapot"})));
        // What a resource itself answers is no matter of catchers.
        let missing = client.get(format!("{base}/users/nobody")).dispatch();
        assert_eq!(json_of(missing), (404, json!({"detail": "Not Found"})));
    });
}

#[crewed::get("/forwards")]
fn forwards(_guard: Never) -> &'static str {
    "never"
}

#[crewed::post("/u/<id>/b")]
fn post_b(id: String) -> String {
    id
}

#[crewed::get("/")]
fn root() -> &'static str {
    "root"
}

/// Rocket's own routes fail as they do without an API beside them.
#[test]
fn what_rockets_routes_pass_on_keeps_its_status() {
    on_each_base(|base| {
        let mounted = || rocket().mount(format!("{base}/"), routes![small, passed]);
        let functions = operations![forwards, post_b, root];
        let alone = client(mounted());
        let beside = client(mounted().attach(Api::new().at(base).operations(functions)));
        for path in ["/small/7", "/small/300", "/passed", "/nothing"] {
            let path = format!("{base}{path}");
            for method in ["GET", "HEAD", "OPTIONS"] {
                assert_eq!(status(&alone, method, &path), status(&beside, method, &path), "{method} {path}");
            }
        }
        for (method, path, expected) in [
            ("GET", "/small/300", 422),
            ("GET", "/passed", 401),
            ("DELETE", "/u/a/b", 405),
            ("HEAD", "/u/a/b", 405),
            ("TRACE", "/u/a/b", 405),
            ("OPTIONS", "/u/a/b", 405),
            ("HEAD", "/", 200),
            ("POST", "/u/a/b/", 307),
            ("OPTIONS", "/u/a/b/", 307),
        ] {
            assert_eq!(status(&beside, method, &format!("{base}{path}")), expected, "{method} {base}{path}");
        }
    });
}

/// Another API that sees the request first does not forget what a guard says.
#[test]
fn of_two_apis_a_guards_status_stays() {
    #[crewed::get("/api/v1/forwards")]
    fn below(_guard: Never) -> &'static str {
        "never"
    }

    for base in ["/api", "/api/v1"] {
        let rocket = rocket()
            .mount("/api/v1", ranked(routes![anything], 20))
            .mount("/api/v1", routes![passed])
            .attach(Api::new().at(base).operations(operations![post_b]))
            .attach(Api::new().operations(operations![below]));
        let client = client(rocket);
        assert_eq!(status(&client, "GET", "/api/v1/forwards"), 401);
        assert_eq!(status(&client, "GET", "/api/v1/passed"), 401);
        assert_eq!(status(&client, "PUT", "/api/v1/forwards"), 405);
    }
}

/// Of several APIs the one with the longer base goes first, before the user's routes and behind them.
#[test]
fn apis_stand_on_bases_of_their_own() {
    #[crewed::get("/<path..>")]
    fn all(path: String) -> String {
        format!("all {path}")
    }

    for swapped in [false, true] {
        for base in ["/api", "/api/v1"] {
            let one = || users(base).title("One");
            let two = || Api::new().title("Two").resource::<Member>().operations(operations![all]);
            let mounted = rocket().mount(base, routes![only_for_some, hello]);
            let client = client(match swapped {
                false => mounted.attach(one()).attach(two()),
                true => mounted.attach(two()).attach(one()),
            });
            let user = add(&client, base, "me");
            let me = client.get(format!("{base}/users/me")).dispatch();
            assert_eq!(json_of(me), (200, user), "{base} {swapped}");
            assert_eq!(text(&client, &format!("{base}/hello")), "hello");
            assert_eq!(text(&client, &format!("{base}/other")), format!("all {}/other", &base[1..]));
            let created = client.post(format!("{base}/users")).json(&json!({"name": "ada", "nickname": "c"}));
            let location = format!("{base}/users/ada");
            assert_eq!(created.dispatch().headers().get_one("location"), Some(&*location));
            let created = client.post("/members").json(&json!({"name": "ada"})).dispatch();
            assert_eq!(created.headers().get_one("location"), Some("/members/ada"));
            for (path, title) in
                [(format!("{base}/openapi.json"), "One"), ("/openapi.json".to_owned(), "Two")]
            {
                let document: Value = client.get(path).dispatch().into_json().unwrap();
                assert_eq!(document["info"]["title"], title);
            }
            assert_eq!(status(&client, "PUT", &format!("{base}/users")), 405);
        }
    }
}

/// A route beside it that matches a part of what a parameter would is the more special one.
#[test]
fn a_folder_goes_before_parameters() {
    #[crewed::get("/<a>/<b>")]
    fn two(a: String, b: String) -> String {
        format!("{a} and {b}")
    }

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.js"), "a script").unwrap();
    std::fs::write(folder.path().join("index.html"), "the index").unwrap();
    on_each_base(|base| {
        let files = FileServer::from(folder.path());
        let rocket = rocket().mount(format!("{base}/static"), files);
        let client = client(rocket.attach(Api::new().at(base).operations(operations![two])));
        assert_eq!(text(&client, &format!("{base}/static/app.js")), "a script");
        assert_eq!(text(&client, &format!("{base}/static/")), "the index");
        assert_eq!(text(&client, &format!("{base}/static/none")), "static and none", "what it passes on");
        assert_eq!(text(&client, &format!("{base}/x/app.js")), "x and app.js");
    });
}

/// What the pages of the documentation load is more special than any parameter, of this API or of another.
#[test]
fn the_documentation_stands_beside_parameters() {
    #[crewed::get("/<path..>")]
    fn all(path: String) -> String {
        format!("all {path}")
    }

    #[crewed::get("/<a>/<b>")]
    fn two(a: String, b: String) -> String {
        format!("{a} and {b}")
    }

    on_each_base(|base| {
        let api = || Api::new().at(base).operations(operations![all, two]);
        let rocket = match base {
            "" => rocket().attach(api()),
            _ => rocket().attach(api()).attach(Api::new().operations(operations![all, two])),
        };
        let client = client(rocket);
        for page in ["docs", "rapidoc"] {
            let html = text(&client, &format!("{base}/{page}"));
            let loads: Vec<&str> = html
                .match_indices("src=\"")
                .chain(html.match_indices("href=\""))
                .map(|(at, start)| html[at + start.len()..].split('"').next().unwrap())
                .collect();
            assert!(loads.len() > 1, "{html}");
            for path in loads.into_iter().filter(|path| !path.starts_with("data:")) {
                let answer = client.get(format!("{base}/{path}")).dispatch();
                let kind = answer.content_type().map(|kind| kind.to_string()).unwrap_or_default();
                assert!(kind.contains("css") || kind.contains("javascript"), "{base}/{path}: {kind}");
            }
        }
        assert_eq!(text(&client, &format!("{base}/docs/other")), "docs and other");
    });
}

#[crewed::options("/asked/<x>")]
fn asked(x: String) -> String {
    format!("options {x}")
}

#[crewed::rocket::options("/<_..>")]
fn preflight() -> Status {
    Status::NoContent
}

/// The answer to a preflight is a route's of the user's, or a fairing's that sees that there is none.
#[test]
fn a_preflight_gets_through() {
    use crewed::rocket::fairing::AdHoc;

    let send = |client: &Client, path: String| {
        let asked = client.options(path).header(Header::new("Origin", "https://example.org"));
        let asked = asked.header(Header::new("Access-Control-Request-Method", "DELETE"));
        let answer = asked.dispatch();
        (answer.status().code, answer.headers().get_one("x-route").map(str::to_owned))
    };
    on_each_base(|base| {
        let api = || users(base).operations(operations![asked, post_b]);
        let at = |path: &str| format!("{base}{path}");
        for rank in RANKS {
            let client = client(rocket().mount("/", ranked(routes![preflight], rank)).attach(api()));
            for path in ["/users", "/users/ada", "/u/x/b", "/docs"] {
                assert_eq!(send(&client, at(path)).0, 204, "{base}{path} {rank}");
            }
            let own = client.options(at("/asked/x")).dispatch();
            let own = own.into_string().unwrap_or_default();
            let first = if rank == isize::MIN { "" } else { "options x" };
            assert_eq!(own, first, "{base} {rank}");
        }

        // What rocket_cors does: where no route was found, it makes a 204 of the answer.
        let fairing = AdHoc::on_response("cors", |request, response| {
            Box::pin(async move {
                response.set_raw_header("x-route", if request.route().is_some() { "found" } else { "none" });
                if request.method() == crewed::rocket::http::Method::Options && request.route().is_none() {
                    response.set_status(Status::NoContent);
                    let _ = response.body_mut().take();
                }
            })
        });
        let client = client(rocket().attach(api()).attach(fairing));
        for path in ["/users", "/users/ada", "/u/x/b"] {
            assert_eq!(send(&client, at(path)), (204, Some("none".to_owned())), "{base}{path}");
        }
        assert_eq!(send(&client, at("/asked/x")), (200, Some("found".to_owned())));
    });

    // And where nobody answers it, it is a method that is not there.
    on_each_base(|base| {
        let client = client(rocket().attach(users(base).operations(operations![asked])));
        for (path, allow) in [("/users", "GET, POST"), ("/users/ada", "DELETE, GET, PATCH, PUT")] {
            let refused = client.options(format!("{base}{path}")).dispatch();
            assert_eq!(refused.status(), Status::MethodNotAllowed);
            assert_eq!(refused.headers().get_one("allow"), Some(allow));
            assert_eq!(refused.content_type(), Some(ContentType::JSON));
        }
        assert_eq!(text(&client, &format!("{base}/asked/x")), r#"{"detail":"Method Not Allowed"}"#);
        assert_eq!(status(&client, "OPTIONS", &format!("{base}/nothing")), 404);
    });
}
