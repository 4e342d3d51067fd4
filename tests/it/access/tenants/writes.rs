//! The tenant and the owner of a row are those of the caller who has created it, and stay.

use super::*;

/// Whose a row is: its tenant and its owner.
fn of(row: &Value) -> (i64, i64) {
    (row["org_id"].as_i64().unwrap(), row["maker_id"].as_i64().unwrap())
}

#[test]
fn whose_a_row_is_is_passed_over_in_bodies() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        for sent in [json!({"org_id": 2, "maker_id": 8}), json!({"org_id": null}), json!({"org_id": "x"})] {
            let write = |method: &str, path: &str, caller: &str, body: Value| {
                let (status, row) = ask(&client, method, path, caller, Some(body));
                assert!(status == 200 || status == 201, "{method} {row}");
                row
            };
            let row = write("POST", &books, "7 1", with("new", sent.clone()));
            assert_eq!(of(&row), (1, 7));
            let path = format!("{books}/{}", row["id"]);
            assert_eq!(of(&write("PUT", &path, "9 1", with("put", sent.clone()))), (1, 7));
            let row = write("PATCH", &path, "9 1", with("patch", sent.clone()));
            assert_eq!((of(&row), &row["name"]), ((1, 7), &json!("patch")));
            // Nothing else is sent, so that nothing is written.
            assert_eq!(of(&write("PATCH", &path, "9 1", sent.clone())), (1, 7));
            // Whoever belongs to all tenants creates in their own, and moves nothing either.
            assert_eq!(of(&write("PUT", &path, "9 3 root", with("put", sent.clone()))), (1, 7));
            assert_eq!(of(&write("PATCH", &path, "9 3 root", sent.clone())), (1, 7));
            let own = write("POST", &books, "9 3 root", with("own", sent));
            assert_eq!(of(&own), (3, 9));
            // As it is read it can be put.
            let whole = ask(&client, "GET", &path, "7 1", None).1;
            assert_eq!(write("PUT", &path, "7 1", whole.clone()), whole);
            for (id, caller) in [(&whole["id"], "7 1"), (&own["id"], "9 1 root")] {
                assert_eq!(ask(&client, "DELETE", &format!("{books}/{id}"), caller, None).0, 204);
            }
            assert_eq!(names(ask(&client, "GET", &books, "9 3 root", None)), [""; 0]);
        }
    }
}

/// What each of a tenant may see and change.
#[resource("/plans", access(caller = Worker, read(listed || owner), create(caller), update(owner), delete(owner)))]
struct Plan {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(owner)]
    maker_id: i64,
    #[field(filter)]
    name: String,
    listed: bool,
}

/// The owner of a row is one of its tenant: of another tenant, nobody is the owner of anything in it.
#[test]
fn an_owner_is_one_of_the_tenant() {
    for (client, base) in everywhere(|| Api::new().resource::<Plan>()) {
        let plans = format!("{base}/plans");
        let plan = |caller: &str, name: &str, listed: bool| {
            new(&client, &plans, caller, json!({"name": name, "listed": listed}))
        };
        let mine = plan("7 1", "mine", false);
        plan("7 1", "listed", true);
        // The same number, in another tenant.
        let same = plan("7 2", "same", false);
        let list = |caller: &str| names(ask(&client, "GET", &plans, caller, None));
        assert_eq!(list("7 1"), ["mine", "listed"]);
        assert_eq!(list("8 1"), ["listed"]);
        assert_eq!(list("7 2"), ["same"]);
        assert_eq!(list("8 2"), [""; 0]);
        assert_eq!(list("7 3 root"), ["mine", "listed", "same"]);
        assert_eq!(list("8 3 root"), ["listed"]);
        let patch = |caller: &str, id: i64| {
            ask(&client, "PATCH", &format!("{plans}/{id}"), caller, Some(json!({"name": "x"}))).0
        };
        assert_eq!((patch("7 2", mine), patch("7 1", same), patch("8 1", mine)), (404, 404, 404));
        assert_eq!((patch("7 1", mine), patch("7 2", same), patch("7 3 root", mine)), (200, 200, 200));
        let listed = ask(&client, "GET", &format!("{plans}?name=listed"), "8 1", None).1[0]["id"].clone();
        assert_eq!(patch("8 1", listed.as_i64().unwrap()), 403);
        assert_eq!(patch("8 2", listed.as_i64().unwrap()), 404);
    }
}

