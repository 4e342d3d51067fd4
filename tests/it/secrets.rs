//! What is `write_only` on models and arguments: it goes in, and never comes out.

use std::collections::BTreeMap;

use crewed::__internals::wire::Out;
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{ContentType, Header};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::{get, post};
use serde_json::{Value, json};

use crate::kit::{self, config, get as ask, json_of, post as send};

const SECRET: &str = "hunter2";

/// Who logs in, and what only the program learns of them.
#[model]
struct Login {
    user: String,
    #[field(write_only, min_length = 4, max_length = 12)]
    password: String,
    #[field(write_only)]
    pin: Option<u16>,
    #[field(write_only)]
    birthday: Patched<NaiveDate>,
}

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    user: String,
    #[field(write_only)]
    password: String,
}

/// Nothing of it is secret by itself.
#[model]
#[serde(deny_unknown_fields)]
struct Plain {
    user: String,
    password: String,
    size: Option<i64>,
}

/// Names that a client chooses are secret too, where what they name is.
#[model]
struct Codes {
    #[field(write_only)]
    codes: BTreeMap<String, i64>,
    #[field(write_only, default)]
    inner: Vec<Strict>,
}

#[model]
struct Group {
    first: Login,
    #[field(default)]
    others: Vec<Login>,
    #[field(default)]
    named: BTreeMap<String, Login>,
    boxed: Option<Box<Login>>,
    size: i64,
}

/// A secret beside values of every other kind.
#[model]
struct Profile {
    tags: Vec<String>,
    #[field(default)]
    counts: BTreeMap<String, i64>,
    address: Address,
    #[field(write_only)]
    password: String,
}

#[model]
struct Address {
    street: String,
}

/// A row with logins in it, which are stored whole.
#[resource("/teams")]
struct Team {
    #[field(key)]
    name: String,
    #[field(json)]
    head: Login,
    #[field(json, default)]
    members: Vec<Login>,
}

#[post("/login")]
fn login(login: Login) -> Json<Login> {
    assert_eq!(login.password, SECRET);
    Json(login)
}

#[post("/both")]
fn both(one: Login, two: Login) -> Json<Vec<Login>> {
    Json(vec![one, two])
}

#[post("/strict")]
fn strict(strict: Strict) -> Json<Strict> {
    Json(strict)
}

#[post("/group")]
fn group(group: Group) -> Json<Group> {
    Json(group)
}

#[post("/profile")]
fn profile(profile: Profile) -> Json<Profile> {
    Json(profile)
}

#[post("/beside")]
fn beside(login: Login, #[param(body)] name: String, address: Address) -> String {
    format!("{} {name} {}", login.user, address.street)
}

#[get("/query?<login..>")]
fn in_query(login: Login) -> Json<Login> {
    Json(login)
}

#[get("/strict/query?<strict..>")]
fn strict_query(strict: Strict) -> Json<Strict> {
    Json(strict)
}

#[post("/form")]
fn in_form(#[param(form)] login: Login) -> Json<Login> {
    Json(login)
}

#[post("/strict/form")]
fn strict_form(#[param(form)] strict: Strict) -> Json<Strict> {
    Json(strict)
}

#[get("/arguments/<path>?<query>")]
fn arguments(
    #[param(write_only)] path: u16,
    #[param(write_only)] query: u16,
    #[param(header, write_only)] x_token: u16,
    #[param(cookie, write_only)] session: Option<Uuid>,
) -> String {
    format!("{path} {query} {x_token} {session:?}")
}

#[post("/secret/form")]
fn secret_form(#[param(form, write_only)] plain: Plain) -> Json<Plain> {
    Json(plain)
}

#[post("/codes")]
fn codes(codes: Codes) -> Json<Codes> {
    Json(codes)
}

#[post("/field")]
fn field(#[param(form, write_only, min_length = 20)] password: String) -> String {
    password
}

#[post("/whole")]
fn whole(#[param(body, write_only, min_length = 20)] password: String) -> String {
    password
}

#[post("/members")]
fn members(#[param(body, write_only, min_length = 20)] password: String, #[param(body)] size: i64) -> String {
    format!("{password} {size}")
}

fn client(base: &'static str) -> Client {
    let functions = operations![
        login,
        both,
        strict,
        group,
        profile,
        beside,
        in_query,
        strict_query,
        in_form,
        strict_form,
        secret_form,
        codes,
        arguments,
        field,
        whole,
        members
    ];
    let api = Api::new().resource::<Team>().operations(functions);
    kit::client(config(), if base.is_empty() { api } else { api.at(base) })
}

