//! How many requests each client may send, and what it is told.

use std::net::{IpAddr, SocketAddr};

use crewed::prelude::*;
use crewed::rocket::Config;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{Header, Method};
use crewed::rocket::local::blocking::{Client, LocalResponse};
use crewed::{Bearer, HttpError, Reply, get};
use serde_json::{Value, json};

use crate::kit::{self, config, json_of};
use crate::launch::{figment_of, refused};

#[crewed::caller(depends(current))]
struct Me {
    #[caller(id)]
    name: String,
}

#[crewed::depends]
fn current(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    match token.as_ref().map(Bearer::token) {
        None => Ok(None),
        Some("wrong") => Err(HttpError::new(401, "Bad credentials")),
        Some(name) => Ok(Some(Me { name: name.to_owned() })),
    }
}

#[resource("/notes", access(caller = Me, read(public), create(caller), delete(owner)))]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner: String,
    #[field(default = "")]
    text: String,
}

/// Its operations have a rate of their own.
#[resource("/words", rate_limit = "3/1h")]
struct Word {
    #[field(key)]
    word: String,
}

#[get("/free")]
fn free() -> &'static str {
    "free"
}

#[get("/mine")]
fn mine(#[param(depends(current))] me: Option<Me>) -> String {
    me.map_or("nobody's".to_owned(), |me| me.name)
}

#[get("/rare", rate_limit = "2/1h", response(404, "None."))]
fn rare(#[param(depends(current))] me: Option<Me>) -> String {
    mine(me)
}

#[crewed::rocket::get("/outside")]
fn outside() -> &'static str {
    "outside"
}

fn client_of(figment: Figment, api: Api) -> Client {
    Client::untracked(
        crewed::rocket::custom(figment).attach(api).mount("/", crewed::rocket::routes![outside]),
    )
    .unwrap()
}

fn api() -> Api {
    Api::new().resource::<Word>().operations(operations![free, rare, mine])
}

fn with_callers(figment: Figment) -> Client {
    let api = Api::new().auth(Auth::<Me>::new()).resource::<Note>().operations(operations![free, rare, mine]);
    Client::untracked(crewed::rocket::custom(figment).attach(api)).unwrap()
}

fn limited(rate: &str) -> Figment {
    config().merge(("crewed.load.per_caller", rate))
}

/// A GET from an address, with these headers.
fn from<'c>(client: &'c Client, address: &str, path: &'c str, headers: &[(&str, &str)]) -> LocalResponse<'c> {
    let address: IpAddr = address.parse().unwrap();
    let mut request = client.get(path).remote(SocketAddr::new(address, 4000));
    for (name, value) in headers {
        request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
    }
    request.dispatch()
}

fn status(client: &Client, address: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    from(client, address, path, headers).status().code
}

fn header(response: &LocalResponse<'_>, name: &str) -> Option<String> {
    response.headers().get_one(name).map(ToOwned::to_owned)
}

const A: &str = "192.0.2.1";
const B: &str = "192.0.2.2";

#[test]
fn an_address_has_its_rate() {
    let client = client_of(limited("3/60s"), api());
    for left in ["2", "1", "0"] {
        let answer = from(&client, A, "/free", &[]);
        assert_eq!(answer.status().code, 200);
        assert_eq!(header(&answer, "ratelimit-policy").unwrap(), "\"default\";q=3;w=60");
        assert_eq!(header(&answer, "ratelimit").unwrap(), format!("\"default\";r={left};t=20"));
        assert_eq!(header(&answer, "retry-after"), None);
    }
    for path in ["/free", "/words", "/outside", "/nothing", "/docs"] {
        let refused = from(&client, A, path, &[]);
        let seconds: u64 = header(&refused, "retry-after").unwrap().parse().unwrap();
        assert!((19..=20).contains(&seconds), "{seconds}");
        assert_eq!(header(&refused, "ratelimit").unwrap(), format!("\"default\";r=0;t={seconds}"));
        assert_eq!(header(&refused, "ratelimit-policy").unwrap(), "\"default\";q=3;w=60");
        assert_eq!(json_of(refused), (429, json!({"detail": "Too Many Requests"})), "{path}");
    }
    // Others have their own, and what nothing answers counts too.
    for expected in [404, 404, 404, 429] {
        assert_eq!(status(&client, B, "/nothing", &[]), expected);
    }
    let preflight = client.req(Method::Options, "/free").remote(SocketAddr::new(A.parse().unwrap(), 1));
    assert_eq!(preflight.dispatch().status().code, 405);
}

