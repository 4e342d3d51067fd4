//! What is answered to whom.

use super::*;

fn api() -> Api {
    Api::new().resource::<Note>()
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[test]
fn rows_out_of_reach_do_not_exist() {
    for (client, base) in on_bases(api) {
        let notes = format!("{base}/notes");
        let private = note(&client, base, "1 user", "private of 1", false);
        note(&client, base, "1 user", "public of 1", true);
        note(&client, base, "2 user", "private of 2", false);
        let list = |caller: &str, query: &str| ask(&client, "GET", &format!("{notes}{query}"), caller, None);
        assert_eq!(titles(&list("", "").1), ["public of 1"]);
        assert_eq!(titles(&list("1 user", "").1), ["private of 1", "public of 1"]);
        assert_eq!(titles(&list("2 user", "").1), ["public of 1", "private of 2"]);
        assert_eq!(list("3 editor", "").1.as_array().unwrap().len(), 3);
        assert_eq!(titles(&list("2 user", "?title=private%20of%201").1), Vec::<&str>::new());
        assert_eq!(titles(&list("2 user", "?q=private&sort=-title").1), ["private of 2"]);
        assert_eq!(titles(&list("2 user", "?sort=title&limit=1&skip=1").1), ["public of 1"]);
        let mut request = client.get(format!("{notes}?count=true&limit=1"));
        request.add_header(Header::new("x-caller", "2 user"));
        let answer = request.dispatch();
        assert_eq!(answer.headers().get_one("x-total-count"), Some("2"));
        assert_eq!(answer.headers().get_one("cache-control"), Some("private, no-cache"));
        // The same bytes as for a row that is not there.
        let one = |caller: &str, id: i64| ask(&client, "GET", &format!("{notes}/{id}"), caller, None);
        assert_eq!(one("2 user", private), one("2 user", 999));
        assert_eq!(one("2 user", private), (404, json!({"detail": "Not Found"})));
        assert_eq!(one("", private).0, 404);
        assert_eq!(one("1 user", private).0, 200);
        assert_eq!(client.head(format!("{notes}/{private}")).dispatch().status().code, 404);
        for format in ["application/jsonl", "text/csv"] {
            let request = client.get(notes.clone()).header(Header::new("accept", format));
            let text = request.dispatch().into_string().unwrap();
            assert!(text.contains("public of 1") && !text.contains("private"), "{text}");
        }
    }
}

#[test]
fn writes_are_for_those_who_may() {
    for (client, base) in on_bases(api) {
        let notes = format!("{base}/notes");
        let id = note(&client, base, "1 user", "public", true);
        let path = format!("{notes}/{id}");
        let body = || Some(json!({"title": "mine", "public_note": true, "slug": null}));
        let refused = (403, json!({"detail": "Not permitted"}));
        let unknown = (401, json!({"detail": "Not authenticated"}));
        for (method, body) in [("PUT", body()), ("PATCH", Some(json!({"title": "x"}))), ("DELETE", None)] {
            assert_eq!(ask(&client, method, &path, "2 user", body.clone()), refused, "{method}");
            assert_eq!(ask(&client, method, &path, "", body), unknown, "{method}");
        }
        assert_eq!(ask(&client, "POST", &notes, "", body()), unknown);
        assert_eq!(ask(&client, "PATCH", &path, "2 user", Some(json!({}))), refused);
        // What is wrong with a body is told to those who may change the row.
        let wrong = || Some(json!({"title": 1}));
        assert_eq!(ask(&client, "PATCH", &path, "2 user", wrong()), refused);
        assert_eq!(ask(&client, "PUT", &path, "2 user", wrong()), refused);
        assert_eq!(ask(&client, "PATCH", &path, "1 user", wrong()).0, 422);
        assert_eq!(ask(&client, "PATCH", &format!("{notes}/999"), "1 user", wrong()).0, 404);
        assert_eq!(ask(&client, "POST", &notes, "", wrong()), unknown);
        // The owner is whoever created it, whatever is sent.
        let moved = Some(json!({"title": "moved", "owner_id": 2}));
        let (status, row) = ask(&client, "PATCH", &path, "1 user", moved);
        assert_eq!((status, &row["owner_id"]), (200, &json!(1)));
        let sent = Some(json!({"title": "sent", "public_note": false, "slug": null, "owner_id": 9}));
        let (status, row) = ask(&client, "POST", &notes, "2 user", sent.clone());
        assert_eq!((status, &row["owner_id"]), (201, &json!(2)));
        let (status, row) = ask(&client, "PUT", &path, "1 user", sent);
        assert_eq!((status, &row["owner_id"]), (200, &json!(1)));
        assert_eq!(ask(&client, "DELETE", &path, "3 admin", None).0, 204);
    }
}

#[test]
fn bad_credentials_are_told_everywhere() {
    for (client, base) in on_bases(api) {
        let id = note(&client, base, "1 user", "public", true);
        for (method, path) in [
            ("GET", "/notes".to_owned()),
            ("GET", format!("/notes/{id}")),
            ("DELETE", format!("/notes/{id}")),
        ] {
            let answer = ask(&client, method, &format!("{base}{path}"), "x nobody", None);
            assert_eq!(answer, (401, json!({"detail": "Bad credentials"})), "{method} {path}");
        }
    }
}

/// A sheet whose fields are called like the words of rules.
#[resource(
    "/sheets",
    access(
        caller = Me,
        read(self.public || self.owner == caller.id),
        create(caller && !self.never),
        update((!self.never && caller.is_admin()) || self.owner == caller.id),
        delete(self.caller.is_some()),
        with_check(!self.never),
    )
)]
struct Sheet {
    #[field(key, generated)]
    id: i64,
    owner: i64,
    #[field(filter)]
    public: bool,
    #[field(default = false)]
    never: bool,
    #[field(read(self.public && !self.never), write(self.owner != caller.id))]
    caller: Option<i64>,
}

