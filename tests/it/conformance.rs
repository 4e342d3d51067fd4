//! Bodies answered as FastAPI answers them: a replay of recorded steps, body for body.

use std::collections::BTreeMap;

use crewed::error::Error;
use crewed::prelude::*;
use crewed::render::ErrorFormat;
use crewed::wire::{Body, Out, Rules, Wire, parse};
use serde_json::{Value, json};

#[model]
#[serde(rename_all = "lowercase")]
enum Status {
    Draft,
    Live,
    Gone,
}

#[model(literal)]
#[serde(rename_all = "lowercase")]
enum Literal {
    One,
    Two,
}

#[model]
struct Item {
    #[field(min_length = 1, max_length = 20)]
    name: String,
    #[field(max_length = 50)]
    description: Option<String>,
    #[field(gt = 0.0)]
    price: f64,
    tax: Option<f64>,
    #[field(default)]
    tags: Vec<String>,
    #[field(default = Status::Draft)]
    status: Status,
}

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    a: i64,
    #[field(default = "x".to_owned())]
    b: String,
}

#[model]
struct Loose {
    a: i64,
    #[field(default = "x".to_owned())]
    b: String,
}

#[model]
struct Address {
    street: String,
    #[field(min_length = 2)]
    city: String,
    #[field(pattern = "^[0-9]{5}$")]
    zip: String,
}

#[model]
struct Customer {
    name: String,
    address: Option<Address>,
}

#[model]
struct Line {
    #[field(pattern = "^[A-Z]{3}-[0-9]+$")]
    sku: String,
    #[field(default = 1, ge = 1, le = 100)]
    qty: i64,
    #[field(ge = 0.0)]
    price: f64,
}

#[model]
struct Order {
    id: Uuid,
    customer: Customer,
    #[field(min_items = 1, max_items = 3)]
    lines: Vec<Line>,
    note: Option<String>,
    placed_at: Option<DateTime<chrono::FixedOffset>>,
}

#[model]
struct Nullable {
    #[field(required)]
    required_nullable: Option<i64>,
    optional_nullable: Option<i64>,
    #[field(default = 5)]
    optional_plain: i64,
}

#[model]
struct User {
    username: String,
    #[field(ge = 0, lt = 150)]
    age: i64,
}

