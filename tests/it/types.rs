//! Every type of a resource's fields: in over the wire, through the store, out again.

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::kit;

#[model]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    RatherPlain,
}

#[model(int)]
enum Rank {
    Low = -1,
    High = 12,
}

#[model]
struct Part {
    #[field(min_length = 1)]
    name: String,
    weight: Option<f64>,
}

#[resource("/everything")]
struct Everything {
    #[field(key, generated)]
    id: i64,
    tiny: i8,
    small: i16,
    middle: i32,
    large: i64,
    byte: u8,
    word: u16,
    double_word: u32,
    quad_word: u64,
    size: usize,
    signed_size: isize,
    rank: Rank,
    single: f32,
    double: f64,
    flag: bool,
    text: String,
    uuid: Uuid,
    moment: DateTime<Utc>,
    day: NaiveDate,
    time: NaiveTime,
    #[field(scale = 3)]
    price: Decimal,
    bytes: Vec<u8>,
    kind: Kind,
    #[field(json)]
    part: Part,
    #[field(json)]
    parts: Vec<Part>,
    #[field(json)]
    by_name: BTreeMap<String, i32>,
    #[field(json)]
    anything: Value,
}

#[resource("/perhaps")]
struct Perhaps {
    #[field(key, generated)]
    id: i64,
    large: Option<i64>,
    quad_word: Option<u64>,
    single: Option<f32>,
    double: Option<f64>,
    flag: Option<bool>,
    text: Option<String>,
    uuid: Option<Uuid>,
    moment: Option<DateTime<Utc>>,
    day: Option<NaiveDate>,
    time: Option<NaiveTime>,
    #[field(scale = 0)]
    price: Option<Decimal>,
    bytes: Option<Vec<u8>>,
    kind: Option<Kind>,
    #[field(json)]
    part: Option<Part>,
    #[field(json)]
    parts: Option<Vec<Part>>,
}

/// A foreign type that takes texts it does not give back.
#[derive(serde::Deserialize)]
struct Moody(String);

impl serde::Serialize for Moody {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            "no" => Err(serde::ser::Error::custom("not today")),
            text => out.serialize_str(text),
        }
    }
}

#[resource("/notes")]
struct Note {
    #[field(key)]
    id: i64,
    #[field(json)]
    part: Part,
    #[field(json, opaque)]
    moody: Moody,
    kind: Kind,
}

fn client() -> Client {
    kit::client(kit::config(), api())
}

fn api() -> Api {
    Api::new().resource::<Everything>().resource::<Perhaps>().resource::<Note>()
}

fn client_of(store: &str) -> Client {
    kit::client(kit::config().merge(("crewed.store", store)), api())
}

fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    let response = client.post(path.to_owned()).json(body).dispatch();
    (response.status().code, response.into_json().unwrap_or(Value::Null))
}

fn least() -> Value {
    json!({
        "tiny": i8::MIN, "small": i16::MIN, "middle": i32::MIN, "large": i64::MIN,
        "byte": 0, "word": 0, "double_word": 0, "quad_word": 0,
        "size": 0, "signed_size": isize::MIN, "rank": -1,
        "single": -3.4028235e38, "double": f64::MIN, "flag": false, "text": "",
        "uuid": "00000000-0000-0000-0000-000000000000",
        "moment": "0001-01-01T00:00:00Z", "day": "0001-01-01", "time": "00:00:00",
        "price": "-999999999999999.999", "bytes": "", "kind": "plain",
        "part": {"name": "a", "weight": null}, "parts": [], "by_name": {}, "anything": null,
    })
}

fn most() -> Value {
    json!({
        "tiny": i8::MAX, "small": i16::MAX, "middle": i32::MAX, "large": i64::MAX,
        "byte": 255, "word": 65535, "double_word": u32::MAX, "quad_word": i64::MAX,
        "size": i64::MAX, "signed_size": isize::MAX, "rank": 12,
        "single": 0.1, "double": 0.1, "flag": true, "text": "한글 😀 \"\\/\u{1}\n",
        "uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "moment": "9999-12-31T23:59:59.999999Z", "day": "9999-12-31", "time": "23:59:59.999999",
        "price": "999999999999999.999", "bytes": "AP//AA==", "kind": "rather_plain",
        "part": {"name": "a", "weight": 0.1}, "parts": [{"name": "b", "weight": null}],
        "by_name": {"한": 1, "": -1}, "anything": {"a": [1, 2.5, "x", null, true]},
    })
}

#[test]
fn extremes_come_out_as_they_went_in() {
    let client = client();
    for (id, mut sent) in [(1, least()), (2, most())] {
        let (status, created) = post(&client, "/everything", &sent);
        assert_eq!(status, 201, "{created}");
        sent["id"] = json!(id);
        assert_eq!(created, sent);
        let read: Value = client.get(format!("/everything/{id}")).dispatch().into_json().unwrap();
        assert_eq!(read, sent);
    }
    let list: Value = client.get("/everything").dispatch().into_json().unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
}

