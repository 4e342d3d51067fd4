#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use crewed::Uuid;
use crewed::rocket::Config;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

fn client() -> Client {
    let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    Client::untracked(super::rocket().configure(config)).unwrap()
}

fn get(client: &Client, path: &str) -> Value {
    client.get(path.to_owned()).dispatch().into_json().unwrap()
}

fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    let answer = client.post(path.to_owned()).json(body).dispatch();
    (answer.status().code, answer.into_json().unwrap())
}

const ADA: &str = "0e1b2c3d-0000-4000-8000-000000000001";

fn filled() -> Client {
    let client = client();
    let book = |isbn: &str, title: &str, price: &str, stock: u32, in_print: bool| {
        json!({
            "isbn": isbn, "title": title, "author_id": 1, "genre": "novel", "price": price, "stock": stock,
            "in_print": in_print, "published": "1969-03-01", "sold": stock,
        })
    };
    for book in [
        book("9780441478125", "The Left Hand of Darkness", "12.50", 3, true),
        book("9780441007318", "City of Illusions", "8.00", 0, true),
        book("9780061054884", "The Dispossessed", "9.00", 1, false),
        book("9780575079038", "Rocannon's World", "5.00", 0, false),
    ] {
        assert_eq!(post(&client, "/books", &book).0, 201);
    }
    let ada = json!({"id": ADA, "name": "Ada", "email": "ada@example.com"});
    assert_eq!(post(&client, "/customers", &ada).0, 201);
    client
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn filters_of_its_own_say_a_purpose() {
    let client = filled();
    for (query, found) in [
        ("affordable=10", &[3][..]),
        ("affordable=12.50", &[1, 3]),
        ("available=true", &[1, 2, 3]),
        ("available=false", &[4]),
        ("available=true&affordable=9&genre=crime", &[]),
    ] {
        assert_eq!(ids(&get(&client, &format!("/books?{query}"))), found, "{query}");
    }
}

#[test]
fn an_order_takes_copies_from_the_stock() {
    let client = filled();
    let order = |quantity| json!({"customer_id": ADA, "book_id": 1, "quantity": quantity});
    let (status, placed) = post(&client, "/orders", &order(2));
    assert_eq!((status, &placed["total"], &placed["status"]), (201, &json!("25.00"), &json!("placed")));
    let (status, refused) = post(&client, "/orders", &order(2));
    assert_eq!((status, refused), (409, json!({"detail": "There are not enough copies."})));
    let book = get(&client, "/books/1");
    assert_eq!((&book["stock"], &book["sold"]), (&json!(1), &json!(5)));
    let orders = get(&client, "/orders?count=true&status__in=placed&status__in=paid");
    assert_eq!((&orders["total"], &orders["next"]), (&json!(1), &Value::Null));
    for missing in
        [json!({"customer_id": ADA, "book_id": 99}), json!({"customer_id": Uuid::nil(), "book_id": 1})]
    {
        assert_eq!(post(&client, "/orders", &missing).0, 404, "{missing}");
    }
}

#[test]
fn what_sells_most_comes_first() {
    let client = filled();
    assert_eq!(ids(&get(&client, "/books/bestsellers")), [1, 3]);
    assert_eq!(ids(&get(&client, "/books/bestsellers?limit=1&genre=novel")), [1]);
    assert_eq!(ids(&get(&client, "/books/bestsellers?genre=poetry")), [0; 0]);
}

#[test]
fn the_shop_is_filled_once() {
    let client = client();
    let (status, seeded) = post(&client, "/seed", &Value::Null);
    let rows = json!({"authors": 500, "books": 4000, "customers": 3000, "orders": 12500});
    assert_eq!((status, seeded), (200, rows));
    assert_eq!(post(&client, "/seed", &Value::Null).0, 409);

    let before = get(&client, "/summary");
    let placed = get(&client, "/orders?status=placed&limit=0&count=true")["total"].clone();
    let (_, cancelled) = post(&client, "/orders/cancel_stale", &Value::Null);
    assert_eq!(cancelled, json!({"orders": placed}));
    let open = |summary: &Value| summary["open_orders"].as_u64().unwrap();
    assert_eq!(open(&before) - open(&get(&client, "/summary")), placed.as_u64().unwrap());
    assert_eq!(post(&client, "/orders/cancel_stale", &Value::Null).1, json!({"orders": 0}));
}
