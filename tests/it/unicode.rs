//! Bytes that are not UTF-8, in every place that a request has; keys that no address can name; the names of the
//! parts of a form; bodies that are packed.

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Header, Method};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::{Upload, get, post};
use serde_json::{Value, json};

use crate::kit::{self, config, get as ask, issues, json_of, only, send};

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    name: String,
    #[field(default)]
    age: i64,
}

#[resource("/notes", inputs = "query", create = "replace")]
struct Note {
    #[field(key)]
    name: String,
    #[field(default)]
    text: String,
}

#[resource("/users", inputs = "path")]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    name: String,
    #[field(default)]
    tags: Vec<String>,
}

#[model]
struct Loose {
    name: String,
    note: Option<String>,
    #[field(default)]
    tags: Vec<String>,
}

#[get("/search?<q>")]
fn search(q: String) -> String {
    q
}

#[post("/text")]
fn text(#[param(form)] name: String, #[param(form)] note: Option<String>) -> String {
    format!("{name} {note:?}")
}

#[post("/strict")]
fn strict(#[param(form)] form: Strict) -> Json<Strict> {
    Json(form)
}

#[post("/loose")]
fn loose(#[param(form)] form: Loose) -> Json<Loose> {
    Json(form)
}

#[get("/strict?<query..>")]
fn strict_query(query: Strict) -> Json<Strict> {
    Json(query)
}

#[get("/loose?<query..>")]
fn loose_query(query: Loose) -> Json<Loose> {
    Json(query)
}

#[post("/file")]
fn file(#[param(form)] file: Upload, #[param(form)] name: Option<String>) -> Json<Value> {
    Json(json!([file.file_name(), file.len(), name]))
}

#[post("/body")]
fn body(body: Loose) -> Json<Loose> {
    Json(body)
}

fn client(base: &'static str) -> Client {
    let functions = operations![search, text, strict, loose, strict_query, loose_query, file, body];
    let api = Api::new().resource::<Hero>().resource::<Note>().resource::<User>().operations(functions);
    kit::client(config(), if base.is_empty() { api } else { api.at(base) })
}

fn form(client: &Client, path: String, body: impl AsRef<[u8]>) -> (u16, Value) {
    json_of(client.post(path).header(ContentType::Form).body(body).dispatch())
}

/// A part of a multipart form, with its header as it stands.
fn part(client: &Client, path: String, headers: &[u8], content: &[u8]) -> (u16, Value) {
    let body = [b"--XX\r\nContent-Disposition: ", headers, b"\r\n\r\n", content, b"\r\n--XX--\r\n"].concat();
    let media = Header::new("content-type", "multipart/form-data; boundary=XX");
    json_of(client.post(path).header(media).body(body).dispatch())
}

#[test]
fn resources_refuse_queries_that_are_not_utf8() {
    for base in ["", "/api"] {
        let client = client(base);
        let put = |path: &str| json_of(send(&client, Method::Post, &format!("{base}{path}"), None));
        // Two names that both would be U+FFFD are two names.
        for name in ["%E9", "%e8", "a%FFb", "%C3", "%ED%A0%80", "+%E9"] {
            let (status, told) = put(&format!("/notes?name={name}&text=a"));
            assert_eq!((status, issues(&told)), (422, only("string_unicode", "query.name")), "{name}");
            assert_eq!(told["detail"][0]["input"], name);
            let (status, told) = put(&format!("/notes?name=a&text={name}"));
            assert_eq!((status, issues(&told)), (422, only("string_unicode", "query.text")), "{name}");
            let (status, told) = put(&format!("/notes?name=a&{name}=b"));
            assert_eq!((status, issues(&told)), (422, only("string_unicode", &format!("query.{name}"))));
            let list = format!("{base}/heroes?limit={name}");
            assert_eq!(issues(&ask(&client, &list).1), only("string_unicode", "query.limit"), "{list}");
            let list = format!("{base}/heroes?limit=1&skip={name}&{name}=1");
            let told =
                [only("string_unicode", "query.skip"), only("string_unicode", &format!("query.{name}"))];
            assert_eq!(issues(&ask(&client, &list).1), told.concat(), "{list}");
            let read = format!("{base}/heroes/a?{name}");
            assert_eq!(issues(&ask(&client, &read).1), only("string_unicode", &format!("query.{name}")));
        }
        assert_eq!(ask(&client, &format!("{base}/notes?name=a")).0, 404, "nothing was stored");
        assert_eq!(put("/notes?name=%C3%A9+b&text=%ED%95%9C&other=%F0%9F%98%80").0, 200);
        assert_eq!(ask(&client, &format!("{base}/notes?name=é%20b").replace('é', "%C3%A9")).1["text"], "한");
    }
}

