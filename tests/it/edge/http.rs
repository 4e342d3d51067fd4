//! The edge of HTTP: methods, slashes, paths, media types, limits, and how errors read.

use crewed::rocket::http::{ContentType, Header, Method, Status};
use serde_json::{Value, json};

use crate::http::{client, client_with, deadpond};
use crate::kit::{get, issues, json_of, only, post, send};

#[test]
fn keys_survive_the_path() {
    let client = client();
    for name in ["a b", "a/b", "한글", "50%", "?#", "+", "~"] {
        let response = send(&client, Method::Post, "/users", Some(json!({"name": name, "nickname": "n"})));
        assert_eq!(response.status(), Status::Created, "{name}");
        let location = response.headers().get_one("location").unwrap().to_owned();
        drop(response);
        let (status, user) = get(&client, &location);
        assert_eq!((status, user["name"].as_str()), (200, Some(name)), "{location}");
    }
    for name in ["", ".", ".."] {
        let (status, body) = post(&client, "/users", json!({"name": name, "nickname": "n"}));
        assert_eq!(status, 422, "{body}");
    }
    let (status, body) = post(&client, "/users", json!({"name": "a\u{0}b", "nickname": "n"}));
    assert_eq!((status, issues(&body)), (422, only("value_error", "body.name")));
    let (status, body) = get(&client, "/users/%ff");
    assert_eq!((status, issues(&body)), (422, only("string_unicode", "path.name")));
}

#[test]
fn a_method_that_is_not_there_is_405() {
    let client = client();
    let refused = json!({"detail": "Method Not Allowed"});
    for (method, path, allow) in [
        (Method::Delete, "/users", "GET, POST"),
        (Method::Options, "/users", "GET, POST"),
        (Method::Post, "/users/ada", "DELETE, GET, PATCH, PUT"),
        (Method::Delete, "/things/x?y=1", "GET"),
        (Method::Post, "/openapi.json", "GET"),
    ] {
        let response = client.req(method, path).header(Header::new("accept", "text/html")).dispatch();
        assert_eq!(response.status(), Status::MethodNotAllowed, "{method} {path}");
        assert_eq!(response.headers().get_one("allow"), Some(allow), "{method} {path}");
        assert_eq!(response.into_json::<Value>(), Some(refused.clone()));
    }
}

#[test]
fn slashes_are_redirected() {
    let client = client();
    for (path, location) in [
        ("/users/", "/users"),
        ("/users/?a=1&b=%ED%95%9C", "/users?a=1&b=%ED%95%9C"),
        ("/users/ada/", "/users/ada"),
        ("/users/a%20b/", "/users/a%20b"),
    ] {
        let response = client.post(path).dispatch();
        assert_eq!(response.status(), Status::TemporaryRedirect, "{path}");
        assert_eq!(response.headers().get_one("location"), Some(location));
    }
}

#[test]
fn what_nobody_catches_is_json() {
    let client = client();
    for path in ["/nope", "/", "/user", "/users/ada/x", "/%ED%95%9C"] {
        let response = client.get(path).header(Header::new("accept", "text/html")).dispatch();
        assert_eq!(response.status(), Status::NotFound, "{path}");
        assert_eq!(response.content_type(), Some(ContentType::JSON));
        assert_eq!(response.into_json::<Value>(), Some(json!({"detail": "Not Found"})), "{path}");
    }
}

#[test]
fn head_answers_where_get_does() {
    let client = client();
    let response = client.head("/users").dispatch();
    assert_eq!((response.status(), response.into_string().unwrap_or_default()), (Status::Ok, String::new()));
    assert_eq!(client.head("/users/nobody").dispatch().status(), Status::NotFound);
}

