//! The rows of the README's table and of docs/from-fastapi.md that are answers: each is asked, and looked up in
//! the document.

use super::*;
use crewed::rocket::Either;
use crewed::rocket::http::CookieJar;
use crewed::rocket::response::status::Custom;
use crewed::rocket::response::{self, Responder};

#[model]
struct Cat {
    name: String,
}

#[model]
struct Dog {
    barks: bool,
}

/// `return {"a": 1}`.
#[get("/dict")]
fn dict() -> Value {
    json!({"a": 1})
}

/// `return "text"`, which FastAPI answers as JSON.
#[get("/json-text")]
fn json_text() -> Json<&'static str> {
    Json("text")
}

/// `RedirectResponse("/dict")`, whose status is 307.
#[get("/moved", status = 307)]
fn moved() -> Redirect {
    Redirect::temporary("/dict")
}

/// Whatever the redirect says, the declared status is what is documented and answered.
#[get("/moved-for-good", status = 308)]
fn moved_for_good() -> Redirect {
    Redirect::to("/dict")
}

/// `-> Cat | Dog`.
#[get("/pets/<kind>")]
fn pet(kind: String) -> Either<Json<Cat>, Json<Dog>> {
    match kind.as_str() {
        "cat" => Either::Left(Json(Cat { name: "Tom".to_owned() })),
        _ => Either::Right(Json(Dog { barks: true })),
    }
}

/// `-> Response | dict`.
#[get("/portal?<teleport>", response(307))]
fn portal(#[param(default = false)] teleport: bool) -> Either<Redirect, Value> {
    match teleport {
        true => Either::Left(Redirect::temporary("/dict")),
        false => Either::Right(json!({"message": "Here's your interdimensional portal."})),
    }
}

/// `JSONResponse(status_code=..)` in one case only.
#[get("/maybe-made/<new>")]
fn maybe_made(new: bool) -> Result<Json<Cat>, Custom<Json<Cat>>> {
    let cat = Json(Cat { name: "Tom".to_owned() });
    if new { Err(Custom(Status::Created, cat)) } else { Ok(cat) }
}

/// `response.headers["X-Cat-Dog"] = ".."`.
struct WithHeader<T>(T);

impl<'r, 'o: 'r, T: Responder<'r, 'o>> Responder<'r, 'o> for WithHeader<T> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        crewed::rocket::Response::build_from(self.0.respond_to(request)?)
            .raw_header("X-Cat-Dog", "alone")
            .ok()
    }
}

#[get("/with-header", response(200, model = Cat))]
fn with_header_of_its_own() -> WithHeader<Json<Cat>> {
    WithHeader(Json(Cat { name: "Tom".to_owned() }))
}

#[get("/with-cookie")]
fn with_cookie(cookies: &CookieJar<'_>) -> Value {
    cookies.add(("seen", "1"));
    json!({})
}

/// `Header(convert_underscores=False)`.
#[get("/underscored")]
fn underscored(
    #[param(header, alias = "strange_header")] strange_header: Option<String>,
) -> Json<Option<String>> {
    Json(strange_header)
}

/// `form: Annotated[OAuth2PasswordRequestForm, Depends()]`.
#[model]
struct PasswordForm {
    #[field(pattern = "^password$")]
    grant_type: Option<String>,
    username: String,
    #[field(write_only)]
    password: String,
    #[field(default)]
    scope: String,
    client_id: Option<String>,
    #[field(write_only)]
    client_secret: Option<String>,
}

#[post("/token")]
fn token(#[param(form)] form: PasswordForm) -> Result<Value, HttpError> {
    if form.password != "secret" {
        return Err(HttpError::new(400, "Incorrect username or password"));
    }
    let scopes: Vec<&str> = form.scope.split_whitespace().collect();
    let _ = (form.grant_type, form.client_id, form.client_secret);
    Ok(json!({"access_token": form.username, "token_type": "bearer", "scopes": scopes}))
}

/// `response_model_exclude_unset=True`.
#[model]
struct Partial {
    name: String,
    tax: Patched<f64>,
}

#[post("/partial")]
fn partial(body: Partial) -> Json<Partial> {
    Json(body)
}

/// `class UnicornException(Exception)` and its handler.
struct UnicornError {
    name: String,
}

impl From<UnicornError> for HttpError {
    fn from(error: UnicornError) -> Self {
        HttpError::status(418).detail(json!({"message": format!("Oops! {} did something.", error.name)}))
    }
}

fn find_unicorn(name: &str) -> Result<Cat, UnicornError> {
    match name {
        "yolo" => Err(UnicornError { name: name.to_owned() }),
        name => Ok(Cat { name: name.to_owned() }),
    }
}

#[get("/unicorns/<name>")]
fn unicorn(name: String) -> Result<Json<Cat>, HttpError> {
    Ok(Json(find_unicorn(&name)?))
}

/// Is registered, and never asked about what a function answers.
#[catch(422)]
fn unprocessable() -> &'static str {
    "caught"
}

/// Is asked about what no operation answers.
#[catch(404)]
fn lost() -> &'static str {
    "lost"
}

fn client_at(base: &'static str) -> Client {
    let answers =
        operations![dict, json_text, moved, moved_for_good, pet, portal, maybe_made, with_header_of_its_own];
    let inputs = operations![with_cookie, underscored, token, partial, unicorn];
    let rocket = crewed::rocket::custom(config())
        .register("/", catchers![unprocessable, lost])
        .attach(Api::new().at(base).operations(answers).operations(inputs));
    Client::untracked(rocket).unwrap()
}

