//! What a request can cost, however it is made: `docs/limits.md`, at the bounds and beyond.

mod deep;
mod merged;
mod patterns;
mod whole;

use std::collections::BTreeMap;

use crewed::__internals::issue::{MOST_ECHOED, MOST_ISSUES, MOST_TOLD};
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{ContentType, Header};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::rocket::{Build, Rocket};
use crewed::{get as read, post};
use serde_json::{Value, json};

use crate::kit::{self, config, get, issues};

/// A struct of many fields, in a module of its own.
macro_rules! wide {
    ($name:ident, $kind:ty: $($field:ident)*) => {
        #[model]
        struct $name {
            $($field: $kind,)*
        }
    };
}

wide!(Wide, i64: a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af ag ah ai aj ak al am an ao
    ap aq ar at au av aw ax ay az ba bb bc bd be bf bg bh bi);
wide!(Loose, Option<String>: a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af ag ah ai aj ak
    al am an ao ap aq ar at au av aw ax ay az ba bb bc bd be bf bg bh bi);

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    name: String,
    #[field(default)]
    more: Vec<Strict>,
}

/// With a secret, and something that is passed over.
#[resource("/notes")]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(unique)]
    title: String,
    text: Option<String>,
    #[field(write_only)]
    secret: Option<String>,
    #[field(json)]
    any: Option<Value>,
}

macro_rules! takes {
    ($($path:literal $name:ident: $body:ty;)*) => {
        $(#[post($path)]
        fn $name(#[param(body)] body: $body) -> String {
            let _ = body;
            "taken".to_owned()
        })*

        /// Where each body goes, and its function.
        const TAKERS: &[&str] = &[$($path,)* "/several", "/notes", "/api/notes"];

        fn functions() -> Vec<crewed::AnyFunction> {
            operations![$($name,)* several, default, form, guarded, fields, listed, worn].into_iter().collect()
        }
    };
}

takes! {
    "/wide" wide: Json<Wide>;
    "/wides" wides: Json<Vec<Wide>>;
    "/loose" loose: Json<Vec<Loose>>;
    "/strict" strict: Json<Strict>;
    "/floats" floats: Json<Vec<f64>>;
    "/texts" texts: Json<Vec<String>>;
    "/lists" lists: Json<Vec<Vec<i64>>>;
    "/map" map: Json<BTreeMap<String, i64>>;
    "/maps" maps: Json<Vec<BTreeMap<String, i64>>>;
    "/any" any: Json<Value>;
}

#[post("/several")]
fn several(
    first: Json<Wide>,
    #[param(body)] second: Vec<i64>,
    #[param(body)] third: Option<Value>,
) -> String {
    let _ = (first, second, third);
    "taken".to_owned()
}

/// A body that may be left out.
#[post("/default")]
fn default(#[param(body, default = 7)] number: i64) -> String {
    number.to_string()
}

#[post("/form")]
fn form(#[param(form)] name: Option<String>, #[param(form)] more: Option<Vec<String>>) -> String {
    format!("{name:?} {}", more.unwrap_or_default().len())
}

/// A data guard of Rocket's.
#[post("/guarded", data = "<text>")]
fn guarded(text: String) -> String {
    text
}

/// Several fields, of which each has issues of its own.
#[post("/fields")]
fn fields(
    #[param(form)] a: Vec<i64>,
    #[param(form)] b: Vec<i64>,
    #[param(form)] c: Vec<i64>,
    #[param(form)] d: i64,
) -> String {
    format!("{a:?} {b:?} {c:?} {d}")
}

/// Rows for a function, which is held to the same pages.
#[read("/listed/<skip>")]
async fn listed(skip: u64, notes: Repository<Note>) -> Result<Json<usize>, HttpError> {
    Ok(Json(notes.list(skip, 1).await?.len()))
}

/// The same of the other API.
#[read("/worn/<skip>")]
async fn worn(skip: u64, others: Repository<Other>) -> Result<Json<usize>, HttpError> {
    Ok(Json(others.list(skip, 1).await?.len()))
}

fn both_apis(figment: Figment) -> Rocket<Build> {
    let api = Api::new().resource::<Note>().operations(functions());
    crewed::rocket::custom(figment).attach(api).attach(Api::new().at("/api").resource::<Other>())
}

fn client() -> Client {
    Client::untracked(both_apis(config())).unwrap()
}

/// The same on another base.
#[resource("/notes", table = "other_notes")]
struct Other {
    #[field(key, generated)]
    id: i64,
    title: String,
    number: i64,
}