/// FastAPI replaces what is not UTF-8 in a query; of a form nothing is replaced.
#[test]
fn functions_refuse_forms_that_are_not_utf8() {
    for base in ["", "/api"] {
        let client = client(base);
        let at = |path: &str| format!("{base}{path}");
        let found = client.get(at("/search?q=%FF")).dispatch().into_string();
        assert_eq!(found.as_deref(), Some("\u{fffd}"));
        for (path, place) in [("/text", "body.name"), ("/strict", "body.name"), ("/loose", "body.name")] {
            for sent in [&b"name=%E9"[..], b"name=\xe9", b"name=ok&name=%E9"] {
                let (status, told) = form(&client, at(path), sent);
                assert_eq!((status, issues(&told)), (422, only("string_unicode", place)), "{path}");
                assert_eq!(told["detail"][0]["input"], "%E9");
            }
            let (status, told) = part(&client, at(path), b"form-data; name=\"name\"", b"a\xe9");
            assert_eq!((status, issues(&told)), (422, only("string_unicode", place)), "{path}");
            // A name that is not UTF-8 may be anybody's.
            let (status, told) = form(&client, at(path), b"name=a&%E9=1");
            assert_eq!((status, issues(&told)), (422, only("string_unicode", "body.%E9")), "{path}");
            let (status, told) = part(&client, at(path), b"form-data; name=\"n\xe9\"", b"a");
            assert_eq!((status, &issues(&told)[0]), (422, &only("string_unicode", "body.n%E9")[0]), "{path}");
        }
        // What nobody asks for is nobody's fault, where it is ignored.
        assert_eq!(form(&client, at("/loose"), b"name=a&other=%E9").0, 200);
        let (status, told) = form(&client, at("/strict"), b"name=a&other=%E9");
        assert_eq!((status, issues(&told)), (422, only("string_unicode", "body.other")));
        assert_eq!(form(&client, at("/loose"), "name=a+b%20%C3%A9").1["name"], "a b é");
    }
}

/// No client can ask for `/users/name/..`: the dots are taken as steps on the way, encoded or not.
#[test]
fn no_key_is_a_step_of_a_path() {
    for base in ["", "/api"] {
        let client = client(base);
        for dots in [".", "..", "%2e", "%2E%2e", ".%2e"] {
            let path = format!("{base}/users/name/{dots}/nickname/a");
            let (status, told) = json_of(send(&client, Method::Post, &path, None));
            assert_eq!((status, issues(&told)), (422, only("value_error", "path.name")), "{path}");
            assert_eq!(told["detail"][0]["msg"], "Value error, a key cannot be '.' or '..'");
            assert_eq!(json_of(send(&client, Method::Put, &path, None)).0, 422, "{path}");
        }
        for key in ["...", "%2e%20", "a."] {
            let path = format!("{base}/users/name/{key}/nickname/.");
            assert_eq!(json_of(send(&client, Method::Post, &path, None)).0, 201, "{path}");
        }
        // A query names every key.
        assert_eq!(json_of(send(&client, Method::Post, &format!("{base}/notes?name=.."), None)).0, 200);
    }
}

