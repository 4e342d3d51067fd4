//! What the operations of a resource answer: rows, defaults, patches, conflicts, issues, pages.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{ContentType, Method, Status};
use crewed::rocket::local::blocking::Client;
use crewed::value::Value as SqlValue;
use serde_json::{Value, json};

use crate::kit::{self, config, delete, get, issues, only, patch, post, put, send};

/// Someone, and the nickname they go by.
#[resource("/users")]
struct User {
    #[field(key, min_length = 1, max_length = 8)]
    name: String,
    nickname: String,
}

#[model]
#[serde(rename_all = "lowercase")]
enum Stage {
    Draft,
    Live,
}

#[model]
struct Address {
    #[field(min_length = 2)]
    city: String,
    zip: Option<String>,
}

/// Everything a resource can have.
#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1)]
    name: String,
    #[field(ge = 0)]
    age: Option<i32>,
    #[field(write_only, min_length = 3)]
    secret_name: String,
    #[field(default = Stage::Draft)]
    status: Stage,
    #[field(json)]
    address: Option<Address>,
    #[field(json, default, max_items = 3)]
    tags: Vec<String>,
    #[field(read_only, default = 7)]
    score: i32,
    #[field(scale = 2, default = Decimal::ZERO)]
    salary: Decimal,
    #[serde(rename = "bornOn")]
    born_on: Option<NaiveDate>,
    #[field(created_at)]
    created_at: DateTime<Utc>,
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

#[resource("/things", operations(list, read, create), missing(status = 410, detail = "Thing is gone."))]
struct Thing {
    #[field(key, generated)]
    id: Uuid,
    label: String,
}

pub(crate) fn client() -> Client {
    client_with(|config| config)
}

pub(crate) fn client_with(configure: impl FnOnce(Figment) -> Figment) -> Client {
    let api = Api::new().resource::<User>().resource::<Hero>().resource::<Thing>();
    kit::client(configure(kit::config()), api)
}

pub(crate) fn deadpond() -> Value {
    json!({"name": "Deadpond", "secret_name": "Dive Wilson"})
}

#[test]
fn a_natural_key_goes_the_whole_way() {
    let client = client();
    let ada = json!({"name": "ada", "nickname": "countess"});
    let response = send(&client, Method::Post, "/users", Some(ada.clone()));
    assert_eq!(response.status(), Status::Created);
    assert_eq!(response.headers().get_one("location"), Some("/users/ada"));
    assert_eq!(response.content_type(), Some(ContentType::JSON));
    assert_eq!(response.into_json::<Value>(), Some(ada.clone()));

    assert_eq!(get(&client, "/users/ada"), (200, ada.clone()));
    assert_eq!(get(&client, "/users"), (200, json!([ada])));
    let lovelace = json!({"name": "ada", "nickname": "lovelace"});
    assert_eq!(put(&client, "/users/ada", json!({"nickname": "lovelace"})), (200, lovelace.clone()));
    assert_eq!(put(&client, "/users/ada", lovelace.clone()), (200, lovelace.clone()));
    assert_eq!(
        patch(&client, "/users/ada", json!({"nickname": "a"})),
        (200, json!({"name": "ada", "nickname": "a"}))
    );
    assert_eq!(delete(&client, "/users/ada"), (204, Value::Null));
    assert_eq!(delete(&client, "/users/ada"), (404, json!({"detail": "Not Found"})));
    assert_eq!(get(&client, "/users/ada"), (404, json!({"detail": "Not Found"})));
    assert_eq!(get(&client, "/users"), (200, json!([])));
}

/// What one engine's index cannot hold is refused by all, so that data can move.
#[test]
fn what_no_index_holds_is_refused() {
    let client = client();
    let hero = |length: usize| json!({"name": "é".repeat(length), "secret_name": "long"});
    assert_eq!(post(&client, "/heroes", hero(1300)).0, 201);
    let (status, body) = post(&client, "/heroes", hero(1301));
    assert_eq!((status, issues(&body)), (422, only("value_error", "body.name")));
    assert_eq!(body["detail"][0]["msg"], "Value error, an index holds at most 2600 bytes");
}

