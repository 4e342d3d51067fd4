//! Fields that not every caller sees or sets.

use super::*;

#[model]
#[derive(Clone, Debug, PartialEq)]
struct Style {
    font: String,
    size: Option<i32>,
}

/// A paper, of which its author alone sees the draft, and administrators alone the verdict.
#[resource(
    "/papers",
    access(
        caller = Me,
        read(open || owner || caller.is_admin()),
        create(caller),
        update(open || owner || caller.is_admin()),
        delete(owner),
    ),
    export("jsonl", "csv"),
    sparse,
)]
#[derive(Clone, Debug)]
struct Paper {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    open: bool,
    #[field(filter, search)]
    title: String,
    #[field(read(owner), write(owner), filter, sort, search)]
    draft: Option<String>,
    #[field(read(caller.is_admin()), write(caller.is_admin()), filter, sort)]
    verdict: Option<i32>,
    #[field(write(caller.is_admin()), default = 0, filter)]
    grade: i32,
    #[field(read(owner), json)]
    style: Option<Style>,
}

fn api() -> Api {
    Api::new().resource::<Paper>()
}

fn paper(client: &Client, base: &str, caller: &str, body: Value) -> String {
    let (status, row) = ask(client, "POST", &format!("{base}/papers"), caller, Some(body));
    assert_eq!(status, 201, "{row}");
    format!("{base}/papers/{}", row["id"])
}

fn not_permitted(fields: &[&str]) -> (u16, Value) {
    let issue =
        |field: &&str| json!({"type": "not_permitted", "loc": ["body", field], "msg": "Not permitted"});
    (403, json!({"detail": fields.iter().map(issue).collect::<Vec<_>>()}))
}

/// What stands in the store, by whoever sees all of it together.
fn stands(client: &Client, path: &str) -> Value {
    let (status, mut row) = ask(client, "GET", path, "1 user", None);
    assert_eq!(status, 200);
    row["verdict"] = ask(client, "GET", path, "9 admin", None).1["verdict"].take();
    row
}

#[test]
fn a_field_that_is_not_seen_is_left_out() {
    for (client, base) in on_bases(api) {
        let new = json!({"open": true, "title": "t", "draft": "secret", "style": {"font": "serif"}});
        let path = paper(&client, base, "1 user", new);
        paper(&client, base, "1 user", json!({"open": true, "title": "u"}));
        paper(&client, base, "2 user", json!({"open": true, "title": "v", "draft": "mine"}));
        let get = |path: &str, caller: &str| ask(&client, "GET", path, caller, None);
        let common = json!({"id": 1, "owner_id": 1, "open": true, "title": "t", "grade": 0});
        let own = json!({"id": 1, "owner_id": 1, "open": true, "title": "t", "draft": "secret", "grade": 0,
            "style": {"font": "serif", "size": null}});
        assert_eq!(get(&path, "1 user"), (200, own));
        assert_eq!(get(&path, "2 user"), (200, common.clone()));
        assert_eq!(get(&path, ""), (200, common.clone()));
        let mut judged = common.clone();
        judged["verdict"] = Value::Null;
        assert_eq!(get(&path, "9 admin"), (200, judged));
        let list = |query: &str, caller: &str| get(&format!("{base}/papers{query}"), caller).1;
        let members = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        let rows: Vec<String> = list("", "2 user").as_array().unwrap().iter().map(members).collect();
        let short = "id owner_id open title grade";
        assert_eq!(rows, [short, short, "id owner_id open title draft grade style"]);
        // A value that is not seen counts as absent.
        let ids = |query: &str, caller: &str| {
            let rows = list(query, caller);
            let ids = rows.as_array().unwrap_or_else(|| panic!("{rows}")).iter();
            ids.map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!((ids("?draft=secret", "1 user"), ids("?draft=secret", "2 user")), (vec![1], vec![]));
        assert_eq!(ids("?draft__isnull=true", "2 user"), [1, 2]);
        assert_eq!(ids("?draft__ne=x", "2 user"), [1, 2, 3]);
        assert_eq!((ids("?q=secret", "1 user"), ids("?q=secret", "2 user")), (vec![1], vec![]));
        assert_eq!(
            (ids("?sort=draft", "1 user"), ids("?sort=-draft", "2 user")),
            (vec![1, 2, 3], vec![2, 1, 3])
        );
        assert_eq!(ids("?sort=-draft&limit=1&skip=1", "2 user"), [1]);
        // The members that are asked for may all be hidden.
        assert_eq!(list("?fields=draft", "2 user"), json!([{}, {}, {"draft": "mine"}]));
        assert_eq!(get(&format!("{path}?fields=draft,title"), "2 user"), (200, json!({"title": "t"})));
        let export = |format: &'static str, caller: &str| {
            let request = client.get(format!("{base}/papers?limit=1")).header(Header::new("accept", format));
            request.header(Header::new("x-caller", caller.to_owned())).dispatch().into_string().unwrap()
        };
        assert_eq!(export("application/jsonl", "2 user"), format!("{common}\n"));
        assert_eq!(
            export("text/csv", "2 user"),
            "id,owner_id,open,title,draft,grade,style\r\n1,1,true,t,,0,\r\n"
        );
        assert!(
            export("text/csv", "9 admin").starts_with("id,owner_id,open,title,draft,verdict,grade,style")
        );
    }
}