#[test]
fn nothing_is_null_and_comes_back() {
    let client = client();
    let (status, created) = post(&client, "/perhaps", &json!({}));
    assert_eq!(status, 201);
    for (name, value) in created.as_object().unwrap() {
        assert!(value.is_null() || name == "id", "{name} is {value}");
    }
    let some = json!({
        "large": -1, "quad_word": 1, "single": 0.5, "double": -0.5, "flag": false, "text": "",
        "uuid": "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b", "moment": "1969-12-31T23:59:59.500000Z",
        "day": "2024-02-29", "time": "12:00:00", "price": "12", "bytes": "YQ==", "kind": "plain",
        "part": {"name": "a", "weight": null}, "parts": [],
    });
    let patched = client.patch("/perhaps/1").json(&some).dispatch().into_json::<Value>().unwrap();
    for (name, value) in some.as_object().unwrap() {
        assert_eq!(&patched[name], value, "{name}");
    }
    let nothing: serde_json::Map<String, Value> =
        some.as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
    let cleared = client.patch("/perhaps/1").json(&nothing).dispatch().into_json::<Value>();
    assert_eq!(cleared, Some(created));
}

#[test]
fn what_no_column_holds_is_refused() {
    let client = client();
    let cases = [
        ("tiny", json!(128), "less_than_equal"),
        ("byte", json!(-1), "greater_than_equal"),
        ("middle", json!(2_147_483_648_i64), "less_than_equal"),
        ("quad_word", json!(u64::MAX), "less_than_equal"),
        ("large", json!(1.5), "int_from_float"),
        ("single", json!(1e39), "finite_number"),
        ("double", json!("nan"), "finite_number"),
        ("double", json!("1e999"), "finite_number"),
        ("flag", json!(2), "bool_parsing"),
        ("text", json!("a\u{0}"), "value_error"),
        ("uuid", json!(1), "uuid_type"),
        ("moment", json!("2024-02-29T12:00:00"), "timezone_aware"),
        ("day", json!("2023-02-29"), "date_from_datetime_parsing"),
        ("moment", json!("9999-12-31T23:59:59-10:00"), "datetime_from_date_parsing"),
        ("moment", json!("0000-01-01T00:00:00Z"), "datetime_from_date_parsing"),
        ("day", json!("0000-01-01"), "date_from_datetime_parsing"),
        ("time", json!("12:00:00Z"), "timezone_naive"),
        ("time", json!("24:00"), "time_parsing"),
        ("price", json!("0.0001"), "decimal_max_places"),
        ("price", json!("1000000000000000"), "decimal_whole_digits"),
        ("price", json!("x"), "decimal_parsing"),
        ("bytes", json!("?"), "base64_decode"),
        ("bytes", json!([1, 2]), "bytes_type"),
        ("kind", json!("Plain"), "enum"),
        ("kind", json!(0), "enum"),
        ("rank", json!(2), "enum"),
        ("rank", json!("Low"), "enum"),
        ("size", json!(u64::MAX), "less_than_equal"),
        ("size", json!(-1), "greater_than_equal"),
        ("part", json!([]), "model_attributes_type"),
        ("parts", json!({}), "list_type"),
        ("by_name", json!([]), "dict_type"),
    ];
    for (field, value, kind) in cases {
        let mut body = most();
        body[field] = value.clone();
        let (status, answer) = post(&client, "/everything", &body);
        assert_eq!(status, 422, "{field}: {value}");
        assert_eq!(answer["detail"][0]["type"], kind, "{field}: {value}: {answer}");
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]), "{answer}");
        assert_eq!(answer["detail"].as_array().unwrap().len(), 1, "{answer}");
    }
    assert_eq!(client.get("/everything").dispatch().into_string().as_deref(), Some("[]"));
}

#[test]
fn lax_values_are_coerced() {
    let client = client();
    let mut body = least();
    for (field, value) in [
        ("tiny", json!("7")),
        ("rank", json!("12")),
        ("large", json!(9e18)),
        ("flag", json!("yes")),
        ("double", json!("1_000.5")),
        ("moment", json!(1_709_208_000)),
        ("day", json!("2024-02-29T00:00:00Z")),
        ("time", json!("12:34:56.1234567")),
        ("price", json!(12.5)),
    ] {
        body[field] = value;
    }
    let (status, created) = post(&client, "/everything", &body);
    assert_eq!(status, 201, "{created}");
    assert_eq!(
        (&created["tiny"], &created["large"], &created["flag"]),
        (&json!(7), &json!(9_000_000_000_000_000_000_i64), &json!(true))
    );
    assert_eq!(created["double"], 1000.5);
    assert_eq!(created["moment"], "2024-02-29T12:00:00Z");
    assert_eq!(created["day"], "2024-02-29");
    assert_eq!(created["time"], "12:34:56.123456", "cut off, not rounded");
    assert_eq!(created["price"], "12.500");
}

