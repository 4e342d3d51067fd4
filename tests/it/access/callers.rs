//! How the caller of a request is found: once, after whatever else is declared; and what is told of wrong credentials.

use std::sync::Mutex;

use crewed::rocket::State;
use crewed::rocket::serde::json::Json;
use crewed::{Router, get};

use super::*;

/// Whoever asks, by what a dependency gives: `x-badge: 7`.
#[crewed::caller(depends(by_badge))]
struct Guest {
    #[caller(id)]
    id: i64,
}

/// Whoever asks, by a dependency that knows everybody whom it lets pass.
#[crewed::caller(depends(by_ticket))]
struct Rider {
    #[caller(id)]
    id: i64,
}

/// What was asked, in this order.
#[derive(Default)]
struct Asked(Mutex<Vec<&'static str>>);

impl Asked {
    fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }
}

#[crewed::depends]
fn of_api(asked: &State<Asked>) {
    asked.note("api");
}

#[crewed::depends]
fn of_router(asked: &State<Asked>) {
    asked.note("router");
}

#[crewed::depends]
fn of_resource(asked: &State<Asked>) {
    asked.note("resource");
}

/// A badge that can be read, for whatever needs one. Its error says nothing of how to be somebody.
#[crewed::depends]
fn badge(#[param(header)] x_badge: Option<String>) -> Result<Option<String>, HttpError> {
    match x_badge.as_deref() {
        Some("torn") => Err(HttpError::new(401, "Torn")),
        _ => Ok(x_badge),
    }
}

#[crewed::depends]
fn by_badge(
    #[param(depends(badge))] badge: Option<String>,
    asked: &State<Asked>,
) -> Result<Option<Guest>, HttpError> {
    asked.note("caller");
    let Some(badge) = badge else { return Ok(None) };
    match badge.as_str() {
        "gone" => Err(HttpError::new(403, "Gone")),
        "basic" => Err(HttpError::new(401, "Bad badge").header("WWW-Authenticate", "Basic realm=\"x\"")),
        number => match number.parse() {
            Ok(id) => Ok(Some(Guest { id })),
            Err(_) => Err(HttpError::new(401, "Bad badge")),
        },
    }
}

#[crewed::depends]
fn by_ticket(#[param(header)] x_ticket: Option<i64>) -> Result<Rider, HttpError> {
    Ok(Rider { id: x_ticket.ok_or(HttpError::new(401, "Whose?"))? })
}

/// What is the caller's.
#[resource("/coats", access(caller = Guest, read(hung || owner), create(caller), update(owner), delete(owner)), depends(of_resource))]
struct Coat {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(default = false)]
    hung: bool,
}

/// Something else that is.
#[resource("/hats", access(caller = Guest, owner), depends(by_badge))]
struct Hat {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

/// What is everybody's, in an API that knows who asks.
#[resource("/signs", access(public))]
struct Sign {
    #[field(key, generated)]
    id: i64,
    #[field(filter)]
    text: String,
}

/// What everybody could read, if there were somebody who is not known.
#[resource("/seats", access(caller = Rider, read(public), create(caller)))]
struct Seat {
    #[field(key, generated)]
    id: i64,
}

/// Takes the caller, by themselves and by what they may do with two resources.
#[get("/both", depends(of_resource))]
async fn both(
    coats: Repository<Coat>,
    hats: Repository<Hat>,
    #[param(depends(by_badge))] guest: Option<Guest>,
) -> Result<Json<Value>, HttpError> {
    let count = coats.find(Predicate::all()).count().await? + hats.find(Predicate::all()).count().await?;
    Ok(Json(json!([guest.map(|guest| guest.id), count])))
}

#[get("/coats/count")]
async fn count(coats: Repository<Coat>) -> Result<Json<u64>, HttpError> {
    Ok(Json(coats.find(Predicate::all()).count().await?))
}

/// Asks nobody.
#[get("/open")]
fn open() -> &'static str {
    "open"
}

/// Takes the caller alone, as any other dependency.
#[get("/mine")]
fn mine(#[param(depends(by_badge))] guest: Option<Guest>) -> Json<Option<i64>> {
    Json(guest.map(|guest| guest.id))
}

fn api() -> Api<Guest> {
    let router = Router::new("/in").depends::<of_router>().resource::<Coat>();
    Api::new()
        .auth(Auth::<Guest>::new())
        .depends::<of_api>()
        .resource::<Hat>()
        .resource::<Sign>()
        .include(router)
        .operations(operations![both, count, open, mine])
}

/// The same on two bases, with a note of what was asked.
fn everywhere() -> Vec<(Client, &'static str)> {
    let client = |base: &'static str| {
        let rocket = crewed::rocket::custom(config()).manage(Asked::default()).attach(api().at(base));
        (Client::untracked(rocket).unwrap(), base)
    };
    vec![client(""), client("/api")]
}

/// The status, the challenge, and the body of an answer.
fn answer(client: &Client, method: &str, path: &str, badge: &str) -> (u16, Option<String>, String) {
    let mut request = client.req(method.parse().unwrap(), path.to_owned());
    if !badge.is_empty() {
        request.add_header(Header::new("x-badge", badge.to_owned()));
    }
    if matches!(method, "POST" | "PUT" | "PATCH") {
        request.add_header(ContentType::JSON);
        request.set_body(json!({"text": "new"}).to_string());
    }
    let answer = request.dispatch();
    let challenges: Vec<&str> = answer.headers().get("www-authenticate").collect();
    assert!(challenges.len() < 2, "{challenges:?}");
    let challenge = challenges.first().map(|challenge| (*challenge).to_owned());
    (answer.status().code, challenge, answer.into_string().unwrap_or_default())
}