/// As often as it takes to fill so many bytes.
fn filled(before: &str, piece: &str, after: &str, length: usize) -> String {
    let times = (length - before.len() - after.len() + 1) / (piece.len() + 1);
    format!("{before}{}{after}", vec![piece; times].join(","))
}

/// Bodies of this length at most, each hostile in its own way.
fn bodies(length: usize) -> Vec<(&'static str, String)> {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let nested = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
    let long = "x".repeat(length - 64);
    let names: Vec<String> = (0..length / 12).map(|n| format!("\"{n:06}\":0")).collect();
    let controls = "\\u0001".repeat(length / 6 - 20);
    vec![
        ("objects with empty names", filled("{\"x\":[", "{\"\":0}", "]}", length)),
        ("a list of these", filled("[", "{\"\":0}", "]", length)),
        ("nothing but empty objects", filled("[", "{}", "]", length)),
        ("nothing but empty lists", filled("[", "[]", "]", length)),
        ("one in each list", filled("[", "[0]", "]", length)),
        ("digits", filled("[", "0", "]", length)),
        ("texts that are digits", filled("[", "\"1\"", "]", length)),
        ("texts that are none", filled("[", "\"x\"", "]", length)),
        ("deep lists", filled("[", &deep, "]", length)),
        ("deep objects", filled("[", &nested, "]", length)),
        ("deep lists in a member", filled("{\"a\":[", &deep, "]}", length)),
        ("nulls", filled("[", "null", "]", length)),
        ("one long text", format!("\"{long}\"")),
        ("a long text in a member", format!("{{\"name\":\"{long}\"}}")),
        ("a long text for a number", format!("{{\"a\":\"{long}\",\"title\":1}}")),
        ("a long name", format!("{{\"{long}\":[{}]}}", ["\"x\""; 9].join(","))),
        ("many names", format!("{{{}}}", names.join(","))),
        ("the same name", filled("{", "\"a\":\"x\"", "}", length)),
        ("escapes", format!("{{\"name\":1,\"x\":\"{controls}\"}}")),
        ("no JSON at its end", filled("[", "1", "", length)),
        ("brackets", "[".repeat(length)),
        ("an any of lists", filled("{\"title\":\"t\",\"any\":[", "[]", "]}", length)),
        ("an id of lists", filled("{\"title\":1,\"id\":[", "[0]", "]}", length)),
    ]
}

/// Whatever is sent wherever, the answer is short, and says what is wrong or that nothing is.
#[test]
fn no_answer_is_long() {
    let client = client();
    // Escapes are told as such: each byte that is shown takes up to six.
    let most = 6 * MOST_ECHOED + MOST_TOLD + 20_000;
    for (what, body) in bodies(100 << 10) {
        for path in TAKERS {
            let answer = client.post(*path).header(ContentType::JSON).body(&body).dispatch();
            let status = answer.status().code;
            let bytes = answer.into_bytes().unwrap_or_default();
            assert!(bytes.len() <= most, "{what} to {path}: {} bytes", bytes.len());
            match status {
                200 | 201 => {}
                422 => {
                    let body: Value = serde_json::from_slice(&bytes).unwrap();
                    let told = body["detail"].as_array().unwrap().len();
                    assert!((1..=MOST_ISSUES).contains(&told), "{what} to {path}: {told}");
                }
                other => panic!("{what} to {path}: {other}"),
            }
        }
    }
}

fn sent(client: &Client, path: &str, body: &str) -> (u16, Value) {
    kit::json_of(client.post(path).header(ContentType::JSON).body(body).dispatch())
}

/// Small bodies are shown whole, as FastAPI shows them; of large ones the beginning.
#[test]
fn what_is_too_long_to_be_shown_again_is_cut() {
    let client = client();
    let body = json!({"a": 1, "none": "y".repeat(1000)});
    let (status, answer) = sent(&client, "/wide", &body.to_string());
    assert_eq!((status, answer["detail"].as_array().unwrap().len()), (422, 59));
    assert!(answer["detail"].as_array().unwrap().iter().all(|issue| issue["input"] == body));
    let body = json!({"a": 1, "none": "y".repeat(MOST_ECHOED)}).to_string();
    let (_, answer) = sent(&client, "/wide", &body);
    let cut = format!("{}… ({} bytes in all)", &body[..128], body.len());
    assert!(answer["detail"].as_array().unwrap().iter().all(|issue| issue["input"] == cut));
    // A secret is none that begins with what is not.
    let secret = json!({"password": "hunter2", "any": "y".repeat(MOST_ECHOED)}).to_string();
    let (status, answer) = sent(&client, "/notes", &secret.replace("password", "secret"));
    assert_eq!((status, &answer["detail"][0]["input"]), (422, &json!("**********")));
    assert!(!answer.to_string().contains("hunter2"));
}

