//! Body models of every kind: nested, strict, aliased, partial, embedded; and errors with a status.
//!
//! ```sh
//! cargo run --example bodies
//! curl -X POST localhost:8000/items -H 'content-type: application/json' -d '{"name": "", "price": "free"}'
//! ```

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::{delete, get, patch, post, put};
use rocket::serde::json::{Json, Value, json};

#[model]
#[serde(rename_all = "lowercase")]
enum Status {
    Draft,
    Live,
    Gone,
}

#[model(literal)]
#[serde(rename_all = "lowercase")]
enum OneOrTwo {
    One,
    Two,
}

#[model]
struct Item {
    #[field(min_length = 1, max_length = 20)]
    name: String,
    #[field(max_length = 50)]
    description: Option<String>,
    #[field(gt = 0.0)]
    price: f64,
    tax: Option<f64>,
    #[field(default)]
    tags: Vec<String>,
    #[field(default = Status::Draft)]
    status: Status,
}

#[model]
#[serde(deny_unknown_fields)]
struct Strict {
    a: i64,
    #[field(default = "x")]
    b: String,
}

#[model]
struct Loose {
    a: i64,
    #[field(default = "x")]
    b: String,
}

#[model]
struct Address {
    street: String,
    #[field(min_length = 2)]
    city: String,
    #[field(pattern = "^[0-9]{5}$")]
    zip: String,
}

#[model]
struct Customer {
    name: String,
    address: Option<Address>,
}

#[model]
struct Line {
    #[field(pattern = "^[A-Z]{3}-[0-9]+$")]
    sku: String,
    #[field(default = 1, ge = 1, le = 100)]
    qty: i64,
    #[field(ge = 0.0)]
    price: f64,
}

#[model]
struct Order {
    id: Uuid,
    customer: Customer,
    #[field(min_items = 1, max_items = 3)]
    lines: Vec<Line>,
    note: Option<String>,
    placed_at: Option<AnyDateTime>,
}

#[model]
struct Nullable {
    #[field(required)]
    required_nullable: Option<i64>,
    optional_nullable: Option<i64>,
    #[field(default = 5)]
    optional_plain: i64,
}

#[model]
struct Patch {
    #[field(min_length = 1)]
    name: Patched<String>,
    #[field(gt = 0.0)]
    price: Patched<f64>,
    tags: Patched<Vec<String>>,
}

#[model]
struct User {
    username: String,
    #[field(ge = 0, lt = 150)]
    age: i64,
}

#[model]
struct Types {
    #[field(default = 0)]
    i: i64,
    #[field(default = 0.0)]
    f: f64,
    #[field(default)]
    s: String,
    #[field(default)]
    b: bool,
    d: Option<NaiveDate>,
    dt: Option<AnyDateTime>,
    u: Option<Uuid>,
    #[field(default = Status::Draft)]
    e: Status,
    #[field(default = OneOrTwo::One)]
    l: OneOrTwo,
    #[field(default)]
    li: Vec<i64>,
    #[field(default)]
    m: BTreeMap<String, i64>,
    o: Option<Loose>,
}

#[model]
#[serde(rename_all = "camelCase")]
struct Camel {
    #[field(min_length = 2)]
    item_name: String,
    #[field(default = 0.0, ge = 0.0)]
    unit_price: f64,
}

#[model]
struct AccountIn {
    username: String,
    #[field(min_length = 8)]
    password: String,
    email: Option<String>,
}

#[model]
struct AccountOut {
    username: String,
    email: Option<String>,
}

#[post("/items", status = 201)]
fn create_item(item: Item) -> Json<Item> {
    Json(item)
}

#[post("/strict")]
fn strict(body: Strict) -> Json<Strict> {
    Json(body)
}

#[post("/loose")]
fn loose(body: Loose) -> Json<Loose> {
    Json(body)
}

#[post("/orders", status = 201)]
fn create_order(order: Order) -> Json<Order> {
    Json(order)
}

#[post("/nullable")]
fn nullable(body: Nullable) -> Json<Nullable> {
    Json(body)
}

#[patch("/patch/<id>", name = "patch")]
fn patch_(id: i64, body: Patch) -> Json<BTreeMap<String, Value>> {
    fn sent<T: Into<Value>>(field: Patched<T>) -> Option<Value> {
        match field {
            Patched::Absent => None,
            Patched::Null => Some(Value::Null),
            Patched::Value(value) => Some(value.into()),
        }
    }
    let fields = [("name", sent(body.name)), ("price", sent(body.price)), ("tags", sent(body.tags))];
    let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Json(BTreeMap::from([("id".to_owned(), id.into()), ("set".to_owned(), Value::Object(set))]))
}

#[post("/two")]
fn two(item: Item, user: User) -> Json<Value> {
    Json(json!({ "item": item, "user": user }))
}

#[post("/embed")]
fn embed(#[param(body(embed))] user: User) -> Json<User> {
    Json(user)
}

#[post("/mixed/<id>")]
fn mixed(id: i64, user: User, #[param(body, gt = 0)] importance: i64) -> Json<Value> {
    Json(json!({ "id": id, "user": user, "importance": importance }))
}

#[post("/list")]
fn list_body(lines: Vec<Line>) -> Json<Vec<Line>> {
    Json(lines)
}

#[post("/dict")]
fn dict_body(counts: BTreeMap<String, i64>) -> Json<BTreeMap<String, i64>> {
    Json(counts)
}

#[post("/scalar")]
fn scalar(#[param(body, ge = 0)] n: i64) -> Json<i64> {
    Json(n)
}

#[post("/maybe")]
fn maybe(user: Option<User>) -> Json<Value> {
    Json(json!({ "user": user }))
}

#[post("/types")]
fn types(body: Types) -> Json<Types> {
    Json(body)
}

#[post("/camel")]
fn camel(body: Camel) -> Json<Camel> {
    Json(body)
}

#[post("/accounts", status = 201)]
fn create_account(account: AccountIn) -> Json<AccountOut> {
    Json(AccountOut { username: account.username, email: account.email })
}

#[put("/all/<id>?<q>")]
fn all_places(
    #[param(ge = 1)] id: i64,
    #[param(min_length = 2)] q: String,
    #[param(header)] x_key: i64,
    user: User,
) -> Json<Value> {
    Json(json!({ "id": id, "q": q, "x_key": x_key, "user": user }))
}

#[delete("/things/<id>", status = 204)]
fn delete_thing(id: i64) {
    let _ = id;
}

#[model]
struct Code {
    code: i64,
}

#[get("/fail/<code>")]
fn fail(code: i64) -> Result<Json<Code>, HttpError> {
    match code {
        404 => Err(HttpError::new(404, "Thing not found")),
        401 => Err(HttpError::new(401, "Who are you").header("WWW-Authenticate", "Bearer")),
        409 => Err(HttpError::status(409).detail(json!({ "reason": "taken", "by": [1, 2] }))),
        418 => Err(HttpError::status(418).header("X-Error", "teapot")),
        code => Ok(Json(Code { code })),
    }
}

#[crewed::launch]
pub(crate) fn rocket() -> _ {
    let models =
        operations![create_item, strict, loose, create_order, nullable, patch_, types, camel, create_account];
    let embedded = operations![two, embed, mixed];
    let bare = operations![list_body, dict_body, scalar, maybe];
    let statuses = operations![all_places, delete_thing, fail];
    let all = models.into_iter().chain(embedded).chain(bare).chain(statuses);
    rocket::build().attach(Api::new().title("bodies").operations(all))
}
