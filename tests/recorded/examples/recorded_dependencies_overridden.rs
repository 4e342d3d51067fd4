//! The program of `recorded_dependencies`, some of whose dependencies are overridden as for a test.

#[path = "recorded_dependencies.rs"]
#[allow(dead_code, reason = "the other program's rocket is not launched")]
mod dependencies;

use crewed::prelude::*;
use rocket::serde::json::{Value, json};

use crate::dependencies::{
    CommonQueryParams, Item, List, api, common_parameters, common_query_params, dependency_a, fresh_list,
    item_body, log, number_of_item, one, query_extractor, refuse, verify_token,
};

#[crewed::depends]
fn override_dependency(q: Option<String>) -> Value {
    json!({ "q": q, "skip": 5, "limit": 10 })
}

#[crewed::depends]
fn instead_of_class(size: i64) -> CommonQueryParams {
    CommonQueryParams { q: None, skip: 1, limit: size }
}

#[crewed::depends]
fn instead_of_header(token: String) {
    log(format!("token {token}"));
}

#[crewed::depends]
fn instead_of_one(
    #[param(header)] x_number: i64,
    #[param(depends(query_extractor))] q: Option<String>,
) -> i64 {
    log(format!("instead of one, {}", q.as_deref().unwrap_or("None")));
    x_number * 100
}

#[crewed::depends]
async fn instead_of_yield() -> String {
    log("instead of a");
    "A".to_owned()
}

#[crewed::depends(after = exit_list)]
async fn instead_of_list() -> List {
    log("enter list");
    let list = List::default();
    list.push("instead");
    list
}

async fn exit_list(_: List) {
    log("exit list");
}

#[crewed::depends]
fn without_body() -> Item {
    Item { name: "Fixed".to_owned(), price: 1.0 }
}

#[crewed::depends]
fn text_of_item(item_id: String) -> Value {
    json!(item_id.to_uppercase())
}

#[crewed::depends]
fn never_refuse() -> String {
    "agreed anyway".to_owned()
}

#[crewed::launch]
fn rocket() -> _ {
    let api = api()
        .override_dependency::<common_parameters, override_dependency>()
        .override_dependency::<common_query_params, instead_of_class>()
        .override_dependency::<verify_token, instead_of_header>()
        .override_dependency::<one, instead_of_one>()
        .override_dependency::<dependency_a, instead_of_yield>()
        .override_dependency::<fresh_list, instead_of_list>()
        .override_dependency::<item_body, without_body>()
        .override_dependency::<number_of_item, text_of_item>()
        .override_dependency::<refuse, never_refuse>();
    rocket::build().attach(api)
}