/// What is wrong with several inputs comes to no more than what is wrong with one.
#[test]
fn all_inputs_together_are_bounded() {
    let client = client();
    let long = "y".repeat(7 << 10);
    let fields = ["a", "b", "c", "d"].map(|name| format!("{name}={long}"));
    let body = fields.join("&");
    let (status, answer) =
        kit::json_of(client.post("/fields").header(ContentType::Form).body(body).dispatch());
    let expected: Vec<_> = [("a", ".0"), ("b", ".0"), ("c", ".0"), ("d", "")]
        .into_iter()
        .map(|(name, at)| ("int_parsing".to_owned(), format!("body.{name}{at}")))
        .collect();
    assert_eq!((status, issues(&answer)), (422, expected));
    assert!(answer["detail"].as_array().unwrap().iter().all(|issue| issue["input"] == long));

    let longer = "y".repeat(30 << 10);
    let part =
        |name: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{longer}\r\n");
    let body = ["a", "a", "b", "b", "c", "c", "d"].map(part).concat() + "--x--\r\n";
    let kind = Header::new("Content-Type", "multipart/form-data; boundary=x");
    let (status, answer) = kit::json_of(client.post("/fields").header(kind).body(body).dispatch());
    let issues = answer["detail"].as_array().unwrap();
    assert_eq!((status, issues.len()), (422, 7));
    let whole = issues.iter().filter(|issue| issue["input"] == longer).count();
    assert_eq!(whole, 2, "64 KiB are shown");
    let cut = format!("{}… ({} bytes in all)", "y".repeat(128), longer.len());
    assert!(issues.iter().all(|issue| issue["input"] == longer || issue["input"] == cut), "{answer}");
}

/// A long body is coerced and explained like a short one, up to what its values may take.
#[test]
fn long_bodies_are_explained_too() {
    let client = client();
    let numbers = filled("[", "\"12\"", "]", 1 << 20);
    assert_eq!(sent(&client, "/floats", &numbers).0, 200);
    let wrong = filled("[", "\"12\"", ",\"x\"]", 1 << 20);
    let (status, answer) = sent(&client, "/floats", &wrong);
    assert_eq!((status, issues(&answer).len()), (422, 1));
    assert_eq!(issues(&answer)[0].0, "float_parsing");
    // Records of a usual kind, of which one is wrong.
    let record = r#"{"name": "something", "more": []}"#;
    let records = filled("{\"name\":\"a\",\"more\":[", record, ",{\"name\":1}]}", 1 << 20);
    let (status, answer) = sent(&client, "/strict", &records);
    assert_eq!((status, issues(&answer).len()), (422, 1), "{answer}");
    assert_eq!(issues(&answer)[0].0, "string_type");
    let (status, _) = sent(&client, "/strict", &records.replace("\"name\":1", "\"name\":\"b\""));
    assert_eq!(status, 200);
}

/// What is no number is none, whatever is in it.
#[test]
fn a_list_is_no_number_however_long() {
    let client = client();
    for piece in ["{\"\":0}", "[[[[]]]]"] {
        let body = filled("{\"a\":[", piece, "]}", 1 << 20);
        let (status, answer) = sent(&client, "/wide", &body);
        assert_eq!((status, issues(&answer).len()), (422, 60));
        assert_eq!(issues(&answer)[0], ("int_type".to_owned(), "body.a".to_owned()));
        let body = filled("{\"title\":[", piece, "]}", 1 << 20);
        for path in ["/notes", "/api/notes"] {
            assert_eq!(issues(&sent(&client, path, &body).1)[0].0, "string_type", "{path}");
        }
    }
}

