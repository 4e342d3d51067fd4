//! Rules that leave nothing to somebody, who is told so before anything of the request or the store is looked at.

use crewed::rocket::serde::json::Json;
use crewed::rocket::tokio::runtime::Runtime;
use crewed::{get, post};

use super::*;

/// What others may read, once it is published.
#[resource("/reviews", access(caller = Me, read(published && !owner), create(caller), with_check(public)))]
struct Review {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    published: bool,
}

/// What is for those who have no say.
#[resource("/petitions", access(caller = Me, read(!caller.is_admin()), create(!caller.is_admin())))]
struct Petition {
    #[field(key, generated)]
    id: i64,
}

/// What is for those whom nobody knows.
#[resource("/leaflets", access(caller = Me, read(!caller), write(!caller)))]
struct Leaflet {
    #[field(key, generated)]
    id: i64,
    #[field(default = 0)]
    copies: i64,
}

fn told(status: u16) -> (u16, Value) {
    let detail = if status == 401 { "Not authenticated" } else { "Not permitted" };
    (status, json!({"detail": detail}))
}

/// A comparison with nobody is unknown, and so is its negation; that somebody is known never is.
#[test]
fn nobody_is_neither_the_owner_nor_somebody_else() {
    let api = || Api::new().resource::<Review>().resource::<Petition>().resource::<Leaflet>();
    for (client, base) in on_bases(api) {
        let send = |method: &str, path: &str, caller: &str, body: Option<Value>| {
            ask(&client, method, &format!("{base}{path}"), caller, body)
        };
        let get = |path: &str, caller: &str| send("GET", path, caller, None);
        let keys = |(status, rows): (u16, Value)| {
            assert_eq!(status, 200, "{rows}");
            rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        for (caller, published) in [("1 user", true), ("1 user", false), ("2 user", true)] {
            let (status, row) = send("POST", "/reviews", caller, Some(json!({"published": published})));
            assert_eq!(status, 201, "{row}");
        }
        assert_eq!((get("/reviews", ""), get("/reviews/1", "")), (told(401), told(401)));
        assert_eq!(keys(get("/reviews", "1 user")), [3]);
        assert_eq!(keys(get("/reviews", "3 user")), [1, 3]);

        assert_eq!(send("POST", "/petitions", "", Some(json!({}))), told(401));
        assert_eq!(send("POST", "/petitions", "9 admin", Some(json!({}))), told(403));
        assert_eq!(send("POST", "/petitions", "1 user", Some(json!({}))).0, 201);
        assert_eq!((get("/petitions", ""), get("/petitions/1", "")), (told(401), told(401)));
        assert_eq!((get("/petitions", "9 admin"), get("/petitions/1", "9 admin")), (told(403), told(403)));
        assert_eq!(keys(get("/petitions", "1 user")), [1]);

        assert_eq!(send("POST", "/leaflets", "", Some(json!({}))).0, 201);
        assert_eq!(send("PATCH", "/leaflets/1", "", Some(json!({"copies": 2}))).0, 200);
        assert_eq!(keys(get("/leaflets", "")), [1]);
        for (method, path, body) in [
            ("GET", "/leaflets", None),
            ("GET", "/leaflets/1", None),
            ("GET", "/leaflets/2", None),
            ("POST", "/leaflets", Some(json!({}))),
            ("PUT", "/leaflets/1", Some(json!({}))),
            ("PATCH", "/leaflets/1", Some(json!({}))),
            ("DELETE", "/leaflets/1", None),
        ] {
            assert_eq!(send(method, path, "1 user", body), told(403), "{method} {path}");
        }
        assert_eq!(send("DELETE", "/leaflets/1", "", None).0, 204);
    }
}

/// What everybody may make, and is somebody's.
#[resource("/parcels", access(caller = Me, read(public), create(public)))]
#[derive(Debug)]
struct Parcel {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(max_length = 3)]
    text: String,
}

#[post("/parcels/made")]
async fn make(parcels: Repository<Parcel>) -> Result<Json<Parcel>, HttpError> {
    Ok(Json(parcels.create(ParcelCreate { text: "a".to_owned() }).await?))
}