/// The pages of a list that is sorted by a masked field end where those of what is seen end.
#[test]
fn a_cursor_is_of_what_is_seen() {
    for (client, base) in on_bases(api) {
        for (caller, draft) in
            [("1 user", "b"), ("2 user", "c"), ("1 user", "a"), ("2 user", "d"), ("1 user", "e")]
        {
            paper(&client, base, caller, json!({"open": true, "title": "t", "draft": draft}));
        }
        let mut path = format!("{base}/papers?sort=draft&limit=2");
        let mut seen = Vec::new();
        loop {
            let request = client.get(path.clone()).header(Header::new("x-caller", "2 user"));
            let answer = request.dispatch();
            let next = answer.headers().get_one("link").map(str::to_owned);
            let rows: Value = serde_json::from_str(&answer.into_string().unwrap()).unwrap();
            seen.extend(rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()));
            let Some(next) = next else { break };
            path = next.trim_start_matches('<').split_once('>').unwrap().0.to_owned();
        }
        assert_eq!(seen, [2, 4, 1, 3, 5]);
    }
}

/// To who never sees a field, there is none.
#[test]
fn a_field_that_is_never_seen_is_unknown() {
    for (client, base) in on_bases(api) {
        paper(&client, base, "1 user", json!({"open": true, "title": "t"}));
        let list =
            |query: &str, caller: &str| ask(&client, "GET", &format!("{base}/papers?{query}"), caller, None);
        for (query, word) in [("verdict=1", "verdict"), ("verdict__gte=1", "verdict__gte")] {
            let (status, body) = list(query, "1 user");
            assert_eq!((status, &body["detail"][0]["type"]), (422, &json!("extra_forbidden")), "{word}");
            let allowed = body["detail"][0]["ctx"]["allowed"].as_array().unwrap();
            assert!(!allowed.iter().any(|name| name.as_str().unwrap().starts_with("verdict")), "{body}");
            assert_eq!(list(query, "9 admin").0, 200);
        }
        for query in ["sort=-verdict", "fields=verdict"] {
            let (status, body) = list(query, "1 user");
            assert_eq!((status, &body["detail"][0]["type"]), (422, &json!("literal_error")), "{query}");
            assert!(!body["detail"][0]["ctx"]["expected"].as_str().unwrap().contains("verdict"), "{body}");
            assert_eq!(list(query, "9 admin").0, 200);
        }
        // Nobody who is not known owns anything, so that a search is one of titles alone.
        assert_eq!(list("q=t", "").0, 200);
        assert_eq!(list("draft=x", "").0, 422);
    }
}

