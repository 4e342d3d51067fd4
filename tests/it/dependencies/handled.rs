//! Handlers of errors.

use crewed::rocket::http::{ContentType, Status};
use crewed::rocket::serde::json::Json;
use crewed::{FromHttpError, HttpError, Reply, depends, get, post};

use super::*;

struct Lost(String);

#[get("/lost/<name>")]
fn lost(name: String) -> Result<Json<i64>, Lost> {
    Err(Lost(name))
}

#[depends]
fn losing() -> Result<i64, Lost> {
    Err(Lost("dependency".to_owned()))
}

#[get("/losing", depends(losing))]
fn depends_on_losing() -> Json<i64> {
    Json(1)
}

/// An enum of errors has a handler of its own, or that of `HttpError`.
#[derive(HttpError)]
enum Kind {
    /// Gone.
    #[answer(status = 410)]
    Gone,
}

#[get("/gone")]
fn gone() -> Result<Json<i64>, Kind> {
    Err(Kind::Gone)
}

#[get("/raised/<status>")]
fn raised(status: u16) -> Result<Json<i64>, HttpError> {
    Err(HttpError::status(status).header("X-Reason", "asked"))
}

#[model]
struct Item {
    name: String,
    #[field(write_only)]
    secret: Option<String>,
}

#[post("/items")]
fn make(item: Item) -> Json<Item> {
    Json(item)
}

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    name: String,
    #[field(unique)]
    number: i64,
}

fn api() -> Api {
    Api::new()
        .operations(operations![lost, depends_on_losing, gone, raised, make])
        .resource::<Hero>()
        .on_error::<Lost>(|_, error| Reply::new(json!({"lost": error.0})).status(418))
        .on_error(|_, error: HttpError| {
            let headers = error.code();
            Reply::new(json!({"handled": headers, "detail": error.detail_json()})).status(error.code())
        })
        .on_invalid(|_, error| {
            Reply::new(json!({"errors": error.errors(), "body": error.body()})).status(400)
        })
}

#[test]
fn errors_are_answered_by_their_handlers() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        assert_eq!(get(&client, base, "/lost/x"), (418, json!({"lost": "x"})));
        assert_eq!(get(&client, base, "/losing"), (418, json!({"lost": "dependency"})));
        assert_eq!(get(&client, base, "/gone"), (410, json!({"handled": 410, "detail": "Gone"})));
        assert_eq!(get(&client, base, "/raised/409"), (409, json!({"handled": 409, "detail": "Conflict"})));
        // Of the framework.
        assert_eq!(get(&client, base, "/nowhere"), (404, json!({"handled": 404, "detail": "Not Found"})));
        let answer = client.delete(format!("{base}/items")).dispatch();
        assert_eq!(answer.headers().get_one("allow"), Some("POST"));
        let answer = json_of(answer);
        assert_eq!(answer, (405, json!({"handled": 405, "detail": "Method Not Allowed"})));
        // Of a resource.
        assert_eq!(get(&client, base, "/heroes/ada"), (404, json!({"handled": 404, "detail": "Not Found"})));
        let send = |body: Value| {
            let request = client.post(format!("{base}/heroes")).header(ContentType::JSON);
            json_of(request.body(body.to_string()).dispatch())
        };
        assert_eq!(send(json!({"name": "ada", "number": 1})).0, 201);
        let (status, body) = send(json!({"name": "bob", "number": 1}));
        assert_eq!((status, &body["detail"][0]["type"]), (409, &json!("unique")));
    }
}

#[test]
fn invalid_requests_have_a_handler_of_their_own() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let send = |path: &str, body: &str| {
            let request = client.post(format!("{base}{path}")).header(ContentType::JSON);
            json_of(request.body(body).dispatch())
        };
        let (status, body) = send("/items", r#"{"secret": 1}"#);
        assert_eq!((status, &body["body"]), (400, &json!({"secret": 1})));
        assert_eq!(body["errors"][0]["loc"], json!(["body", "name"]));
        let (status, body) = send("/items", "{");
        assert_eq!(
            (status, &body["body"], &body["errors"][0]["type"]),
            (400, &json!("{"), &json!("json_invalid"))
        );
        let (status, body) = send("/heroes", r#"{"name": 1}"#);
        assert_eq!((status, &body["body"]), (400, &json!({"name": 1})));
        assert_eq!(get(&client, base, "/heroes?skip=x").0, 400);
        // An error of this status that the program makes is no invalid request.
        assert_eq!(get(&client, base, "/raised/422").1["handled"], 422);
    }
}

