//! What a tenant sees of another one's rows: nothing, whatever the rule says of its own.

use super::*;

/// Two rows of each tenant; returns the key of the first of each.
fn seeded(client: &Client, books: &str) -> (i64, i64) {
    let mine = new(client, books, "7 1", named("a1"));
    let other = new(client, books, "8 2", named("b2"));
    new(client, books, "7 1", named("c1"));
    new(client, books, "8 2", named("d2"));
    (mine, other)
}

#[test]
fn lists_have_the_rows_of_one_tenant() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let (_, other) = seeded(&client, &books);
        let list =
            |caller: &str, query: &str| names(ask(&client, "GET", &format!("{books}{query}"), caller, None));
        for (query, mine, others) in [
            ("", &["a1", "c1"][..], &["b2", "d2"][..]),
            ("?sort=-name", &["c1", "a1"], &["d2", "b2"]),
            ("?sort=org_id,-name", &["c1", "a1"], &["d2", "b2"]),
            ("?sort=-org_id", &["c1", "a1"], &["d2", "b2"]),
            ("?skip=1", &["c1"], &["d2"]),
            ("?limit=1", &["a1"], &["b2"]),
            ("?org_id=1", &["a1", "c1"], &[]),
            ("?org_id=2", &[], &["b2", "d2"]),
            ("?org_id__ne=1", &[], &["b2", "d2"]),
            ("?org_id__gte=0", &["a1", "c1"], &["b2", "d2"]),
            ("?name=b2", &[], &["b2"]),
            ("?name__in=a1&name__in=b2&name__in=c1&name__in=d2&sort=-name", &["c1", "a1"], &["d2", "b2"]),
            ("?name__ne=zz", &["a1", "c1"], &["b2", "d2"]),
            ("?maker_id=8", &[], &["b2", "d2"]),
            ("?id__gte=0", &["a1", "c1"], &["b2", "d2"]),
            ("?q=2", &[], &["b2", "d2"]),
        ] {
            assert_eq!(list("7 1", query), mine, "{query}");
            assert_eq!(list("9 2", query), others, "{query}");
            assert_eq!(list("9 3", query), [""; 0], "{query}");
        }
        assert_eq!(list("7 1", &format!("?id={other}")), [""; 0]);
        let count = |caller: &str, query: &str| {
            let path = format!("{books}?count=true&limit=1{query}");
            let (status, headers, _) = whole(&client, ("GET", &path), caller, &[], None);
            let total = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-total-count"));
            (status, total.map(|(_, total)| total.clone()).unwrap_or_default())
        };
        assert_eq!(count("7 1", ""), (200, "2".to_owned()));
        assert_eq!(count("7 1", "&name=b2"), (200, "0".to_owned()));
        assert_eq!(count("9 3", ""), (200, "0".to_owned()));
        assert_eq!(count("9 3 root", ""), (200, "4".to_owned()));
        for format in ["application/jsonl", "text/csv"] {
            let (status, _, text) = whole(&client, ("GET", &books), "7 1", &[("accept", format)], None);
            assert_eq!(status, 200);
            assert!(text.contains("a1") && text.contains("c1"), "{text}");
            assert!(!text.contains("b2") && !text.contains("d2"), "{text}");
        }
    }
}

/// A cursor has values of the last row, and says nothing of who may see what comes after it.
#[test]
fn cursors_lead_to_rows_of_the_callers_own() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        seeded(&client, &books);
        let page = |caller: &str, path: &str| {
            let (status, headers, text) = whole(&client, ("GET", path), caller, &[], None);
            assert_eq!(status, 200, "{text}");
            let link = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("link"));
            let next = link.map(|(_, link)| link.split(['<', '>']).nth(1).unwrap().to_owned());
            (names((status, serde_json::from_str(&text).unwrap())), next)
        };
        for sort in ["", "&sort=name", "&sort=-name", "&sort=org_id", "&sort=-org_id,name"] {
            let (first, next) = page("7 1", &format!("{books}?limit=1{sort}"));
            let next = next.unwrap();
            let (second, last) = page("7 1", &next);
            assert_eq!((first.len(), second.len(), last), (1, 1, None), "{sort}");
            assert_ne!(first, second, "{sort}");
            assert!([first, second].concat().iter().all(|name| name.ends_with('1')), "{sort}");
            // Somebody of another tenant goes on from there, among the rows of their own.
            let next = next.replace("limit=1", "limit=9");
            assert!(page("8 2", &next).0.iter().all(|name| name.ends_with('2')), "{sort}");
            assert_eq!(page("9 3", &next).0, [""; 0], "{sort}");
        }
    }
}