#[test]
fn a_generated_key_and_everything_else() {
    let client = client();
    let (status, hero) = post(&client, "/heroes", deadpond());
    assert_eq!(status, 201, "{hero}");
    let times = [hero["created_at"].clone(), hero["updated_at"].clone()];
    assert!(times[0].as_str().unwrap().ends_with('Z'), "{}", times[0]);
    assert_eq!(times[0], times[1]);
    let expected = json!({
        "id": 1, "name": "Deadpond", "age": null, "status": "draft", "address": null, "tags": [],
        "score": 7, "salary": "0.00", "bornOn": null, "created_at": times[0], "updated_at": times[1],
    });
    assert_eq!(hero, expected, "nothing secret, nothing missing");
    // In the order of the declaration.
    let keys: Vec<&String> = hero.as_object().unwrap().keys().collect();
    assert_eq!(keys[..3], ["id", "name", "age"]);

    // GET, edit, PUT: what a client may not set is accepted and ignored.
    let mut edited = hero.clone();
    edited["age"] = json!("41");
    edited["score"] = json!(1000);
    edited["secret_name"] = json!("Still Dive");
    edited["salary"] = json!(12.5);
    edited["bornOn"] = json!("1983-02-28");
    edited["tags"] = json!(["a", "b"]);
    let (status, replaced) = put(&client, "/heroes/1", edited);
    assert_eq!(status, 200, "{replaced}");
    assert_eq!(replaced["age"], 41);
    assert_eq!(replaced["score"], 7);
    assert_eq!(replaced["salary"], "12.50");
    assert_eq!(replaced["bornOn"], "1983-02-28");
    assert_eq!(replaced["created_at"], times[0]);
    assert_ne!(replaced["updated_at"], times[1]);

    // Omitted optional fields return to their defaults.
    let (_, replaced) = put(&client, "/heroes/1", deadpond());
    assert_eq!((&replaced["age"], &replaced["tags"]), (&Value::Null, &json!([])));
    assert_eq!(get(&client, "/heroes/1"), (200, replaced));
}

#[test]
fn a_patch_tells_absent_from_null() {
    let client = client();
    let mut sent = deadpond();
    sent["age"] = json!(30);
    sent["address"] = json!({"city": "Seoul", "zip": "04524"});
    post(&client, "/heroes", sent);

    let (status, hero) = patch(&client, "/heroes/1", json!({"name": "Dead"}));
    assert_eq!((status, &hero["age"], &hero["name"]), (200, &json!(30), &json!("Dead")));
    let (_, hero) = patch(&client, "/heroes/1", json!({"age": null}));
    assert_eq!(hero["age"], Value::Null);
    let (status, body) = patch(&client, "/heroes/1", json!({"name": null}));
    assert_eq!((status, issues(&body)), (422, only("string_type", "body.name")));

    // Nested models merge, and the outcome is validated.
    let (_, hero) = patch(&client, "/heroes/1", json!({"address": {"zip": null}}));
    assert_eq!(hero["address"], json!({"city": "Seoul", "zip": null}));
    let (_, hero) = patch(&client, "/heroes/1", json!({"address": {"city": "Busan"}}));
    assert_eq!(hero["address"], json!({"city": "Busan", "zip": null}));
    let (status, body) = patch(&client, "/heroes/1", json!({"address": {"city": "B"}, "age": 5}));
    assert_eq!((status, issues(&body)), (422, only("string_too_short", "body.address.city")));
    let (status, body) = patch(&client, "/heroes/1", json!({"address": {"city": null}}));
    assert_eq!((status, issues(&body)), (422, only("missing", "body.address.city")));
    assert_eq!(get(&client, "/heroes/1").1["age"], Value::Null, "nothing of a refused patch is written");
    let (_, hero) = patch(&client, "/heroes/1", json!({"address": null}));
    assert_eq!(hero["address"], Value::Null);
    let (_, hero) = patch(&client, "/heroes/1", json!({"tags": ["x"]}));
    assert_eq!(hero["tags"], json!(["x"]));

    // An empty one writes nothing.
    let (status, same) = patch(&client, "/heroes/1", json!({}));
    assert_eq!((status, same), (200, hero.clone()));
    let (status, same) = patch(&client, "/heroes/1", json!({"id": 1, "score": 3}));
    assert_eq!((status, same), (200, hero));
    assert_eq!(patch(&client, "/heroes/9", json!({})).0, 404);
}

#[test]
fn the_key_is_immutable() {
    let client = client();
    post(&client, "/heroes", deadpond());
    let mut other = deadpond();
    other["id"] = json!(2);
    for (status, body) in [put(&client, "/heroes/1", other), patch(&client, "/heroes/1", json!({"id": 2}))] {
        assert_eq!((status, issues(&body)), (422, only("frozen_field", "body.id")));
        assert_eq!(body["detail"][0]["input"], 2);
    }
    assert_eq!(patch(&client, "/heroes/1", json!({"id": "1"})).0, 200);
}