/// Pages of other origins are told, and what they ask before counts for nothing.
#[test]
fn pages_of_other_origins_are_told() {
    let figment = limited("2/60s").merge(("crewed.cors.origins", ["https://app.example"]));
    for base in ["", "/api"] {
        let client = client_of(figment.clone(), api().at(base));
        let path = format!("{base}/free");
        let preflight = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")];
        for _ in 0..5 {
            let mut request =
                client.req(Method::Options, &*path).remote(SocketAddr::new(A.parse().unwrap(), 1));
            for (name, value) in preflight {
                request.add_header(Header::new(name, value));
            }
            assert_eq!(request.dispatch().status().code, 200);
        }
        for expected in [200, 200, 429] {
            let answer = from(&client, A, &path, &[("Origin", "https://app.example")]);
            assert_eq!(answer.status().code, expected);
            assert_eq!(header(&answer, "access-control-allow-origin").unwrap(), "https://app.example");
            let exposed = header(&answer, "access-control-expose-headers").unwrap();
            for name in ["RateLimit", "RateLimit-Policy", "Retry-After"] {
                assert!(exposed.contains(name), "{exposed}");
            }
        }
    }
}

/// What is not below the base of an API is refused as well, before anything of it runs.
#[test]
fn what_stands_beside_an_api_counts() {
    let client = client_of(limited("2/60s"), api().at("/api"));
    assert_eq!(status(&client, A, "/outside", &[]), 200);
    assert_eq!(status(&client, A, "/api/free", &[]), 200);
    for path in ["/outside", "/api/free", "/", "/nothing"] {
        assert_eq!(status(&client, A, path, &[]), 429, "{path}");
    }
    assert_eq!(status(&client, B, "/outside", &[]), 200);
}

#[test]
fn networks_of_ipv6_are_one_client() {
    let client = client_of(limited("1/60s"), api());
    assert_eq!(status(&client, "2001:db8:1:2::1", "/free", &[]), 200);
    assert_eq!(status(&client, "2001:db8:1:2:ffff::9", "/free", &[]), 429);
    assert_eq!(status(&client, "2001:db8:1:3::1", "/free", &[]), 200);
    assert_eq!(status(&client, "::ffff:192.0.2.1", "/free", &[]), 200);
    assert_eq!(status(&client, A, "/free", &[]), 429);
}

/// Nobody gets a new rate by a header that Rocket trusts by itself.
#[test]
fn a_header_counts_where_the_user_trusts_it() {
    let own = Config { port: 4001, ..Config::debug_default() };
    let of_config = Figment::from(own).merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    let of_config = of_config.merge(("crewed.load.per_caller", "1/60s"));
    for untrusted in [limited("1/60s"), of_config.clone(), limited("1/60s").merge(("ip_header", false))] {
        let client = client_of(untrusted, api());
        assert_eq!(status(&client, A, "/free", &[("X-Real-IP", "198.51.100.1")]), 200);
        assert_eq!(status(&client, A, "/free", &[("X-Real-IP", "198.51.100.2")]), 429);
    }
    for (trusted, name) in [
        (limited("1/60s").merge(("ip_header", "X-Real-IP")), "X-Real-IP"),
        (limited("1/60s").merge(figment_of("[default]\nip_header = \"X-Client\"")), "X-Client"),
        (of_config.merge(figment_of("[default]\nip_header = \"X-Real-IP\"")), "X-Real-IP"),
    ] {
        let client = client_of(trusted, api());
        assert_eq!(status(&client, A, "/free", &[(name, "198.51.100.1")]), 200);
        assert_eq!(status(&client, A, "/free", &[(name, "198.51.100.2")]), 200);
        assert_eq!(status(&client, B, "/free", &[(name, "198.51.100.2")]), 429);
        // Without one, or with one that is none, it is the peer's.
        assert_eq!(status(&client, A, "/free", &[(name, "me")]), 200);
        assert_eq!(status(&client, A, "/free", &[]), 429);
    }
}

const ADA: (&str, &str) = ("Authorization", "Bearer ada");
const BOB: (&str, &str) = ("Authorization", "Bearer bob");
const WRONG: (&str, &str) = ("Authorization", "Bearer wrong");