#[test]
fn a_row_of_another_tenant_is_answered_as_none() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let (mine, other) = seeded(&client, &books);
        let on = |id: i64| format!("{books}/{id}");
        for (method, body) in [
            ("GET", None),
            ("HEAD", None),
            ("DELETE", None),
            ("PUT", Some(named("x"))),
            ("PUT", Some(json!({"name": 3, "more": 4}))),
            ("PUT", Some(json!([]))),
            ("PATCH", Some(json!({"name": "x"}))),
            ("PATCH", Some(json!({"name": "a1"}))),
            ("PATCH", Some(json!({"name": null, "more": 4}))),
            ("PATCH", Some(json!({}))),
        ] {
            let of = |caller: &str, id: i64| whole(&client, (method, &on(id)), caller, &[], body.clone());
            let absent = of("7 1", 999);
            assert_eq!(absent.0, 404, "{method}");
            assert_eq!(of("7 1", other), absent, "{method}");
            assert_eq!(of("9 3", mine), absent, "{method}");
            if method != "HEAD" {
                assert_eq!(absent.2, r#"{"detail":"Not Found"}"#, "{method}");
            }
        }
        // Nothing has happened to it.
        let row = ask(&client, "GET", &on(other), "8 2", None).1;
        assert_eq!((&row["name"], &row["org_id"], &row["maker_id"]), (&json!("b2"), &json!(2), &json!(8)));
    }
}

/// `public` is everybody of the tenant, and nobody is of none.
#[test]
fn nobody_is_asked_for_credentials() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let (mine, _) = seeded(&client, &books);
        for (method, path, body) in [
            ("GET", books.clone(), None),
            ("HEAD", books.clone(), None),
            ("GET", format!("{books}?nonsense=1"), None),
            ("GET", format!("{books}?count=true&org_id=1"), None),
            ("POST", books.clone(), Some(named("x"))),
            ("POST", books.clone(), Some(json!({"nonsense": 1}))),
            ("GET", format!("{books}/{mine}"), None),
            ("HEAD", format!("{books}/{mine}"), None),
            ("GET", format!("{books}/999"), None),
            ("GET", format!("{books}/nonsense"), None),
            ("PUT", format!("{books}/{mine}"), Some(named("x"))),
            ("PATCH", format!("{books}/{mine}"), Some(json!({"name": "x"}))),
            ("PATCH", format!("{books}/{mine}"), Some(json!({}))),
            ("DELETE", format!("{books}/{mine}"), None),
        ] {
            for accept in ["*/*", "text/csv", "application/jsonl"] {
                let answer = whole(&client, (method, &path), "", &[("accept", accept)], body.clone());
                assert_eq!(answer.0, 401, "{method} {path}");
                if method != "HEAD" {
                    assert_eq!(answer.2, r#"{"detail":"Not authenticated"}"#, "{method} {path}");
                }
                let bad = whole(&client, (method, &path), "x", &[("accept", accept)], body.clone());
                assert_eq!(bad.0, 401, "{method} {path}");
            }
        }
        assert_eq!(names(ask(&client, "GET", &books, "7 1", None)), ["a1", "c1"]);
    }
}

#[test]
fn who_is_of_all_tenants_sees_all() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let (mine, other) = seeded(&client, &books);
        let list = |query: &str| names(ask(&client, "GET", &format!("{books}{query}"), "9 3 root", None));
        assert_eq!(list(""), ["a1", "b2", "c1", "d2"]);
        assert_eq!(list("?org_id=2"), ["b2", "d2"]);
        assert_eq!(list("?sort=-org_id,name"), ["b2", "d2", "a1", "c1"]);
        for id in [mine, other] {
            assert_eq!(ask(&client, "GET", &format!("{books}/{id}"), "9 3 root", None).0, 200);
        }
    }
}
