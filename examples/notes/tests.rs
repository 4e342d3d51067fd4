//! Rules are tested by asking as somebody, and once more as somebody else.

#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use crewed::rocket::Config;
use crewed::rocket::http::{ContentType, Header, Method};
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

/// Ada, Bob and Eve, an editor, are of one organisation, and so is Kim, its administrator. Zoe is editor and administrator
/// of another one.
const EVERYBODY: [&str; 5] = ["ada", "bob", "eve", "kim", "zoe"];

fn client() -> Client {
    let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    Client::untracked(super::rocket().configure(config)).unwrap()
}

/// The answer to a request of whoever has this token, or of nobody if it is "".
fn ask(client: &Client, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = client.req(method, path.to_owned());
    if !token.is_empty() {
        request.add_header(Header::new("authorization", format!("Bearer {token}")));
    }
    if let Some(body) = body {
        request.add_header(ContentType::JSON);
        request.set_body(body.to_string());
    }
    let answer = request.dispatch();
    (answer.status().code, answer.into_json().unwrap_or_default())
}

fn get(client: &Client, token: &str, path: &str) -> (u16, Value) {
    ask(client, token, Method::Get, path, None)
}

fn post(client: &Client, token: &str, path: &str, body: Value) -> (u16, Value) {
    ask(client, token, Method::Post, path, Some(body))
}

fn patch(client: &Client, token: &str, path: &str, body: Value) -> (u16, Value) {
    ask(client, token, Method::Patch, path, Some(body))
}

/// Adds a note with a draft, and returns its path.
fn note(client: &Client, token: &str, slug: &str, public: bool) -> String {
    let note =
        json!({"slug": slug, "title": slug, "public_note": public, "draft": format!("draft of {slug}")});
    let (status, note) = post(client, token, "/notes", note);
    assert_eq!((status, &note["draft"]), (201, &json!(format!("draft of {slug}"))));
    format!("/notes/{}", note["id"].as_str().unwrap())
}

/// What the list of these is called, in the order in which they were written.
fn slugs(client: &Client, token: &str, query: &str) -> Vec<String> {
    let (status, list) = get(client, token, &format!("/notes?{query}"));
    assert_eq!(status, 200, "{list}");
    list.as_array().unwrap().iter().map(|note| note["slug"].as_str().unwrap().to_owned()).collect()
}

fn not_found() -> (u16, Value) {
    (404, json!({"detail": "Not Found"}))
}

fn not_permitted() -> (u16, Value) {
    (403, json!({"detail": "Not permitted"}))
}

fn not_authenticated() -> (u16, Value) {
    (401, json!({"detail": "Not authenticated"}))
}

#[test]
fn everybody_sees_what_is_theirs_to_see() {
    let client = client();
    let private = note(&client, "ada", "diary", false);
    note(&client, "ada", "welcome", true);
    note(&client, "bob", "todo", false);
    note(&client, "zoe", "river", true);
    let seen = EVERYBODY.map(|token| slugs(&client, token, "").join(" "));
    assert_eq!(seen, ["diary welcome", "welcome todo", "diary welcome todo", "welcome", "river"]);
    assert_eq!(get(&client, "", "/notes"), not_authenticated());

    // A note that one may not see is answered as one that is not there.
    let nowhere = "/notes/00000000-0000-7000-8000-000000000000";
    assert_eq!(get(&client, "ada", &private).0, 200);
    for token in ["bob", "kim", "zoe"] {
        assert_eq!(get(&client, token, &private), not_found(), "{token}");
        assert_eq!(get(&client, token, nowhere), not_found(), "{token}");
        assert_eq!(patch(&client, token, &private, json!({"title": "Mine"})), not_found(), "{token}");
    }
    assert_eq!(slugs(&client, "bob", "slug=diary"), [""; 0]);
    assert_eq!(slugs(&client, "bob", "q=diary"), [""; 0]);
    assert_eq!(slugs(&client, "eve", "q=diary"), ["diary"]);
}