/// `access(owner)`: each sees what is their own, and nobody creates for somebody else.
#[resource("/keys", access(caller = Worker, owner), export("jsonl"))]
struct Own {
    #[field(key)]
    name: String,
    #[field(owner, filter, sort)]
    owner_id: i64,
    #[field(filter, sort, search)]
    text: String,
}

#[test]
fn what_is_owned_is_the_owners_alone() {
    for (client, base) in everywhere(|| Api::new().resource::<Own>()) {
        let keys = format!("{base}/keys");
        let body = |name: &str, text: &str| Some(json!({"name": name, "text": text, "owner_id": 9}));
        for (caller, name) in [("7 1", "a7"), ("8 1", "b8"), ("7 1", "c7")] {
            let (status, row) = ask(&client, "POST", &keys, caller, body(name, name));
            assert_eq!((status, row["owner_id"].to_string()), (201, caller[..1].to_owned()));
        }
        let list =
            |caller: &str, query: &str| names(ask(&client, "GET", &format!("{keys}{query}"), caller, None));
        assert_eq!(list("7 1", ""), ["a7", "c7"]);
        assert_eq!(list("8 1", ""), ["b8"]);
        assert_eq!(list("9 1", ""), [""; 0]);
        assert_eq!(list("7 1", "?sort=-text&owner_id__gte=0"), ["c7", "a7"]);
        assert_eq!(list("7 1", "?owner_id=8"), [""; 0]);
        assert_eq!(list("7 1", "?q=b8"), [""; 0]);
        for sort in ["name", "-text", "owner_id"] {
            let page = |caller: &str, path: &str| {
                let (status, headers, text) = whole(&client, ("GET", path), caller, &[], None);
                assert_eq!(status, 200, "{text}");
                let of = |wanted: &str| {
                    let found = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
                    found.map(|(_, value)| value.clone())
                };
                let next = of("link").map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
                (names((status, serde_json::from_str(&text).unwrap())), of("x-total-count"), next)
            };
            let (first, total, next) = page("7 1", &format!("{keys}?count=true&limit=1&sort={sort}"));
            let next = next.unwrap();
            let (second, _, last) = page("7 1", &next);
            let mut both = [first, second].concat();
            both.sort();
            assert_eq!((both, total.as_deref(), last), (vec!["a7".into(), "c7".into()], Some("2"), None));
            // Somebody else goes on from there, among the rows of their own.
            assert!(page("8 1", &next).0.iter().all(|name| name == "b8"), "{sort}");
            assert_eq!(page("9 1", &next).0, [""; 0], "{sort}");
        }
        let (_, _, text) = whole(&client, ("GET", &keys), "8 1", &[("accept", "application/jsonl")], None);
        assert!(text.contains("b8") && !text.contains("a7"), "{text}");
        for (method, body) in [
            ("GET", None),
            ("HEAD", None),
            ("PUT", body("b8", "mine")),
            ("PATCH", Some(json!({"text": "mine", "owner_id": 7}))),
            ("PATCH", Some(json!({"text": 3}))),
            ("DELETE", None),
        ] {
            let of =
                |name: &str| whole(&client, (method, &format!("{keys}/{name}")), "7 1", &[], body.clone());
            assert_eq!(of("b8"), of("no"), "{method}");
            assert_eq!(of("b8").0, 404, "{method}");
            let nobody = whole(&client, (method, &format!("{keys}/b8")), "", &[], body.clone());
            let told = if method == "HEAD" { "" } else { r#"{"detail":"Not authenticated"}"# };
            assert_eq!((nobody.0, &*nobody.2), (401, told), "{method}");
        }
        // To move a row to somebody else is impossible.
        for (method, body) in [("PUT", body("a7", "x")), ("PATCH", Some(json!({"owner_id": 8, "text": "y"})))]
        {
            let (status, row) = ask(&client, method, &format!("{keys}/a7"), "7 1", body);
            assert_eq!((status, &row["owner_id"]), (200, &json!(7)), "{method}");
        }
        // A key that clients choose tells that it is taken, and no more.
        let (status, taken) = ask(&client, "POST", &keys, "7 1", body("b8", "mine"));
        assert_eq!((status, &taken["detail"][0]["type"]), (409, &json!("unique")));
        assert!(!taken.to_string().contains("\"text\""), "{taken}");
        assert_eq!(ask(&client, "POST", &keys, "", body("d", "d")).0, 401);
        assert_eq!(ask(&client, "DELETE", &format!("{keys}/a7"), "7 1", None).0, 204);
    }
}