fn form(client: &Client, path: &str, body: &str) -> (u16, Value) {
    json_of(client.post(path.to_owned()).header(ContentType::Form).body(body).dispatch())
}

fn tells_nothing(what: &str, (status, told): (u16, Value), expected: u16) {
    assert_eq!(status, expected, "{what}: {told}");
    let told = told.to_string();
    assert!(!told.contains("hunter") && !told.contains("1234") && !told.contains("2001"), "{what}: {told}");
}

#[test]
fn answers_leave_out_what_is_write_only() {
    for base in ["", "/api"] {
        let client = client(base);
        let at = |path: &str| format!("{base}{path}");
        let ada = json!({"user": "ada", "password": SECRET, "pin": 1234, "birthday": "2001-02-03"});
        assert_eq!(send(&client, &at("/login"), ada.clone()), (200, json!({"user": "ada"})));
        let group = json!({
            "first": ada, "others": [ada, ada], "named": {"a": ada}, "boxed": ada, "size": "3",
        });
        let shown = json!({"user": "ada"});
        let told = json!({
            "first": shown, "others": [shown, shown], "named": {"a": shown}, "boxed": shown, "size": 3,
        });
        assert_eq!(send(&client, &at("/group"), group), (200, told));
        let query = at("/query?user=ada&password=hunter2&pin=1234&birthday=2001-02-03");
        assert_eq!(ask(&client, &query), (200, shown.clone()));
        let form = form(&client, &at("/form"), "user=ada&password=hunter2&pin=1234");
        assert_eq!(form, (200, shown));
    }
}

#[test]
fn rows_keep_what_they_do_not_show() {
    for base in ["", "/api"] {
        let client = client(base);
        let ada = json!({"user": "ada", "password": SECRET, "pin": 1234, "birthday": "2001-02-03"});
        let team = json!({"name": "a", "head": ada, "members": [ada, ada]});
        let shown = json!({"user": "ada"});
        let told = json!({"name": "a", "head": shown, "members": [shown, shown]});
        assert_eq!(send(&client, &format!("{base}/teams"), team), (201, told.clone()));
        let (path, list) = (format!("{base}/teams/a"), format!("{base}/teams"));
        assert_eq!(ask(&client, &path), (200, told.clone()));
        assert_eq!(ask(&client, &list), (200, json!([told])));
        // What a patch does not name is kept: the password is required, and there.
        let patched = kit::patch(&client, &path, json!({"head": {"user": "eve"}}));
        assert_eq!(patched, (200, json!({"name": "a", "head": {"user": "eve"}, "members": [shown, shown]})));
        tells_nothing("patch", kit::patch(&client, &path, json!({"head": {"password": "hun"}})), 422);
        tells_nothing("patch", kit::patch(&client, &path, json!({"head": {"pin": "hunter2"}})), 422);
    }
}

/// Code of the program's own gets rows whole, and gives them so.
#[test]
fn programs_see_what_is_write_only() {
    // A schema of PostgreSQL is made by a client that blocks.
    crewed::rocket::execute(see_what_is_write_only(config()));
}

async fn see_what_is_write_only(figment: Figment) {
    let ada = || Login {
        user: "ada".into(),
        password: SECRET.into(),
        pin: Some(1234),
        birthday: Patched::Value("2001-02-03".parse().unwrap()),
    };
    let rocket =
        crewed::rocket::custom(figment).attach(Api::new().resource::<Team>()).ignite().await.unwrap();
    let teams = Repository::<Team>::of(&rocket).unwrap();
    let new = TeamCreate { name: "a".into(), head: ada(), members: vec![ada()] };
    teams.create(new).await.unwrap();
    let team = teams.read(&"a".to_owned()).await.unwrap();
    for login in [&team.head, &team.members[0]] {
        assert_eq!(login.password, SECRET);
        assert_eq!(login.pin, Some(1234));
        assert_eq!(login.birthday, ada().birthday);
    }
    assert_eq!(serde_json::to_value(&team.head).unwrap(), json!({"user": "ada"}));
    assert_eq!(serde_json::to_value(Out(&team.members)).unwrap(), json!([{"user": "ada"}]));
}