/// No model holds the key of a body, which is read as it would be if one did.
#[test]
fn the_key_of_a_body_is_read_by_its_own_rules() {
    let client = client();
    post(&client, "/heroes", deadpond());
    let sent = |body: &str| {
        let patched = client.patch("/heroes/1").header(ContentType::JSON).body(body).dispatch();
        (patched.status().code, patched.into_json::<Value>().unwrap())
    };
    // The last of a name counts, however it is written; and what is further in is no key.
    for body in [
        r#"{"id": 2, "id": 1}"#,
        r#"{"\u0069d": 1, "age": 3}"#,
        r#"{"id": 1.0}"#,
        r#"{"id": 2, "id": 1, "address": {"city": "id", "zip": null}}"#,
        "\u{feff}{\"id\": 1}",
    ] {
        assert_eq!(sent(body).0, 200, "{body}");
    }
    for body in [r#"{"id": 1, "id": 2}"#, r#"{"\u0069\u0064": 2}"#, r#"{"age": 3, "id": "2"}"#] {
        let (status, told) = sent(body);
        assert_eq!((status, issues(&told)), (422, only("frozen_field", "body.id")), "{body}");
    }
    // What is none is told with all else, and a body that is no object by itself.
    let (status, told) = sent(r#"{"name": "", "id": null, "nme": 1}"#);
    let expected =
        [("int_type", "body.id"), ("string_too_short", "body.name"), ("extra_forbidden", "body.nme")];
    let expected: Vec<_> = expected.iter().map(|(kind, loc)| (kind.to_string(), loc.to_string())).collect();
    assert_eq!((status, issues(&told)), (422, expected));
    let (_, told) = sent(r#"{"id": {"secret_name": "Dive"}}"#);
    assert_eq!(issues(&told), only("int_type", "body.id"));
    assert_eq!(told["detail"][0]["input"], "**********", "it may be a body, one step too far in");
    assert_eq!(issues(&sent(r#"[{"id": 2}]"#).1), only("model_attributes_type", "body"));
    assert_eq!(issues(&sent(r#"{"id": 2, }"#).1), only("json_invalid", "body.10"));
}

/// A key that clients choose is the path's too: it may be repeated, and not be another. What is wrong with a
/// request is told before the row is looked for.
#[test]
fn a_chosen_key_is_immutable() {
    for base in ["", "/api"] {
        let client = crate::kit::client(config(), Api::new().at(base).resource::<User>());
        let at = |path: &str| format!("{base}{path}");
        post(&client, &at("/users"), json!({"name": "ada", "nickname": "countess"}));
        let row = json!({"name": "ada", "nickname": "lady"});
        assert_eq!(put(&client, &at("/users/ada"), row.clone()), (200, row.clone()));
        assert_eq!(patch(&client, &at("/users/ada"), row.clone()), (200, row));
        let other = json!({"name": "eve", "nickname": "x"});
        for key in ["ada", "nobody"] {
            let at = at(&format!("/users/{key}"));
            for (status, body) in
                [put(&client, &at, other.clone()), patch(&client, &at, json!({"name": "eve"}))]
            {
                assert_eq!((status, issues(&body)), (422, only("frozen_field", "body.name")), "{at}");
            }
        }
        assert_eq!(put(&client, &at("/users/nobody"), json!({"name": "nobody", "nickname": "x"})).0, 404);
        assert_eq!(patch(&client, &at("/users/nobody"), json!({"name": "nobody"})).0, 404);
    }
}

#[test]
fn a_taken_value_is_named() {
    let client = client();
    post(&client, "/heroes", deadpond());
    let taken = json!({"detail": [
        {"type": "unique", "loc": ["body", "name"], "msg": "Value is taken", "input": "Deadpond"},
    ]});
    assert_eq!(post(&client, "/heroes", deadpond()), (409, taken.clone()));
    post(&client, "/heroes", json!({"name": "Rusty-Man", "secret_name": "Tommy Sharp"}));
    let (_, list) = get(&client, "/heroes");
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|hero| hero["id"].as_i64().unwrap()).collect();
    let second = format!("/heroes/{}", ids[1]);
    assert_eq!(patch(&client, &second, json!({"name": "Deadpond"})), (409, taken.clone()));
    assert_eq!(put(&client, &second, deadpond()), (409, taken));

    let ada = json!({"name": "ada", "nickname": "countess"});
    post(&client, "/users", ada.clone());
    let (status, body) = post(&client, "/users", ada);
    assert_eq!((status, issues(&body)), (409, only("unique", "body.name")));
}

#[test]
fn every_issue_of_a_request_comes_at_once() {
    let client = client();
    let body = json!({"name": "", "age": -1, "secret_name": "x", "status": "lost", "nme": "x"});
    let (status, body) = put(&client, "/heroes/one?verbose=1", body);
    let expected = [
        ("int_parsing", "path.id"),
        ("extra_forbidden", "query.verbose"),
        ("string_too_short", "body.name"),
        ("greater_than_equal", "body.age"),
        ("string_too_short", "body.secret_name"),
        ("enum", "body.status"),
        ("extra_forbidden", "body.nme"),
    ];
    let expected: Vec<_> = expected.iter().map(|(kind, loc)| (kind.to_string(), loc.to_string())).collect();
    assert_eq!((status, issues(&body)), (422, expected));
    assert_eq!(body["detail"][4]["input"], "**********", "a secret is not echoed");
}

#[test]
fn secrets_are_not_echoed() {
    let client = client();
    let secret = "Dive Wilson";
    let bodies = [json!({"secret_name": secret}), json!({"name": 1, "secret_name": [secret]})];
    for body in bodies {
        let (status, answer) = post(&client, "/heroes", body);
        assert_eq!(status, 422);
        assert!(!answer.to_string().contains(secret), "{answer}");
    }
    let text = deadpond().to_string();
    let answer = client.post("/heroes").body(&text).dispatch().into_string().unwrap();
    assert!(!answer.contains(secret), "{answer}");
}

#[test]
fn a_list_takes_skip_and_limit() {
    let client = client();
    for name in ["c", "a", "b"] {
        post(&client, "/users", json!({"name": name, "nickname": name}));
    }
    let names = |path: &str| {
        let (status, list) = get(&client, path);
        assert_eq!(status, 200, "{path}: {list}");
        list.as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("/users"), ["a", "b", "c"], "by ascending key");
    assert_eq!(names("/users?"), ["a", "b", "c"]);
    assert_eq!(names("/users?skip=1"), ["b", "c"]);
    assert_eq!(names("/users?limit=1&skip=1"), ["b"]);
    assert_eq!(names("/users?limit=0"), Vec::<String>::new());
    assert_eq!(names("/users?skip=9"), Vec::<String>::new());

    let wrong = |path: &str| {
        let (status, body) = get(&client, path);
        assert_eq!(status, 422, "{path}: {body}");
        issues(&body)
    };
    assert_eq!(wrong("/users?limit=1&limit=2"), only("value_error", "query.limit"));
    assert_eq!(wrong("/users?limit=1001"), only("less_than_equal", "query.limit"));
    assert_eq!(wrong("/users?skip=-1"), only("greater_than_equal", "query.skip"));
    assert_eq!(wrong("/users?skip="), only("int_parsing", "query.skip"));
    assert_eq!(wrong("/users?nickname=a"), only("extra_forbidden", "query.nickname"));
    let (_, body) = get(&client, "/users?limt=1");
    assert_eq!(body["detail"][0]["ctx"], json!({"allowed": ["limit", "skip", "sort", "count", "cursor"]}));
    assert_eq!(wrong("/users/a?x"), only("extra_forbidden", "query.x"));
}

#[test]
fn page_sizes_are_configured() {
    let client = client_with(|config| config.merge(("crewed.page.default", 2)).merge(("crewed.page.max", 3)));
    for name in ["a", "b", "c", "d"] {
        post(&client, "/users", json!({"name": name, "nickname": name}));
    }
    assert_eq!(get(&client, "/users").1.as_array().unwrap().len(), 2);
    assert_eq!(get(&client, "/users?limit=3").1.as_array().unwrap().len(), 3);
    assert_eq!(get(&client, "/users?limit=4").0, 422);
}

#[test]
fn uuids_are_made_in_order() {
    let client = client();
    let first = post(&client, "/things", json!({"label": "a"})).1;
    let second = post(&client, "/things", json!({"label": "b", "id": "ignored"})).1;
    let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
    assert_eq!(Uuid::parse_str(&id(&first)).unwrap().get_version_num(), 7);
    assert_eq!(get(&client, "/things"), (200, json!([first, second])));
    assert_eq!(get(&client, &format!("/things/{}", id(&second).to_uppercase())).0, 200);
    assert_eq!(issues(&get(&client, "/things/1").1), only("uuid_parsing", "path.id"));
}

#[test]
fn what_is_missing_is_said_as_declared() {
    let client = client();
    let path = "/things/1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b";
    assert_eq!(get(&client, path), (410, json!({"detail": "Thing is gone."})));
}

#[test]
fn a_list_too_long_for_one_answer_says_so() {
    /// Rows of 1 MiB, without the JSON of each.
    #[crewed::post("/filled")]
    async fn fill(users: Repository<User>) -> Result<(), HttpError> {
        let insert = |tx: crewed::Transaction| async move {
            for i in 0..35 {
                let row = [SqlValue::Text(format!("u{i}")), SqlValue::Text("x".repeat(1 << 20))];
                tx.sql("INSERT INTO users (name, nickname) VALUES ($1, $2)", &row).await?;
            }
            Ok(())
        };
        users.transaction(insert).await
    }

    let api = Api::new().resource::<User>().operations(operations![fill]);
    let client = kit::client(kit::config(), api);
    assert_eq!(send(&client, Method::Post, "/filled", None).status(), Status::Ok);
    let (status, body) = get(&client, "/users");
    assert_eq!((status, issues(&body)), (422, only("value_error", "query.limit")), "{body}");
    assert_eq!(send(&client, Method::Get, "/users?limit=30", None).status(), Status::Ok);
}
