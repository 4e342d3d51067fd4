use crewed::get;
use crewed::prelude::*;
use crewed::rocket::http::Status;
use crewed::rocket::response::status::Created;

#[model]
struct Item {
    name: String,
}

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    name: String,
}

fn item() -> Item {
    Item { name: String::new() }
}

#[get("/item")]
fn read_item() -> Item {
    item()
}

#[get("/result")]
fn read_result() -> Result<Item, HttpError> {
    Ok(item())
}

#[get("/option")]
async fn read_option() -> Option<Item> {
    None
}

#[get("/list")]
fn read_list() -> Result<Vec<Item>, HttpError> {
    Ok(vec![item()])
}

#[get("/status")]
fn read_status() -> (Status, Item) {
    (Status::Ok, item())
}

#[get("/created")]
fn read_created() -> Created<Item> {
    Created::new("/")
}

#[get("/hero")]
fn read_hero() -> Hero {
    Hero { name: String::new() }
}

fn main() {}