/// A handler that answers with the error it is given, and does not go round in a circle.
#[test]
fn a_handler_may_answer_with_the_error() {
    let api = || {
        Api::new()
            .operations(operations![raised, make])
            .on_error(|_, error: HttpError| error)
            .on_invalid(|_, error| (Status::ImATeapot, error))
    };
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let answer = client.get(format!("{base}/raised/409")).dispatch();
        assert_eq!(answer.headers().get_one("x-reason"), Some("asked"));
        assert_eq!(json_of(answer), (409, json!({"detail": "Conflict"})));
        let answer = client.delete(format!("{base}/items")).dispatch();
        assert_eq!(answer.headers().get_one("allow"), Some("POST"));
        let answer = client.post(format!("{base}/items")).header(ContentType::JSON).body("{}").dispatch();
        let (status, body) = json_of(answer);
        assert_eq!((status, issues(&body)), (418, vec![("missing".to_owned(), "body.name".to_owned())]));
    }
}

/// Each API has handlers of its own.
#[test]
fn handlers_are_those_of_their_api() {
    let one = Api::new().at("/one").operations(operations![raised]);
    let two = Api::new().at("/two").operations(operations![raised]);
    let one = one.on_error(|_, error: HttpError| Reply::new("one").status(error.code()));
    let client = Client::untracked(crewed::rocket::custom(config()).attach(one).attach(two)).unwrap();
    assert_eq!(get(&client, "", "/one/raised/404"), (404, json!("one")));
    assert_eq!(get(&client, "", "/one/nowhere"), (404, json!("one")));
    assert_eq!(get(&client, "", "/two/raised/404"), (404, json!({"detail": "Not Found"})));
    assert_eq!(get(&client, "", "/nowhere"), (404, json!({"detail": "Not Found"})));
}

#[resource("/rooms")]
struct Room {
    #[field(key, max_length = 3)]
    name: String,
}

/// Values that the program itself has made are not shown, by a handler either.
#[test]
fn a_handler_sees_no_values_of_the_program() {
    #[post("/refused")]
    async fn make_room(rooms: crewed::Repository<Room>) -> Result<Json<Room>, HttpError> {
        Ok(Json(rooms.create(RoomCreate { name: "a private name".to_owned() }).await?))
    }

    let api = || {
        let api = Api::new().resource::<Room>().operations(operations![make_room]);
        api.on_error::<HttpError>(|_, error| {
            Reply::new(json!([error.code(), error.detail_json(), error.detail_text()])).status(error.code())
        })
    };
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let answer = json_of(client.post(format!("{base}/refused")).dispatch());
        assert_eq!(answer, (500, json!([500, "Internal Server Error", "Internal Server Error"])));
    }
}

/// The handler of an API is that for its operations, wherever they are.
#[test]
fn handlers_are_those_of_the_api_that_answers() {
    #[get("/api/lost/<name>")]
    fn outer(name: String) -> Result<Json<i64>, Lost> {
        Err(Lost(name))
    }

    let api = Api::new().operations(operations![outer]).on_error::<Lost>(|_, error| Reply::new(error.0));
    let inner = Api::new().at("/api").operations(operations![raised]);
    let inner = inner.on_error::<HttpError>(|_, error| Reply::new("inner").status(error.code()));
    let client = Client::untracked(crewed::rocket::custom(config()).attach(inner).attach(api)).unwrap();
    assert_eq!(get(&client, "", "/api/lost/ada"), (200, json!("ada")));
    assert_eq!(get(&client, "", "/api/raised/409"), (409, json!("inner")));
    assert_eq!(get(&client, "", "/api/nowhere"), (404, json!("inner")));
}

#[post("/forms")]
fn of_form(#[param(form)] name: String, #[param(form)] number: i64) -> String {
    format!("{name} {number}")
}

#[test]
fn the_body_of_a_form_is_its_fields() {
    let api =
        || Api::new().operations(operations![of_form, make]).on_invalid(|_, error| Reply::new(error.body()));
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let send = |path: &str, media_type: ContentType, body: &str| {
            let request = client.post(format!("{base}{path}")).header(media_type);
            json_of(request.body(body).dispatch()).1
        };
        assert_eq!(
            send("/forms", ContentType::Form, "name=a+b&number=x"),
            json!({"name": "a b", "number": "x"})
        );
        assert_eq!(send("/items", ContentType::Plain, "5"), json!("5"));
        assert_eq!(send("/items", ContentType::JSON, "5"), json!(5));
        assert_eq!(send("/items", ContentType::JSON, ""), Value::Null);
    }
}

impl FromHttpError for Lost {
    fn from_http_error(error: HttpError) -> Self {
        Lost(error.to_string())
    }
}
