//! Functions of crewed's in the root, under names that are Rocket's too, and Rocket's routes here and in another
//! file.

mod pages;

use crewed::prelude::*;
use crewed::{get, post};
use rocket::State;
use rocket::serde::json::Json;

/// Something to buy.
#[model]
struct Item {
    #[field(min_length = 1)]
    name: String,
}

struct Motto(&'static str);

#[get("/items/<item_id>")]
fn read_item(item_id: u8, motto: &State<Motto>) -> Json<Item> {
    Json(Item { name: format!("{item_id}: {}", motto.0) })
}

#[post("/items", status = 201)]
fn create_item(item: Item) -> Json<Item> {
    Json(item)
}

/// Rocket's own, though `get` is crewed's here.
#[rocket::get("/motto")]
fn motto(motto: &State<Motto>) -> &'static str {
    motto.0
}

#[rocket::catch(404)]
fn nothing() -> &'static str {
    "Nothing here."
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build()
        .manage(Motto("So many items."))
        .mount("/", rocket::routes![motto])
        .mount("/pages", pages::routes())
        .register("/", rocket::catchers![nothing])
        .attach(Api::new().at("/api").operations(operations![read_item, create_item, pages::count]))
}

#[cfg(test)]
mod tests {
    use rocket::http::ContentType;
    use rocket::local::blocking::Client;

    #[test]
    fn each_attribute_is_that_of_its_crate() {
        let config = rocket::Config::figment().merge(("log_level", "off"));
        let client = Client::untracked(super::rocket().configure(config)).expect("a rocket");
        let text = |path: &str| client.get(path.to_owned()).dispatch().into_string().unwrap_or_default();
        assert_eq!(text("/motto"), "So many items.");
        assert_eq!(text("/api/items/3"), r#"{"name":"3: So many items."}"#);
        assert!(text("/api/items/x").contains("int_parsing"));
        assert_eq!(text("/api/count?of=a&of=b"), "2");
        assert_eq!(text("/pages/7"), "page 7 of So many items.");
        assert_eq!(text("/pages/link"), "/pages/8");
        assert_eq!(text("/nowhere"), "Nothing here.");
        let form = client.post("/pages").header(ContentType::Form).body("title=a").dispatch();
        assert_eq!(form.into_string().as_deref(), Some("a"));
        let created = client.post("/api/items").header(ContentType::JSON).body(r#"{"name": ""}"#).dispatch();
        assert_eq!(created.status().code, 422);
    }
}