#[test]
fn values_that_take_too_much_memory_are_refused() {
    let client = client();
    for (path, piece) in [("/loose", "{}"), ("/maps", "{\"\":0}"), ("/any", "[0]"), ("/any", "{\"\":0}")] {
        let body = filled("[", piece, "]", 1 << 20);
        let (status, answer) = sent(&client, path, &body);
        assert_eq!((status, issues(&answer)), (422, kit::only("too_many_values", "body")), "{path}");
        assert_eq!(answer["detail"][0]["ctx"], json!({"max_memory": 16 << 20}));
        assert_eq!(sent(&client, path, &filled("[", piece, "]", 10_000)).0, 200, "{path}");
    }
    // A short body may be the most expensive of all: 1440 bytes for each three of it.
    let short = filled("[", "{}", "]", 60 << 10);
    assert_eq!(issues(&sent(&client, "/loose", &short).1), kit::only("too_many_values", "body"));
    let stored = filled("{\"title\":\"a\",\"any\":[", "[0]", "]}", 1 << 20);
    assert_eq!(issues(&sent(&client, "/notes", &stored).1), kit::only("too_many_values", "body"));
}

/// What is refused for another reason is looked up in the body without a tree of it.
#[test]
fn a_value_that_is_taken_is_shown_up_to_the_bound() {
    let client = client();
    let body = filled("{\"title\":\"short\",\"id\":[", "[0]", "]}", 512 << 10);
    assert_eq!(sent(&client, "/notes", &body).0, 201);
    let (status, answer) = sent(&client, "/notes", &body);
    assert_eq!((status, issues(&answer)), (409, kit::only("unique", "body.title")));
    assert_eq!(answer["detail"][0]["input"], "short");
}

#[test]
fn rows_are_passed_over_up_to_a_bound() {
    let bounded = |client: &Client, most: u64| {
        for path in ["/notes", "/api/notes"] {
            assert_eq!(get(client, &format!("{path}?skip={most}")), (200, json!([])), "{path}");
            for beyond in [most + 1, 1_000_000_000, u64::MAX / 2] {
                let (status, body) = get(client, &format!("{path}?skip={beyond}&limit=0"));
                assert_eq!(
                    (status, issues(&body)),
                    (422, kit::only("less_than_equal", "query.skip")),
                    "{path}"
                );
                assert_eq!(body["detail"][0]["ctx"], json!({"le": most}));
            }
        }
        for path in ["/listed", "/worn"] {
            assert_eq!(get(client, &format!("{path}/{most}")), (200, json!(0)));
            // The program's own values are the program's fault.
            assert_eq!(get(client, &format!("{path}/{}", most + 1)).0, 500, "{path}");
        }
        let (_, document) = get(client, "/openapi.json");
        let skip = &document["paths"]["/notes"]["get"]["parameters"][0];
        assert_eq!((&skip["name"], &skip["schema"]["maximum"]), (&json!("skip"), &json!(most)));
    };
    bounded(&client(), 10_000);
    let configured = config().merge(("crewed.page.skip", 12));
    bounded(&Client::untracked(both_apis(configured)).unwrap(), 12);
    let configured = config().merge(("crewed.page.skip", 0));
    bounded(&Client::untracked(both_apis(configured)).unwrap(), 0);
    let wrong = config().merge(("crewed.page.skip", -1));
    let refused = crewed::rocket::async_test(crewed::ignite(both_apis(wrong))).unwrap_err().to_string();
    assert!(refused.contains("`page.skip`"), "{refused}");
}

#[test]
fn bodies_are_as_long_as_is_configured() {
    let json =
        config().merge(("limits.json", 100)).merge(("limits.form", 50)).merge(("limits.data-form", 200));
    let client = Client::untracked(both_apis(json)).unwrap();
    let status = |path: &'static str, kind: ContentType, body: String| {
        client.post(path).header(kind).body(body).dispatch().status().code
    };
    for path in ["/any", "/notes", "/default", "/several"] {
        let body = |length: usize| format!("{:length$}", "7");
        assert_ne!(status(path, ContentType::JSON, body(100)), 413, "{path}");
        assert_eq!(status(path, ContentType::JSON, body(101)), 413, "{path}");
    }
    assert_eq!(status("/form", ContentType::Form, format!("name={}", "a".repeat(45))), 200);
    assert_eq!(status("/form", ContentType::Form, format!("name={}", "a".repeat(46))), 413);
}

#[test]
fn a_form_has_a_thousand_fields_of_each_kind() {
    let client = client();
    let text = "--x\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\na\r\n";
    let sent = |count: usize| {
        let kind = ContentType::new("multipart", "form-data").with_params(("boundary", "x"));
        let body = format!("{}--x--\r\n", text.repeat(count));
        let answer = client.post("/form").header(kind).body(body).dispatch();
        (answer.status().code, answer.into_string().unwrap_or_default())
    };
    assert_eq!(sent(1000), (200, "None 1000".to_owned()));
    assert_eq!(sent(1001).0, 400);
}