#[model]
struct Types {
    #[field(default = 0)]
    i: i64,
    #[field(default = 0.0)]
    f: f64,
    #[field(default)]
    s: String,
    #[field(default)]
    b: bool,
    d: Option<NaiveDate>,
    dt: Option<DateTime<chrono::FixedOffset>>,
    u: Option<Uuid>,
    #[field(default = Status::Draft)]
    e: Status,
    #[field(default = Literal::One)]
    l: Literal,
    #[field(default)]
    li: Vec<i64>,
    #[field(default)]
    m: BTreeMap<String, i64>,
    o: Option<Loose>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct Camel {
    #[field(min_length = 2)]
    item_name: String,
    #[field(default = 0.0, ge = 0.0)]
    unit_price: f64,
}

#[model]
struct AccountIn {
    username: String,
    #[field(min_length = 8)]
    password: String,
    email: Option<String>,
}

#[model]
struct AccountOut {
    username: String,
    email: Option<String>,
}

/// What differs, and why. A step stands here by its body.
const DEPARTURES: &[(&str, &str)] = &[
    (r#"{"dt":"2024-02-29T12:00:00"}"#, NAIVE),
    (r#"{"dt":"2024-02-29 12:00:00"}"#, NAIVE),
    (r#"{"dt":"2024-02-29"}"#, NAIVE),
    (r#""dt":"2024-01-02T03:04:05""#, NAIVE),
    // Recorded as 99999999999999999999.
    (r#"{"i":1e+20}"#, "integers are bounded to 64 bits, and the answer says so"),
    (r#"{"f":"inf"}"#, "what is not finite cannot be stored, and is refused"),
];

const NAIVE: &str = "a moment without a zone is no moment: chrono's types tell the two apart";

/// Quirks that are not matched: the words of Python's JSON parser, and those of an older `uuid`.
fn is_words_of_another_parser(expected: &Value) -> bool {
    let issues = expected["detail"].as_array().into_iter().flatten();
    issues.into_iter().any(|issue| issue["type"] == "json_invalid" || issue["type"] == "uuid_parsing")
}

#[test]
fn bodies_are_answered_as_fastapi_answers_them() {
    let recorded: Value = serde_json::from_str(include_str!("../data/fastapi_bodies.json")).unwrap();
    let (mut passed, mut departed, mut failures) = (0, 0, Vec::new());
    let mut used = vec![false; DEPARTURES.len()];
    for scenario in recorded["scenarios"].as_array().unwrap() {
        for step in scenario["steps"].as_array().unwrap() {
            let quirk = step["tier"] == "quirk";
            let expected = &step["expect"]["json"];
            let sent = sent(step);
            if quirk && is_words_of_another_parser(expected) {
                departed += 1;
                continue;
            }
            let (status, answer) = answer(step["path"].as_str().unwrap(), &sent);
            let fits = step["expect"]["status"] == status && fits(&answer, expected);
            let text = String::from_utf8_lossy(&sent.1).replace(": ", ":");
            match (fits, DEPARTURES.iter().position(|(body, _)| text.contains(body))) {
                (true, _) => passed += 1,
                (false, Some(departure)) => {
                    used[departure] = true;
                    departed += 1;
                }
                (false, None) => failures.push(format!(
                    "{} {}: {text}\n  expected {} {expected}\n  answered {status} {answer}",
                    scenario["name"], step["path"], step["expect"]["status"]
                )),
            }
        }
    }
    assert!(failures.is_empty(), "{} steps:\n{}", failures.len(), failures.join("\n"));
    let unused: Vec<_> = DEPARTURES.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(unused.is_empty(), "these depart no more: {unused:?}");
    println!("{passed} steps as FastAPI, {departed} departures");
    assert!(passed > 200, "only {passed} steps were replayed");
}

/// The media type and the bytes of a step.
fn sent(step: &Value) -> (Option<String>, Vec<u8>) {
    let body = &step["body"];
    let (mut media_type, bytes) = match (body.get("json"), body.get("text")) {
        (Some(json), _) => (Some("application/json".to_owned()), json.to_string().into_bytes()),
        (_, Some(text)) => (None, text.as_str().unwrap().as_bytes().to_vec()),
        (None, None) => (None, Vec::new()),
    };
    for header in step["headers"].as_array().into_iter().flatten() {
        if header[0].as_str().unwrap().eq_ignore_ascii_case("content-type") {
            media_type = Some(header[1].as_str().unwrap().to_owned());
        }
    }
    (media_type, bytes)
}

fn answer(path: &str, sent: &(Option<String>, Vec<u8>)) -> (u16, Value) {
    match path {
        "/items" => read::<Item>(sent, 201, &Rules::NONE, as_sent),
        "/strict" => read::<Strict>(sent, 200, &Rules::NONE, as_sent),
        "/loose" => read::<Loose>(sent, 200, &Rules::NONE, as_sent),
        "/orders" => read::<Order>(sent, 201, &Rules::NONE, as_sent),
        "/nullable" => read::<Nullable>(sent, 200, &Rules::NONE, as_sent),
        "/list" => read::<Vec<Line>>(sent, 200, &Rules::NONE, as_sent),
        "/dict" => read::<BTreeMap<String, i64>>(sent, 200, &Rules::NONE, as_sent),
        "/scalar" => read::<i64>(sent, 200, &Rules::NONE.ge(crewed::issue::Bound::Int(0)), as_sent),
        "/maybe" => read::<Option<User>>(sent, 200, &Rules::NONE, |user| json!({ "user": Out(user) })),
        "/types" => read::<Types>(sent, 200, &Rules::NONE, as_sent),
        "/camel" => read::<Camel>(sent, 200, &Rules::NONE, as_sent),
        "/accounts" => read::<AccountIn>(sent, 201, &Rules::NONE, |account| {
            let (username, email) = (account.username.clone(), account.email.clone());
            as_sent(&AccountOut { username, email })
        }),
        other => panic!("no such route: {other}"),
    }
}

fn as_sent<T: Wire>(value: &T) -> Value {
    serde_json::to_value(Out(value)).unwrap()
}

fn read<T: Wire>(
    (media_type, bytes): &(Option<String>, Vec<u8>),
    status: u16,
    rules: &Rules,
    answer: fn(&T) -> Value,
) -> (u16, Value) {
    let json = media_type.as_deref().is_some_and(|m| m.starts_with("application/json"));
    match parse::<T>(Body { bytes, json }, rules) {
        Ok(value) => (status, answer(&value)),
        Err(issues) => {
            let missing = crewed::resource::Missing::default();
            let rendered = ErrorFormat::FastApi.error(&Error::Invalid(issues), missing);
            (rendered.status, serde_json::from_slice(&rendered.body).unwrap())
        }
    }
}

/// Whether an answer is what was recorded; `{"$any": type}` and `{"$prefix": text}` match instead.
fn fits(answer: &Value, expected: &Value) -> bool {
    if let Some(kind) = expected.get("$any") {
        return match kind.as_str().unwrap() {
            "integer" => answer.is_i64(),
            "string" => answer.is_string(),
            other => panic!("no such matcher: {other}"),
        };
    }
    if let Some(prefix) = expected.get("$prefix") {
        return answer.as_str().is_some_and(|a| a.starts_with(prefix.as_str().unwrap()));
    }
    match (answer, expected) {
        (Value::Object(a), Value::Object(e)) => {
            a.len() == e.len() && e.iter().all(|(name, e)| a.get(name).is_some_and(|a| fits(a, e)))
        }
        (Value::Array(a), Value::Array(e)) => a.len() == e.len() && a.iter().zip(e).all(|(a, e)| fits(a, e)),
        (Value::Number(a), Value::Number(e)) => a.as_f64() == e.as_f64(),
        _ => answer == expected,
    }
}

/// The recorded application's one route, as a resource: `GET /items/<item_id>`.
#[resource("/items", operations(read))]
struct Stored {
    #[field(key)]
    item_id: i64,
}

/// Quirks of the path that are not matched, and why.
const PATH_DEPARTURES: &[(&str, &str)] = &[
    ("HEAD /items/3", "HEAD answers where GET does"),
    ("HEAD /items/foo", "HEAD answers where GET does"),
    ("GET /items/9223372036854775808", "integers are bounded to 64 bits, and the answer says so"),
    ("GET /items/-9223372036854775809", "integers are bounded to 64 bits, and the answer says so"),
    ("GET /items/123456789012345678901234567890", "integers are bounded to 64 bits, and the answer says so"),
    ("GET /items/3%2F4", "an encoded slash is part of its segment"),
    ("GET /items/%2F", "an encoded slash is part of its segment"),
    ("GET /items/42?x=1&y=2", "unknown query keys are refused on a resource's routes"),
    ("GET /items/5?item_id=9", "unknown query keys are refused on a resource's routes"),
    ("GET /items/foo?x=1", "unknown query keys are refused on a resource's routes"),
    ("GET /items/%FF", "what is not UTF-8 is refused, not replaced"),
    ("GET /items/%ED%95", "what is not UTF-8 is refused, not replaced"),
];

#[test]
fn paths_are_answered_as_fastapi_answers_them() {
    let client = crate::kit::client(crate::kit::config(), Api::new().resource::<Stored>());
    let recorded: Value = serde_json::from_str(include_str!("../data/fastapi_path.json")).unwrap();
    let (mut passed, mut failures) = (0, Vec::new());
    let mut used = vec![false; PATH_DEPARTURES.len()];
    for scenario in recorded["scenarios"].as_array().unwrap() {
        for step in scenario["steps"].as_array().unwrap() {
            let (method, path) = (step["method"].as_str().unwrap(), step["path"].as_str().unwrap());
            let expected = &step["expect"];
            let sent = format!("{method} {path}");
            if let Some(departure) = PATH_DEPARTURES.iter().position(|(step, _)| *step == sent) {
                used[departure] = true;
                continue;
            }
            let mut request = client.req(method.parse().unwrap(), path);
            for header in step["headers"].as_array().into_iter().flatten() {
                let (name, value) = (header[0].as_str().unwrap(), header[1].as_str().unwrap());
                request =
                    request.header(crewed::rocket::http::Header::new(name.to_owned(), value.to_owned()));
            }
            let response = request.dispatch();
            let header = |name| response.headers().get_one(name).map(ToOwned::to_owned);
            let (status, allow, location) = (response.status().code, header("allow"), header("location"));
            let answer = response.into_string().unwrap_or_default();
            // There is no row: what FastAPI's route echoes is what a resource looks for.
            let fits = if expected["status"] == 200 {
                (status, answer.as_str()) == (404, r#"{"detail":"Not Found"}"#)
            } else {
                let recorded = expected["headers"]["location"].as_str().map(|l| l.replace("{{base}}", ""));
                let json = serde_json::from_str(&answer).unwrap_or(Value::Null);
                expected["status"] == status
                    && (recorded.is_none() || recorded == location)
                    && (expected["headers"]["allow"].is_null() || allow.as_deref() == Some("GET, HEAD"))
                    && (expected.get("json").is_none() || json == expected["json"])
            };
            if fits {
                passed += 1;
            } else {
                failures.push(format!("{sent}\n  expected {expected}\n  answered {status} {answer}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} steps:\n{}", failures.len(), failures.join("\n"));
    assert!(used.iter().all(|used| *used), "a departure was not met: {used:?}");
    assert!(passed > 60, "only {passed} steps were replayed");
}