#[test]
fn a_note_is_changed_by_its_owner_and_by_editors() {
    let client = client();
    let welcome = note(&client, "ada", "welcome", true);
    for token in ["bob", "kim"] {
        assert_eq!(patch(&client, token, &welcome, json!({"title": "Mine"})), not_permitted(), "{token}");
    }
    assert_eq!(patch(&client, "eve", &welcome, json!({"title": "Welcome!"})).0, 200);
    assert_eq!(patch(&client, "", &welcome, json!({"title": "Mine"})), not_authenticated());
    // Who may not change a note is not told what is wrong with the change.
    assert_eq!(patch(&client, "bob", &welcome, json!({"title": 1})), not_permitted());
    assert_eq!(patch(&client, "ada", &welcome, json!({"title": 1})).0, 422);
    // The owner and the organisation are those of whoever wrote it, whatever is sent.
    let (_, ada) = get(&client, "ada", "/me");
    let (_, zoe) = get(&client, "zoe", "/me");
    let moved = json!({"title": "Hello", "owner_id": zoe["id"], "org_id": zoe["org"]});
    let (status, note) = patch(&client, "ada", &welcome, moved);
    assert_eq!((status, &note["title"]), (200, &json!("Hello")));
    assert_eq!((&note["owner_id"], &note["org_id"]), (&ada["id"], &ada["org"]));

    let delete = |token: &str| ask(&client, token, Method::Delete, &welcome, None);
    assert_eq!((delete("bob"), delete("zoe")), (not_permitted(), not_found()));
    assert_eq!(delete("kim").0, 204);
    assert_eq!(delete("ada"), not_found());
}

#[test]
fn a_draft_is_for_its_owner() {
    let client = client();
    let welcome = note(&client, "ada", "welcome", true);
    let (_, seen) = get(&client, "eve", &welcome);
    assert!(seen.get("draft").is_none(), "{seen}");
    assert_eq!(get(&client, "ada", &welcome).1["draft"], "draft of welcome");
    // It cannot be guessed by filters either: to others there is none.
    for (token, found) in [("ada", 1), ("eve", 0)] {
        assert_eq!(slugs(&client, token, "draft__icontains=DRAFT").len(), found, "{token}");
        assert_eq!(slugs(&client, token, "draft__isnull=false").len(), found, "{token}");
    }
    // Who does not see it cannot set it either, not even by the value that it has.
    let issue = json!({"type": "not_permitted", "loc": ["body", "draft"], "msg": "Not permitted"});
    let own = json!({"draft": "draft of welcome"});
    assert_eq!(patch(&client, "eve", &welcome, own.clone()), (403, json!({"detail": [issue]})));
    assert_eq!(patch(&client, "ada", &welcome, own).0, 200);
    // What she was shown is a whole note to her, and takes nothing away.
    assert_eq!(ask(&client, "eve", Method::Put, &welcome, Some(seen)).0, 200);
    assert_eq!(get(&client, "ada", &welcome).1["draft"], "draft of welcome");
}

#[test]
fn publishing_is_the_owners() {
    let client = client();
    let diary = note(&client, "ada", "diary", false);
    let publish = |token: &str| post(&client, token, &format!("{diary}/publish"), Value::Null);
    assert_eq!(publish(""), not_authenticated());
    assert_eq!((publish("bob"), publish("zoe")), (not_found(), not_found()));
    // An editor sees the note, and no draft.
    assert_eq!(publish("eve"), (409, json!({"detail": "There is no draft."})));
    let (status, note) = publish("ada");
    assert_eq!((status, &note["text"], &note["draft"]), (200, &json!("draft of diary"), &Value::Null));
    assert_eq!(slugs(&client, "bob", ""), ["diary"]);
    assert_eq!(publish("ada").0, 409);
}

#[test]
fn names_are_those_of_an_organisation() {
    let client = client();
    note(&client, "ada", "welcome", false);
    note(&client, "zoe", "welcome", false);
    // That it is taken says that there is such a note, also where it may not be seen.
    let (status, taken) = post(&client, "bob", "/notes", json!({"slug": "welcome", "title": "Welcome"}));
    assert_eq!((status, &taken["detail"][0]["loc"]), (409, &json!(["body", "slug"])));
}

#[test]
fn an_administrator_knows_how_many_there_are() {
    let client = client();
    note(&client, "ada", "diary", false);
    note(&client, "bob", "welcome", true);
    note(&client, "zoe", "river", true);
    let report = |notes, public| (200, json!({"notes": notes, "public_notes": public, "drafts": notes}));
    assert_eq!(get(&client, "kim", "/report"), report(2, 1));
    assert_eq!(get(&client, "zoe", "/report"), report(1, 1));
    assert_eq!(get(&client, "ada", "/report"), not_permitted());
    assert_eq!(get(&client, "", "/report"), not_authenticated());
}

#[test]
fn a_token_that_is_not_right_is_told() {
    let client = client();
    for path in ["/notes", "/me", "/report", "/notes/00000000-0000-7000-8000-000000000000"] {
        assert_eq!(get(&client, "mallory", path), (401, json!({"detail": "Bad credentials"})), "{path}");
    }
}