/// Takes rows, and passes their errors on.
#[get("/namesakes/<name>", response(404, "Nobody is called so."))]
async fn namesake(name: String, users: Repository<User>) -> Result<Json<User>, HttpError> {
    Ok(Json(users.read(&name).await?))
}

/// What is stored may be out of reach; which other errors it passes on, the function says.
#[test]
fn a_function_that_takes_rows_lists_503() {
    let client =
        crate::kit::client(config(), Api::new().resource::<User>().operations(operations![namesake]));
    let (_, document) = ask(&client, "/openapi.json");
    let answers = &document["paths"]["/namesakes/{name}"]["get"]["responses"];
    assert_eq!(answers.as_object().unwrap().keys().collect::<Vec<_>>(), ["200", "404", "422", "503"]);
    let error = &answers["503"]["content"]["application/json"];
    assert_eq!(error["schema"]["$ref"], "#/components/schemas/HTTPError");
    assert_eq!(error["example"], json!({"detail": "Service Unavailable"}));
    assert_eq!(ask(&client, "/namesakes/ada"), (404, json!({"detail": "Not Found"})));
}

#[test]
fn each_row_answers() {
    for base in ["", "/api"] {
        let client = client_at(base);
        let at = |path: &str| format!("{base}{path}");
        assert_eq!(ask(&client, &at("/dict")), (200, json!({"a": 1})));
        let text = client.get(at("/json-text")).dispatch();
        assert_eq!(text.content_type(), Some(ContentType::JSON));
        assert_eq!(text.into_string().unwrap(), "\"text\"");
        for (path, status) in [("/moved", 307), ("/moved-for-good", 308)] {
            let answer = client.get(at(path)).dispatch();
            assert_eq!((answer.status().code, answer.headers().get_one("location")), (status, Some("/dict")));
        }
        assert_eq!(ask(&client, &at("/pets/cat")), (200, json!({"name": "Tom"})));
        assert_eq!(ask(&client, &at("/pets/dog")), (200, json!({"barks": true})));
        assert_eq!(ask(&client, &at("/portal")).1["message"], "Here's your interdimensional portal.");
        assert_eq!(client.get(at("/portal?teleport=yes")).dispatch().status().code, 307);
        assert_eq!(ask(&client, &at("/maybe-made/1")), (201, json!({"name": "Tom"})));
        assert_eq!(ask(&client, &at("/maybe-made/0")), (200, json!({"name": "Tom"})));
        let answer = client.get(at("/with-header")).dispatch();
        assert_eq!(answer.headers().get_one("x-cat-dog"), Some("alone"));
        assert_eq!(answer.into_string().unwrap(), r#"{"name":"Tom"}"#);
        assert!(client.get(at("/with-cookie")).dispatch().cookies().get("seen").is_some());
        let with = |name: &'static str| with_header(&client, &at("/underscored"), name, "x").1;
        assert_eq!((with("strange_header"), with("strange-header")), ("\"x\"".to_owned(), "null".to_owned()));
        let form = "username=ada&password=secret&scope=a+b&grant_type=password";
        let given = json!({"access_token": "ada", "token_type": "bearer", "scopes": ["a", "b"]});
        assert_eq!(sent(&client, &at("/token"), FORM, form), (200, given));
        assert_eq!(sent(&client, &at("/token"), FORM, "username=ada&password=x").0, 400);
        let (status, body) = sent(&client, &at("/token"), FORM, "username=ada&grant_type=code");
        let told = [only("string_pattern_mismatch", "body.grant_type"), only("missing", "body.password")];
        assert_eq!((status, issues(&body)), (422, told.concat()));
        for body in
            [json!({"name": "x"}), json!({"name": "x", "tax": null}), json!({"name": "x", "tax": 1.5})]
        {
            assert_eq!(send(&client, &at("/partial"), body.clone()), (200, body));
        }
        let refused = json!({"detail": {"message": "Oops! yolo did something."}});
        assert_eq!(ask(&client, &at("/unicorns/yolo")), (418, refused));
        assert_eq!(ask(&client, &at("/unicorns/joy")), (200, json!({"name": "joy"})));
        // A 422 is an answer, as a `HttpError` is; catchers have what nobody answers.
        assert_eq!(ask(&client, &at("/portal?teleport=perhaps")).1["detail"][0]["type"], "bool_parsing");
        assert_eq!(text_of(&client, "/nowhere"), (404, "lost".to_owned()));
    }
}

#[test]
fn each_row_is_documented() {
    let client = client_at("");
    let (_, document) = ask(&client, "/openapi.json");
    let answers = |path: &str| document["paths"][path]["get"]["responses"].clone();
    let statuses = |path: &str| answers(path).as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let json =
        |path: &str, status: &str| answers(path)[status]["content"]["application/json"]["schema"].clone();
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(json("/json-text", "200")["type"], "string");
    assert_eq!(json("/dict", "200"), json!({}));
    assert_eq!(
        (statuses("/moved"), statuses("/moved-for-good")),
        (vec!["307".to_owned()], vec!["308".to_owned()])
    );
    let mut either = json("/pets/{kind}", "200")["anyOf"].as_array().unwrap().clone();
    either.sort_by_key(Value::to_string);
    assert_eq!(either, [reference("Cat"), reference("Dog")]);
    assert_eq!(statuses("/portal"), ["200", "307", "422"]);
    assert_eq!(answers("/pets/{kind}")["200"]["description"], "Successful Response");
    assert_eq!(json("/with-header", "200"), reference("Cat"));
    assert_eq!(document["paths"]["/underscored"]["get"]["parameters"][0]["name"], "strange_header");
    let partial = &document["components"]["schemas"]["Partial"];
    assert_eq!(partial["required"], json!(["name"]), "what may be absent is not required");
}