#[test]
fn no_mistake_shows_what_is_write_only() {
    for base in ["", "/api"] {
        let client = client(base);
        let at = |path: &str| format!("{base}{path}");
        let bodies = [
            json!({"password": SECRET}),
            json!({"pasword": SECRET}),
            json!({"user": 1, "password": SECRET, "pin": SECRET, "birthday": SECRET}),
            json!({"user": "ada", "password": "hun", "birthday": "hunter2"}),
            json!({"user": "ada", "password": "hunter2hunter2"}),
            json!({"user": "ada", "password": {"hunter2": "hunter2"}}),
            json!([SECRET]),
            json!(SECRET),
        ];
        for body in &bodies {
            for path in ["/login", "/strict", "/group", "/both"] {
                let told = send(&client, &at(path), body.clone());
                let fits = path == "/strict" && body["user"].is_string() && body["password"].is_string();
                let expected = if fits && body.get("birthday").is_none() { 200 } else { 422 };
                tells_nothing(&format!("{path} {body}"), told, expected);
            }
            for wrapped in [
                json!({"first": body}),
                json!({"first": {"user": "a", "password": "hunters"}, "others": [body], "size": 1}),
                json!({"first": {"user": "a", "password": "hunters"}, "others": body, "size": 1}),
                json!({"first": {"user": "a", "password": "hunters"}, "named": {"a": body}, "size": 1}),
                json!({"first": {"user": "a", "password": "hunters"}, "boxed": body, "size": 1}),
            ] {
                tells_nothing(&wrapped.to_string(), send(&client, &at("/group"), wrapped.clone()), 422);
            }
            tells_nothing("both", send(&client, &at("/both"), json!({"one": body, "two": body})), 422);
        }
        let broken = client.post(at("/login")).header(ContentType::JSON).body(r#"{"password": "hunter2", }"#);
        tells_nothing("broken JSON", json_of(broken.dispatch()), 422);
        let text = client.post(at("/login")).header(ContentType::Plain).body("password=hunter2");
        tells_nothing("no JSON", json_of(text.dispatch()), 422);
        for query in [
            "password=hunter2",
            "user=a&password=hunter2&pin=hunter2",
            "user=a&password=hunter2hunter2",
            "pasword=hunter2",
        ] {
            tells_nothing(query, ask(&client, &at(&format!("/query?{query}"))), 422);
            tells_nothing(query, form(&client, &at("/form"), query), 422);
        }
        for query in ["password=hunter2", "user=a&password=x&pasword=hunter2", "user=a&passwort=hunter2"] {
            tells_nothing(query, ask(&client, &at(&format!("/strict/query?{query}"))), 422);
            tells_nothing(query, form(&client, &at("/strict/form"), query), 422);
        }
        tells_nothing("form", form(&client, &at("/form"), "user=a&password=hunter2%ff"), 422);
        // JSON under the type that clients send where they are not told another; and a secret as a name.
        for body in [r#"{"user":"a","password":"hunter2"}"#, "hunter2", "hunter2=1", "user[password]=hunter2"]
        {
            tells_nothing(body, form(&client, &at("/form"), body), 422);
        }
        for body in [r#"{"user":"a","password":"hunter2"}"#, "user=a&{\"password\":\"hunter2\"}=1"] {
            tells_nothing(body, form(&client, &at("/strict/form"), body), 422);
        }
        for body in [
            json!({"hunter2": 1}),
            json!({"user": {"password": SECRET}, "password": SECRET}),
            json!({"user": [SECRET], "password": SECRET}),
            json!({"{\"password\": \"hunter2\"}": 1}),
        ] {
            tells_nothing(&body.to_string(), send(&client, &at("/login"), body.clone()), 422);
        }
        // What was misspelt is named.
        let told = send(&client, &at("/strict"), json!({"user": "a", "password": "b", "pass_word": "c"})).1;
        assert_eq!(told["detail"][0]["loc"], json!(["body", "pass_word"]));
    }
}

/// A client that sends a whole object where a part of it belongs sends its secrets with it.
#[test]
fn nothing_shows_what_was_sent_in_the_wrong_place() {
    for base in ["", "/api"] {
        let client = client(base);
        let at = |path: &str| format!("{base}{path}");
        // Whatever the object was sent as, one level too deep.
        let all = json!({"tags": [], "street": "s", "user": "a", "password": SECRET});
        for sent in [all.clone(), json!([all]), json!([[all]]), json!({"a": all}), json!({"a": [all]})] {
            for name in ["tags", "counts", "address"] {
                let body = json!({name: sent, "password": SECRET});
                tells_nothing(&body.to_string(), send(&client, &at("/profile"), body.clone()), 422);
            }
            for name in ["login", "name", "address"] {
                let body = json!({name: sent});
                tells_nothing(&body.to_string(), send(&client, &at("/beside"), body.clone()), 422);
            }
        }
        // JSON as a form whose name or value is no UTF-8.
        let latin: [&[u8]; 3] = [
            b"{\"user\":\"Jos\xe9\",\"password\":\"hunter2\"}",
            b"{\"user\":\"a\",\"password\":\"hunter2=\xe9\"}",
            b"user=a&{\"password\":\"hunter2\",\"user\":\"=\xe9\"}",
        ];
        for body in latin {
            for path in ["/form", "/strict/form", "/secret/form", "/field"] {
                let request = client.post(at(path)).header(ContentType::Form).body(body);
                tells_nothing(&format!("{path} {body:?}"), json_of(request.dispatch()), 422);
            }
        }
        // What is no secret is shown all the same.
        let open = json!({"tags": ["a", 1], "address": {"street": 2}, "password": SECRET});
        let told = send(&client, &at("/profile"), open).1;
        let inputs: Vec<&Value> =
            told["detail"].as_array().unwrap().iter().map(|issue| &issue["input"]).collect();
        assert_eq!(inputs, [&json!(1), &json!(2)], "{told}");
    }
}

#[test]
fn no_mistake_shows_an_argument_that_is_write_only() {
    for base in ["", "/api"] {
        let client = client(base);
        let at = |path: &str| format!("{base}{path}");
        let request = client.get(at("/arguments/hunter2?query=hunter2"));
        let request = request.header(Header::new("X-Token", SECRET));
        let request = request.header(Header::new("Cookie", format!("session={SECRET}")));
        let (status, told) = json_of(request.dispatch());
        assert_eq!(told["detail"].as_array().map(Vec::len), Some(4), "{told}");
        tells_nothing("arguments", (status, told), 422);
        tells_nothing("path", ask(&client, &at("/arguments/hunter2%ff")), 422);
        tells_nothing("field", form(&client, &at("/field"), "password=hunter2"), 422);
        tells_nothing("field", form(&client, &at("/field"), "password=hunter2%ff"), 422);
        for body in [
            "password=hunter2",
            "user=a",
            "user=a&password=hunter2&size=hunter2",
            "user=a&password=b&hunter2=1",
            "user=a&password=hunter2%ff",
        ] {
            tells_nothing(body, form(&client, &at("/secret/form"), body), 422);
        }
        let shown = json!({"user": "a", "password": "b", "size": null});
        assert_eq!(form(&client, &at("/secret/form"), "user=a&password=b"), (200, shown));
        for body in [
            json!({"codes": {"hunter2": "x"}}),
            json!({"codes": {"a": 1}, "inner": [{"user": "a", "password": "b", "hunter2": 1}]}),
        ] {
            let (status, told) = send(&client, &at("/codes"), body);
            assert_eq!(
                told["detail"][0]["loc"].as_array().and_then(|loc| loc.last()),
                Some(&json!("**********"))
            );
            tells_nothing("a name", (status, told), 422);
        }
        for body in [json!(SECRET), json!([SECRET])] {
            tells_nothing("whole", send(&client, &at("/whole"), body.clone()), 422);
            tells_nothing("members", send(&client, &at("/members"), json!({"password": body})), 422);
        }
    }
}

/// A query that nobody takes may name a field whose value is secret, or nearly.
#[test]
fn an_unknown_query_key_shows_no_secret() {
    #[resource("/people")]
    struct Person {
        #[field(key)]
        name: String,
        #[field(write_only)]
        secret_name: String,
    }
    for base in ["", "/api"] {
        let api = Api::new().resource::<Person>();
        let client = kit::client(config(), if base.is_empty() { api } else { api.at(base) });
        send(&client, &format!("{base}/people"), json!({"name": "a", "secret_name": "b"}));
        for key in ["secret_name", "secretname", "Secret_Name", "secret%5Fname"] {
            for value in ["hunter2", "hunter2%ff"] {
                for path in ["/people", "/people/a"] {
                    let path = format!("{base}{path}?{key}={value}");
                    tells_nothing(&path, ask(&client, &path), 422);
                }
                let path = format!("{base}/people?{key}={value}");
                tells_nothing(&path, send(&client, &path, json!({"name": "c", "secret_name": "d"})), 422);
            }
        }
        let told = ask(&client, &format!("{base}/people?name=shown")).1;
        assert_eq!(told["detail"][0]["input"], "shown");
    }
}

#[test]
fn the_document_says_what_is_write_only() {
    let client = client("");
    let document = ask(&client, "/openapi.json").1;
    let password = &document["components"]["schemas"]["Login"]["properties"]["password"];
    assert_eq!(password["writeOnly"], true, "{password}");
    assert_eq!(document["components"]["schemas"]["Login"]["properties"]["user"]["writeOnly"], Value::Null);
}
