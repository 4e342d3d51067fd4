//! Routers beside routes of the user's, and in several places.

use crewed::rocket::Request;
use crewed::rocket::http::Status;
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest};
use crewed::rocket::serde::json::Json;
use crewed::{Bearer, HttpError, Router, depends, get};

use super::*;

#[get("/<item_id>?<q>")]
fn read_item(item_id: i64, q: Option<i64>) -> Json<Vec<Option<i64>>> {
    Json(vec![Some(item_id), q])
}

#[get("/")]
fn read_items(#[param(path)] shop: String) -> Json<String> {
    Json(shop)
}

#[depends]
fn admin(token: Bearer) -> Result<String, HttpError> {
    if token.token() == "admin" { Ok("admin".to_owned()) } else { Err(HttpError::status(403)) }
}

#[get("/me")]
fn me(#[param(depends(admin))] name: String) -> Json<String> {
    Json(name)
}

/// What is found by a parameter of the path, or 404.
#[depends]
fn existing_post(post_id: i64) -> Result<String, HttpError> {
    if post_id == 1 { Ok("the first".to_owned()) } else { Err(HttpError::status(404)) }
}

#[get("/posts/<post_id>")]
fn read_post(#[param(depends(existing_post))] post: String) -> Json<String> {
    Json(post)
}

#[test]
fn a_dependency_alone_may_take_a_parameter_of_the_path() {
    let journal = Journal::default();
    for (client, base) in on_bases(|| Api::new().operations(operations![read_post]), &journal) {
        assert_eq!(get(&client, base, "/posts/1"), (200, json!("the first")));
        assert_eq!(get(&client, base, "/posts/2").0, 404);
        let (status, body) = get(&client, base, "/posts/x");
        assert_eq!(
            (status, issues(&body)),
            (422, vec![("int_parsing".to_owned(), "path.post_id".to_owned())])
        );
        let document = get(&client, base, "/openapi.json").1;
        let parameters = &document["paths"][format!("{base}/posts/{{post_id}}")]["get"]["parameters"];
        assert_eq!((&parameters[0]["in"], parameters.as_array().unwrap().len()), (&json!("path"), 1));
    }
}

fn items() -> Router {
    Router::new("/items").tag("items").operations(operations![read_item])
}

fn api() -> Api {
    Api::new()
        .include(items())
        .include(
            Router::new("/shops/<shop>")
                .operations(operations![read_items])
                .include(items().tag("again"))
                .response(418, "It is a teapot"),
        )
        .include(Router::new("/admin").depends::<admin>().operations(operations![me]))
}

#[test]
fn a_router_stands_in_several_places() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        assert_eq!(get(&client, base, "/items/3?q=4"), (200, json!([3, 4])));
        assert_eq!(get(&client, base, "/shops/a/items/3"), (200, json!([3, null])));
        assert_eq!(get(&client, base, "/shops/a%2Fb/"), (200, json!("a/b")));
        let (status, body) = get(&client, base, "/shops/a/items/x?q=y");
        let expected = [("int_parsing", "path.item_id"), ("int_parsing", "query.q")];
        let expected = expected.map(|(kind, loc)| (kind.to_owned(), loc.to_owned()));
        assert_eq!((status, issues(&body)), (422, expected.to_vec()));
        assert_eq!(get(&client, base, "/admin/me").0, 401);
        let document = get(&client, base, "/openapi.json").1;
        let of = |path: &str| document["paths"][format!("{base}{path}")]["get"].clone();
        assert_eq!(of("/shops/{shop}/items/{item_id}")["tags"], json!(["items", "again"]));
        assert_eq!(of("/shops/{shop}/items/{item_id}")["responses"]["418"]["description"], "It is a teapot");
        assert_eq!(of("/items/{item_id}")["responses"].get("418"), None);
        // A parameter that nothing takes is sent nevertheless.
        let names = of("/shops/{shop}/items/{item_id}")["parameters"].clone();
        let names: Vec<_> = names.as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
        assert_eq!(names, [json!("item_id"), json!("q"), json!("shop")]);
        assert_eq!(of("/admin/me")["security"], json!([{"HTTPBearer": []}]));
    }
}

/// A guard that forwards every request.
struct Forwards;

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Forwards {
    type Error = std::convert::Infallible;

    async fn from_request(_: &'r Request<'_>) -> request::Outcome<Self, Self::Error> {
        Outcome::Forward(Status::NotFound)
    }
}

#[crewed::rocket::get("/items/special")]
fn special() -> &'static str {
    "special"
}

#[crewed::rocket::get("/admin/<_>")]
fn forwards(_guard: Forwards) -> &'static str {
    "never"
}

/// A route of the user's on the same paths, which is tried where it says more.
#[test]
fn a_route_of_the_users_stands_beside_a_router() {
    for base in ["", "/api"] {
        let rocket = crewed::rocket::custom(config())
            .mount(if base.is_empty() { "/" } else { base }, crewed::rocket::routes![special, forwards])
            .attach(api().at(base));
        let client = Client::untracked(rocket).unwrap();
        let answer = client.get(format!("{base}/items/special")).dispatch();
        assert_eq!(answer.into_string().unwrap(), "special");
        assert_eq!(get(&client, base, "/items/3"), (200, json!([3, null])));
        let request = client.get(format!("{base}/admin/me"));
        let request = request.header(crewed::rocket::http::Header::new("authorization", "Bearer admin"));
        assert_eq!(json_of(request.dispatch()), (200, json!("admin")));
    }
}