#[test]
fn callers_have_their_own() {
    for path in ["/notes", "/mine"] {
        let client = with_callers(limited("2/60s"));
        // Wherever they are, and however many share an address.
        assert_eq!(status(&client, A, path, &[ADA]), 200);
        assert_eq!(status(&client, B, path, &[ADA]), 200);
        let refused = from(&client, B, path, &[ADA]);
        assert_eq!(header(&refused, "ratelimit").unwrap(), "\"default\";r=0;t=30");
        assert_eq!(header(&refused, "retry-after").unwrap(), "30");
        assert_eq!(json_of(refused), (429, json!({"detail": "Too Many Requests"})));
        assert_eq!(status(&client, A, path, &[ADA]), 429);
        let other = from(&client, A, path, &[BOB]);
        assert_eq!(
            (other.status().code, header(&other, "ratelimit").unwrap()),
            (200, "\"default\";r=1;t=30".to_owned())
        );
        // Their requests were none of their address's.
        assert_eq!(status(&client, A, path, &[]), 200);
        assert_eq!(status(&client, A, path, &[]), 200);
        assert_eq!(status(&client, A, path, &[]), 429);
    }
}

/// Credentials cannot be tried without end: whoever is not known counts by their address.
#[test]
fn guesses_count_for_the_address() {
    let client = with_callers(limited("2/60s"));
    assert_eq!(status(&client, A, "/notes", &[WRONG]), 401);
    assert_eq!(status(&client, A, "/mine", &[WRONG]), 401);
    assert_eq!(status(&client, A, "/mine", &[WRONG]), 429);
    assert_eq!(status(&client, A, "/mine", &[ADA]), 429);
    assert_eq!(status(&client, B, "/mine", &[ADA]), 200);
}

#[test]
fn operations_have_rates_of_their_own() {
    let client = client_of(config(), api());
    assert_eq!(header(&from(&client, A, "/free", &[]), "ratelimit"), None);
    let answer = from(&client, A, "/rare", &[]);
    assert_eq!(header(&answer, "ratelimit-policy").unwrap(), "\"operation\";q=2;w=3600");
    assert_eq!(header(&answer, "ratelimit").unwrap(), "\"operation\";r=1;t=1800");
    assert_eq!(status(&client, A, "/rare", &[]), 200);
    assert_eq!(json_of(from(&client, A, "/rare", &[])), (429, json!({"detail": "Too Many Requests"})));
    assert_eq!(status(&client, B, "/rare", &[]), 200);
    assert_eq!(status(&client, A, "/free", &[]), 200);
    // All operations of a resource have one.
    let post = |word: &str| {
        let request = client.post("/words").remote(SocketAddr::new(A.parse().unwrap(), 1));
        request.json(&json!({"word": word})).dispatch().status().code
    };
    assert_eq!(
        (post("a"), status(&client, A, "/words/a", &[]), status(&client, A, "/words", &[])),
        (201, 200, 200)
    );
    assert_eq!((post("b"), status(&client, A, "/words/a", &[])), (429, 429));
    assert_eq!(status(&client, B, "/words/b", &[]), 404);
    // A HEAD is a request like any other.
    let head = |address: &str| {
        client.head("/rare").remote(SocketAddr::new(address.parse().unwrap(), 1)).dispatch().status().code
    };
    assert_eq!((head("192.0.2.9"), head("192.0.2.9"), head("192.0.2.9")), (200, 200, 429));
}

#[test]
fn two_rates_are_told_together() {
    let client = with_callers(limited("5/60s"));
    let answer = from(&client, A, "/rare", &[ADA]);
    let policy = "\"default\";q=5;w=60, \"operation\";q=2;w=3600";
    assert_eq!(header(&answer, "ratelimit-policy").unwrap(), policy);
    assert_eq!(header(&answer, "ratelimit").unwrap(), "\"default\";r=4;t=12, \"operation\";r=1;t=1800");
    assert_eq!(status(&client, A, "/rare", &[ADA]), 200);
    let refused = from(&client, A, "/rare", &[ADA]);
    assert_eq!(refused.status().code, 429);
    assert_eq!(header(&refused, "ratelimit").unwrap(), "\"default\";r=2;t=12, \"operation\";r=0;t=1800");
    assert_eq!(header(&refused, "retry-after").unwrap(), "1800");
    assert_eq!(status(&client, A, "/rare", &[BOB]), 200);
}