#[test]
fn media_types() {
    let client = client();
    post(&client, "/heroes", deadpond());
    let send = |method: Method, path: &'static str, media: Option<&'static str>, body: &'static str| {
        let mut request = client.req(method, path).body(body);
        if let Some(media) = media {
            request = request.header(Header::new("content-type", media));
        }
        let response = request.dispatch();
        let accepts = response.headers().get_one("accept-patch").map(ToOwned::to_owned);
        (json_of(response), accepts)
    };
    let age = r#"{"age": 5}"#;
    for media in ["application/json", "application/merge-patch+json", "Application/JSON; charset=utf-8"] {
        assert_eq!(send(Method::Patch, "/heroes/1", Some(media), age).0.0, 200, "{media}");
    }
    for media in [Some("text/plain"), Some("application/x-www-form-urlencoded"), None] {
        let ((status, body), accepts) = send(Method::Patch, "/heroes/1", media, age);
        assert_eq!((status, body), (415, json!({"detail": "Unsupported Media Type"})), "{media:?}");
        assert_eq!(accepts.as_deref(), Some("application/json, application/merge-patch+json"));
    }
    for media in [Some("text/plain"), Some("application/x-www-form-urlencoded"), None] {
        let ((status, body), _) = send(Method::Post, "/users", media, r#"{"name": "a", "nickname": "b"}"#);
        assert_eq!((status, issues(&body)), (422, only("model_attributes_type", "body")), "{media:?}");
    }
    let ((status, body), _) = send(Method::Post, "/users", Some("application/json"), "");
    assert_eq!((status, issues(&body)), (422, only("missing", "body")));
    let ((status, body), _) = send(Method::Post, "/users", Some("application/json"), "{\"name\": }");
    assert_eq!((status, issues(&body)), (422, only("json_invalid", "body.9")));
    assert_eq!(
        send(Method::Post, "/users", Some("application/vnd.api+json"), r#"{"name": "a", "nickname": "b"}"#)
            .0
            .0,
        201
    );
}

#[test]
fn a_body_over_the_limit_is_413() {
    let client = client_with(|config| config.merge(("limits.json", "64 B")));
    let long = json!({"name": "a", "nickname": "x".repeat(64)});
    assert_eq!(post(&client, "/users", long), (413, json!({"detail": "Request Entity Too Large"})));
    assert_eq!(post(&client, "/users", json!({"name": "a", "nickname": "x"})).0, 201);
}

#[test]
fn a_form_cannot_pass_for_another_method() {
    let client = client();
    post(&client, "/users", json!({"name": "ada", "nickname": "countess"}));
    for form in ["_method=delete", "_method=put", "_method=patch&nickname=x", "&_method=put", "&&_method=PUT"]
    {
        let response = client.post("/users/ada").header(ContentType::Form).body(form).dispatch();
        assert_eq!(response.status(), Status::MethodNotAllowed, "{form}");
    }
    assert_eq!(get(&client, "/users/ada").1["nickname"], "countess");
}

#[test]
fn errors_read_as_configured() {
    let client = client_with(|config| config.merge(("crewed.errors", "pydantic-v1")));
    assert_eq!(
        get(&client, "/heroes/foo"),
        (
            422,
            json!({"detail": [
                {"loc": ["path", "id"], "msg": "value is not a valid integer", "type": "type_error.integer"},
            ]})
        )
    );
    assert_eq!(
        post(&client, "/users", json!({"name": null})),
        (
            422,
            json!({"detail": [
                {"loc": ["body", "name"], "msg": "none is not an allowed value", "type": "type_error.none.not_allowed"},
                {"loc": ["body", "nickname"], "msg": "field required", "type": "value_error.missing"},
            ]})
        )
    );
    assert_eq!(get(&client, "/nope"), (404, json!({"detail": "Not Found"})));

    let client = client_with(|config| config.merge(("crewed.errors", "problem")));
    let response = client.get("/heroes/foo").dispatch();
    assert_eq!(response.headers().get_one("content-type"), Some("application/problem+json"));
    let body: Value = response.into_json().unwrap();
    assert_eq!((&body["status"], &body["title"]), (&json!(422), &json!("Unprocessable Entity")));
    assert_eq!(body["errors"][0]["loc"], json!(["path", "id"]));
    assert_eq!(
        get(&client, "/users/nobody"),
        (404, json!({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not Found"}))
    );
}

#[test]
fn a_body_of_faults_is_answered_in_proportion() {
    let client = client();
    let many: serde_json::Map<String, Value> = (0..5000).map(|i| (format!("k{i}"), json!(i))).collect();
    let (status, body) = post(&client, "/users", Value::Object(many));
    assert_eq!(status, 422);
    assert_eq!(body["detail"].as_array().unwrap().len(), crewed::__internals::issue::MOST_ISSUES);
    let query: Vec<String> = (0..200).map(|i| format!("k{i}=")).collect();
    let (status, body) = get(&client, &format!("/users?{}", query.join("&")));
    assert_eq!(
        (status, body["detail"].as_array().unwrap().len()),
        (422, crewed::__internals::issue::MOST_ISSUES)
    );
}

#[test]
fn what_is_ignored_is_read_all_the_same() {
    let client = client();
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    for odd in ["1e999", r#""\ud800""#, &deep] {
        for age in ["5", r#""5""#] {
            let body = format!(r#"{{"id": {odd}, "age": {age}, "name": "a", "secret_name": "abc"}}"#);
            let answer = client.post("/heroes").header(ContentType::JSON).body(body).dispatch();
            let answer: Value = answer.into_json().unwrap();
            assert_eq!(answer["detail"][0]["type"], "json_invalid", "{answer}");
        }
    }
}

#[test]
fn a_key_is_decoded_once() {
    let client = client();
    post(&client, "/users", json!({"name": "A", "nickname": "a"}));
    assert_eq!(get(&client, "/users/%41").0, 200);
    assert_eq!(get(&client, "/us%65rs/A").0, 200);
    assert_eq!(get(&client, "/users/%2541").0, 404);
}
