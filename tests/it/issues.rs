//! What is wrong with the body of a resource: which issues there are, in which order, and what they say.

use crewed::__internals::issue::{MOST_ECHOED, MOST_ISSUES};
use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Method};
use crewed::rocket::serde::json::Json;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::kit;

/// Its key is neither the first of the fields nor the last.
#[resource("/seats")]
struct Seat {
    #[field(min_length = 2)]
    room: String,
    #[field(key)]
    number: i64,
    #[field(ge = 0)]
    price: i64,
    colour: Option<String>,
}

const ALL: &[Method] = &[Method::Post, Method::Put, Method::Patch];
const POST: &[Method] = &[Method::Post];
const PUT: &[Method] = &[Method::Put];
const PATCH: &[Method] = &[Method::Patch];

/// Requests, a body, and each issue: its place, its words, and what was sent.
const FAULTY: &[(&[Method], &str, &[&str])] = &[
    (
        ALL,
        r#"{"b": 1, "colour": 5, "price": -1, "room": "x", "a": 2, "number": "x", "b": 3}"#,
        &[
            r#"body.room: String should have at least 2 characters: "x""#,
            r#"body.number: Input should be a valid integer, unable to parse string as an integer: "x""#,
            "body.price: Input should be greater than or equal to 0: -1",
            "body.colour: Input should be a valid string: 5",
            "body.b: Extra inputs are not permitted: 3",
            "body.a: Extra inputs are not permitted: 2",
        ],
    ),
    (
        POST,
        r#"{"b": 1, "colour": 5}"#,
        &[
            r#"body.room: Field required: {"b":1,"colour":5}"#,
            r#"body.number: Field required: {"b":1,"colour":5}"#,
            r#"body.price: Field required: {"b":1,"colour":5}"#,
            "body.colour: Input should be a valid string: 5",
            "body.b: Extra inputs are not permitted: 1",
        ],
    ),
    (
        PUT,
        r#"{"b": 1, "colour": 5}"#,
        &[
            r#"body.room: Field required: {"b":1,"colour":5}"#,
            r#"body.price: Field required: {"b":1,"colour":5}"#,
            "body.colour: Input should be a valid string: 5",
            "body.b: Extra inputs are not permitted: 1",
        ],
    ),
    (
        PATCH,
        r#"{"b": 1, "colour": 5}"#,
        &["body.colour: Input should be a valid string: 5", "body.b: Extra inputs are not permitted: 1"],
    ),
    (
        ALL,
        r#"{"number": null, "price": null, "room": null, "colour": null, "a": null}"#,
        &[
            "body.room: Input should be a valid string: null",
            "body.number: Input should be a valid integer: null",
            "body.price: Input should be a valid integer: null",
            "body.a: Extra inputs are not permitted: null",
        ],
    ),
    // Of a name what came last counts, however it is written.
    (
        ALL,
        r#"{"price": "1", "price": "x", "number": 1, "room": "hall", "colour": 1, "colour": null}"#,
        &[r#"body.price: Input should be a valid integer, unable to parse string as an integer: "x""#],
    ),
    (
        ALL,
        r#"{"\u0072oom": "hall", "room": "x", "pr\u0069ce": 1, "number": "x", "numbe\u0072": 1}"#,
        &[r#"body.room: String should have at least 2 characters: "x""#],
    ),
    (
        PUT,
        r#"{"number": [1], "price": {"a": 1}, "number": 2.5}"#,
        &[
            r#"body.room: Field required: {"number":2.5,"price":{"a":1}}"#,
            "body.number: Input should be a valid integer, got a number with a fractional part: 2.5",
            r#"body.price: Input should be a valid integer: {"a":1}"#,
        ],
    ),
    // What is no JSON is told alone, and so is what is no object.
    (ALL, r#"{"number": "x", "price": 1, "room": "hall", "a": 1e999}"#, &["body.53: JSON decode error: {}"]),
    (ALL, r#"{"number": "x", "price": 1e999, "room": "hall"}"#, &["body.29: JSON decode error: {}"]),
    (ALL, r#"{"number": 1e999, "price": "x", "room": "hall"}"#, &["body.15: JSON decode error: {}"]),
    (ALL, r#"{"number": "x", "price": 1"#, &["body.25: JSON decode error: {}"]),
    (
        ALL,
        r#"[{"number": "x"}]"#,
        &[r#"body: Input should be a valid dictionary or object to extract fields from: [{"number":"x"}]"#],
    ),
    (
        ALL,
        r#""number""#,
        &[r#"body: Input should be a valid dictionary or object to extract fields from: "number""#],
    ),
    (ALL, "", &["body: Field required: null"]),
];

fn told(answer: &Value) -> Vec<String> {
    let issue = |issue: &Value| {
        let loc = issue["loc"].as_array().unwrap().iter().map(|step| step.to_string().replace('"', ""));
        let loc = loc.collect::<Vec<_>>().join(".");
        format!("{loc}: {}: {}", issue["msg"].as_str().unwrap(), issue["input"])
    };
    answer["detail"].as_array().into_iter().flatten().map(issue).collect()
}

/// Faults are told in the order of the fields, the key's among them; then what is no field, in the order it came.
#[test]
fn issues_come_in_the_order_of_the_fields() {
    let client = kit::client(kit::config(), Api::new().resource::<Seat>());
    let sent = |method, body: &str| {
        let path = if method == Method::Post { "/seats" } else { "/seats/1" };
        kit::json_of(client.req(method, path).header(ContentType::JSON).body(body).dispatch())
    };
    let row = json!({"room": "hall", "number": 1, "price": 1, "colour": null});
    assert_eq!(sent(Method::Post, &row.to_string()), (201, row.clone()));
    for (methods, body, expected) in FAULTY {
        for method in *methods {
            let (status, answer) = sent(*method, body);
            assert_eq!(
                (status, told(&answer)),
                (422, expected.iter().map(|issue| issue.to_string()).collect()),
                "{method} {body}"
            );
        }
    }
    // What was wrong at first, and right at last, is right.
    let body = r#"{"price": "x", "price": "1", "number": "x", "number": "1", "room": 1, "room": "hall"}"#;
    for method in [Method::Put, Method::Patch] {
        assert_eq!(sent(method, body), (200, row.clone()), "{method}");
    }
}

#[resource("/parcels")]
struct Parcel {
    #[field(key, generated)]
    id: i64,
    #[field(max_length = 3)]
    text: Option<String>,
    small: Option<u8>,
    flag: bool,
    #[field(json, default)]
    list: Vec<i64>,
    #[field(json)]
    any: Option<Value>,
}

/// The same body, which is no resource's here.
#[crewed::post("/parcel")]
fn parcel(parcel: ParcelCreate) -> Json<Value> {
    let ParcelCreate { text, small, flag, list, any } = parcel;
    Json(json!({"text": text, "small": small, "flag": flag, "list": list, "any": any}))
}

const NAMES: &[&str] =
    &["text", "small", "flag", "list", "any", "id", "none", "te\\u0078t", "\\u0066lag", "te\\xt", "", "fläg"];

const VALUES: &[&str] = &[
    "null",
    "true",
    "1",
    "256",
    "-0",
    "1.50",
    "1e2",
    "1e999",
    "01",
    "1 2",
    "nul",
    "\"31\"",
    "\"\"",
    "\"é\"",
    "\"]}\"",
    "\"a\\\"\"",
    "\"\\\\\"",
    "\"\\ud800\"",
    "\"\t\"",
    "[]",
    "[ 1,2 ]",
    "[\"1\", [\"]\"]]",
    "[1}",
    "{}",
    "{\"a\": {\"b\": \"}\"}}",
    "{\"a\"}",
    "",
];

/// Texts that are objects of these members, or were before some bytes of them were changed.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let space = || select(&["", "", " ", "\r\n\t"][..]);
    let member = (space(), select(NAMES), space(), select(VALUES), space()).prop_map(
        |(before, name, between, value, after)| {
            format!("{before}\"{name}\"{between}:{between}{value}{after}")
        },
    );
    let flag = prop_oneof![4 => Just(Some("\"flag\": false".to_owned())), 1 => Just(None)];
    let edits =
        prop::collection::vec((any::<Index>(), any::<bool>(), select(&b"{}[]\":,\\ 1e\xff\0"[..])), 0..3);
    let edits = prop_oneof![2 => Just(Vec::new()), 1 => edits];
    (prop::collection::vec(member, 0..5), flag, space(), edits).prop_map(|(members, flag, space, edits)| {
        let members: Vec<_> = flag.into_iter().chain(members).collect();
        let mut text = format!("{space}{{{space}{}}}{space}", members.join(",")).into_bytes();
        for (at, insert, byte) in edits {
            let at = at.index(text.len());
            text.splice(at..at + usize::from(!insert), [byte]);
        }
        text
    })
}

/// The body of a resource is read member by member, that of a function as a whole; both make the same of it.
#[test]
fn a_body_is_read_alike_by_a_resource_and_a_function() {
    let api = Api::new().resource::<Parcel>().operations(operations![parcel]);
    let client = kit::client(kit::config(), api);
    let sent = |path: &'static str, body: &[u8]| {
        kit::json_of(client.post(path).header(ContentType::JSON).body(body).dispatch())
    };
    let mut runner = TestRunner::new(Config { cases: 3000, failure_persistence: None, ..Config::default() });
    let taken = std::cell::Cell::new(0);
    let alike = runner.run(&bodies(), |body| {
        let (status, mut answer) = sent("/parcels", &body);
        if status == 201 {
            taken.set(taken.get() + 1);
            answer.as_object_mut().unwrap().remove("id");
        }
        let expected = sent("/parcel", &body);
        let status = if status == 201 { 200 } else { status };
        prop_assert_eq!((status, answer), expected, "{}", String::from_utf8_lossy(&body));
        Ok(())
    });
    alike.unwrap_or_else(|error| panic!("{error}"));
    assert!(taken.get() > 300, "only {} of them were taken", taken.get());
}

/// The key of a body and its other members are parsed apart, and bounded together.
#[test]
fn the_issues_of_a_key_and_of_a_body_have_one_bound() {
    let client = kit::client(kit::config(), Api::new().resource::<Seat>());
    let long = "x".repeat(60 << 10);
    let body = json!({"room": "hall", "number": long, "price": 1, "colour": [long]}).to_string();
    let answer =
        client.put("/seats/1").header(ContentType::JSON).body(body).dispatch().into_string().unwrap();
    assert!(answer.contains(r#""loc":["body","number"]"#) && answer.contains(r#""loc":["body","colour"]"#));
    assert!(answer.len() < MOST_ECHOED + 4096, "{} bytes", answer.len());
    let unknown: String = (0..200).map(|i| format!(r#","u{i}":1"#)).collect();
    let body = format!(r#"{{"room":"hall","number":"x","price":1{unknown}}}"#);
    let (status, answer) =
        kit::json_of(client.put("/seats/1").header(ContentType::JSON).body(body).dispatch());
    assert_eq!((status, answer["detail"].as_array().unwrap().len()), (422, MOST_ISSUES));
}
