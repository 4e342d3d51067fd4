//! Inputs of functions where several share a place, and secrets among them.

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Header};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::{AnyFunction, Upload, get, post};
use serde_json::{Value, json};

use crate::kit::{client, config, get as ask, issues, json_of, only, post as send};

fn of(functions: impl IntoIterator<Item = AnyFunction>) -> Client {
    client(config(), Api::new().resource::<Hero>().resource::<Spy>().operations(functions))
}

fn form(client: &Client, path: &'static str, body: &str) -> (u16, Value) {
    json_of(client.post(path).header(ContentType::Form).body(body).dispatch())
}

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    name: String,
    #[field(write_only)]
    pw: String,
}

#[resource("/spies", inputs = "path")]
struct Spy {
    #[field(key)]
    name: String,
    #[field(write_only)]
    pw: String,
}

#[model]
struct Team {
    hero: HeroCreate,
    size: i64,
    rest: Option<BTreeMap<String, HeroCreate>>,
}

#[post("/hero")]
fn hero(hero: HeroCreate) -> String {
    hero.pw
}

#[post("/heroes/all")]
fn all(#[param(max_items = 1)] heroes: Vec<HeroCreate>) -> String {
    heroes.into_iter().map(|hero| hero.pw).collect()
}

#[post("/team")]
fn team(team: Team) -> String {
    format!("{} {} {}", team.hero.pw, team.size, team.rest.map_or(0, |rest| rest.len()))
}

#[get("/hero/query?<hero..>")]
fn in_query(hero: HeroCreate) -> String {
    hero.pw
}

#[post("/hero/form")]
fn in_form(#[param(form)] hero: HeroCreate) -> String {
    hero.pw
}

#[test]
fn no_mistake_shows_a_secret() {
    let client = of(operations![hero, all, team, in_query, in_form]);
    let secret = "hunter2";
    let bodies = [
        json!({"password": secret}),
        json!({"pw": secret}),
        json!({"name": "a", "pw": secret, "password": secret}),
        json!({"pw": [secret]}),
        json!([{"pw": secret}]),
        json!([{"name": "a", "pw": secret}, {"name": "b", "pw": secret}]),
        json!(secret),
        json!({"hero": {"name": "a", "pw": secret}}),
        json!({"hero": {"pw": secret}, "size": "x", "rest": {"a": {"pw": secret}}}),
        json!({"hero": {"name": "a", "pw": secret}, "size": 1, "rest": [secret]}),
        json!({"heroes": secret, "size": 1}),
    ];
    for body in bodies {
        for path in ["/heroes", "/hero", "/heroes/all", "/team"] {
            let (status, told) = send(&client, path, body.clone());
            assert!(status == 422 || status == 201 || !body.is_object(), "{path} {body}: {status}");
            assert!(!told.to_string().contains(secret), "{path} {body}: {told}");
        }
    }
    for (status, told) in [
        ask(&client, "/hero/query?pw=hunter2"),
        ask(&client, "/hero/query?name=a&password=hunter2"),
        form(&client, "/hero/form", "pw=hunter2"),
        form(&client, "/hero/form", "name=a&pw=hunter2&password=hunter2"),
        send(&client, "/spies/name/%fe/pw/hunter2%ff", json!(null)),
    ] {
        assert_eq!(status, 422);
        assert!(!told.to_string().contains(secret), "{told}");
    }
    let told = send(&client, "/spies/name/%fe/pw/hunter2%ff", json!(null)).1;
    assert_eq!(
        issues(&told),
        [only("string_unicode", "path.name"), only("string_unicode", "path.pw")].concat()
    );
}

#[model]
#[serde(deny_unknown_fields)]
struct Login {
    username: String,
    #[field(default = 10)]
    limit: i64,
}

#[post("/files")]
fn login_with_file(
    #[param(form)] login: Login,
    #[param(form)] file: Upload,
    #[param(form)] note: Option<String>,
) -> String {
    format!("{} {} {note:?}", login.username, file.len())
}

#[get("/both?<one..>&<two..>&<limit>")]
fn both(one: Login, two: Login, limit: Option<i64>) -> Json<Vec<i64>> {
    Json(vec![one.limit, two.limit, limit.unwrap_or_default()])
}

