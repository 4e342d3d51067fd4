//! What is unique: within each tenant, or over all of them.

use super::*;

/// A key that clients choose, which they may find out about.
#[resource("/tags", access(caller = Worker, public))]
struct Tag {
    #[field(key, unique(everywhere))]
    name: String,
    #[field(tenant)]
    org_id: i64,
}

/// One row for each tenant, and one for each of its workers.
#[resource("/settings", access(caller = Worker, public))]
struct Setting {
    #[field(key, generated)]
    id: i64,
    #[field(tenant, unique)]
    org_id: i64,
    name: String,
}

#[resource("/profiles", access(caller = Worker, public))]
struct Profile {
    #[field(key, generated)]
    id: i64,
    #[field(tenant)]
    org_id: i64,
    #[field(owner, unique)]
    maker_id: i64,
    name: String,
}

fn all() -> Api {
    api().resource::<Tag>().resource::<Setting>().resource::<Profile>()
}

/// A refused write, by its bytes.
fn refused(client: &Client, method: &str, path: &str, caller: &str, body: Value) -> String {
    let (status, _, text) = whole(client, (method, path), caller, &[], Some(body));
    assert_eq!(status, 409, "{text}");
    text
}

fn taken(field: &str, input: &str) -> String {
    format!(
        r#"{{"detail":[{{"type":"unique","loc":["body","{field}"],"msg":"Value is taken","input":{input}}}]}}"#
    )
}

#[test]
fn a_field_is_unique_in_each_tenant() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let mine = new(&client, &books, "7 1", named("a"));
        let other = new(&client, &books, "8 2", named("a"));
        new(&client, &books, "7 1", named("b"));
        for (method, path, caller, body) in [
            ("POST", books.clone(), "7 1", named("a")),
            ("POST", books.clone(), "9 1", with("a", json!({"org_id": 3}))),
            ("POST", books.clone(), "9 2 root", named("a")),
            ("PUT", format!("{books}/{}", mine + 2), "9 1", named("a")),
            ("PATCH", format!("{books}/{}", mine + 2), "7 1", json!({"name": "a"})),
            // In the tenant of the row, and not in that of the caller.
            ("PATCH", format!("{books}/{}", mine + 2), "9 3 root", json!({"name": "a"})),
        ] {
            assert_eq!(refused(&client, method, &path, caller, body), taken("name", "\"a\""), "{method}");
        }
        // No conflict: with itself, with what another tenant has, and with what the caller's own tenant has.
        let name = |id: i64, caller: &str, name: &str| {
            ask(&client, "PATCH", &format!("{books}/{id}"), caller, Some(json!({"name": name}))).0
        };
        assert_eq!(
            (name(mine, "7 1", "a"), name(other, "8 2", "b"), name(mine, "7 1", "a")),
            (200, 200, 200)
        );
        new(&client, &books, "9 3 root", named("c"));
        assert_eq!(name(other, "9 3 root", "c"), 200);
    }
}

#[test]
fn fields_are_unique_together_in_each_tenant() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        let on = |shelf: i64, place: i64| json!({"shelf": shelf, "place": place});
        new(&client, &books, "7 1", with("a", on(1, 2)));
        new(&client, &books, "8 2", with("a", on(1, 2)));
        let together = r#"{"detail":[{"type":"unique","loc":["body","shelf"],"msg":"Another row has the same shelf and place","input":1,"ctx":{"fields":["shelf","place"]}}]}"#;
        assert_eq!(refused(&client, "POST", &books, "7 1", with("b", on(1, 2))), together);
        let id = new(&client, &books, "7 1", with("b", on(1, 3)));
        let path = format!("{books}/{id}");
        let place = together.replace("\"shelf\"],", "\"place\"],").replace("\"input\":1", "\"input\":2");
        assert_eq!(refused(&client, "PATCH", &path, "7 1", json!({"place": 2})), place);
        // The first one that is violated is told: of single fields, before those of several.
        assert_eq!(refused(&client, "PUT", &path, "7 1", with("a", on(1, 2))), taken("name", "\"a\""));
        // A NULL is equal to nothing.
        new(&client, &books, "7 1", with("c", json!({"shelf": 1})));
        new(&client, &books, "7 1", with("d", json!({"shelf": 1})));
    }
}

