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

/// A type that is a model and a guard. What an argument of it means is said, and then is that.
mod both {
    use crewed::rocket::data::{Data, FromData, Outcome as DataOutcome, ToByteUnit};

    use super::*;

    #[model]
    pub(super) struct User {
        username: String,
    }

    #[rocket::async_trait]
    impl<'r> FromRequest<'r> for User {
        type Error = HttpError;

        async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
            match request.headers().get_one("authorization") {
                Some("secret") => Outcome::Success(User { username: "ada".to_owned() }),
                _ => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Who are you"))),
            }
        }
    }

    /// What a body begins with is who signed it.
    #[model]
    pub(super) struct Signed {
        by: String,
    }

    #[rocket::async_trait]
    impl<'r> FromData<'r> for Signed {
        type Error = HttpError;

        async fn from_data(_: &'r Request<'_>, data: Data<'r>) -> DataOutcome<'r, Self> {
            match data.open(1.kibibytes()).into_string().await {
                Ok(text) if text.starts_with("ada:") => DataOutcome::Success(Signed { by: "ada".to_owned() }),
                _ => DataOutcome::Error((Status::Forbidden, HttpError::new(403, "Unsigned"))),
            }
        }
    }

    #[post("/guard")]
    pub(super) fn guard(#[param(guard)] current_user: User, item: Option<Item>) -> String {
        format!("{} {:?}", current_user.username, item.map(|item| item.name))
    }

    #[get("/guard")]
    pub(super) fn guard_of_get(#[param(guard)] current_user: Option<User>) -> String {
        current_user.map_or_else(|| "nobody".to_owned(), |user| user.username)
    }

    #[post("/guard/result")]
    pub(super) fn guard_or_error(current_user: Result<User, HttpError>) -> String {
        current_user.map_or_else(|_| "nobody".to_owned(), |user| user.username)
    }

    #[post("/body")]
    pub(super) fn body(#[param(body)] new_user: User) -> String {
        new_user.username
    }

    #[post("/json")]
    pub(super) fn json_body(new_user: Json<User>) -> String {
        new_user.0.username
    }

    #[post("/signed", data = "<signed>")]
    pub(super) fn signed(#[param(guard)] signed: Signed) -> String {
        signed.by
    }

    #[post("/signed/body", data = "<signed>")]
    pub(super) fn signed_body(#[param(body)] signed: Signed) -> String {
        signed.by
    }

    #[post("/bytes", data = "<bytes>")]
    pub(super) fn bytes(#[param(guard)] bytes: Vec<u8>) -> String {
        format!("{bytes:?}")
    }

    #[post("/bytes/body", data = "<bytes>")]
    pub(super) fn bytes_body(#[param(body)] bytes: Vec<u8>) -> String {
        format!("{bytes:?}")
    }

    #[post("/form", data = "<signed>")]
    pub(super) fn form(#[param(form)] signed: Signed) -> String {
        signed.by
    }
}

#[test]
fn a_type_that_is_a_model_and_a_guard_is_what_is_said() {
    for base in ["", "/api"] {
        let functions = operations![
            both::guard,
            both::guard_of_get,
            both::guard_or_error,
            both::body,
            both::json_body,
            both::signed,
            both::signed_body,
            both::bytes,
            both::bytes_body,
            both::form
        ];
        let api = match base {
            "" => Api::new(),
            base => Api::new().at(base),
        };
        let client =
            Client::untracked(crewed::rocket::custom(config()).attach(api.operations(functions))).unwrap();
        let send = |path: &str, token: bool, body: &str| {
            let mut request = client.post(format!("{base}{path}")).header(ContentType::JSON).body(body);
            if token {
                request.add_header(Header::new("authorization", "secret"));
            }
            let answer = request.dispatch();
            (answer.status().code, answer.into_string().unwrap_or_default())
        };
        let mallory = r#"{"username": "mallory"}"#;
        let who = r#"{"detail":"Who are you"}"#;
        assert_eq!(send("/guard", false, mallory), (401, who.to_owned()));
        assert_eq!(send("/guard", true, ""), (200, "ada None".to_owned()));
        assert_eq!(send("/guard", true, r#"{"name": "pen"}"#), (200, r#"ada Some("pen")"#.to_owned()));
        assert_eq!(send("/guard/result", false, mallory), (200, "nobody".to_owned()));
        assert_eq!(send("/guard/result", true, mallory), (200, "ada".to_owned()));
        assert_eq!(send("/body", false, mallory), (200, "mallory".to_owned()));
        assert_eq!(send("/json", false, mallory), (200, "mallory".to_owned()));
        assert_eq!(send("/body", true, "").0, 422);
        assert_eq!(
            send("/signed", false, r#"{"by": "mallory"}"#),
            (403, r#"{"detail":"Unsigned"}"#.to_owned())
        );
        assert_eq!(send("/signed", false, "ada: yes"), (200, "ada".to_owned()));
        assert_eq!(send("/signed/body", false, r#"{"by": "mallory"}"#), (200, "mallory".to_owned()));
        assert_eq!(send("/bytes", false, r#""AQI=""#), (200, "[34, 65, 81, 73, 61, 34]".to_owned()));
        assert_eq!(send("/bytes/body", false, r#""AQI=""#), (200, "[1, 2]".to_owned()));
        let form = client.post(format!("{base}/form")).header(ContentType::Form).body("by=bob").dispatch();
        assert_eq!(form.into_string().unwrap(), "bob");
        assert_eq!(text_of(&client, &format!("{base}/guard")), (200, "nobody".to_owned()));
        let document: Value =
            serde_json::from_str(&text_of(&client, &format!("{base}/openapi.json")).1).unwrap();
        let body = |path: &str| document["paths"][format!("{base}{path}")]["post"]["requestBody"].clone();
        assert!(body("/guard")["content"]["application/json"]["schema"].to_string().contains("Item"));
        assert_eq!(body("/guard/result"), Value::Null);
        assert!(body("/body").to_string().contains("User"));
    }
}