/// However many need the caller, they are asked for once, after what the API, its routers and the resource declare.
#[test]
fn the_caller_is_asked_for_once_and_last() {
    for (client, base) in everywhere() {
        let asked = |method: &str, path: &str| {
            let (status, ..) = answer(&client, method, &format!("{base}{path}"), "7");
            let asked = client.rocket().state::<Asked>().unwrap();
            (status, std::mem::take(&mut *asked.0.lock().unwrap()))
        };
        let all = vec!["api", "router", "resource", "caller"];
        for (method, path, status) in [
            ("GET", "/in/coats", 200),
            ("GET", "/in/coats/1", 404),
            ("DELETE", "/in/coats/1", 404),
            ("GET", "/in/coats?no=1", 422),
        ] {
            assert_eq!(asked(method, path), (status, all.clone()), "{method} {path}");
        }
        // The resource declares the same dependency.
        assert_eq!(asked("GET", "/hats"), (200, vec!["api", "caller"]));
        // What is everybody's asks too, for the credentials may be wrong.
        assert_eq!(asked("GET", "/signs"), (200, vec!["api", "caller"]));
        assert_eq!(asked("GET", "/both"), (200, vec!["api", "resource", "caller"]));
        assert_eq!(asked("GET", "/open"), (200, vec!["api"]));
    }
}

/// Whatever the caller's own dependency fails with is answered, and a 401 says how to be somebody.
#[test]
fn wrong_credentials_are_told_with_a_challenge() {
    let bearer = || Some("Bearer".to_owned());
    for (client, base) in everywhere() {
        let told = |path: &str, badge: &str| answer(&client, "GET", &format!("{base}{path}"), badge);
        for path in ["/in/coats", "/in/coats/1", "/hats", "/signs", "/both", "/coats/count"] {
            let bad = r#"{"detail":"Bad badge"}"#.to_owned();
            assert_eq!(told(path, "x"), (401, bearer(), bad.clone()), "{path}");
            // One that is there stands.
            assert_eq!(told(path, "basic"), (401, Some("Basic realm=\"x\"".to_owned()), bad), "{path}");
            // Also where it is what the dependency needs itself that fails.
            assert_eq!(told(path, "torn"), (401, bearer(), r#"{"detail":"Torn"}"#.to_owned()), "{path}");
            assert_eq!(told(path, "gone"), (403, None, r#"{"detail":"Gone"}"#.to_owned()), "{path}");
        }
        let nobody = (401, bearer(), r#"{"detail":"Not authenticated"}"#.to_owned());
        assert_eq!(told("/hats", ""), nobody);
        // A function is answered as its dependencies say.
        assert_eq!(told("/mine", "x"), (401, None, r#"{"detail":"Bad badge"}"#.to_owned()));
    }
}

/// In an API that knows who asks, wrong credentials are so on what is everybody's, whatever is asked; functions are asked
/// nothing that they do not ask.
#[test]
fn what_is_everybodys_is_not_for_wrong_credentials() {
    for (client, base) in everywhere() {
        let told = |method: &str, path: &str, badge: &str| {
            answer(&client, method, &format!("{base}{path}"), badge).0
        };
        assert_eq!(told("POST", "/signs", ""), 201);
        for (method, path) in [
            ("GET", "/signs"),
            ("HEAD", "/signs"),
            ("GET", "/signs/1"),
            ("POST", "/signs"),
            ("PUT", "/signs/1"),
            ("PATCH", "/signs/1"),
            ("DELETE", "/signs/1"),
            ("DELETE", "/signs/no"),
            ("GET", "/signs?no=1"),
        ] {
            assert_eq!(told(method, path, "x"), 401, "{method} {path}");
        }
        assert_eq!(answer(&client, "GET", &format!("{base}/signs"), "7").2, r#"[{"id":1,"text":"new"}]"#);
        for (method, path, status) in
            [("PUT", "/signs/1", 200), ("PATCH", "/signs/1", 200), ("DELETE", "/signs/1", 204)]
        {
            assert_eq!(told(method, path, "7"), status, "{method} {path}");
        }
        assert_eq!(told("GET", "/open", "x"), 200);
    }
}

/// A dependency that gives a caller and no `Option` knows nobody who is not known.
#[test]
fn a_dependency_may_know_everybody() {
    for (client, base) in on_bases(|| Api::new().resource::<Seat>()) {
        let path = format!("{base}/seats");
        let told = |method: &str, ticket: &'static str| {
            let mut request = client.req(method.parse().unwrap(), path.clone());
            if !ticket.is_empty() {
                request.add_header(Header::new("x-ticket", ticket));
            }
            let answer = request.header(ContentType::JSON).body("{}").dispatch();
            (answer.status().code, answer.headers().get_one("www-authenticate").map(str::to_owned))
        };
        for method in ["GET", "POST"] {
            assert_eq!(told(method, ""), (401, Some("Bearer".to_owned())), "{method}");
        }
        assert_eq!((told("POST", "3"), told("GET", "3")), ((201, None), (200, None)));
        // What is wrong with an input of it is told as elsewhere.
        assert_eq!(told("GET", "x"), (422, None));
    }
}
