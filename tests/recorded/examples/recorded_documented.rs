//! What a document says of inputs beyond their types: examples, titles, what is deprecated or hidden.

use crewed::prelude::*;
use crewed::{get, post, put};
use rocket::serde::json::{Json, Value, json};

#[model]
struct Item {
    name: String,
    description: Option<String>,
    price: f64,
    tax: Option<f64>,
}

/// An item that shows an example of itself.
#[model(
    title = "Item with an example",
    examples(json!({ "name": "Foo", "price": 35.4 }), json!({ "name": "Bar", "price": 1 }))
)]
struct ExampleItem {
    name: String,
    price: f64,
}

#[model]
struct FieldItem {
    /// What it is called.
    #[field(title = "The name", examples("Foo", "Bar"))]
    name: String,
    #[field(examples("A very nice Item"), max_length = 300)]
    description: Option<String>,
    #[field(gt = 0, examples(35.4))]
    price: f64,
    #[field(deprecated)]
    old_price: Option<f64>,
    #[field(title = "", default = "thing")]
    kind: String,
}

fn whole() -> Value {
    json!({ "name": "Foo", "description": "A very nice Item", "price": 35.4, "tax": 3.2 })
}

#[put("/examples/model/<item_id>")]
async fn examples_model(item_id: i64, item: ExampleItem) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/fields/<item_id>")]
async fn examples_fields(item_id: i64, item: FieldItem) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/body/<item_id>")]
async fn examples_body(item_id: i64, #[param(body, examples(whole()))] item: Item) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/several/<item_id>")]
async fn examples_several(
    item_id: i64,
    #[param(
        body,
        examples(
            whole(),
            json!({ "name": "Bar", "price": "35.4" }),
            json!({ "name": "Baz", "price": "much" }),
        )
    )]
    item: Item,
) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/openapi/<item_id>")]
async fn examples_openapi(
    item_id: i64,
    #[param(
        body,
        examples(
            "normal" = whole(),
            "converted" = json!({ "name": "Bar", "price": "35.4" }),
            "invalid" = json!({ "name": "Baz", "price": "much" }),
        )
    )]
    item: Item,
) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/both/<item_id>")]
async fn examples_both(
    item_id: i64,
    #[param(
        body,
        examples(
            json!({ "name": "Of the body", "price": 2 }),
            "normal" = whole(),
            "converted" = json!({ "name": "Bar", "price": "35.4" }),
            "invalid" = json!({ "name": "Baz", "price": "much" }),
        )
    )]
    item: ExampleItem,
) -> Value {
    json!({ "item_id": item_id, "item": item })
}

#[put("/examples/embedded")]
async fn examples_embedded(
    /// One item.
    #[param(body(embed), title = "The item", examples(whole()))]
    item: Item,
) -> Json<Item> {
    Json(item)
}

#[put("/examples/two")]
async fn examples_two(
    /// One item.
    #[param(
        body,
        title = "The item",
        examples(
            "normal" = whole(),
            "converted" = json!({ "name": "Bar", "price": "35.4" }),
            "invalid" = json!({ "name": "Baz", "price": "much" }),
        )
    )]
    item: Item,
    #[param(body, title = "How much it matters", ge = 1, examples(5), deprecated)] importance: i64,
) -> Value {
    json!({ "item": item, "importance": importance })
}

#[put("/examples/list")]
async fn examples_list(
    /// All.
    #[param(body, title = "Items", examples(json!([whole()])))]
    items: Vec<Item>,
) -> Json<Vec<Item>> {
    Json(items)
}

#[put("/examples/optional")]
async fn examples_optional(
    #[param(body, title = "Perhaps", examples(whole(), Value::Null))] item: Option<Item>,
) -> Json<Option<Item>> {
    Json(item)
}

#[put("/examples/media-type")]
async fn examples_media_type(item: Item) -> Json<Item> {
    Json(item)
}