#[test]
fn a_part_of_a_form_goes_by_its_name_however_it_is_written() {
    for base in ["", "/api"] {
        let client = client(base);
        let sent = |headers: &[u8]| part(&client, format!("{base}/file"), headers, b"hello");
        for headers in [
            &b"form-data; name=\"file\"; filename=\"a.txt\""[..],
            b"FORM-DATA; NAME=\"file\"; FILENAME=\"a.txt\"",
            b"Form-Data;Name=file;FileName=a.txt",
            b"form-data; filename = \"a.txt\" ; name = \"file\"",
            b"form-data; filename=\"a.txt\"; name=\"file\"\r\nContent-Type: text/plain",
        ] {
            assert_eq!(
                sent(headers),
                (200, json!(["a.txt", 5, null])),
                "{}",
                String::from_utf8_lossy(headers)
            );
        }
        for (name, read) in [
            (&b"\xe9.txt"[..], "é.txt"),
            (b"\xc3\xa9.txt", "é.txt"),
            (b"a;b\\\"c.txt", "a;b\"c.txt"),
            (b"%22.txt", "%22.txt"),
        ] {
            let headers = [b"form-data; name=\"file\"; filename=\"", name, b"\""].concat();
            assert_eq!(sent(&headers), (200, json!([read, 5, null])));
        }
        // What has no name would be dropped.
        for headers in [
            &b"form-data; filename=\"a.txt\""[..],
            b"form-data",
            b"form-data; name=\"file",
            b"form-data; name=\"file\"; NAME=\"other\"; filename=\"a.txt\"",
        ] {
            let told = json!({"detail": "There was an error parsing the body"});
            assert_eq!(sent(headers), (400, told), "{}", String::from_utf8_lossy(headers));
        }
    }
}

/// As FastAPI: an unknown field is refused or shown, empty or not.
#[test]
fn what_a_model_does_not_know_is_told_of() {
    let client = client("");
    for (path, query) in
        [("/strict", "extra="), ("/strict", "name=a&extra="), ("/strict", "name=a&extra=1&extra=2")]
    {
        let inputs = if query.contains('2') { json!(["1", "2"]) } else { json!("") };
        for (place, (status, told)) in [
            ("body", form(&client, path.to_owned(), query)),
            ("query", ask(&client, &format!("{path}?{query}"))),
        ] {
            let missing =
                if query.contains("name") { vec![] } else { only("missing", &format!("{place}.name")) };
            let all = [missing, only("extra_forbidden", &format!("{place}.extra"))].concat();
            assert_eq!((status, issues(&told)), (422, all), "{query}");
            assert_eq!(told["detail"].as_array().unwrap().last().unwrap()["input"], inputs, "{told}");
        }
    }
    for query in ["x=1&tags=a&x=2&y=", "tags=a&y=&x=1&x=2"] {
        for (status, told) in
            [form(&client, "/loose".to_owned(), query), ask(&client, &format!("/loose?{query}"))]
        {
            assert_eq!(status, 422);
            let input = json!({"tags": ["a"], "x": ["1", "2"], "y": ""});
            assert_eq!(told["detail"][0]["input"], input, "{query}");
        }
    }
    let told = form(&client, "/loose".to_owned(), "note=&tags=").1;
    assert_eq!(told["detail"][0]["input"], json!({"tags": [""]}), "an empty field of a form is none");
}

/// Nobody here unpacks: what is packed is not what it seems.
#[test]
fn a_packed_body_is_refused() {
    for base in ["", "/api"] {
        let client = client(base);
        let hero = r#"{"name": "a"}"#;
        for (path, media, body) in [
            ("/heroes", ContentType::JSON, hero),
            ("/body", ContentType::JSON, hero),
            ("/loose", ContentType::Form, "name=a"),
        ] {
            let ask = |coding: &'static str| {
                let request = client.post(format!("{base}{path}")).header(media.clone()).body(body);
                let response = request.header(Header::new("Content-Encoding", coding)).dispatch();
                let accepts = response.headers().get_one("accept-encoding").map(str::to_owned);
                (json_of(response), accepts)
            };
            for coding in ["gzip", "br", "deflate", "Identity, gzip", "x-unknown"] {
                let told = json!({"detail": "Unsupported Media Type"});
                assert_eq!(ask(coding), ((415, told), Some("identity".to_owned())), "{path} {coding}");
            }
            assert!(matches!(ask("Identity").0.0, 200 | 201), "{path}");
        }
        let gone = client.delete(format!("{base}/heroes/a")).header(Header::new("Content-Encoding", "gzip"));
        assert_eq!(gone.dispatch().status().code, 204, "there is no body to unpack");
    }
}
