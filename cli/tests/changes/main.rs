//! One declaration, and what may become of it: `CHANGE` says which. tests/it/changes.rs has the class of each.

#![allow(unused_imports, unused_variables, dead_code, reason = "only what is declared counts")]

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

/// A resource in a module of its own.
macro_rules! things {
    ($($name:ident($($word:tt)*) { $($fields:tt)* })*) => {$(
        mod $name {
            use super::*;

            #[model]
            enum Color {
                Red,
                Green,
                Blue,
            }

            #[model]
            enum Colors {
                Red,
                Green,
                Blue,
                Pink,
            }

            #[model]
            enum Fewer {
                Red,
                Green,
            }

            #[resource("/things", table = "things", name = "Thing" $($word)*)]
            struct Thing {
                #[field(key, generated)]
                id: i64,
                $($fields)*
            }

            pub(crate) fn api() -> Api {
                let _ = (Color::Red, Color::Green, Color::Blue, Fewer::Red, Fewer::Green);
                let _ = (Colors::Red, Colors::Green, Colors::Blue, Colors::Pink);
                Api::new().resource::<Thing>()
            }
        }
    )*

    fn of_resource(name: &str) -> Option<Api> {
        match name {
            $(stringify!($name) => Some($name::api()),)*
            _ => None,
        }
    }};
}

/// Functions in a module of their own.
macro_rules! functions {
    ($($name:ident { $($items:tt)* })*) => {$(
        mod $name {
            use super::*;
            // What a module has itself comes first.
            use super::usual::*;

            $($items)*

            pub(crate) fn api() -> Api {
                Api::new().operations(operations![function])
            }
        }
    )*

    fn of_function(name: &str) -> Option<Api> {
        match name {
            $(stringify!($name) => Some($name::api()),)*
            _ => None,
        }
    }};
}

