//! What is wrong with the body of a resource: which issues there are, in which order, and what they say.

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Method};
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
