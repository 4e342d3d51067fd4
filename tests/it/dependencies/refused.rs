//! Dependencies, routers and handlers that no request could be answered with: each is refused at the launch.

use std::rc::Rc;

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;
use crewed::{HttpError, Reply, Router, SecurityScopes, depends, get, post};

use crate::kit::config;

/// Why a rocket does not launch.
fn refusal(api: Api) -> String {
    let rocket = crewed::rocket::custom(config()).attach(api);
    match crewed::rocket::tokio::runtime::Runtime::new().unwrap().block_on(crewed::ignite(rocket)) {
        Ok(_) => panic!("it launches"),
        Err(error) => error.to_string(),
    }
}

/// Checks that a rocket is refused for one reason.
fn refused(api: Api, reason: &str) {
    let said = refusal(api);
    assert!(said.contains(reason), "{said}");
    assert_eq!(said.matches("\n  - ").count(), 1, "{said}");
}

#[depends]
fn first(#[param(depends(second))] value: i64) -> i64 {
    value
}

#[depends]
fn second(#[param(depends(third))] value: i64) -> i64 {
    value
}

#[depends]
fn third(#[param(depends(second))] value: i64) -> i64 {
    value
}

#[get("/circle")]
fn circle(#[param(depends(first))] value: i64) -> Json<i64> {
    Json(value)
}

#[test]
fn a_circle_is_named() {
    let reason = "the function `circle`: dependencies go in a circle, and none can be asked first: `second` needs \
                  `third` needs `second`";
    refused(Api::new().operations(operations![circle]), reason);
}

struct Session;

#[depends]
fn session() -> Session {
    Session
}

#[depends]
fn user(#[param(depends(session))] session: Session) -> i64 {
    let _ = session;
    1
}

#[get("/shared")]
fn shared(#[param(depends(session))] session: Session, #[param(depends(user))] user: i64) -> Json<i64> {
    let _ = session;
    Json(user)
}

#[get("/fresh")]
fn fresh(
    #[param(depends(session))] one: Session,
    #[param(depends(session, fresh))] two: Session,
) -> Json<i64> {
    let _ = (one, two);
    Json(1)
}

#[test]
fn a_value_for_two_is_cloned_or_asked_anew() {
    let reason = "the function `shared`: the value of the dependency `session` goes to the function `shared` and `user`, \
                  but `it::dependencies::refused::Session` cannot be cloned: write `#[derive(Clone)]` above it";
    refused(Api::new().operations(operations![shared]), reason);
    let rocket = crewed::rocket::custom(config()).attach(Api::new().operations(operations![fresh]));
    assert!(crewed::rocket::local::blocking::Client::untracked(rocket).is_ok());
}

#[depends]
fn needs_scopes(scopes: SecurityScopes) -> i64 {
    i64::try_from(scopes.scopes().len()).unwrap()
}

#[get("/scopes", depends(needs_scopes, scopes("a")))]
fn scoped(#[param(depends(session, scopes("items")))] session: Session) -> Json<i64> {
    let _ = session;
    Json(1)
}

#[test]
fn scopes_need_somebody_who_takes_them() {
    let reason = "the function `scoped`: the function `scoped` requires the scope \"items\" of `session`, but neither it \
                  nor what it depends on takes scopes";
    refused(Api::new().operations(operations![scoped]), reason);
}

#[get("/<item_id>")]
fn one_item(item_id: i64) -> Json<i64> {
    Json(item_id)
}

#[get("/of/<other>")]
fn of_prefix(#[param(path)] user_id: i64, other: i64) -> Json<i64> {
    Json(user_id + other)
}

#[test]
fn parameters_of_routers_are_taken_by_somebody() {
    let untaken = Router::new("/users/<user_id>").operations(operations![one_item]);
    refused(
        Api::new().include(untaken),
        "`Router::new(\"/users/<user_id>\")`: no function takes `<user_id>`",
    );
    let missing = Router::new("/users").operations(operations![of_prefix]);
    let reason =
        "the function `of_prefix` takes `user_id` from the path, but `/users/of/<other>` has no `<user_id>`";
    refused(Api::new().include(missing), reason);
    let both = Router::new("/users/<user_id>").operations(operations![one_item, of_prefix]);
    let rocket = crewed::rocket::custom(config()).attach(Api::new().include(both));
    assert!(crewed::rocket::local::blocking::Client::untracked(rocket).is_ok());
}

#[get("/loaded/<post_id>", depends(session))]
fn nobodys() -> Json<i64> {
    Json(1)
}

#[test]
fn a_parameter_of_a_path_is_taken_by_somebody() {
    let reason = "the function `nobodys`: nothing takes `<post_id>` of its path: neither the function nor a dependency";
    refused(Api::new().operations(operations![nobodys]), reason);
}

#[test]
fn paths_of_routers_are_paths() {
    for wrong in ["users", "/users/", "/us ers", "/a//b", "/<a", "/<>"] {
        refused(
            Api::new().include(Router::new(wrong).operations(operations![circle_free])),
            &format!("`Router::new(\"{wrong}\")` is no path"),
        );
    }
}

#[get("/free")]
fn circle_free() -> Json<i64> {
    Json(1)
}

#[model]
struct Item {
    name: String,
}

#[depends]
fn of_body(item: Item) -> String {
    item.name
}

#[depends]
fn of_form(#[param(form)] name: String) -> String {
    name
}

#[get("/bodiless", depends(of_body))]
fn bodiless() -> Json<i64> {
    Json(1)
}