/// A row that must have an owner is made by somebody, whatever the rule says, and nobody is told so at once.
#[test]
fn what_must_have_an_owner_is_not_made_by_nobody() {
    for (client, base) in on_bases(|| Api::new().resource::<Parcel>().operations(operations![make])) {
        let parcels = format!("{base}/parcels");
        for body in
            [json!({"text": "a"}), json!({"text": "long"}), json!({"text": "a", "owner_id": 1}), json!(1)]
        {
            assert_eq!(ask(&client, "POST", &parcels, "", Some(body.clone())), told(401), "{body}");
        }
        let path = format!("{parcels}/made");
        assert_eq!(ask(&client, "POST", &path, "", None), told(401));
        assert_eq!(ask(&client, "GET", &parcels, "", None), (200, json!([])));
        assert_eq!(ask(&client, "POST", &path, "4 user", None).1["owner_id"], 4);
        let (status, row) = ask(&client, "POST", &parcels, "5 user", Some(json!({"text": "b"})));
        assert_eq!((status, &row["owner_id"]), (201, &json!(5)));
        assert_eq!(ask(&client, "GET", &parcels, "", None).1.as_array().unwrap().len(), 2);
    }
}

/// What administrators see, editors may make, and nobody deletes.
#[resource(
    "/records",
    access(
        caller = Me,
        read(caller.is_admin()),
        create(matches!(caller.role, Role::Editor)),
        update(caller.is_admin() && owner),
        delete(never),
    ),
    export("jsonl", "csv"),
    sparse
)]
#[derive(Debug)]
struct Record {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(unique, filter, sort, search, max_length = 3)]
    name: String,
}

#[get("/records/count")]
async fn count(records: Repository<Record>) -> Result<Json<u64>, HttpError> {
    Ok(Json(records.find(Predicate::all()).count().await?))
}

/// The requests that an operation of records has, each with a fault in it where that is said, and for whom nothing is left.
fn requests() -> Vec<(&'static str, String, Option<Value>, &'static str)> {
    let name = |name: &str| Some(json!({"name": name}));
    let all = [
        ("GET", "/records", None, "1 user"),
        ("GET", "/records?no=1", None, "1 user"),
        ("GET", "/records?name=long&sort=no&limit=-1&cursor=x&count=y", None, "1 user"),
        ("GET", "/records/1", None, "1 user"),
        ("GET", "/records/x", None, "1 user"),
        ("GET", "/records/1?no=1", None, "3 editor"),
        ("GET", "/records/1?fields=no", None, "3 editor"),
        ("GET", "/records/count", None, "1 user"),
        ("POST", "/records", name("a"), "1 user"),
        ("POST", "/records", name("long"), "1 user"),
        ("POST", "/records?no=1", name("a"), "9 admin"),
        ("PUT", "/records/1", name("long"), "1 user"),
        ("PUT", "/records/x?no=1", name("long"), "3 editor"),
        ("PATCH", "/records/1", name("long"), "1 user"),
        ("PATCH", "/records/x?no=1", Some(json!([])), "3 editor"),
        ("DELETE", "/records/1", None, "9 admin"),
        ("DELETE", "/records/x", None, "9 admin"),
        ("DELETE", "/records/1?no=1", None, "1 user"),
    ];
    all.map(|(method, path, body, caller)| (method, path.to_owned(), body, caller)).to_vec()
}

fn records() -> Api {
    Api::new().resource::<Record>().operations(operations![count])
}

/// To whom a rule leaves no row at all is told that, whatever else is wrong with the request.
#[test]
fn who_may_do_nothing_is_told_so_before_the_request_is_examined() {
    for (client, base) in on_bases(records) {
        for (method, path, body, caller) in requests() {
            let path = format!("{base}{path}");
            assert_eq!(ask(&client, method, &path, caller, body.clone()), told(403), "{method} {path}");
            assert_eq!(ask(&client, method, &path, "", body), told(401), "{method} {path}");
        }
        for accepted in ["application/jsonl", "text/csv"] {
            let request = client.get(format!("{base}/records?no=1")).header(Header::new("accept", accepted));
            let answer = request.header(Header::new("x-caller", "1 user")).dispatch();
            assert_eq!(answer.status().code, 403, "{accepted}");
            assert_eq!(answer.content_type(), Some(ContentType::JSON), "{accepted}");
        }
        // A body that is no JSON is looked at as little.
        let request = client.patch(format!("{base}/records/1")).header(ContentType::JSON).body("{");
        let answer = request.header(Header::new("x-caller", "1 user")).dispatch();
        assert_eq!(answer.status().code, 403);
        // Those for whom something is left are told what is wrong.
        let get = |path: &str| ask(&client, "GET", &format!("{base}{path}"), "9 admin", None).0;
        assert_eq!((get("/records?no=1"), get("/records/x"), get("/records/count")), (422, 422, 200));
    }
}