#[test]
fn what_cannot_be_written_is_not_stored() {
    let client = client();
    let note = |moody: &str| json!({"id": 1, "part": {"name": "a"}, "moody": moody, "kind": "plain"});
    assert_eq!(post(&client, "/notes", &note("no")), (500, json!({"detail": "Internal Server Error"})));
    assert_eq!(client.get("/notes/1").dispatch().status().code, 404);
    assert_eq!(post(&client, "/notes", &note("yes")).0, 201);
    assert_eq!(client.patch("/notes/1").json(&json!({"moody": "no"})).dispatch().status().code, 500);
    assert_eq!(client.get("/notes/1").dispatch().into_json::<Value>().unwrap()["moody"], "yes");
}

#[test]
fn damaged_data_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.db");
    let store = format!("sqlite:{}", path.display());
    let note = json!({"id": 1, "part": {"name": "a"}, "moody": "yes", "kind": "plain"});
    post(&client_of(&store), "/notes", &note);
    // What is well-formed and does not fit any more is shown as it is, and mended by a patch.
    let unfit = r#"{"weight":1}"#;
    let damages = [("part", r#"{"name": "#, 500, 500), ("part", unfit, 200, 422), ("kind", "odd", 500, 500)];
    for (column, damage, read, patched) in damages {
        let sql = format!("update notes set {column} = ?");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute(&sql, [damage]).unwrap();
        drop(connection);
        let client = client_of(&store);
        for path in ["/notes/1", "/notes"] {
            let answer = client.get(path).dispatch();
            assert_eq!(answer.status().code, read, "{path}: {damage}");
            let said = answer.into_string().unwrap();
            let expected = if read == 200 { damage } else { r#"{"detail":"Internal Server Error"}"# };
            assert!(said.contains(expected), "{path}: {said}");
        }
        let patch = json!({"part": {"weight": 2}});
        let status = client.patch("/notes/1").json(&patch).dispatch().status().code;
        assert_eq!(status, patched, "{damage}");
        drop(client);
        let connection = rusqlite::Connection::open(&path).unwrap();
        let kept: String =
            connection.query_row(&format!("select {column} from notes"), [], |row| row.get(0)).unwrap();
        assert_eq!(kept, damage);
        // As it was, for the next.
        connection.execute("update notes set part = ?, kind = 'plain'", [r#"{"name":"a"}"#]).unwrap();
    }
}

/// What is secret in every way a field can be.
#[resource("/vaults")]
struct Vault {
    #[field(key)]
    name: String,
    #[field(write_only, json)]
    credentials: Option<Credentials>,
    #[field(write_only, json, opaque)]
    door: Option<Door>,
    #[field(write_only, unique)]
    token: Option<Uuid>,
    #[field(write_only)]
    born: Option<NaiveDate>,
}

#[model]
struct Credentials {
    user: String,
    #[field(min_length = 4)]
    password: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
enum Door {
    Front,
}

#[test]
fn no_answer_tells_a_secret() {
    let client = kit::client(kit::config(), Api::new().resource::<Vault>());
    let token = "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b";
    let vault = json!({
        "name": "a", "credentials": {"user": "hunter1", "password": "hunter2"}, "door": "Front", "token": token,
    });
    assert_eq!(post(&client, "/vaults", &vault), (201, json!({"name": "a"})));

    let secrets = ["hunter", token, "Door of", "x1fa"];
    let tells = |answer: String, status: u16, expected: u16| {
        assert_eq!(status, expected, "{answer}");
        assert!(!secrets.iter().any(|secret| answer.contains(secret)), "{answer}");
    };
    let bodies = [
        json!({"name": "b", "credentials": {"password": "hunter2"}}),
        json!({"name": "b", "credentials": {"user": "hunter1", "password": "hun"}}),
        json!({"name": "b", "credentials": "hunter2"}),
        json!({"credentials": {"user": "hunter1", "password": "hunter2"}}),
        json!({"name": "b", "door": "Door of secrets"}),
        json!({"name": "b", "token": "x1fa2b3c4"}),
        json!({"name": "b", "born": "hunter2"}),
    ];
    for body in bodies {
        let (status, answer) = post(&client, "/vaults", &body);
        tells(answer.to_string(), status, 422);
    }
    let (status, answer) = post(&client, "/vaults", &json!({"name": "b", "token": token}));
    tells(answer.to_string(), status, 409);
    for patch in [
        json!({"credentials": {"user": null}}),
        json!({"credentials": {"password": "hun"}}),
        json!({"door": {"Front": "hunter2"}}),
        json!({"door": "Door of secrets"}),
    ] {
        let response = client.patch("/vaults/a").json(&patch).dispatch();
        let status = response.status().code;
        tells(response.into_string().unwrap(), status, 422);
    }
}
