//! What a request can cost, however it is made: `docs/limits.md`, at the bounds and beyond.

use std::collections::BTreeMap;

use crewed::issue::{MOST_ECHOED, MOST_ISSUES, MOST_TOLD};
use crewed::post;
use crewed::prelude::*;
use crewed::rocket::http::ContentType;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use serde_json::{Value, json};

use crate::kit::{self, config, issues};

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
            operations![$($name,)* several].into_iter().collect()
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

fn client() -> Client {
    let api = Api::new().resource::<Note>().operations(functions());
    let rocket =
        crewed::rocket::custom(config()).attach(api).attach(Api::new().at("/api").resource::<Other>());
    Client::untracked(rocket).unwrap()
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