things! {
    base() { name: String, size: i64, note: Option<String>, color: Color }
    member_added() { name: String, size: i64, note: Option<String>, color: Color, more: Option<String> }
    member_added_with_default() {
        name: String, size: i64, note: Option<String>, color: Color, #[field(default = 1)] more: i64,
    }
    member_added_required() { name: String, size: i64, note: Option<String>, color: Color, more: i64 }
    member_removed() { name: String, size: i64, color: Color }
    member_renamed() {
        #[serde(rename = "title")] name: String, size: i64, note: Option<String>, color: Color,
    }
    column_renamed() {
        #[field(column = "title", was = "name")] name: String, size: i64, note: Option<String>, color: Color,
    }
    member_optional() { name: Option<String>, size: i64, note: Option<String>, color: Color }
    member_with_default() {
        #[field(default = "a")] name: String, size: i64, note: Option<String>, color: Color,
    }
    member_required() { name: String, size: i64, #[field(required)] note: Option<String>, color: Color }
    member_not_null() { name: String, size: i64, note: String, color: Color }
    member_not_null_with_default() {
        name: String, size: i64, #[field(default = "")] note: String, color: Color,
    }
    type_changed() { name: i64, size: i64, note: Option<String>, color: Color }
    type_narrower() { name: String, size: i32, note: Option<String>, color: Color }
    type_number() { name: String, size: f64, note: Option<String>, color: Color }
    type_decimal() {
        name: String, #[field(scale = 2)] size: Decimal, note: Option<String>, color: Color,
    }
    type_date() { name: NaiveDate, size: i64, note: Option<String>, color: Color }
    minimum_added() { name: String, #[field(ge = 0)] size: i64, note: Option<String>, color: Color }
    maximum_added() { name: String, #[field(lt = 100)] size: i64, note: Option<String>, color: Color }
    multiple_added() { name: String, #[field(multiple_of = 2)] size: i64, note: Option<String>, color: Color }
    length_added() { #[field(max_length = 9)] name: String, size: i64, note: Option<String>, color: Color }
    pattern_added() { #[field(pattern = "^a")] name: String, size: i64, note: Option<String>, color: Color }
    format_added() { #[field(format("email"))] name: String, size: i64, note: Option<String>, color: Color }
    variant_added() { name: String, size: i64, note: Option<String>, color: Colors }
    variant_removed() { name: String, size: i64, note: Option<String>, color: Fewer }
    variants_opened() { name: String, size: i64, note: Option<String>, color: String }
    unique_added() { #[field(unique)] name: String, size: i64, note: Option<String>, color: Color }
    unique_together(, unique(size, name), index(name, size)) {
        name: String, size: i64, note: Option<String>, color: Color,
    }
    index_added() { #[field(index)] name: String, size: i64, note: Option<String>, color: Color }
    write_only() { name: String, size: i64, #[field(write_only)] note: Option<String>, color: Color }
    read_only() { name: String, size: i64, #[field(read_only)] note: Option<String>, color: Color }
    updated_at_added() {
        name: String, size: i64, note: Option<String>, color: Color, #[field(updated_at)] changed: DateTime<Utc>,
    }
    list_added() {
        name: String, size: i64, note: Option<String>, color: Color, #[field(json, default)] tags: Vec<String>,
    }
    described() {
        /// What it goes by.
        #[field(example = "a")] name: String, size: i64, note: Option<String>, color: Color,
    }
    reordered() { color: Color, note: Option<String>, size: i64, name: String }
    operation_removed(, operations(list, read, create, replace, delete)) {
        name: String, size: i64, note: Option<String>, color: Color,
    }
    read_alone(, operations(list, read)) { name: String, size: i64, note: Option<String>, color: Color }
    unserved(, operations()) { name: String, size: i64, note: Option<String>, color: Color }
    replies(, replies = "status") { name: String, size: i64, note: Option<String>, color: Color }
    tagged(, tag = "others") { name: String, size: i64, note: Option<String>, color: Color }
    unique_base(, unique(org, size)) { org: i64, #[field(unique)] name: String, size: i64 }
    unique_within_tenants(, access(caller = Somebody, read(public), write(public))) {
        #[field(tenant)] org: i64, #[field(unique)] name: String, #[field(unique)] size: i64,
    }
}

#[crewed::depends]
fn somebody() -> Somebody {
    Somebody { org: 1 }
}

/// Who asks for rows of tenants.
#[crewed::caller(depends(somebody))]
struct Somebody {
    #[caller(tenant)]
    org: i64,
}

/// What most of the functions take and answer.
mod usual {
    use super::*;

    #[model]
    pub(crate) struct Order {
        pub(crate) item: String,
        pub(crate) count: Option<i64>,
    }

    #[model]
    pub(crate) struct Receipt {
        pub(crate) number: i64,
        pub(crate) note: Option<String>,
    }

    pub(crate) fn receipt(item: String) -> Json<Receipt> {
        Json(Receipt { number: 1, note: Some(item) })
    }
}

functions! {
    nested_base {
        #[model]
        struct Line { item: String, count: Option<i64> }
        #[model]
        struct Order { lines: Vec<Line>, named: std::collections::BTreeMap<String, Line> }
        #[crewed::post("/orders")]
        fn function(order: Order) -> Json<Vec<Line>> {
            let all = order.lines.into_iter().chain(order.named.into_values());
            Json(all.map(|line| Line { item: line.item, count: line.count }).collect())
        }
    }
    nested_member_removed {
        #[model]
        struct Line { item: String }
        #[model]
        struct Order { lines: Vec<Line>, named: std::collections::BTreeMap<String, Line> }
        #[crewed::post("/orders")]
        fn function(order: Order) -> Json<Vec<Line>> {
            let all = order.lines.into_iter().chain(order.named.into_values());
            Json(all.map(|line| Line { item: line.item }).collect())
        }
    }
    function_base {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_added {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>&<more>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, more: Option<i64>, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_added_required {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>&<more>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, more: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_removed {
        #[crewed::post("/orders/<shop>?<limit>")]
        fn function(shop: String, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_required {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: bool, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_optional {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, #[param(default = 10)] limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_bounded {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, #[param(le = 10)] limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_type {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: String, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    parameter_to_header {
        #[crewed::post("/orders/<shop>?<limit>")]
        fn function(shop: String, #[param(header)] urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    path_renamed {
        #[crewed::post("/orders/<branch>?<urgent>&<limit>")]
        fn function(branch: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    path_changed {
        #[crewed::post("/purchases/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    method_changed {
        #[crewed::put("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    body_member_added {
        #[model]
        struct Order { item: String, count: Option<i64>, more: Option<i64> }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    body_closed {
        #[model]
        #[serde(deny_unknown_fields)]
        struct Order { item: String, count: Option<i64> }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    body_renamed {
        #[model]
        struct Basket { item: String, count: Option<i64> }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, basket: Basket) -> Json<Receipt> {
            Json(Receipt { number: 1, note: Some(basket.item) })
        }
    }
    body_optional {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Option<Order>) -> Json<Receipt> {
            Json(Receipt { number: 1, note: order.map(|Order { item, count }| format!("{item}{count:?}")) })
        }
    }
    body_removed {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64) -> Json<Receipt> {
            Json(Receipt { number: 1, note: None })
        }
    }
    body_form {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, #[param(form)] order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    answer_member_added {
        #[model]
        struct Receipt { number: i64, note: Option<String>, more: i64 }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            Json(Receipt { number: 1, note: Some(order.item), more: 1 })
        }
    }
    answer_member_removed {
        #[model]
        struct Receipt { number: i64 }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            Json(Receipt { number: 1 })
        }
    }
    answer_null {
        #[model]
        struct Receipt { number: Option<i64>, note: Option<String> }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            Json(Receipt { number: None, note: Some(order.item) })
        }
    }
    answer_not_null {
        #[model]
        struct Receipt { number: i64, note: String }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            Json(Receipt { number: 1, note: order.item })
        }
    }
    answer_type {
        #[model]
        struct Receipt { number: f64, note: Option<String> }
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            Json(Receipt { number: 1.0, note: Some(order.item) })
        }
    }
    answer_list {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>")]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Vec<Receipt>> {
            Json(vec![Receipt { number: 1, note: Some(order.item) }])
        }
    }
    deprecated {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>", deprecated)]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
    status_changed {
        #[crewed::post("/orders/<shop>?<urgent>&<limit>", status = 201)]
        fn function(shop: String, urgent: Option<bool>, limit: i64, order: Order) -> Json<Receipt> {
            receipt(order.item)
        }
    }
}

#[crewed::launch]
fn rocket() -> _ {
    let change = std::env::var("CHANGE").unwrap_or_default();
    let api = of_resource(&change).or_else(|| of_function(&change));
    rocket::build().attach(api.unwrap_or_else(|| Api::new().at("there is no such change")))
}
