//! What is answered, and by which method.

use super::*;

#[test]
fn answers_are_what_responders_say() {
    let client = client();
    let not_found = json!({"detail": "Not Found"});
    assert_eq!(ask(&client, "/none"), (404, not_found));
    assert_eq!(text_of(&client, "/null"), (200, "null".to_owned()));
    assert_eq!(ask(&client, "/failed/json"), (409, json!({"detail": {"by": [1]}})));
    assert_eq!(ask(&client, "/failed/x"), (418, json!({"detail": "x is a teapot"})));
    let headers = client.get("/failed/headers").dispatch();
    assert_eq!(headers.headers().get("x-a").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(headers.headers().get_one("x-b"), None, "what no header can hold is left out");
    assert_eq!(text_of(&client, "/failed/fine"), (200, "fine".to_owned()));
    assert_eq!(ask(&client, "/status"), (503, json!({"detail": "Service Unavailable"})));
    let pair = client.get("/pair").dispatch();
    assert_eq!((pair.status(), pair.content_type()), (Status::Accepted, Some(ContentType::HTML)));
    assert_eq!(send(&client, "/made", json!({})), (201, json!({"text": "made"})));
    assert_eq!(send(&client, "/made-or-not/yes", json!({})), (201, json!(true)));
    assert_eq!(
        send(&client, "/made-or-not/no", json!({})),
        (403, json!({"detail": "Wrong key x, not {0}."}))
    );
    let gone = request(&client, Method::Delete, "/gone", None);
    assert_eq!(
        (gone.status(), gone.content_type(), gone.into_string()),
        (Status::NoContent, None, Some(String::new()))
    );
    assert_eq!(client.get("/away").dispatch().headers().get_one("location"), Some("/pair"));
    assert_eq!(text_of(&client, "/bytes"), (200, "abc".to_owned()));
    let events = client.get("/events").dispatch();
    assert_eq!(events.content_type(), Some(ContentType::EventStream));
}

#[test]
fn every_method_can_be_answered() {
    let client = client();
    assert_eq!(client.head("/headed").dispatch().status(), Status::Accepted);
    assert_eq!(client.options("/headed").dispatch().into_string().unwrap(), "options");
    let refused = client.post("/headed").dispatch();
    assert_eq!(refused.headers().get_one("allow"), Some("HEAD, OPTIONS"));
    assert_eq!(refused.status(), Status::MethodNotAllowed);
    assert_eq!(client.head("/null").dispatch().status(), Status::Ok);
    assert_eq!(client.options("/null").dispatch().status(), Status::MethodNotAllowed);
    assert_eq!(json_of(client.patch("/wide?a=9&b=-128&c=1.5").dispatch()), (200, json!([9, -128, 1.5])));
    let (status, body) = json_of(client.patch("/wide?a=-1&b=128").dispatch());
    let told = [only("greater_than_equal", "query.a"), only("less_than_equal", "query.b")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
}

#[test]
fn functions_stand_beside_resources() {
    let client = client();
    assert_eq!(send(&client, "/users", json!({"name": "ada"})).0, 201);
    assert_eq!(text_of(&client, "/users/me"), (200, "me".to_owned()));
    assert_eq!(ask(&client, "/users/ada"), (200, json!({"name": "ada"})));
    // What the function does not answer, the resource does.
    assert_eq!(json_of(client.delete("/users/me").dispatch()).0, 404);
    let base = Client::untracked(
        crewed::rocket::custom(config())
            .attach(Api::new().at("/api/v1").operations(operations![data_text, none])),
    );
    let base = base.unwrap();
    assert_eq!(base.post("/api/v1/data-text/5").body("x").dispatch().into_string().unwrap(), "5 x");
    assert_eq!(base.get("/api/v1/none/").dispatch().headers().get_one("location"), Some("/api/v1/none"));
}

#[test]
fn a_form_cannot_pass_for_another_method() {
    let client = client();
    let answer = client.post("/gone").header(ContentType::Form).body("_method=delete").dispatch();
    assert_eq!(answer.status(), Status::MethodNotAllowed);
}

#[test]
fn two_of_one_place_are_refused() {
    #[get("/users/<id>")]
    fn read(id: i64) -> String {
        id.to_string()
    }
    let rocket =
        crewed::rocket::custom(config()).attach(Api::new().resource::<User>().operations(operations![read]));
    let error = crewed::rocket::execute(crewed::ignite(rocket)).unwrap_err().to_string();
    assert!(
        error.contains("`GET /users/<id>` is claimed by resource `User` and by the function `read`"),
        "{error}"
    );
}

/// What the older tutorials print for `/items/foo`, to the letter.
#[test]
fn errors_read_as_configured() {
    #[get("/items/<item_id>")]
    fn read_item(item_id: i64) -> Json<i64> {
        Json(item_id)
    }
    let api = || Api::new().operations(operations![read_item, failed]);
    let client = crate::kit::client(config().merge(("crewed.errors", "pydantic-v1")), api());
    assert_eq!(
        text_of(&client, "/items/foo").1,
        r#"{"detail":[{"loc":["path","item_id"],"msg":"value is not a valid integer","type":"type_error.integer"}]}"#
    );
    assert_eq!(text_of(&client, "/failed/x").1, r#"{"detail":"x is a teapot"}"#);
    let client = crate::kit::client(config().merge(("crewed.errors", "problem")), api());
    let answer = client.get("/failed/x").dispatch();
    assert_eq!(answer.headers().get_one("content-type"), Some("application/problem+json"));
    assert_eq!(
        answer.into_json::<Value>().unwrap(),
        json!({"type": "about:blank", "title": "I'm a Teapot", "status": 418, "detail": "x is a teapot"})
    );
    let (_, taken) = ask(&client, "/failed/json");
    assert_eq!((&taken["detail"], &taken["context"]), (&json!("Conflict"), &json!({"by": [1]})));
    assert_eq!(ask(&client, "/items/foo").1["errors"][0]["loc"], json!(["path", "item_id"]));
    let (_, document) = ask(&client, "/openapi.json");
    let answers = &document["paths"]["/items/{item_id}"]["get"]["responses"]["422"]["content"];
    assert!(answers.get("application/problem+json").is_some(), "{answers}");
}
