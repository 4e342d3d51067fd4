//! What dependencies see of a request, and what it may not do to them.

use std::sync::Arc;

use crewed::rocket::http::{ContentType, Header, Method};
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest};
use crewed::rocket::serde::json::Json;
use crewed::rocket::{Request, State};
use crewed::{
    Basic, Bearer, HttpError, OAuth2PasswordForm, OAuth2Token, Reply, ResponseParts, Router, SecurityScopes,
    depends, get, post,
};

use super::*;

#[depends]
fn ids(#[param(query)] ids: Vec<i64>) -> Vec<i64> {
    ids
}

#[depends]
fn user(token: Bearer, journal: &State<Journal>) -> Result<String, HttpError> {
    journal.add("user");
    if token.matches("right") { Ok("ada".to_owned()) } else { Err(HttpError::status(403)) }
}

#[get("/many", depends(ids))]
fn many(#[param(depends(user))] name: String) -> String {
    name
}

/// However many issues there are, a dependency that fails is the answer.
#[test]
fn a_refusal_goes_before_any_number_of_issues() {
    let journal = Journal::default();
    for (client, base) in on_bases(|| Api::new().operations(operations![many]), &journal) {
        for count in [1, 99, 100, 101, 500] {
            let path = format!("/many?{}", vec!["ids=x"; count].join("&"));
            assert_eq!(get(&client, base, &path).0, 401, "{count}");
            let bearer = |token: &str| Header::new("authorization", format!("Bearer {token}"));
            let answer = client.get(format!("{base}{path}")).header(bearer("wrong")).dispatch();
            assert_eq!(answer.status().code, 403, "{count}");
            let answer = client.get(format!("{base}{path}")).header(bearer("right")).dispatch();
            assert_eq!(answer.status().code, 422, "{count}");
            assert_eq!(journal.lines(0).len(), 2);
        }
    }
}

#[model]
#[derive(Clone)]
struct Item {
    name: String,
    x: i64,
}

#[model]
struct Account {
    name: String,
    #[field(write_only)]
    password: String,
}

#[depends]
fn account(#[param(body)] item: Account) -> String {
    format!("{}{}", item.name, item.password.len())
}

#[post("/accounts", depends(account))]
fn make(item: Item) -> Json<Item> {
    Json(item)
}

#[depends]
fn account_form(#[param(form)] account: Account) -> String {
    format!("{}{}", account.name, account.password.len())
}

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    name: String,
}

#[post("/forms", depends(account_form))]
fn make_of_form(#[param(form)] strict: Strict) -> Json<Strict> {
    Json(strict)
}

/// Two types are made of one body, and one of them does not know of the secrets of the other.
#[test]
fn a_secret_of_a_dependency_is_a_secret_of_the_body() {
    let journal = Journal::default();
    let api = || Api::new().operations(operations![make, make_of_form]);
    for (client, base) in on_bases(api, &journal) {
        for body in [json!({"password": "hunter2"}), json!({"password": ["hunter2"]}), json!(["hunter2"])] {
            let request = client.post(format!("{base}/accounts")).header(ContentType::JSON);
            let (status, told) = json_of(request.body(body.to_string()).dispatch());
            assert_eq!(status, 422);
            assert!(!told.to_string().contains("hunter2"), "{told}");
        }
        let request = client.post(format!("{base}/forms")).header(ContentType::Form);
        let (status, told) = json_of(request.body("password=hunter2").dispatch());
        assert_eq!((status, told.to_string().contains("hunter2")), (422, false), "{told}");
    }
}

#[get("/keys")]
fn with_key(#[param(query, security)] api_key: String, #[param(query)] strict: Strict) -> String {
    format!("{api_key} {}", strict.name)
}

#[test]
fn a_key_in_the_query_is_no_unknown_name() {
    let journal = Journal::default();
    for (client, base) in on_bases(|| Api::new().operations(operations![with_key]), &journal) {
        let answer = client.get(format!("{base}/keys?api_key=S3CR3T&name=ada")).dispatch();
        assert_eq!(answer.into_string().unwrap(), "S3CR3T ada");
        let (status, told) = get(&client, base, "/keys?api_key=S3CR3T&name=ada&nmae=1");
        assert_eq!((status, issues(&told)), (422, vec![("extra_forbidden".into(), "query.nmae".into())]));
        assert!(!told.to_string().contains("S3CR3T"), "{told}");
    }
}

#[post("/echo")]
fn echo(#[param(path)] tenant: String, item: Item) -> String {
    format!("{tenant} {}", item.name.len())
}

#[depends]
async fn slow(#[param(body)] item: Item) -> Item {
    crewed::rocket::tokio::task::yield_now().await;
    item
}

#[post("/slow")]
fn slowly(
    #[param(path)] tenant: String,
    #[param(depends(slow))] item: Item,
    #[param(body)] own: Item,
) -> String {
    format!("{tenant} {} {}", item.name.len(), own.name.len())
}

