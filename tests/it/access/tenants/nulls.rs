//! Owners and tenants that a row may be without.

use crewed::rocket::tokio::runtime::Runtime;

use super::*;

/// Rows of tenants, and rows of before there were tenants.
#[resource("/memos", access(caller = Worker, public))]
#[derive(Debug)]
struct Memo {
    #[field(key, generated)]
    id: i64,
    #[field(tenant, filter)]
    org_id: Option<i64>,
    #[field(unique, filter)]
    name: String,
}

/// Rows that strangers may make, which are nobody's then.
#[resource("/cards", access(caller = Worker, read(public), create(public), update(owner), delete(!owner)))]
struct Card {
    #[field(key, generated)]
    id: i64,
    #[field(owner, filter)]
    owner_id: Option<i64>,
    name: String,
}

/// Rows that everybody sees but their owners.
#[resource("/gifts", access(caller = Worker, read(!owner), create(caller), with_check(public)))]
struct Gift {
    #[field(key, generated)]
    id: i64,
    #[field(owner, filter)]
    owner_id: Option<i64>,
    #[field(filter)]
    name: String,
}

/// Every caller has a tenant, so that they are of none.
#[test]
fn rows_without_a_tenant_are_of_none() {
    for (client, base) in everywhere(|| Api::new().resource::<Memo>()) {
        let memos = format!("{base}/memos");
        let body = |name: &str| json!({"name": name, "org_id": null});
        let none = Runtime::new().unwrap().block_on(async {
            let all = Repository::<Memo>::unscoped(client.rocket()).unwrap();
            let memo = || MemoCreate { name: "a".to_owned() };
            assert_eq!(all.create(memo()).await.unwrap().org_id, None);
            // A NULL is equal to nothing.
            all.create(memo()).await.unwrap().id
        });
        let own = new(&client, &memos, "7 1", body("a"));
        assert_eq!(ask(&client, "GET", &format!("{memos}/{own}"), "7 1", None).1["org_id"], json!(1));
        assert_eq!(ask(&client, "POST", &memos, "7 1", Some(body("a"))).0, 409);
        let list = |caller: &str, query: &str| {
            names(ask(&client, "GET", &format!("{memos}{query}"), caller, None)).len()
        };
        assert_eq!((list("8 1", ""), list("8 2", ""), list("9 3 root", "")), (1, 0, 3));
        assert_eq!((list("8 1", "?org_id__isnull=true"), list("9 3 root", "?org_id__isnull=true")), (0, 2));
        assert_eq!(list("8 1", "?org_id__ne=1"), 0);
        assert_eq!(ask(&client, "GET", &memos, "", None).0, 401);
        assert_eq!(ask(&client, "POST", &memos, "", Some(body("x"))).0, 401);
        let path = format!("{memos}/{none}");
        for (method, body) in
            [("GET", None), ("PUT", Some(body("x"))), ("PATCH", Some(json!({"name": "x"}))), ("DELETE", None)]
        {
            assert_eq!(ask(&client, method, &path, "8 1", body.clone()).0, 404, "{method}");
            assert_eq!(ask(&client, method, &path, "", body).0, 401, "{method}");
        }
        // It stays of none when it is changed.
        let (status, row) = ask(&client, "PATCH", &path, "9 3 root", Some(json!({"name": "x", "org_id": 3})));
        assert_eq!((status, &row["org_id"]), (200, &Value::Null));
        assert_eq!(ask(&client, "DELETE", &path, "9 3 root", None).0, 204);
    }
}

#[test]
fn what_a_stranger_makes_is_nobodys() {
    for (client, base) in everywhere(|| Api::new().resource::<Card>()) {
        let cards = format!("{base}/cards");
        let body = |name: &str| json!({"name": name, "owner_id": 7});
        let (status, nobodys) = ask(&client, "POST", &cards, "", Some(body("nobody's")));
        assert_eq!((status, &nobodys["owner_id"]), (201, &Value::Null));
        let (status, own) = ask(&client, "POST", &cards, "7 1", Some(body("own")));
        assert_eq!((status, &own["owner_id"]), (201, &json!(7)));
        let on = |row: &Value| format!("{cards}/{}", row["id"]);
        let patch = |row: &Value, caller: &str| {
            ask(&client, "PATCH", &on(row), caller, Some(json!({"name": "x", "owner_id": 8}))).0
        };
        // A row without an owner is nobody's, whoever asks.
        assert_eq!((patch(&nobodys, ""), patch(&nobodys, "7 1"), patch(&nobodys, "8 1")), (401, 403, 403));
        assert_eq!((patch(&own, ""), patch(&own, "8 1"), patch(&own, "7 1")), (401, 403, 200));
        assert_eq!(ask(&client, "GET", &on(&own), "", None).1["owner_id"], json!(7));
        // `!owner` is true of it for everybody who is known, and for nobody else.
        let delete = |row: &Value, caller: &str| ask(&client, "DELETE", &on(row), caller, None).0;
        assert_eq!((delete(&own, ""), delete(&own, "7 1"), delete(&own, "8 1")), (401, 403, 204));
        assert_eq!((delete(&nobodys, ""), delete(&nobodys, "7 1")), (401, 204));
    }
}

#[test]
fn not_the_owner_is_whoever_is_known() {
    for (client, base) in everywhere(|| Api::new().resource::<Gift>()) {
        let gifts = format!("{base}/gifts");
        for (caller, name) in [("7 1", "of 7"), ("8 1", "of 8")] {
            // Its writer does not see it.
            let (status, row) = ask(&client, "POST", &gifts, caller, Some(json!({"name": name})));
            assert_eq!(status, 201, "{row}");
        }
        Runtime::new().unwrap().block_on(async {
            let all = Repository::<Gift>::unscoped(client.rocket()).unwrap();
            all.create(GiftCreate { name: "of nobody".to_owned() }).await.unwrap();
        });
        let list = |caller: &str| ask(&client, "GET", &format!("{gifts}?sort=id"), caller, None);
        assert_eq!(names(list("7 1")), ["of 8", "of nobody"]);
        assert_eq!(names(list("8 1")), ["of 7", "of nobody"]);
        assert_eq!(names(list("9 1")), ["of 7", "of 8", "of nobody"]);
        assert_eq!(list(""), (401, json!({"detail": "Not authenticated"})));
        // Nobody may change or delete what no rule names.
        for (method, body) in [("PATCH", Some(json!({"name": "x"}))), ("DELETE", None)] {
            assert_eq!(ask(&client, method, &format!("{gifts}/1"), "9 1", body).0, 403);
        }
    }
}