#[test]
fn everywhere_is_over_all_tenants() {
    for (client, base) in everywhere(all) {
        let (books, tags) = (format!("{base}/books"), format!("{base}/tags"));
        let code = |name: &str, code: &str| with(name, json!({"code": code}));
        new(&client, &books, "7 1", code("a", "x"));
        assert_eq!(refused(&client, "POST", &books, "8 2", code("a", "x")), taken("code", "\"x\""));
        assert_eq!(refused(&client, "POST", &books, "7 1", code("b", "x")), taken("code", "\"x\""));
        // In the order of the fields.
        assert_eq!(refused(&client, "POST", &books, "7 1", code("a", "x")), taken("name", "\"a\""));
        let colored = |name: &str| with(name, json!({"color": 1, "place": 2}));
        new(&client, &books, "7 1", colored("c"));
        let together = refused(&client, "POST", &books, "8 2", colored("c"));
        assert!(together.contains(r#""ctx":{"fields":["color","place"]}"#), "{together}");

        let tag = |name: &str| json!({"name": name});
        assert_eq!(ask(&client, "POST", &tags, "7 1", Some(tag("t"))).0, 201);
        assert_eq!(refused(&client, "POST", &tags, "8 2", tag("t")), taken("name", "\"t\""));
        // That is all that is told of it.
        assert_eq!(ask(&client, "GET", &format!("{tags}/t"), "8 2", None).0, 404);
        assert_eq!(ask(&client, "PUT", &format!("{tags}/t"), "8 2", Some(tag("t"))).0, 404);
        assert_eq!(ask(&client, "GET", &tags, "8 2", None).1, json!([]));
    }
}

#[test]
fn a_tenant_or_an_owner_may_have_one_row() {
    for (client, base) in everywhere(all) {
        for (path, field) in [("settings", "org_id"), ("profiles", "maker_id")] {
            let path = format!("{base}/{path}");
            let body = || json!({"name": "n"});
            new(&client, &path, "7 1", body());
            new(&client, &path, "7 2", body());
            assert_eq!(refused(&client, "POST", &path, "7 1", body()), taken(field, "null"));
            let second = ask(&client, "POST", &path, "8 1", Some(body())).0;
            assert_eq!(second, if field == "org_id" { 409 } else { 201 });
        }
    }
}

/// What is unique in each tenant has its place in a sort decided by the key, as rows of all tenants may be listed.
#[test]
fn rows_of_several_tenants_with_one_name_are_all_listed() {
    for (client, base) in everywhere(api) {
        let books = format!("{base}/books");
        for org in 1..=5 {
            for name in ["a", "b"] {
                new(&client, &books, &format!("7 {org}"), named(name));
            }
        }
        for (sort, limit) in [("name", 1), ("-name", 1), ("name", 3), ("-name", 4)] {
            let (mut seen, mut path) = (Vec::new(), Some(format!("{books}?sort={sort}&limit={limit}")));
            while let Some(this) = path {
                let (status, headers, text) = whole(&client, ("GET", &this), "9 9 root", &[], None);
                assert_eq!(status, 200, "{text}");
                let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
                seen.extend(rows.iter().map(|row| row["id"].as_i64().unwrap()));
                let link = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("link"));
                path = link.map(|(_, link)| link.split(['<', '>']).nth(1).unwrap().to_owned());
                assert!(seen.len() <= 10, "{sort} {limit}: {seen:?}");
            }
            let mut all = seen.clone();
            all.sort_unstable();
            all.dedup();
            assert_eq!((seen.len(), all.len()), (10, 10), "{sort} {limit}: {seen:?}");
        }
    }
}

#[test]
fn the_document_tells_it_as_elsewhere() {
    let (client, _) = everywhere(api).remove(0);
    let (status, document) = ask(&client, "GET", "/openapi.json", "", None);
    assert_eq!(status, 200);
    for (path, method) in [("/books", "post"), ("/books/{id}", "put"), ("/books/{id}", "patch")] {
        let conflict = &document["paths"][path][method]["responses"]["409"];
        let example = &conflict["content"]["application/json"]["example"];
        assert_eq!(example.to_string(), taken("name", "\"a\""), "{method}");
    }
    for schema in ["BookCreate", "BookPatch"] {
        let members = &document["components"]["schemas"][schema]["properties"];
        assert!(members["name"].is_object(), "{schema}");
        for field in ["org_id", "maker_id"] {
            assert_eq!(members[field]["readOnly"], json!(true), "{schema}");
        }
    }
}
