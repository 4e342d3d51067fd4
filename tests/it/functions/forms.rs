//! Forms, and files in them.

use super::*;

#[test]
fn forms_are_coerced_and_explained() {
    let client = client();
    let whole = "username=ada%20l&age=+36&tags=a&tags=b&mood=cross&other=1";
    let told = json!({"username": "ada l", "age": 36, "tags": ["a", "b"], "mood": "cross"});
    assert_eq!(sent(&client, "/form", FORM, whole), (200, told));
    // Of a form, an empty field is one that was not sent; in a list it is an item.
    let told = json!({"username": "ada", "age": null, "tags": null, "mood": "calm"});
    assert_eq!(sent(&client, "/form", FORM, "username=ada&age=7&age=&mood="), (200, told));
    let told = json!({"username": "ada", "age": null, "tags": ["", "b"], "mood": "calm"});
    assert_eq!(sent(&client, "/form", FORM, "username=ada&tags=&tags=b"), (200, told));
    let (status, body) = sent(&client, "/form", FORM, "username=a&age=old&mood=odd");
    let told = [
        only("string_too_short", "body.username"),
        only("int_parsing", "body.age"),
        only("enum", "body.mood"),
    ];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    for (media, body) in
        [(FORM, ""), ("application/json", r#"{"username": "ada"}"#), ("text/plain", "username=ada")]
    {
        assert_eq!(
            issues(&sent(&client, "/form", media, body).1),
            only("missing", "body.username"),
            "{media}"
        );
    }
    assert_eq!(sent(&client, "/form", FORM, "username=ada").1["mood"], "calm");
}

#[test]
fn a_form_may_be_a_model() {
    let client = client();
    let told = json!({"username": "ada", "remember": true});
    assert_eq!(sent(&client, "/login", FORM, "username=ada&remember=on"), (200, told));
    let told = json!({"username": "ada", "remember": null});
    assert_eq!(sent(&client, "/login", FORM, "username=ada&remember=on&remember="), (200, told));
    let (status, body) = sent(&client, "/login", FORM, "remember=perhaps");
    let told = [only("missing", "body.username"), only("bool_parsing", "body.remember")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
}

const MULTIPART: &str = "multipart/form-data; boundary=XX";

fn part(name: &str, more: &str, content: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
}

#[test]
fn files_come_in_forms() {
    let client = client();
    let file = part("file", "; filename=\"a b.txt\"\r\nContent-Type: text/plain", "some text");
    let more = part("more", "; filename=\"1\"", "1") + &part("more", "; filename=\"2\"", "22");
    let whole = format!("{file}{more}{}--XX--\r\n", part("note", "", "hi"));
    let told = json!({
        "id": 5, "name": "a b.txt", "type": "text/plain", "text": "some text", "more": [1, 2], "note": "hi",
    });
    assert_eq!(sent(&client, "/files/5", MULTIPART, &whole), (200, told));
    let (status, body) = sent(&client, "/files/x", MULTIPART, format!("{more}--XX--\r\n"));
    let told = [only("int_parsing", "path.id"), only("missing", "body.file")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    // A browser whose user chose no file sends one without name and content.
    let nothing = part("file", "; filename=\"\"", "");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{file}{nothing}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("missing", "body.file")));
    let nothing = part("more", "; filename=\"\"", "");
    assert_eq!(
        sent(&client, "/files/5", MULTIPART, format!("{file}{more}{nothing}--XX--\r\n")).1["more"],
        json!([1, 2])
    );
    let note = part("note", "; filename=\"n.txt\"", "hi");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{file}{note}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("string_type", "body.note")));
    assert_eq!(body["detail"][0]["input"], json!({"filename": "n.txt", "size": 2}));
    let text = part("file", "", "no file");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{text}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("value_error", "body.file")));
    for broken in [whole.replace("--XX--", ""), "no form".to_owned()] {
        let told = json!({"detail": "There was an error parsing the body"});
        assert_eq!(sent(&client, "/files/5", MULTIPART, &broken), (400, told), "{broken}");
    }
    assert_eq!(sent(&client, "/files/5", "multipart/form-data", &whole).0, 400);
}

/// Rocket's parser of media types refuses some of what clients write behind them; the form is a form all the same.
#[test]
fn a_form_is_one_whatever_stands_behind_its_media_type() {
    let client = client();
    let told = (200, json!({"username": "ada", "remember": null}));
    for more in ["", ";", "; UTF-8", "; charset=UTF-8", ";charset", "; a=b=c", "; charset=\"utf-8"] {
        let kind = format!("application/x-www-form-urlencoded{more}");
        assert_eq!(sent(&client, "/login", &kind, "username=ada"), told, "{kind}");
    }
    assert_eq!(sent(&client, "/login", "APPLICATION/X-WWW-Form-Urlencoded", "username=ada"), told);
    let file = part("file", "; filename=\"a\"", "some text");
    for (boundary, said) in [
        ("----=_Part_1", "----=_Part_1"),
        ("=", "\"=\""),
        ("a b", "\"a b\""),
        ("XX", "XX;"),
        ("XX", "XX; charset"),
    ] {
        for name in ["boundary", "BOUNDARY"] {
            let kind = format!("Multipart/Form-Data;{name}={said}");
            let body = format!("{file}--XX--\r\n").replace("--XX", &format!("--{boundary}"));
            assert_eq!(sent(&client, "/files/5", &kind, body).0, 200, "{kind}");
        }
    }
    for none in ["multipart/form-data; boundary", "multipart/form-data; boundary=\"XX"] {
        assert_eq!(sent(&client, "/files/5", none, format!("{file}--XX--\r\n")).0, 400, "{none}");
    }
}

#[test]
fn forms_and_files_have_limits() {
    let limited = config().merge(("limits", json!({"form": "32 B", "file": "8 B", "data-form": "1 KiB"})));
    let client = client_with(limited);
    let long = format!("username={}", "x".repeat(64));
    assert_eq!(sent(&client, "/form", FORM, long).0, 413);
    let file = |n| part("file", "; filename=\"a\"", &"x".repeat(n)) + "--XX--\r\n";
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(8)).0, 200);
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(9)).0, 413);
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(2000)).0, 413);
}
