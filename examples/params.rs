//! Constrained parameters of every kind: path, query, header and cookie, enums, lists, times.
//!
//! ```sh
//! cargo run --example params
//! curl localhost:8000/int/ge-le/11
//! curl 'localhost:8000/list/bounded?ids=1&ids=-2'
//! ```

use crewed::get;
use crewed::prelude::*;
use rocket::serde::json::{Json, Value, json};

#[model]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
    Blue,
}

#[model(int)]
enum Priority {
    Low = 1,
    Middle = 2,
    High = 3,
}

#[model(literal)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Slow,
}

#[model(literal)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Asc,
    Desc,
}

#[model(literal)]
#[serde(rename_all = "snake_case")]
enum OrderBy {
    CreatedAt,
    UpdatedAt,
}

#[model]
struct Moment {
    at: AnyDateTime,
}

#[model]
#[serde(deny_unknown_fields)]
struct Filter {
    #[field(gt = 0, le = 100, default = 100)]
    limit: i64,
    #[field(ge = 0, default = 0)]
    offset: i64,
    #[field(default = OrderBy::CreatedAt)]
    order_by: OrderBy,
    #[field(default)]
    tags: Vec<String>,
}

#[get("/int/ge-le/<n>")]
fn int_ge_le(#[param(ge = 1, le = 10)] n: i64) -> Json<Value> {
    Json(json!({ "n": n }))
}

#[get("/int/gt-lt/<n>")]
fn int_gt_lt(#[param(gt = 0, lt = 5)] n: i64) -> Json<Value> {
    Json(json!({ "n": n }))
}

#[get("/int/multiple/<n>")]
fn int_multiple(#[param(multiple_of = 5)] n: i64) -> Json<Value> {
    Json(json!({ "n": n }))
}

#[get("/float/plain/<x>")]
fn float_plain(x: f64) -> Json<Value> {
    Json(json!({ "x": x }))
}

#[get("/float/ge-le/<x>")]
fn float_ge_le(#[param(ge = 0.5, le = 2.5)] x: f64) -> Json<Value> {
    Json(json!({ "x": x }))
}

#[get("/float/gt-lt/<x>")]
fn float_gt_lt(#[param(gt = 0, lt = 1.5)] x: f64) -> Json<Value> {
    Json(json!({ "x": x }))
}

#[get("/bool/<b>")]
fn bool_path(b: bool) -> Json<Value> {
    Json(json!({ "b": b }))
}

#[get("/str/len?<q>")]
fn str_len(#[param(min_length = 3, max_length = 5)] q: String) -> Json<Value> {
    Json(json!({ "q": q }))
}

#[get("/str/path-len/<s>")]
fn str_path_len(#[param(min_length = 2, max_length = 4)] s: String) -> Json<Value> {
    Json(json!({ "s": s }))
}

#[get("/str/pattern?<code>")]
fn str_pattern(#[param(pattern = "^[a-z]{2}-[0-9]{3}$")] code: String) -> Json<Value> {
    Json(json!({ "code": code }))
}

#[get("/str/all?<q>")]
fn str_all(#[param(min_length = 3, max_length = 8, pattern = "^[a-z]+$")] q: Option<String>) -> Json<Value> {
    Json(json!({ "q": q }))
}

#[get("/enum/str/<color>")]
fn enum_str(color: Color) -> Json<Value> {
    Json(json!({ "color": color }))
}

#[get("/enum/default?<color>")]
fn enum_default(#[param(default = Color::Green)] color: Color) -> Json<Value> {
    Json(json!({ "color": color }))
}

#[get("/enum/int?<priority>")]
fn enum_int(priority: Priority) -> Json<Value> {
    Json(json!({ "priority": priority }))
}

#[get("/literal?<mode>")]
fn literal(#[param(default = Mode::Fast)] mode: Mode) -> Json<Value> {
    Json(json!({ "mode": mode }))
}

#[get("/list/required?<ids>")]
fn list_required(ids: Vec<i64>) -> Json<Value> {
    Json(json!({ "ids": ids }))
}

#[get("/list/optional?<ids>")]
fn list_optional(ids: Option<Vec<i64>>) -> Json<Value> {
    Json(json!({ "ids": ids }))
}

#[get("/list/default?<tags>")]
fn list_default(#[param(default = vec!["a".to_owned(), "b".to_owned()])] tags: Vec<String>) -> Json<Value> {
    Json(json!({ "tags": tags }))
}

#[get("/list/bounded?<ids>")]
fn list_bounded(#[param(min_items = 1, max_items = 3, ge = 0)] ids: Vec<i64>) -> Json<Value> {
    Json(json!({ "ids": ids }))
}

