//! The chapters on dependencies, and probes that pin down what they leave open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crewed::prelude::*;
use crewed::{Router, Tasks, delete, get, post};
use rocket::response::stream::TextStream;
use rocket::serde::json::{Json, Value, json};
use rocket::tokio::time::sleep;

// ------------------------------------------------------------------------ log

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lines() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn log(line: impl Into<String>) {
    lines().push(line.into());
}

/// The log, as soon as it has so many lines, and after a second at the latest.
#[get("/log?<least>", hidden)]
async fn read_log(#[param(default = 0)] least: u32) -> Json<Vec<String>> {
    for _ in 0..100 {
        if lines().len() >= least as usize {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Json(lines().clone())
}

#[delete("/log", status = 204, hidden)]
async fn empty_log() {
    lines().clear();
}

// --------------------------------------------------------------------- models

#[model]
pub(crate) struct Item {
    #[field(min_length = 2)]
    pub(crate) name: String,
    pub(crate) price: f64,
}

#[model]
struct User {
    username: String,
}

// ------------------------------------------------------- the tutorial's pages

#[crewed::depends]
pub(crate) fn common_parameters(
    q: Option<String>,
    #[param(default = 0)] skip: i64,
    #[param(default = 100)] limit: i64,
) -> Value {
    json!({ "q": q, "skip": skip, "limit": limit })
}

#[get("/items/")]
fn read_items(#[param(depends(common_parameters))] commons: Value) -> Value {
    commons
}

#[get("/users/")]
fn read_users(#[param(depends(common_parameters))] commons: Value) -> Value {
    commons
}

const FAKE_ITEMS_DB: [&str; 3] = ["Foo", "Bar", "Baz"];

pub(crate) struct CommonQueryParams {
    pub(crate) q: Option<String>,
    pub(crate) skip: i64,
    pub(crate) limit: i64,
}

#[crewed::depends]
pub(crate) fn common_query_params(
    #[param(max_length = 5)] q: Option<String>,
    #[param(ge = 0, default = 0)] skip: i64,
    #[param(le = 100, default = 100)] limit: i64,
) -> CommonQueryParams {
    CommonQueryParams { q, skip, limit }
}

#[get("/classes/items/")]
fn read_items_by_class(#[param(depends(common_query_params))] commons: CommonQueryParams) -> Value {
    let count = |number: i64| usize::try_from(number).unwrap_or(0);
    let items = FAKE_ITEMS_DB.iter().skip(count(commons.skip)).take(count(commons.limit));
    let items: Vec<Value> = items.map(|name| json!({ "item_name": name })).collect();
    match commons.q.filter(|q| !q.is_empty()) {
        Some(q) => json!({ "q": q, "items": items }),
        None => json!({ "items": items }),
    }
}

#[crewed::depends]
pub(crate) fn query_extractor(q: Option<String>) -> Option<String> {
    q
}

#[crewed::depends]
fn query_or_cookie_extractor(
    #[param(depends(query_extractor))] q: Option<String>,
    #[param(cookie)] last_query: Option<String>,
) -> Option<String> {
    q.filter(|q| !q.is_empty()).or(last_query)
}

#[get("/sub/items/")]
fn read_query(#[param(depends(query_or_cookie_extractor))] query_or_default: Option<String>) -> Value {
    json!({ "q_or_cookie": query_or_default })
}

#[crewed::depends]
pub(crate) fn verify_token(#[param(header)] x_token: String) -> Result<(), HttpError> {
    log("verify_token");
    match x_token.as_str() {
        "fake-super-secret-token" => Ok(()),
        _ => Err(HttpError::new(400, "X-Token header invalid")),
    }
}

#[crewed::depends]
fn verify_key(#[param(header)] x_key: String) -> Result<String, HttpError> {
    log("verify_key");
    match x_key.as_str() {
        "fake-super-secret-key" => Ok(x_key),
        _ => Err(HttpError::new(400, "X-Key header invalid")),
    }
}

#[get("/decorators/items/", depends(verify_token, verify_key))]
fn read_items_with_key() -> Value {
    log("read_items_with_key");
    json!([{ "item": "Foo" }, { "item": "Bar" }])
}

fn looks_for(fixed_content: &str, q: &str) -> bool {
    log(format!("looks for {fixed_content}"));
    !q.is_empty() && q.contains(fixed_content)
}

/// Of a class with two instances that are called, there are two functions here.
#[crewed::depends]
fn looks_for_bar(#[param(default = "")] q: String) -> bool {
    looks_for("bar", &q)
}

#[crewed::depends]
fn looks_for_foo(#[param(default = "")] q: String) -> bool {
    looks_for("foo", &q)
}

#[get("/query-checker/")]
fn read_query_check(
    #[param(depends(looks_for_bar))] fixed_content_included: bool,
    #[param(depends(looks_for_foo))] other_content_included: bool,
) -> Value {
    json!({
        "fixed_content_in_query": fixed_content_included,
        "other_content_in_query": other_content_included,
    })
}

// ---------------------------------------------------------- kinds of functions

#[crewed::depends]
fn sync_dependency(#[param(default = 1)] n: i64) -> i64 {
    n
}

#[crewed::depends]
async fn async_dependency(#[param(default = 1)] n: i64) -> i64 {
    n + 1
}

#[get("/kinds/sync-async")]
fn sync_async(
    #[param(depends(sync_dependency))] a: i64,
    #[param(depends(async_dependency))] b: i64,
) -> Value {
    json!({ "a": a, "b": b })
}

#[crewed::depends]
fn nothing() {}

#[get("/kinds/nothing")]
fn kinds_nothing(#[param(depends(nothing))] value: ()) -> Value {
    json!({ "value": value })
}

#[model]
#[serde(deny_unknown_fields)]
struct Filter {
    #[field(le = 100, default = 10)]
    limit: i64,
    #[field(default = "name")]
    order: String,
}

#[crewed::depends]
fn filtered(#[param(query)] filter: Filter) -> Filter {
    filter
}

#[get("/kinds/query-model")]
fn query_model(#[param(depends(filtered))] filter: Filter) -> Value {
    json!(filter)
}

#[get("/kinds/query-model-beside?<q>")]
fn query_model_beside(#[param(depends(filtered))] filter: Filter, #[param(default = 0)] q: i64) -> Value {
    json!({ "filter": filter, "q": q })
}

#[crewed::depends]
fn tagged(#[param(query, max_items = 2, default)] tags: Vec<String>) -> Vec<String> {
    tags
}

#[get("/kinds/list")]
fn kinds_list(#[param(depends(tagged))] tags: Vec<String>) -> Value {
    json!(tags)
}

// ------------------------------------------------------------ order of issues

#[crewed::depends]
fn everywhere(#[param(cookie)] cookie: i64, #[param(header)] header: i64, query: i64, p: i64) -> Vec<i64> {
    log("everywhere");
    vec![p, query, header, cookie]
}

// It does not take `p` itself, so that the path is that of a router.
#[get("")]
fn order_places(#[param(depends(everywhere))] values: Vec<i64>) -> Value {
    json!(values)
}

#[post("/order/own/<p>?<own_query>")]
fn order_own(
    user: User,
    #[param(cookie)] own_cookie: i64,
    #[param(header)] own_header: i64,
    own_query: i64,
    #[param(ge = 1)] p: i64,
    #[param(depends(everywhere))] values: Vec<i64>,
) -> Value {
    json!([values, p, own_query, own_header, own_cookie, user])
}

#[crewed::depends]
pub(crate) fn one(a: i64) -> i64 {
    log("one");
    a
}

#[crewed::depends]
fn two(b: i64) -> i64 {
    log("two");
    b
}

#[crewed::depends]
fn three(c: i64) -> i64 {
    log("three");
    c
}

#[get("/order/several?<d>&<e>")]
fn order_several(
    d: i64,
    #[param(depends(three))] third: i64,
    #[param(depends(one))] first: i64,
    e: i64,
    #[param(depends(two))] second: i64,
) -> Value {
    log("order_several");
    json!({ "a": first, "b": second, "c": third, "d": d, "e": e })
}

#[crewed::depends]
fn innermost(#[param(cookie)] c: i64) -> i64 {
    log("innermost");
    c
}

#[crewed::depends]
fn inner(#[param(header)] b: i64, #[param(depends(innermost))] value: i64) -> Vec<i64> {
    log("inner");
    vec![value, b]
}

#[crewed::depends]
fn outer(a: i64, #[param(depends(inner))] value: Vec<i64>) -> Vec<i64> {
    log("outer");
    [value, vec![a]].concat()
}

#[get("/order/nested/<p>")]
fn order_nested(p: i64, #[param(depends(outer))] value: Vec<i64>) -> Value {
    log("order_nested");
    let values = [value, vec![p]].concat();
    json!(values)
}

#[crewed::depends]
fn with_body(item: Item, #[param(header)] h: i64) -> Item {
    log("with_body");
    let _ = h;
    item
}

#[post("/order/body?<q>")]
fn order_body(#[param(depends(with_body))] item: Item, #[param(depends(one))] a: i64, q: i64) -> Value {
    log("order_body");
    json!([item, a, q])
}

// ------------------------------------------------------------- who is called

#[crewed::depends]
fn without_inputs() -> String {
    log("without_inputs");
    "done".to_owned()
}

#[get("/called/beside?<q>")]
fn called_beside(
    #[param(depends(one))] a: i64,
    #[param(depends(without_inputs))] done: String,
    #[param(depends(two))] b: i64,
    #[param(default = 0)] q: i64,
) -> Value {
    log("called_beside");
    json!([a, done, b, q])
}

#[crewed::depends]
fn parent(#[param(depends(one))] x: i64, #[param(depends(two))] y: i64, z: i64) -> i64 {
    log("parent");
    x + y + z
}

#[get("/called/parent")]
fn called_parent(#[param(depends(parent))] value: i64, #[param(depends(three))] c: i64) -> Value {
    log("called_parent");
    json!([value, c])
}

// ----------------------------------------------------------------- who fails

#[crewed::depends]
pub(crate) fn refuse(#[param(default = false)] refused: bool) -> Result<String, HttpError> {
    log("refuse");
    match refused {
        true => Err(HttpError::new(409, "Refused").header("X-Reason", "asked to")),
        false => Ok("agreed".to_owned()),
    }
}

#[crewed::depends]
fn refuse_too(#[param(default = false)] refused_too: bool) -> Result<String, HttpError> {
    log("refuse_too");
    match refused_too {
        true => Err(HttpError::status(403).detail(json!({ "reason": "Refused too" }))),
        false => Ok("agreed too".to_owned()),
    }
}

#[get("/fails/between?<q>")]
fn fails_between(
    #[param(depends(one))] a: i64,
    #[param(depends(refuse))] agreed: String,
    #[param(depends(two))] b: i64,
    #[param(default = 0)] q: i64,
) -> Value {
    log("fails_between");
    json!([a, agreed, b, q])
}

#[crewed::depends]
fn asks_refuse(#[param(depends(refuse))] agreed: String, z: i64) -> Value {
    log("asks_refuse");
    json!([agreed, z])
}

#[get("/fails/sub")]
fn fails_sub(#[param(depends(one))] a: i64, #[param(depends(asks_refuse))] value: Value) -> Value {
    log("fails_sub");
    json!([a, value])
}

#[crewed::depends]
fn refuse_if_allowed(#[param(depends(one))] _a: i64) -> Result<(), HttpError> {
    log("refuse_if_allowed");
    Err(HttpError::new(409, "Always refused"))
}

#[get("/fails/parent")]
fn fails_parent(#[param(depends(refuse_if_allowed))] value: ()) -> Value {
    json!(value)
}

#[get("/fails/two")]
fn fails_two(
    #[param(depends(refuse))] agreed: String,
    #[param(depends(refuse_too))] agreed_too: String,
) -> Value {
    log("fails_two");
    json!([agreed, agreed_too])
}

#[get("/fails/decorator?<q>", depends(refuse))]
fn fails_decorator(#[param(depends(one))] a: i64, #[param(default = 0)] q: i64) -> Value {
    log("fails_decorator");
    json!([a, q])
}

#[post("/fails/body")]
fn fails_body(item: Item, #[param(depends(refuse))] agreed: String) -> Value {
    log("fails_body");
    json!([item, agreed])
}

#[post("/fails/form")]
fn fails_form(#[param(form)] name: String, #[param(depends(refuse))] agreed: String) -> Value {
    log("fails_form");
    json!([name, agreed])
}

/// What Python raises and nobody expects is a panic.
#[crewed::depends]
fn broken() {
    log("broken");
    panic!("not meant to happen");
}

#[get("/fails/unexpectedly?<q>")]
fn fails_unexpectedly(#[param(depends(broken))] value: (), #[param(default = 0)] q: i64) -> Value {
    json!([value, q])
}

// -------------------------------------------------------------- once a request

#[get("/once/twice")]
fn once_twice(#[param(depends(one))] x: i64, #[param(depends(one))] y: i64) -> Value {
    json!([x, y])
}

#[crewed::depends]
fn through(#[param(depends(one))] x: i64) -> i64 {
    log("through");
    x * 10
}

#[get("/once/thrice", depends(one))]
fn once_thrice(#[param(depends(through))] x: i64, #[param(depends(one))] y: i64) -> Value {
    json!([x, y])
}

/// A list that is shared by all who have a clone of it, as Python's lists are.
#[derive(Clone, Default)]
pub(crate) struct List(Arc<Mutex<Vec<&'static str>>>);

impl List {
    pub(crate) fn push(&self, item: &'static str) {
        self.items().push(item);
    }

    fn items(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn json(&self) -> Value {
        json!(*self.items())
    }
}

#[crewed::depends]
pub(crate) fn fresh_list() -> List {
    log("fresh_list");
    List::default()
}

#[crewed::depends]
fn appends(#[param(depends(fresh_list))] values: List) -> List {
    values.push("appends");
    values
}

#[get("/once/shared")]
fn once_shared(#[param(depends(appends))] x: List, #[param(depends(fresh_list))] y: List) -> Value {
    y.push("operation");
    json!([x.json(), y.json()])
}

#[get("/once/no-cache")]
fn once_no_cache(
    #[param(depends(fresh_list))] x: List,
    #[param(depends(fresh_list, fresh))] y: List,
    #[param(depends(fresh_list))] z: List,
) -> Value {
    x.push("x");
    y.push("y");
    z.push("z");
    json!([x.json(), y.json(), z.json()])
}

#[get("/once/no-cache-first")]
fn once_no_cache_first(
    #[param(depends(fresh_list, fresh))] x: List,
    #[param(depends(fresh_list))] y: List,
) -> Value {
    x.push("x");
    y.push("y");
    json!([x.json(), y.json()])
}

#[get("/once/no-cache-needed")]
fn once_no_cache_needed(#[param(depends(one, fresh))] x: i64, #[param(depends(one, fresh))] y: i64) -> Value {
    json!([x, y])
}

#[get("/once/parents")]
fn once_parents(#[param(depends(through))] x: i64, #[param(depends(parent))] y: i64) -> Value {
    json!([x, y])
}

// --------------------------------------------------------------------- names

#[crewed::depends]
fn dependency_q(q: i64) -> i64 {
    q
}

#[get("/names/types?<q>")]
fn names_types(#[param(min_length = 3)] q: String, #[param(depends(dependency_q))] value: i64) -> Value {
    json!({ "own": q, "dependency": value })
}

#[crewed::depends]
fn short_q(#[param(max_length = 4)] q: String) -> String {
    q
}

#[get("/names/constraints?<q>")]
fn names_constraints(#[param(min_length = 3)] q: String, #[param(depends(short_q))] value: String) -> Value {
    json!({ "own": q, "dependency": value })
}

#[crewed::depends]
fn default_q(#[param(default = 1)] q: i64) -> i64 {
    q
}

#[get("/names/defaults?<q>")]
fn names_defaults(#[param(depends(default_q))] value: i64, #[param(default = 2)] q: i64) -> Value {
    json!({ "own": q, "dependency": value })
}

#[get("/names/required?<q>")]
fn names_required(#[param(depends(default_q))] value: i64, q: i64) -> Value {
    json!({ "own": q, "dependency": value })
}

#[crewed::depends]
fn list_q(#[param(query)] q: Vec<i64>) -> Vec<i64> {
    q
}

#[get("/names/list?<q>")]
fn names_list(#[param(depends(list_q))] value: Vec<i64>, q: i64) -> Value {
    json!({ "own": q, "dependency": value })
}

/// The value is any JSON, since a text overrides it in another program.
#[crewed::depends]
pub(crate) fn number_of_item(item_id: i64) -> Value {
    json!(item_id)
}

#[get("/names/path/<item_id>")]
fn names_path(item_id: String, #[param(depends(number_of_item))] number: Value) -> Value {
    json!({ "own": item_id, "dependency": number })
}

// It does not take `item_id` itself, so that the path is that of a router.
#[get("")]
fn names_path_unread(#[param(depends(number_of_item))] number: Value) -> Value {
    json!({ "dependency": number })
}

#[get("/names/query")]
fn names_query(#[param(depends(number_of_item))] number: Value) -> Value {
    json!({ "dependency": number })
}

#[crewed::depends]
fn small_number_of_item(#[param(path, ge = 1, le = 9)] item_id: i64) -> i64 {
    item_id
}

#[get("/names/path-constraints/<item_id>")]
fn names_path_constraints(
    #[param(le = 5)] item_id: i64,
    #[param(depends(small_number_of_item))] number: i64,
) -> Value {
    json!({ "own": item_id, "dependency": number })
}

#[crewed::depends]
fn token_header(#[param(header)] x_token: i64) -> i64 {
    x_token
}

#[get("/names/header")]
fn names_header(#[param(header)] x_token: String, #[param(depends(token_header))] value: i64) -> Value {
    json!({ "own": x_token, "dependency": value })
}

#[crewed::depends]
fn session_cookie(#[param(cookie)] session: i64) -> i64 {
    session
}

#[get("/names/cookie")]
fn names_cookie(#[param(cookie)] session: String, #[param(depends(session_cookie))] value: i64) -> Value {
    json!({ "own": session, "dependency": value })
}

#[crewed::depends]
fn aliased(#[param(alias = "item-query")] value: i64) -> i64 {
    value
}

#[get("/names/alias")]
fn names_alias(#[param(depends(aliased))] value: i64) -> Value {
    json!({ "dependency": value })
}

#[crewed::depends]
fn header_q(#[param(header)] q: i64) -> i64 {
    q
}

#[get("/names/places?<q>")]
fn names_places(q: i64, #[param(depends(header_q))] value: i64) -> Value {
    json!({ "own": q, "dependency": value })
}

#[get("/names/argument")]
fn names_argument(#[param(depends(default_q))] q: i64) -> Value {
    json!({ "q": q })
}

// --------------------------------------------------------------------- bodies

#[crewed::depends]
pub(crate) fn item_body(item: Item) -> Item {
    item
}

#[crewed::depends]
fn user_body(user: User) -> User {
    user
}

#[crewed::depends]
fn importance_body(#[param(body, ge = 1)] importance: i64) -> i64 {
    importance
}

#[crewed::depends]
fn embedded_item(#[param(body(embed))] item: Item) -> Item {
    item
}

#[crewed::depends]
fn optional_item(item: Option<Item>) -> Option<Item> {
    item
}

#[post("/body/model")]
fn body_model(#[param(depends(item_body))] value: Item) -> Value {
    json!(value)
}

#[post("/body/both")]
fn body_both(user: User, #[param(depends(item_body))] value: Item) -> Value {
    json!([user, value])
}

#[post("/body/same")]
fn body_same(item: Item, #[param(depends(item_body))] value: Item) -> Value {
    json!([item, value])
}

#[post("/body/scalar")]
fn body_scalar(#[param(depends(importance_body))] value: i64) -> Value {
    json!(value)
}

#[post("/body/scalar-and-model")]
fn body_scalar_and_model(user: User, #[param(depends(importance_body))] value: i64) -> Value {
    json!([user, value])
}

#[post("/body/two")]
fn body_two(#[param(depends(item_body))] item: Item, #[param(depends(user_body))] user: User) -> Value {
    json!([item, user])
}

#[post("/body/embedded")]
fn body_embedded(#[param(depends(embedded_item))] value: Item) -> Value {
    json!(value)
}

#[post("/body/optional")]
fn body_optional(#[param(depends(optional_item))] value: Option<Item>) -> Value {
    json!(value)
}

#[post("/body/optional-and-model")]
fn body_optional_and_model(user: User, #[param(depends(optional_item))] value: Option<Item>) -> Value {
    json!([user, value])
}

#[crewed::depends]
fn deep_item(#[param(depends(item_body))] item: Item, q: i64) -> Value {
    json!([item, q])
}

#[post("/body/deep")]
fn body_deep(#[param(depends(deep_item))] value: Value) -> Value {
    value
}

#[crewed::depends]
fn name_field(#[param(form, min_length = 2)] name: String) -> String {
    name
}

#[crewed::depends]
fn name_and_query(#[param(form, min_length = 2)] name: String, q: i64) -> Value {
    json!([name, q])
}

#[model]
struct Login {
    username: String,
    #[field(default = false)]
    remember: bool,
}

#[crewed::depends]
fn login_form(#[param(form)] login: Login) -> Login {
    login
}

#[post("/form/field")]
fn form_field(#[param(depends(name_field))] value: String) -> Value {
    json!(value)
}

#[post("/form/both")]
fn form_both(#[param(form)] age: i64, #[param(depends(name_and_query))] value: Value) -> Value {
    json!([age, value])
}

#[post("/form/model")]
fn form_model(#[param(depends(login_form))] value: Login) -> Value {
    json!(value)
}

#[crewed::depends]
fn uploaded(#[param(form)] file: Upload) -> Value {
    json!([file.file_name(), file.len()])
}

#[post("/form/upload")]
fn form_upload(#[param(form)] note: String, #[param(depends(uploaded))] value: Value) -> Value {
    json!([note, value])
}

// --------------------------------------------------------------------- levels

#[crewed::depends]
fn decorator_one(d1: i64) {
    log("decorator_one");
    let _ = d1;
}

#[crewed::depends]
fn decorator_two(d2: i64) {
    log("decorator_two");
    let _ = d2;
}

#[get("/levels/order?<q>", depends(decorator_one, decorator_two))]
fn levels_order(#[param(depends(one))] a: i64, #[param(depends(two))] b: i64, q: i64) -> Value {
    log("levels_order");
    json!([a, b, q])
}

#[get("/levels/both", depends(one))]
fn levels_both(#[param(depends(one))] a: i64) -> Value {
    log("levels_both");
    json!(a)
}

// ---------------------------------------------------------------------- yield

// Rust has no exceptions that a function could see after its `yield`, so what is logged of them in Python is not
// logged here, and `exit other` is also where something failed.

#[crewed::depends(after = exit_a)]
pub(crate) async fn dependency_a() -> String {
    log("enter a");
    "a".to_owned()
}

async fn exit_a(_: String) {
    log("exit a");
}

#[crewed::depends(after = exit_b)]
async fn dependency_b(#[param(depends(dependency_a))] dep_a: String) -> String {
    log("enter b");
    dep_a + "b"
}

async fn exit_b(_: String) {
    log("exit b");
}

#[crewed::depends(after = exit_c)]
async fn dependency_c(#[param(depends(dependency_b))] dep_b: String, #[param(default = 0)] n: i64) -> String {
    log("enter c");
    let _ = n;
    dep_b + "c"
}

async fn exit_c(_: String) {
    log("exit c");
}

#[crewed::depends(after = exit_other)]
async fn other(#[param(default = 0)] m: i64) -> i64 {
    log("enter other");
    m
}

async fn exit_other(_: i64) {
    log("exit other");
}

#[get("/yield/order?<q>")]
fn yield_order(
    #[param(depends(dependency_c))] value: String,
    #[param(depends(other))] other_value: i64,
    #[param(default = 0)] q: i64,
) -> Result<Value, HttpError> {
    log("yield_order");
    match q {
        409 => Err(HttpError::new(409, "Conflict")),
        500 => panic!("not meant to happen"),
        _ => Ok(json!([value, other_value, q])),
    }
}

#[get("/yield/then-fails")]
fn yield_then_fails(
    #[param(depends(dependency_c))] value: String,
    #[param(depends(refuse))] agreed: String,
) -> Value {
    log("yield_then_fails");
    json!([value, agreed])
}

#[get("/yield/fails-first")]
fn yield_fails_first(
    #[param(depends(refuse))] agreed: String,
    #[param(depends(dependency_c))] value: String,
) -> Value {
    log("yield_fails_first");
    json!([value, agreed])
}

#[get("/yield/decorator", depends(other))]
fn yield_decorator(#[param(depends(dependency_a))] value: String) -> Value {
    log("yield_decorator");
    json!(value)
}

#[get("/yield/twice")]
fn yield_twice(
    #[param(depends(dependency_a))] x: String,
    #[param(depends(dependency_a))] y: String,
    #[param(depends(dependency_b))] z: String,
) -> Value {
    log("yield_twice");
    json!([x, y, z])
}

#[get("/yield/no-cache")]
fn yield_no_cache(
    #[param(depends(dependency_a))] x: String,
    #[param(depends(dependency_a, fresh))] y: String,
) -> Value {
    log("yield_no_cache");
    json!([x, y])
}

async fn task(name: &'static str) {
    log(format!("task {name}"));
}

#[crewed::depends(after = exit_adds_task)]
async fn adds_task(tasks: Tasks) -> Tasks {
    log("enter adds_task");
    tasks.spawn(task("of the dependency"));
    tasks
}

async fn exit_adds_task(_: Tasks) {
    log("exit adds_task");
}

// All `Tasks` of a request are the same, and need no comparison to say so.
#[get("/yield/tasks?<q>")]
fn yield_tasks(
    tasks: Tasks,
    #[param(depends(dependency_c))] value: String,
    #[param(depends(adds_task))] _added: Tasks,
    #[param(default = 0)] q: i64,
) -> Result<Value, HttpError> {
    log("yield_tasks");
    tasks.spawn(task("of the operation"));
    match q {
        409 => Err(HttpError::new(409, "Conflict")),
        _ => Ok(json!([value, true])),
    }
}

#[get("/yield/stream")]
fn yield_stream(#[param(depends(dependency_c))] value: String) -> TextStream![String] {
    log("yield_stream");
    TextStream! {
        for number in [1, 2] {
            log(format!("chunk {number}"));
            yield format!("{value}{number}\n");
        }
    }
}

/// A value whose end is a `Drop` ends with the function that it is given to, before the answer is sent: the scope
/// "function" of FastAPI.
struct ForTheFunction(&'static str);

impl Drop for ForTheFunction {
    fn drop(&mut self) {
        log("exit function");
    }
}

#[crewed::depends]
fn for_the_function() -> ForTheFunction {
    log("enter function");
    ForTheFunction("function")
}

#[get("/yield/scopes")]
fn yield_scopes(
    tasks: Tasks,
    #[param(depends(for_the_function))] f: ForTheFunction,
    #[param(depends(dependency_a))] value: String,
) -> TextStream![String] {
    tasks.spawn(task("of the operation"));
    log("yield_scopes");
    let chunk = format!("{}{value}", f.0);
    TextStream! {
        log("chunk");
        yield chunk;
    }
}

#[get("/yield/users/me")]
fn get_user_me(#[param(depends(for_the_function))] f: ForTheFunction) -> Value {
    log("get_user_me");
    json!(f.0)
}

#[crewed::depends(after = exit_refuses)]
async fn refuses_after_request() -> String {
    log("enter refuses");
    "given".to_owned()
}

/// What fails when the answer was sent can only panic, and nobody hears of it but the log of the server.
async fn exit_refuses(_: String) {
    log("exit refuses");
    panic!("too late");
}

#[get("/yield/exit-fails")]
fn yield_exit_fails(#[param(depends(refuses_after_request))] value: String) -> Value {
    json!(value)
}

/// An end that may become the answer is a call of the function's own, as the commit of a transaction is.
struct Refusing(&'static str);

impl Refusing {
    fn finish(self) -> Result<(), HttpError> {
        log("exit refuses");
        Err(HttpError::new(409, "Too late"))
    }
}

#[crewed::depends]
fn refuses_in_time() -> Refusing {
    log("enter refuses");
    Refusing("given")
}

#[get("/yield/exit-fails-in-time")]
fn yield_exit_fails_in_time(#[param(depends(refuses_in_time))] value: Refusing) -> Result<Value, HttpError> {
    let answer = json!(value.0);
    value.finish()?;
    Ok(answer)
}

struct OwnerError(String);

/// The dependency's `except`: what a failure is answered with is said by its type.
impl From<OwnerError> for HttpError {
    fn from(OwnerError(owner): OwnerError) -> Self {
        HttpError::status(400).detail(format!("Owner error: {owner}"))
    }
}

#[crewed::depends]
fn get_username() -> String {
    "Rick".to_owned()
}

#[get("/yield/items/<item_id>")]
fn get_item(item_id: String, #[param(depends(get_username))] username: String) -> Result<Value, HttpError> {
    let (description, owner) = match item_id.as_str() {
        "plumbus" => ("It has no corners", "Morty"),
        "portal-gun" => ("It opens doors", "Rick"),
        _ => return Err(HttpError::new(404, "Item not found")),
    };
    if owner != username {
        return Err(OwnerError(username).into());
    }
    Ok(json!({ "description": description, "owner": owner }))
}

// No dependency can keep this failure to itself, so that nothing is logged; the answer is the same 500.
#[get("/yield/silent/<item_id>")]
fn get_item_silently(
    item_id: String,
    #[param(depends(get_username))] _username: String,
) -> Result<Value, HttpError> {
    match item_id.as_str() {
        "portal-gun" => Err(HttpError::status(500)),
        _ => Ok(json!(item_id)),
    }
}

// -------------------------------------------------------------------- program

/// Everything, for another program to override some of it.
pub(crate) fn api() -> Api {
    let pages = operations![
        read_items,
        read_users,
        read_items_by_class,
        read_query,
        read_items_with_key,
        read_query_check
    ];
    let kinds = operations![sync_async, kinds_nothing, query_model, query_model_beside, kinds_list];
    let order = operations![order_own, order_several, order_nested, order_body];
    let called = operations![called_beside, called_parent];
    let fails = operations![
        fails_between,
        fails_sub,
        fails_parent,
        fails_two,
        fails_decorator,
        fails_body,
        fails_form,
        fails_unexpectedly,
    ];
    let once = operations![
        once_twice,
        once_thrice,
        once_shared,
        once_no_cache,
        once_no_cache_first,
        once_no_cache_needed,
        once_parents,
    ];
    let names = operations![
        names_types,
        names_constraints,
        names_defaults,
        names_required,
        names_list,
        names_path,
        names_query,
        names_path_constraints,
        names_header,
        names_cookie,
        names_alias,
        names_places,
        names_argument,
    ];
    let bodies = operations![
        body_model,
        body_both,
        body_same,
        body_scalar,
        body_scalar_and_model,
        body_two,
        body_embedded,
        body_optional,
        body_optional_and_model,
        body_deep,
        form_field,
        form_both,
        form_model,
        form_upload,
    ];
    let levels = operations![levels_order, levels_both];
    let yields = operations![
        yield_order,
        yield_then_fails,
        yield_fails_first,
        yield_decorator,
        yield_twice,
        yield_no_cache,
        yield_tasks,
        yield_stream,
        yield_scopes,
        get_user_me,
        yield_exit_fails,
        yield_exit_fails_in_time,
        get_item,
        get_item_silently,
    ];
    Api::new()
        .title("dependencies")
        .operations(operations![read_log, empty_log])
        .operations(pages)
        .operations(kinds)
        .include(Router::new("/order/places/<p>").operations(operations![order_places]))
        .operations(order)
        .operations(called)
        .operations(fails)
        .operations(once)
        .operations(names)
        .include(Router::new("/names/path-unread/<item_id>").operations(operations![names_path_unread]))
        .operations(bodies)
        .operations(levels)
        .operations(yields)
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(api())
}