/// The same without a statement: it is answered although there is no table any more.
#[test]
fn who_may_do_nothing_is_told_so_without_a_statement() {
    for (client, base) in on_bases(records) {
        let made = ask(&client, "POST", &format!("{base}/records"), "3 editor", Some(json!({"name": "a"})));
        // Whoever sees no row at all is told the key of the one that they have made.
        assert_eq!(made, (201, json!({"id": 1})));
        Runtime::new().unwrap().block_on(async {
            let all = Repository::<Record>::unscoped(client.rocket()).unwrap();
            all.sql_unscoped("DROP TABLE records", &[]).await.unwrap();
        });
        for (method, path, body, caller) in requests() {
            let path = format!("{base}{path}");
            assert_eq!(ask(&client, method, &path, caller, body.clone()), told(403), "{method} {path}");
            assert_eq!(ask(&client, method, &path, "", body), told(401), "{method} {path}");
        }
        for (method, path, body, caller) in [
            ("GET", "/records", None, "9 admin"),
            ("GET", "/records/1", None, "9 admin"),
            ("GET", "/records/count", None, "9 admin"),
            ("POST", "/records", Some(json!({"name": "b"})), "3 editor"),
            ("PATCH", "/records/1", Some(json!({"name": "b"})), "9 admin"),
        ] {
            assert_eq!(
                ask(&client, method, &format!("{base}{path}"), caller, body).0,
                500,
                "{method} {path}"
            );
        }
    }
}

/// What is searched by texts that administrators alone see.
#[resource("/secrets", access(caller = Me, read(public), create(public)))]
struct Secret {
    #[field(key, generated)]
    id: i64,
    #[field(search, read(caller.is_admin()))]
    text: Option<String>,
    #[field(search, read(caller.is_admin()))]
    note: Option<String>,
}

/// What is searched by a text of the owner's, which somebody who is not known never is.
#[resource("/diaries", access(caller = Me, read(public), create(caller)))]
struct Diary {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(search, read(owner))]
    text: Option<String>,
}

/// Without a field to look at there is no `q`.
#[test]
fn a_search_of_what_is_never_seen_is_unknown() {
    for (client, base) in on_bases(|| Api::new().resource::<Secret>().resource::<Diary>()) {
        let list = |path: &str, caller: &str| ask(&client, "GET", &format!("{base}{path}"), caller, None);
        let new = json!({"text": "a", "note": "b"});
        assert_eq!(ask(&client, "POST", &format!("{base}/secrets"), "9 admin", Some(new)).0, 201);
        assert_eq!(
            ask(&client, "POST", &format!("{base}/diaries"), "1 user", Some(json!({"text": "a"}))).0,
            201
        );
        for (path, caller) in [("/secrets?q=a", "1 user"), ("/secrets?q=", ""), ("/diaries?q=a", "")] {
            let (status, told) = list(path, caller);
            assert_eq!((status, &told["detail"][0]["type"]), (422, &json!("extra_forbidden")), "{path}");
            let allowed = told["detail"][0]["ctx"]["allowed"].as_array().unwrap();
            assert!(!allowed.contains(&json!("q")), "{told}");
        }
        let found = |path: &str, caller: &str| {
            let (status, rows) = list(path, caller);
            assert_eq!(status, 200, "{rows}");
            rows.as_array().unwrap().len()
        };
        assert_eq!((found("/secrets?q=b", "9 admin"), found("/secrets?q=c", "9 admin")), (1, 0));
        assert_eq!((found("/diaries?q=a", "1 user"), found("/diaries?q=a", "2 user")), (1, 0));
        assert_eq!(found("/secrets", "1 user"), 1);
    }
}