#[test]
fn time_gives_requests_back() {
    let client = client_of(limited("20/1s"), api());
    while status(&client, A, "/free", &[]) == 200 {}
    std::thread::sleep(std::time::Duration::from_millis(120));
    assert_eq!(status(&client, A, "/free", &[]), 200);
}

#[test]
fn a_refusal_is_an_error_like_others() {
    let figment = limited("1/60s").merge(("crewed.errors", "problem"));
    let client = client_of(figment, api());
    assert_eq!(status(&client, A, "/free", &[]), 200);
    let refused = from(&client, A, "/free", &[]);
    assert_eq!(header(&refused, "content-type").unwrap(), "application/problem+json");
    let (_, body) = json_of(refused);
    assert_eq!((&body["status"], &body["title"]), (&json!(429), &json!("Too Many Requests")), "{body}");
    // A handler of the program's is asked.
    let handled = |api: Api| {
        api.on_error::<HttpError>(|_, error| Reply::new(json!({"oops": error.code()})).status(error.code()))
    };
    for (path, figment) in [("/free", limited("1/60s")), ("/rare", config())] {
        let client = client_of(figment, handled(api()));
        let answers: Vec<_> = (0..3).map(|_| from(&client, A, path, &[])).collect();
        let last = answers.into_iter().next_back().unwrap();
        assert!(header(&last, "retry-after").is_some(), "{path}");
        assert_eq!(json_of(last), (429, json!({"oops": 429})), "{path}");
    }
}

#[test]
fn rates_are_documented() {
    let client = client_of(config(), api());
    let (_, document) = kit::get(&client, "/openapi.json");
    let answer = |pointer: &str| document.pointer(pointer).cloned().unwrap_or(Value::Null);
    let rare = answer("/paths/~1rare/get/responses/429");
    assert_eq!(
        rare["description"],
        "Too Many Requests: 2 requests in 3600 seconds are answered, to each client."
    );
    for (name, kind) in [("Retry-After", "integer"), ("RateLimit", "string"), ("RateLimit-Policy", "string")]
    {
        assert_eq!(rare["headers"][name]["schema"]["type"], kind, "{rare}");
        assert_eq!(rare["headers"][name]["required"], true);
    }
    assert_eq!(
        rare["content"]["application/json"],
        json!({"schema": {"$ref": "#/components/schemas/HTTPError"}, "example": {"detail": "Too Many Requests"}})
    );
    for operation in ["/paths/~1words/get", "/paths/~1words/post", "/paths/~1words~1{word}/delete"] {
        assert!(!answer(&format!("{operation}/responses/429")).is_null(), "{operation}");
    }
    assert!(answer("/paths/~1free/get/responses/429").is_null());
}

#[test]
fn wrong_values_are_told() {
    for (toml, part) in [
        ("per_caller = \"100\"", "`load.per_caller` in `crewed` of"),
        (
            "per_caller = \"100\"",
            "it is \"100\", and should be a number of requests, a slash and a time, like \"100/60s\"",
        ),
        ("per_caller = \"0/60s\"", "it is \"0/60s\", and should be a number of requests"),
        ("per_caller = \"100/60\"", "it is \"100/60\", and should be"),
        ("per_caller = 100", "it is 100, and should be a text"),
        ("per_calller = \"100/60s\"", "did you mean `load.per_caller`?"),
        (
            "blocking = 0",
            "`load.blocking` in `crewed` of TOML source string: it is 0, and should be 1 or more",
        ),
        ("blocking = \"many\"", "it is \"many\", and should be a whole number, 1 or more"),
        ("blocking = 512", "it is 512, and should be below Rocket's `max_blocking`, which is 512"),
        (
            "max_requests = 0",
            "`load.max_requests` in `crewed` of TOML source string: it is 0, and should be 1 or more",
        ),
    ] {
        let report = refused(config().merge(figment_of(&format!("[default.crewed.load]\n{toml}"))), api());
        assert!(report.contains(part), "{toml}: `{part}` is not in\n{report}");
        assert_eq!(report.matches("\n  - ").count(), 1, "{report}");
    }
    let report = refused(config().merge(("crewed.load", 5)), api());
    assert!(
        report.contains("it is written { max_requests = 1024, max_streams = 1024, blocking = 40, per_caller = \"100/60s\" }"),
        "{report}"
    );
}