#[get("/parameters/<item_id>?<q>&<tags>")]
async fn parameters(
    /// Of the item.
    #[param(title = "The id", ge = 1, examples(5, 6))]
    item_id: i64,
    /// What to look for.
    #[param(
        alias = "item-query",
        title = "Query string",
        min_length = 3,
        max_length = 50,
        pattern = "^fixed",
        deprecated,
        examples("fixedquery")
    )]
    q: Option<String>,
    /// Any of them.
    #[param(title = "Tags", examples(["a", "b"]), default = vec!["new".to_owned()])]
    tags: Vec<String>,
    /// Of yours.
    #[param(header, title = "Tokens", deprecated)]
    x_token: Option<Vec<String>>,
    #[param(header, alias = "strange_header")] strange_header: Option<String>,
    /// Given at login.
    #[param(cookie, title = "Session", examples("abc"), default = "none")]
    session: String,
) -> Value {
    json!({
        "item_id": item_id,
        "q": q,
        "tags": tags,
        "x_token": x_token,
        "strange_header": strange_header,
        "session": session,
    })
}

#[get("/parameters-openapi/<item_id>?<q>")]
async fn parameters_openapi(
    #[param(examples("one" = 1, "two" = 2))] item_id: i64,
    #[param(examples("of the schema", "empty" = ""))] q: Option<String>,
    #[param(header, examples("t" = "abc"))] x_token: Option<String>,
    #[param(cookie, examples("s" = "abc"))] session: Option<String>,
) -> Value {
    json!({ "item_id": item_id, "q": q, "x_token": x_token, "session": session })
}

#[get("/hidden/<item_id>?<shown>&<q>")]
async fn hidden(
    #[param(hidden)] item_id: i64,
    #[param(default = 0)] shown: i64,
    #[param(hidden, default = 0)] q: i64,
    #[param(header, hidden, default = 0)] x_token: i64,
    #[param(cookie, hidden, default = 0)] session: i64,
) -> Value {
    json!({ "item_id": item_id, "shown": shown, "q": q, "x_token": x_token, "session": session })
}

#[get("/hidden-all?<q>")]
async fn hidden_all(#[param(hidden)] q: i64) -> Value {
    json!({ "q": q })
}

/// How to look.
#[model]
struct Filter {
    /// So many.
    #[field(default = 10, le = 100, title = "At most", examples(5))]
    limit: i64,
    #[field(default = 0, ge = 0, deprecated)]
    offset: i64,
    order: Option<String>,
}

#[get("/query-model?<filter..>")]
async fn query_model(
    /// Not to be seen.
    filter: Filter,
) -> Json<Filter> {
    Json(filter)
}

#[post("/form")]
async fn form(
    /// Yours.
    #[param(form, title = "The name", min_length = 2, examples("Rick"))]
    name: String,
    #[param(form, deprecated)] age: Option<i64>,
) -> Value {
    json!({ "name": name, "age": age })
}

#[post("/files")]
async fn files(
    /// Any file.
    #[param(form, title = "The file")]
    file: Upload,
    #[param(form)] more: Option<Vec<Upload>>,
) -> Value {
    let more: Vec<usize> = more.iter().flatten().map(Upload::len).collect();
    json!({ "file": file.file_name(), "more": more })
}

#[get("/deprecated", deprecated)]
async fn deprecated() -> Json<&'static str> {
    Json("still there")
}

#[get("/extra?<q>")]
async fn extra(#[param(default = 0)] q: i64) -> Json<i64> {
    Json(q)
}

#[get("/responses", response(404, "Not there"), response(200, "There"))]
async fn responses() -> Json<Item> {
    Json(Item {
        name: "Foo".to_owned(),
        description: Some("A very nice Item".to_owned()),
        price: 35.4,
        tax: Some(3.2),
    })
}

#[crewed::launch]
fn rocket() -> _ {
    let examples = operations![
        examples_model,
        examples_fields,
        examples_body,
        examples_several,
        examples_openapi,
        examples_both,
        examples_embedded,
        examples_two,
        examples_list,
        examples_optional,
        examples_media_type,
    ];
    let inputs = operations![parameters, parameters_openapi, hidden, hidden_all, query_model, form, files];
    let api = Api::new()
        .title("documented")
        .operations(examples)
        .operations(inputs)
        .operations(operations![deprecated, extra, responses]);
    rocket::build().attach(api)
}