/// More long bodies at once than are parsed at once. None waits for what it has itself.
#[test]
fn long_bodies_do_not_wait_for_each_other() {
    let api = Api::new().include(Router::new("/r/<tenant>").operations(operations![echo, slowly]));
    let rocket = crewed::rocket::custom(config()).attach(api);
    crewed::rocket::tokio::runtime::Runtime::new().unwrap().block_on(async {
        let client = crewed::rocket::local::asynchronous::Client::untracked(rocket).await.unwrap();
        let client = Arc::new(client);
        let at_once = 4 * std::thread::available_parallelism().unwrap().get();
        let whole = json!({"name": "x".repeat(200_000), "x": 1});
        let both = json!({"item": whole, "own": whole}).to_string();
        let whole = whole.to_string();
        for (path, body, told) in [("/r/t/echo", &whole, "t 200000"), ("/r/t/slow", &both, "t 200000 200000")]
        {
            let ask = |_| async {
                let request = client.post(path).header(ContentType::JSON).body(body);
                request.dispatch().await.into_string().await
            };
            let all = futures_util::future::join_all((0..at_once).map(ask));
            let waited = std::time::Duration::from_secs(60);
            let all =
                crewed::rocket::tokio::time::timeout(waited, all).await.expect("they wait for each other");
            assert!(all.iter().all(|answer| answer.as_deref() == Some(told)), "{path}: {all:?}");
        }
    });
}

/// The method that a guard of Rocket's sees.
struct Seen(Method);

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Seen {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Self::Error> {
        Outcome::Success(Seen(request.method()))
    }
}

#[depends]
fn no_forgery(seen: Seen, #[param(header)] x_csrf: Option<String>) -> Result<(), HttpError> {
    if seen.0 == Method::Post && x_csrf.is_none() { Err(HttpError::status(403)) } else { Ok(()) }
}

#[post("/guarded", depends(no_forgery))]
fn guarded(#[param(form)] a: Option<String>, journal: &State<Journal>) -> String {
    journal.add("guarded");
    a.unwrap_or_default()
}

#[post("/plain")]
fn plain(#[param(form)] a: Option<String>) -> String {
    a.unwrap_or_default()
}

#[test]
fn a_form_does_not_pass_for_another_method() {
    let journal = Journal::default();
    let api = || Api::new().operations(operations![guarded, plain]);
    for (client, base) in on_bases(api, &journal) {
        let send = |path: &str, body: &str| {
            client.post(format!("{base}{path}")).header(ContentType::Form).body(body).dispatch().status().code
        };
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "get", "POST", "nonsense"]
        {
            let told = send("/guarded", &format!("_method={method}&a=1"));
            assert!(matches!(told, 400 | 403), "{method}: {told}");
        }
        assert_eq!(send("/guarded", "a=1"), 403);
        assert_eq!(journal.lines(0), Vec::<String>::new());
        assert_eq!(send("/plain", "_method=GET&a=1"), 200);
    }
}

#[get("/status/<code>", status = 201)]
fn replies(code: u16) -> Reply<i64> {
    if code == 0 { Reply::new(1) } else { Reply::new(1).status(code) }
}

#[get("/parts/<code>", status = 201)]
fn with_parts(code: u16, parts: ResponseParts) -> Reply<i64> {
    parts.status(code);
    parts.cookie(crewed::rocket::http::Cookie::build(("bad", "1")).path("/\u{1}"));
    parts.cookie(("good", "1"));
    parts.header("Set-Cookie", "raw=1");
    Reply::new(1).cookie(("own", "1"))
}

#[test]
fn the_status_that_is_set_counts() {
    let journal = Journal::default();
    let api = || Api::new().operations(operations![replies, with_parts]);
    for (client, base) in on_bases(api, &journal) {
        for (code, told) in [(0, 201), (200, 200), (201, 201), (202, 202)] {
            assert_eq!(get(&client, base, &format!("/status/{code}")), (told, json!(1)));
        }
        let answer = client.get(format!("{base}/parts/204")).dispatch();
        assert_eq!(answer.status().code, 204);
        assert_eq!(answer.headers().get_one("content-type"), None);
        let names = |cookie: &str| cookie.split('=').next().unwrap().to_owned();
        let cookies: Vec<String> = answer.headers().get("set-cookie").map(names).collect();
        assert_eq!(cookies, ["own", "raw", "good"]);
        assert_eq!(answer.into_bytes().unwrap_or_default(), Vec::<u8>::new());
        assert_eq!(get(&client, base, "/parts/200"), (200, json!(1)));
    }
}

/// A token that is got with a password.
#[crewed::oauth2(token_url = "token")]
struct Oauth2;

#[get("/schemes")]
fn schemes(bearer: Bearer, basic: Basic, oauth2: Oauth2) -> String {
    format!("{} {} {}", bearer.token(), basic.username(), oauth2.token())
}

#[depends]
fn test_bearer() -> Bearer {
    Bearer::new("b")
}

#[depends]
fn test_basic() -> Basic {
    Basic::new("ada", "secret")
}

#[depends]
fn test_oauth2() -> Oauth2 {
    OAuth2Token::new("o", SecurityScopes::default()).into()
}

#[test]
fn schemes_are_overridden_in_tests() {
    let journal = Journal::default();
    let api = || {
        let api = Api::new().operations(operations![schemes]);
        let api = api.override_dependency::<Bearer, test_bearer>().override_dependency::<Basic, test_basic>();
        api.override_dependency::<Oauth2, test_oauth2>()
    };
    for (client, base) in on_bases(api, &journal) {
        assert_eq!(client.get(format!("{base}/schemes")).dispatch().into_string().unwrap(), "b ada o");
    }
    // And functions that take them are called.
    let scopes: SecurityScopes = ["items"].into_iter().collect();
    assert_eq!(scopes.scope_str(), "items");
    assert_eq!(OAuth2PasswordForm::new("ada", "secret").username, "ada");
    assert!(Basic::<crewed::NoRealm>::new("ada", "x").matches("ada", "x"));
}
