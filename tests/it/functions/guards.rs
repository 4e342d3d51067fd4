//! Request guards of Rocket's as arguments.

use super::*;

#[test]
fn guards_of_rockets_are_arguments() {
    let client = client();
    let answer = client.get("/state/2").cookie(("a", "b")).dispatch();
    assert_eq!(answer.into_string().unwrap(), "42 b");
    assert_eq!(text_of(&client, "/maybe-caller"), (200, "unknown".to_owned()));
    assert_eq!(with_header(&client, "/maybe-caller", "authorization", "secret"), (200, "known".to_owned()));
    assert_eq!(with_header(&client, "/odd", "x-odd", "3"), (200, "3 GET".to_owned()));
}

/// As FastAPI solves dependencies: who may not ask is not told what is wrong with the question.
#[test]
fn a_guard_fails_before_anything_is_looked_at() {
    let client = client();
    let refused = client.get("/caller/x").dispatch();
    assert_eq!(refused.headers().get_one("www-authenticate"), Some("Bearer"));
    assert_eq!(json_of(refused), (401, json!({"detail": "Who are you"})));
    assert_eq!(with_header(&client, "/caller/7", "authorization", "secret"), (200, "ada 7".to_owned()));
    let (status, body) = with_header(&client, "/caller/x", "authorization", "secret");
    assert_eq!((status, issues(&serde_json::from_str(&body).unwrap())), (422, only("int_parsing", "path.n")));
}

#[test]
fn a_guard_answers_with_an_error_of_its_own() {
    let client = client();
    assert_eq!(ask(&client, "/keyed"), (403, json!({"detail": "No key."})));
    assert_eq!(with_header(&client, "/keyed", "x-key", "left").1, r#"{"detail":"Wrong key left, not {0}."}"#);
    assert_eq!(with_header(&client, "/keyed", "x-key", "right"), (200, "open".to_owned()));
}

#[test]
fn a_guard_without_an_answer_is_caught_and_what_it_forwards_goes_on() {
    let client = client();
    assert_eq!(
        with_header(&client, "/odd", "x-odd", "fail"),
        (402, r#"{"detail":"Payment Required"}"#.to_owned())
    );
    assert_eq!(with_header(&client, "/odd", "x-odd", "forward"), (200, "behind".to_owned()));
}

#[test]
fn catchers_of_ones_own_go_first() {
    #[catch(404)]
    fn lost() -> &'static str {
        "lost"
    }
    let rocket = crewed::rocket::custom(config())
        .register("/", catchers![lost])
        .attach(Api::new().operations(operations![none, failed]));
    let client = Client::untracked(rocket).unwrap();
    assert_eq!(text_of(&client, "/none"), (404, "lost".to_owned()));
    assert_eq!(text_of(&client, "/failed/x").0, 418);
}