/// One whose owner is called so, which the word and the field both mean.
#[resource("/pads", access(caller = Me, read(owner || self.owner == 7), create(caller), update(!owner), with_check(public)))]
struct Pad {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner: i64,
}

#[test]
fn a_field_may_be_called_like_a_word() {
    for (client, base) in on_bases(|| Api::new().resource::<Sheet>().resource::<Pad>()) {
        let sheets = format!("{base}/sheets");
        let sheet = |more: Value| {
            let mut body = json!({"owner": 2, "public": false});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Some(body)
        };
        let create = |more: Value, caller: &str| ask(&client, "POST", &sheets, caller, sheet(more));
        assert_eq!(create(json!({"public": true}), "").0, 401);
        assert_eq!(create(json!({"never": true}), "1 user").0, 403);
        assert_eq!(create(json!({"caller": 5}), "2 user").0, 403);
        // The word would have made it everybody's. PostgreSQL has counted what was refused, too.
        let (status, row) = create(json!({"caller": 5}), "1 user");
        let hidden = row["id"].as_i64().unwrap();
        assert_eq!((status, row), (201, json!({"id": hidden})));
        let (status, row) = create(json!({"public": true, "caller": 6}), "1 user");
        assert_eq!((status, &row["caller"]), (201, &json!(6)));
        let shown = row["id"].as_i64().unwrap();
        let (hidden_path, shown_path) = (format!("{sheets}/{hidden}"), format!("{sheets}/{shown}"));
        let keys = |caller: &str| {
            let (status, rows) = ask(&client, "GET", &sheets, caller, None);
            assert_eq!(status, 200, "{rows}");
            rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(
            (keys(""), keys("1 user"), keys("2 user")),
            (vec![shown], vec![shown], vec![hidden, shown])
        );
        let patch =
            |caller: &str| ask(&client, "PATCH", &hidden_path, caller, Some(json!({"public": true}))).0;
        assert_eq!((patch("3 admin"), patch("1 user"), patch("2 user")), (404, 404, 200));
        assert_eq!((patch("3 admin"), patch("1 user")), (200, 403));
        let never = Some(json!({"never": true}));
        assert_eq!(ask(&client, "PATCH", &hidden_path, "2 user", never).0, 403);
        assert_eq!(ask(&client, "DELETE", &shown_path, "", None).0, 204);

        let pads = format!("{base}/pads");
        for caller in ["7 user", "8 user"] {
            assert_eq!(ask(&client, "POST", &pads, caller, Some(json!({}))).0, 201);
        }
        let owners = |caller: &str| {
            let (status, rows) = ask(&client, "GET", &pads, caller, None);
            assert_eq!(status, 200, "{rows}");
            rows.as_array().unwrap().iter().map(|row| row["owner"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!((owners(""), owners("8 user"), owners("9 user")), (vec![7], vec![7, 8], vec![7]));
        let patch = |caller: &str| ask(&client, "PATCH", &format!("{pads}/1"), caller, Some(json!({}))).0;
        assert_eq!((patch("7 user"), patch("8 user"), patch("")), (403, 200, 401));
    }
}

#[test]
fn fields_that_are_called_like_words_are_proven() {
    let report = super::proofs::proofs(|| Api::new().resource::<Sheet>()).prove().to_string();
    for rule in [
        "read of `Sheet`: self.public || self.owner == (a value of the caller)",
        "create of `Sheet`: caller && !self.never",
        "update of `Sheet`: (!self.never && (asked of the caller)) || self.owner == (a value of the caller)",
        "delete of `Sheet`: self.caller.is_some()",
        "write of the field `caller` of `Sheet`: self.owner != (a value of the caller)",
    ] {
        assert!(report.contains(rule), "{rule} is not in\n{report}");
    }
}