#[get("/list/enum?<colors>")]
fn list_enum(#[param(default)] colors: Vec<Color>) -> Json<Value> {
    Json(json!({ "colors": colors }))
}

#[get("/optional?<a>&<b>&<c>&<d>")]
fn optional(a: Option<i64>, b: Option<String>, c: Option<f64>, d: Option<bool>) -> Json<Value> {
    Json(json!({ "a": a, "b": b, "c": c, "d": d }))
}

#[get("/defaults?<page>&<size>&<sort>&<ratio>&<deep>")]
fn defaults(
    #[param(ge = 1, default = 1)] page: i64,
    #[param(ge = 1, le = 100, default = 20)] size: i64,
    #[param(default = Direction::Asc)] sort: Direction,
    #[param(default = 0.5)] ratio: f64,
    #[param(default = false)] deep: bool,
) -> Json<Value> {
    Json(json!({ "page": page, "size": size, "sort": sort, "ratio": ratio, "deep": deep }))
}

#[get("/alias?<q>")]
fn alias(#[param(alias = "item-query", min_length = 3)] q: String) -> Json<Value> {
    Json(json!({ "q": q }))
}

#[get("/headers")]
fn headers(
    #[param(header, min_length = 3)] x_token: String,
    #[param(header, ge = 0)] x_count: Option<i64>,
    #[param(header)] x_tag: Option<Vec<String>>,
    #[param(header)] user_agent: Option<String>,
) -> Json<Value> {
    Json(json!({ "x_token": x_token, "x_count": x_count, "x_tag": x_tag, "user_agent": user_agent }))
}

#[get("/cookies")]
fn cookies(#[param(cookie)] session_id: String, #[param(cookie, default = 0)] visits: i64) -> Json<Value> {
    Json(json!({ "session_id": session_id, "visits": visits }))
}

#[get("/uuid/<id>")]
fn uuid_path(id: Uuid) -> Json<Value> {
    Json(json!({ "id": id.to_string() }))
}

#[model]
struct Day {
    day: NaiveDate,
}

#[get("/date/<day>")]
fn date_path(day: NaiveDate) -> Json<Day> {
    Json(Day { day })
}

#[get("/datetime/model?<at>")]
fn datetime_model(at: AnyDateTime) -> Json<Moment> {
    Json(Moment { at })
}

#[get("/datetime/plain?<at>")]
fn datetime_plain(at: AnyDateTime) -> Json<Moment> {
    Json(Moment { at })
}

#[get("/files/<file_path..>")]
fn files(file_path: String) -> Json<Value> {
    Json(json!({ "file_path": file_path }))
}

#[get("/users/me")]
fn users_me() -> Json<Value> {
    Json(json!({ "user": "me" }))
}

#[get("/users/<user_id>")]
fn users_id(user_id: i64) -> Json<Value> {
    Json(json!({ "user": user_id }))
}

#[get("/filter?<filter_query..>")]
fn filter_(filter_query: Filter) -> Json<Filter> {
    Json(filter_query)
}

#[get("/many/<a>/<b>?<d>&<e>")]
fn many(
    #[param(le = 9)] b: i64,
    a: i64,
    #[param(header)] x_c: i64,
    #[param(gt = 0)] d: i64,
    #[param(min_length = 2)] e: String,
    #[param(cookie)] ck: i64,
) -> Json<Value> {
    Json(json!({ "a": a, "b": b, "x_c": x_c, "d": d, "e": e, "ck": ck }))
}

#[get("/scalar/str")]
fn scalar_str() -> Json<&'static str> {
    Json("hello")
}

#[get("/scalar/int")]
fn scalar_int() -> Json<i64> {
    Json(42)
}

#[get("/scalar/null")]
fn scalar_null() -> Json<Option<i64>> {
    Json(None)
}

#[get("/scalar/list")]
fn scalar_list() -> Json<Value> {
    Json(json!([1, "two", null, true, 2.5]))
}

#[crewed::launch]
pub(crate) fn rocket() -> _ {
    let numbers =
        operations![int_ge_le, int_gt_lt, int_multiple, float_plain, float_ge_le, float_gt_lt, bool_path];
    let texts =
        operations![str_len, str_path_len, str_pattern, str_all, enum_str, enum_default, enum_int, literal];
    let lists = operations![list_required, list_optional, list_default, list_bounded, list_enum];
    let places = operations![optional, defaults, alias, headers, cookies, files, filter_, many];
    let formats = operations![uuid_path, date_path, datetime_model, datetime_plain, users_me, users_id];
    let scalars = operations![scalar_str, scalar_int, scalar_null, scalar_list];
    let all = numbers.into_iter().chain(texts).chain(lists).chain(places).chain(formats).chain(scalars);
    rocket::build().attach(Api::new().title("params").operations(all))
}