#[test]
fn models_share_a_place_with_other_inputs() {
    let client = of(operations![login_with_file, both]);
    let part = |name: &str, more: &str, text: &str| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
    };
    let multipart = Header::new("Content-Type", "multipart/form-data; boundary=XX");
    let body = part("username", "", "ada")
        + &part("file", "; filename=\"a\"", "123")
        + &part("note", "", "n")
        + "--XX--\r\n";
    let answer = client.post("/files").header(multipart.clone()).body(&body).dispatch();
    assert_eq!(answer.into_string().as_deref(), Some("ada 3 Some(\"n\")"));
    let body = part("other", "", "x") + &body;
    let (_, told) = json_of(client.post("/files").header(multipart).body(&body).dispatch());
    assert_eq!(issues(&told), only("extra_forbidden", "body.other"));
    // A key that several ask for is everybody's.
    assert_eq!(ask(&client, "/both?username=a&limit=5").1, json!([5, 5, 5]));
    let (status, told) = ask(&client, "/both?username=a&other=1&other=2");
    assert_eq!((status, &told["detail"][0]["input"]), (422, &json!(["1", "2"])));
}

#[model(int)]
enum Rank {
    Low = 1,
    High = 2,
}

#[post("/two")]
fn two(
    login: Login,
    #[param(body, default = Rank::Low)] rank: Rank,
    #[param(body, le = 100)] n: Option<i64>,
) -> Json<Value> {
    Json(json!([login.limit, rank, n]))
}

#[test]
fn members_of_bodies_are_missed_as_fastapi_misses_them() {
    let client = of(operations![two]);
    for body in [json!([]), json!(null), json!(5), json!("x")] {
        let told = [only("missing", "body.login"), only("missing", "body.rank"), only("missing", "body.n")];
        assert_eq!(issues(&send(&client, "/two", body).1), told.concat());
    }
    assert_eq!(issues(&send(&client, "/two", json!({})).1), only("missing", "body.login"));
    let login = json!({"username": "a"});
    let sent = |more: Value| {
        let mut body = json!({"login": login});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        send(&client, "/two", body)
    };
    assert_eq!(sent(json!({"rank": true, "n": 1.0})).1, json!([10, 1, 1]));
    assert_eq!(issues(&sent(json!({"rank": false})).1), only("enum", "body.rank"));
    let (_, told) = sent(json!({"n": "99999999999999999999"}));
    assert_eq!(told["detail"][0]["ctx"], json!({"le": 100}), "the declared bound is told: {told}");
    // What nobody reads must be JSON too.
    for rest in ["1e999", &"[".repeat(300)] {
        let body =
            format!(r#"{{"login": {login}, "other": {rest}{}}}"#, "]".repeat(rest.matches('[').count()));
        let (status, told) = json_of(client.post("/two").header(ContentType::JSON).body(body).dispatch());
        assert_eq!((status, issues(&told)[0].0.as_str()), (422, "json_invalid"), "{told}");
    }
}

#[get("/typed")]
fn typed() -> HttpError {
    HttpError::status(418).header("Content-Type", "text/x").header("Content-Length", "3").header("X-A", "1")
}

#[test]
fn an_error_has_one_type_and_its_own_length() {
    let client = of(operations![typed]);
    let answer = client.get("/typed").dispatch();
    assert_eq!(answer.headers().get("content-type").collect::<Vec<_>>(), ["text/x"]);
    assert_eq!(answer.headers().get("content-length").next(), None);
    assert_eq!(answer.headers().get_one("x-a"), Some("1"));
    assert_eq!(answer.into_string().as_deref(), Some(r#"{"detail":"I'm a Teapot"}"#));
}

/// What a model may hold, an answer may be, and so may a part of `json!`.
#[test]
fn every_type_of_the_wire_can_be_answered() {
    #[get("/types?<id>&<at>&<day>&<price>&<moment>")]
    fn types(
        id: Uuid,
        at: AnyDateTime,
        day: NaiveDate,
        price: Decimal,
        moment: DateTime<Utc>,
    ) -> Result<Json<Value>, HttpError> {
        let told = json!({"id": id, "at": at, "day": day, "price": price, "moment": moment});
        if price.is_zero() { Err(HttpError::status(400).detail(json!([id, at]))) } else { Ok(Json(told)) }
    }

    #[get("/id?<id>")]
    fn id(id: Uuid) -> Json<Vec<Uuid>> {
        Json(vec![id])
    }

    #[get("/at?<at>")]
    fn at(at: AnyDateTime) -> Json<AnyDateTime> {
        Json(at)
    }

    let client = of(operations![types, id, at]);
    let uuid = "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b";
    let query = "at=2024-02-29T12:00:00%2B09:00&day=2024-02-29&price=1.50&moment=2024-02-29T12:00:00.5Z";
    let told = json!({
        "id": uuid, "at": "2024-02-29T12:00:00+09:00", "day": "2024-02-29", "price": "1.50",
        "moment": "2024-02-29T12:00:00.500Z",
    });
    assert_eq!(ask(&client, &format!("/types?id={uuid}&{query}")), (200, told));
    assert_eq!(ask(&client, &format!("/id?id={uuid}")), (200, json!([uuid])));
    assert_eq!(ask(&client, "/at?at=2024-02-29"), (200, json!("2024-02-29T00:00:00")));
}