#[test]
fn a_field_is_set_by_who_may() {
    for (client, base) in on_bases(api) {
        let papers = format!("{base}/papers");
        let new = |more: Value| {
            let mut body = json!({"open": true, "title": "t"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            Some(body)
        };
        let create = |more: Value, caller: &str| ask(&client, "POST", &papers, caller, new(more));
        assert_eq!(create(json!({"grade": 5}), "1 user"), not_permitted(&["grade"]));
        assert_eq!(create(json!({"grade": 5, "verdict": 1}), "1 user"), not_permitted(&["verdict", "grade"]));
        // The default is no change to who sees the field, and one who does not sends nothing.
        assert_eq!(create(json!({"grade": 0}), "1 user").0, 201);
        assert_eq!(create(json!({"verdict": null}), "1 user"), not_permitted(&["verdict"]));
        assert_eq!(ask(&client, "GET", &papers, "1 user", None).1.as_array().unwrap().len(), 1);
        let path = paper(&client, base, "1 user", json!({"open": true, "title": "t", "draft": "d"}));
        let send = |method: &str, body: Value, caller: &str| ask(&client, method, &path, caller, Some(body));
        assert_eq!(send("PATCH", json!({"grade": 5, "verdict": 3}), "9 admin").0, 200);
        assert_eq!(send("PATCH", json!({"grade": 6}), "1 user"), not_permitted(&["grade"]));
        assert_eq!(send("PATCH", json!({"draft": "x"}), "2 user"), not_permitted(&["draft"]));
        // The value that stands is a change to who does not see it.
        assert_eq!(send("PATCH", json!({"draft": "d"}), "2 user"), not_permitted(&["draft"]));
        assert_eq!(send("PATCH", json!({"grade": 5, "title": "new"}), "1 user").0, 200);
        assert_eq!(stands(&client, &path)["title"], "new");
        let whole = |more: Value| new(more).unwrap();
        assert_eq!(send("PUT", whole(json!({"grade": 6})), "1 user"), not_permitted(&["grade"]));
        assert_eq!(send("PUT", whole(json!({"draft": null})), "2 user"), not_permitted(&["draft"]));
        // What is left out keeps its value, seen or not, where the caller may not set or see it.
        assert_eq!(send("PUT", whole(json!({})), "2 user").0, 200);
        let mut row = stands(&client, &path);
        let kept = json!({"id": row["id"], "owner_id": 1, "open": true, "title": "t", "draft": "d", "grade": 5,
            "style": null, "verdict": 3});
        assert_eq!(row, kept);
        assert_eq!(send("PUT", whole(json!({"grade": 5})), "1 user").0, 200);
        row = stands(&client, &path);
        assert_eq!((&row["draft"], &row["grade"], &row["verdict"]), (&json!(null), &json!(5), &json!(3)));
        assert_eq!(send("PUT", whole(json!({})), "9 admin").0, 200);
        row = stands(&client, &path);
        assert_eq!((&row["grade"], &row["verdict"]), (&json!(0), &json!(null)));
        // The order of the answers: a row that may not be changed, then its fields, then what is wrong with the body.
        assert_eq!(send("PATCH", json!({"open": false}), "1 user").0, 200);
        assert_eq!(send("PATCH", json!({"grade": 6}), "2 user").0, 404);
        assert_eq!(send("PATCH", json!({"grade": "x"}), "2 user").0, 404);
        assert_eq!(send("PATCH", json!({"grade": "x"}), "1 user").0, 422);
    }
}

/// A field of each type, which administrators alone set.
#[resource("/kinds", access(caller = Me, public))]
struct Kinds {
    #[field(key, generated)]
    id: Uuid,
    #[field(write(caller.is_admin()))]
    text: Option<String>,
    #[field(write(caller.is_admin()))]
    integer: Option<i64>,
    #[field(write(caller.is_admin()))]
    real: Option<f64>,
    #[field(write(caller.is_admin()))]
    truth: Option<bool>,
    #[field(write(caller.is_admin()), scale = 2)]
    amount: Option<Decimal>,
    #[field(write(caller.is_admin()))]
    moment: Option<DateTime<Utc>>,
    #[field(write(caller.is_admin()))]
    day: Option<NaiveDate>,
    #[field(write(caller.is_admin()))]
    token: Option<Uuid>,
    #[field(write(caller.is_admin()))]
    role: Option<Role>,
    #[field(write(caller.is_admin()), json)]
    style: Option<Style>,
    #[field(write(caller.is_admin()), json)]
    words: Option<Vec<String>>,
}

/// Of whatever type a field is, the value that stands is no change.
#[test]
fn the_value_that_stands_is_no_change() {
    for (client, base) in on_bases(|| Api::new().resource::<Kinds>()) {
        let all = json!({"text": "", "integer": -1, "real": 0.1, "truth": false, "amount": "1.10",
            "moment": "2026-11-28T10:00:00.000001Z", "day": "2026-11-28", "role": "editor",
            "token": "01890a5d-ac96-774b-bcce-b302099a8057", "style": {"font": "f", "size": null}, "words": ["a", "b"]});
        let other = json!({"text": "x", "integer": 1, "real": 0.2, "truth": true, "amount": "1.11",
            "moment": "2026-11-28T10:00:00.000002Z", "day": "2026-11-29", "role": "admin",
            "token": "01890a5d-ac96-774b-bcce-b302099a8058", "style": {"font": "g"}, "words": ["a"]});
        let (status, row) = ask(&client, "POST", &format!("{base}/kinds"), "9 admin", Some(all.clone()));
        assert_eq!(status, 201, "{row}");
        let path = format!("{base}/kinds/{}", row["id"].as_str().unwrap());
        for method in ["PUT", "PATCH"] {
            assert_eq!(
                ask(&client, method, &path, "1 user", Some(row.clone())),
                (200, row.clone()),
                "{method}"
            );
            assert_eq!(
                ask(&client, method, &path, "1 user", Some(all.clone())),
                (200, row.clone()),
                "{method}"
            );
            for (name, value) in other.as_object().unwrap() {
                let mut sent = all.clone();
                sent[name] = value.clone();
                assert_eq!(ask(&client, method, &path, "1 user", Some(sent.clone())), not_permitted(&[name]));
                sent[name] = Value::Null;
                assert_eq!(ask(&client, method, &path, "1 user", Some(sent)), not_permitted(&[name]));
            }
        }
        // Of what is compared with the stored values in Rust, it is told apart.
        let mut json = all.clone();
        json["style"] = other["style"].clone();
        json["words"] = other["words"].clone();
        assert_eq!(ask(&client, "PUT", &path, "1 user", Some(json)), not_permitted(&["style", "words"]));
        let plain = ["text", "integer", "real", "truth", "amount", "moment", "day", "token", "role"];
        assert_eq!(ask(&client, "PUT", &path, "1 user", Some(other)), not_permitted(&plain));
        assert_eq!(ask(&client, "PUT", &path, "1 user", Some(json!({}))), (200, row));
    }
}

/// A patch of a model in a field that the caller does not see begins with none, so that it tells nothing of it.
#[test]
fn a_patch_of_what_is_not_seen_tells_nothing() {
    for (client, base) in on_bases(api) {
        let new = json!({"open": true, "title": "t", "style": {"font": "secret", "size": 7}});
        let path = paper(&client, base, "1 user", new);
        let send = |body: Value, caller: &str| ask(&client, "PATCH", &path, caller, Some(body));
        // The font stands, which who sees it does not have to send.
        assert_eq!(
            send(json!({"style": {"size": 8}}), "1 user").1["style"],
            json!({"font": "secret", "size": 8})
        );
        let (status, body) = send(json!({"style": {"size": 9}}), "2 user");
        assert_eq!((status, &body["detail"][0]["type"]), (422, &json!("missing")));
        assert!(!body.to_string().contains("secret"), "{body}");
        assert_eq!(send(json!({"style": {"font": "theirs"}}), "2 user").0, 200);
        assert_eq!(stands(&client, &path)["style"], json!({"font": "theirs", "size": null}));
    }
}

/// In code, `None` is left out where the caller does not see the field.
#[test]
fn code_is_given_what_its_caller_sees() {
    in_code(api(), async |rocket| {
        let of = |id: i64, role: Role| Repository::<Paper>::as_caller(rocket, &Me { id, role }).unwrap();
        let (author, other, admin) = (of(1, Role::User), of(2, Role::User), of(9, Role::Admin));
        let new = PaperCreate {
            open: true,
            title: "t".to_owned(),
            draft: Some("d".to_owned()),
            verdict: None,
            grade: 0,
            style: None,
        };
        let made = author.create(new.clone()).await.unwrap();
        assert_eq!((made.draft.as_deref(), made.grade), (Some("d"), 0));
        assert_eq!(other.create(PaperCreate { grade: 1, ..new.clone() }).await.unwrap_err().code(), 403);
        let patch = PaperPatch { verdict: Patched::Value(4), ..Default::default() };
        assert_eq!(admin.patch(&made.id, patch).await.unwrap().verdict, Some(4));
        let seen = other.read(&made.id).await.unwrap();
        assert_eq!((seen.draft, seen.verdict), (None, None));
        let find = |papers: &Repository<Paper>| papers.clone();
        let drafts = |papers: Repository<Paper>| async move {
            papers.find(Paper::FIELDS.draft.eq(Some("d".to_owned()))).count().await.unwrap()
        };
        assert_eq!((drafts(find(&author)).await, drafts(find(&other)).await), (1, 0));
        let replace = PaperReplace {
            open: true,
            title: "u".to_owned(),
            draft: None,
            verdict: None,
            grade: 0,
            style: None,
        };
        assert_eq!(other.replace(&made.id, replace.clone()).await.unwrap().title, "u");
        let all = Repository::<Paper>::unscoped(rocket).unwrap();
        let row = all.read(&made.id).await.unwrap();
        assert_eq!((row.draft.as_deref(), row.verdict), (Some("d"), Some(4)));
        author.replace(&made.id, replace).await.unwrap();
        let row = all.read(&made.id).await.unwrap();
        assert_eq!((row.draft.as_deref(), row.verdict), (None, Some(4)));
        let patch = || PaperPatch { draft: Patched::Value("x".to_owned()), ..Default::default() };
        let refused = other.update_where(Paper::FIELDS.open.eq(true), patch()).await;
        assert_eq!(refused.unwrap_err().code(), 403);
        let done = author.transaction(|tx| async move { tx.of::<Paper>().patch(&made.id, patch()).await });
        assert_eq!(done.await.unwrap().draft.as_deref(), Some("x"));
    });
}

/// A row that its writer may not see any more is answered by its key.
mod unseen {
    use super::*;

    /// A letter, which anybody may send to anybody, and the receiver alone reads.
    #[resource(
        "/letters",
        access(
            caller = Me,
            read(receiver == caller.id),
            create(caller),
            update(receiver == caller.id),
            with_check(caller),
        ),
        operations(list, read, create, replace, patch),
    )]
    struct Letter {
        #[field(key, generated)]
        id: i64,
        receiver: i64,
        text: String,
        #[field(default = "sent")]
        state: String,
    }

    /// Somebody new, whom nobody but themselves may see.
    #[resource(
        "/accounts",
        access(caller = Me, read(id == caller.id), update(id == caller.id), create(public)),
        operations(list, read, create),
    )]
    struct Account {
        #[field(key, generated)]
        id: i64,
        name: String,
    }

    /// Who sees no row at all may create some nevertheless, if the rule says so.
    #[test]
    fn a_stranger_signs_up() {
        for (client, base) in on_bases(|| Api::new().resource::<Account>()) {
            let path = format!("{base}/accounts");
            let sent = Some(json!({"name": "ada"}));
            assert_eq!(ask(&client, "POST", &path, "", sent.clone()), (201, json!({"id": 1})));
            assert_eq!(ask(&client, "GET", &path, "", None).0, 401);
            assert_eq!(ask(&client, "GET", &path, "1 user", None), (200, json!([{"id": 1, "name": "ada"}])));
            // Who sees some rows is asked to see this one, too.
            assert_eq!(
                ask(&client, "POST", &path, "9 user", sent),
                (403, json!({"detail": "Not permitted"}))
            );
            let document = ask(&client, "GET", &format!("{base}/openapi.json"), "", None).1;
            let created =
                &document["paths"][&path]["post"]["responses"]["201"]["content"]["application/json"];
            assert_eq!(created["schema"]["required"], json!(["id"]));
        }
    }

    #[test]
    fn a_writer_who_does_not_see_the_row_is_told_its_key() {
        for (client, base) in on_bases(|| Api::new().resource::<Letter>()) {
            let send = |method: &'static str, path: &str, body: Value| {
                let method = method.parse().unwrap();
                let request = client.req(method, path.to_owned()).header(Header::new("x-caller", "1 user"));
                let answer = request.header(ContentType::JSON).body(body.to_string()).dispatch();
                let location = answer.headers().get_one("location").map(str::to_owned);
                (answer.status().code, location, answer.into_string().unwrap())
            };
            let letters = format!("{base}/letters");
            let other = send("POST", &letters, json!({"receiver": 2, "text": "hello"}));
            assert_eq!(other, (201, Some(format!("{letters}/1")), r#"{"id":1}"#.to_owned()));
            let own = r#"{"id":2,"receiver":1,"text":"note","state":"sent"}"#;
            let to_oneself = send("POST", &letters, json!({"receiver": 1, "text": "note"}));
            assert_eq!(to_oneself, (201, Some(format!("{letters}/2")), own.to_owned()));
            let path = format!("{letters}/2");
            let same = send("PATCH", &path, json!({}));
            assert_eq!(same, (200, None, own.to_owned()));
            let passed_on = send("PATCH", &path, json!({"receiver": 2}));
            assert_eq!(passed_on, (200, Some(path.clone()), r#"{"id":2}"#.to_owned()));
            assert_eq!(ask(&client, "GET", &path, "1 user", None).0, 404);
            assert_eq!(ask(&client, "GET", &path, "2 user", None).1["text"], "note");
        }
    }
}

/// The document has no member as always there that some callers do not see.
#[test]
fn the_document_tells_what_may_be_left_out() {
    let client = Client::untracked(crewed::rocket::custom(config()).attach(api())).unwrap();
    let document: Value =
        serde_json::from_str(&client.get("/openapi.json").dispatch().into_string().unwrap()).unwrap();
    let required = |schema: &Value| schema["required"].clone();
    assert_eq!(
        required(&document["components"]["schemas"]["Paper"]),
        json!(["grade", "id", "open", "owner_id", "title"])
    );
    let refused =
        &document["paths"]["/papers"]["post"]["responses"]["403"]["content"]["application/json"]["schema"];
    assert_eq!(
        *refused,
        json!({"anyOf": [
            {"$ref": "#/components/schemas/HTTPError"},
            {"$ref": "#/components/schemas/HTTPValidationError"},
        ]})
    );
}