#[post("/mixed", depends(of_form))]
fn mixed(item: Item) -> Json<String> {
    Json(item.name)
}

#[resource("/items", depends(of_body), operations(list, create))]
struct Stored {
    #[field(key)]
    name: String,
}

#[test]
fn a_body_is_read_once_and_where_there_is_one() {
    refused(
        Api::new().operations(operations![bodiless]),
        "the function `bodiless`: the body of a request of this method is ignored: take `item` from the query",
    );
    refused(
        Api::new().operations(operations![mixed]),
        "the function `mixed`: the body is a form, of which `name` is a field, and JSON, for `item`: take one",
    );
    let said = refusal(Api::new().resource::<Stored>());
    let reason = "a dependency takes `item` from the body, which is the row that a client sends";
    assert!(said.contains(reason), "{said}");
}

struct Lost;

struct Unused;

#[get("/lost")]
fn lost() -> Result<Json<i64>, Lost> {
    Err(Lost)
}

#[depends]
fn losing() -> Result<i64, Lost> {
    Err(Lost)
}

#[get("/losing", depends(losing))]
fn depends_on_losing() -> Json<i64> {
    Json(1)
}

/// It answers by itself.
struct Answering;

impl<'r> crewed::rocket::response::Responder<'r, 'static> for Answering {
    fn respond_to(self, _: &'r crewed::rocket::Request<'_>) -> crewed::rocket::response::Result<'static> {
        Err(crewed::rocket::http::Status::ImATeapot)
    }
}

#[get("/answering")]
fn answering() -> Result<Json<i64>, Answering> {
    Err(Answering)
}

#[test]
fn every_error_has_an_answer_and_every_handler_an_error() {
    let reason = "the function `lost` fails with `it::dependencies::refused::Lost`, which nothing answers";
    refused(Api::new().operations(operations![lost]), reason);
    let reason =
        "the dependency `losing` fails with `it::dependencies::refused::Lost`, which nothing answers";
    refused(Api::new().operations(operations![depends_on_losing]), reason);
    let handled = |_: &crewed::rocket::Request<'_>, _: Unused| Reply::new(1);
    let reason = "`Api::on_error` answers `it::dependencies::refused::Unused`, but no function fails with it";
    refused(Api::new().operations(operations![circle_free]).on_error(handled), reason);
    let handled = |_: &crewed::rocket::Request<'_>, _: Answering| Reply::new(1);
    let reason = "which is a response by itself, so that its handler is never asked";
    refused(Api::new().operations(operations![answering]).on_error(handled), reason);
    let fine = Api::new().operations(operations![lost, answering]).on_error(|_, _: Lost| Reply::new(1));
    let rocket = crewed::rocket::custom(config()).attach(fine.on_error(|_, error: HttpError| error));
    assert!(crewed::rocket::local::blocking::Client::untracked(rocket).is_ok());
    // Nothing of this crosses threads.
    let _: Option<Rc<i64>> = None;
}

#[get("")]
fn nowhere() -> Json<i64> {
    Json(1)
}

#[test]
fn an_operation_stands_somewhere() {
    refused(Api::new().operations(operations![nowhere]), "the function `nowhere` has no path");
    let rocket = crewed::rocket::custom(config())
        .attach(Api::new().include(Router::new("/x").operations(operations![nowhere])));
    let client = crewed::rocket::local::blocking::Client::untracked(rocket).unwrap();
    assert_eq!(client.get("/x").dispatch().status().code, 200);
    assert_eq!(client.get("/x/").dispatch().status().code, 307);
}

/// An error of one dependency.
struct OneError;

/// An error of another dependency that has the same name.
struct OtherError;

mod one {
    #[crewed::depends]
    pub(super) fn current() -> Result<i64, super::OneError> {
        Err(super::OneError)
    }
}

mod other {
    #[crewed::depends]
    pub(super) fn current() -> Result<i64, super::OtherError> {
        Err(super::OtherError)
    }
}

#[get("/one", depends(one::current))]
fn of_one() -> Json<i64> {
    Json(1)
}

#[get("/other", depends(other::current))]
fn of_other() -> Json<i64> {
    Json(1)
}

#[test]
fn dependencies_of_one_name_are_two() {
    let api =
        || Api::new().operations(operations![of_one, of_other]).on_error::<OneError>(|_, _| Reply::new(1));
    refused(api(), "fails with `it::dependencies::refused::OtherError`, which nothing answers");
    let rocket = crewed::rocket::custom(config()).attach(api().on_error::<OtherError>(|_, _| Reply::new(2)));
    let ignited = crewed::rocket::tokio::runtime::Runtime::new().unwrap().block_on(crewed::ignite(rocket));
    assert!(ignited.is_ok(), "{}", ignited.unwrap_err());
}

#[get("/items/<id>")]
fn item_of(id: i64) -> Json<i64> {
    Json(id)
}

#[resource("/rooms")]
struct Room {
    #[field(key, generated)]
    id: i64,
    name: String,
}

#[test]
fn a_path_has_each_parameter_once() {
    let api = Api::new().include(Router::new("/users/<id>").operations(operations![item_of]));
    refused(api.at("/api"), "the function `item_of`: `/api/users/<id>/items/<id>` has `<id>` twice");
    let said = refusal(Api::new().include(Router::new("/houses/<id>").resource::<Room>()));
    assert!(said.contains("the resource `Room`: `/houses/<id>/rooms/<id>` has `<id>` twice"), "{said}");
}
