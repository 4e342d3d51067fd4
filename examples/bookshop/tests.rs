#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use crewed::rocket::Config;
use crewed::rocket::http::{ContentType, Header, Method};
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

fn client() -> Client {
    let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    Client::untracked(super::rocket().configure(config)).unwrap()
}

/// The answer to a request of whoever has this token, or of nobody if it is "".
fn ask(client: &Client, token: &str, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut request = client.req(method, path.to_owned());
    if !token.is_empty() {
        request.add_header(Header::new("authorization", format!("Bearer {token}")));
    }
    if let Some(body) = body {
        request.add_header(ContentType::JSON);
        request.set_body(body.to_string());
    }
    let answer = request.dispatch();
    (answer.status().code, answer.into_json().unwrap_or_default())
}

fn get(client: &Client, token: &str, path: &str) -> Value {
    let (status, answer) = ask(client, token, Method::Get, path, None);
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn post(client: &Client, token: &str, path: &str, body: &Value) -> (u16, Value) {
    ask(client, token, Method::Post, path, Some(body))
}

/// The staff of the first shop.
const STAFF: &str = "counter-1";

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
        assert_eq!(post(&client, STAFF, "/books", &book).0, 201);
    }
    let ada = json!({"id": ADA, "name": "Ada", "email": "ada@example.com"});
    assert_eq!(post(&client, "ada", "/customers", &ada).0, 201);
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
        assert_eq!(ids(&get(&client, "", &format!("/books?{query}"))), found, "{query}");
    }
}

#[test]
fn an_order_takes_copies_from_the_stock() {
    let client = filled();
    let order = |quantity| json!({"book_id": 1, "quantity": quantity});
    let (status, placed) = post(&client, "ada", "/orders", &order(2));
    assert_eq!((status, &placed["total"], &placed["status"]), (201, &json!("25.00"), &json!("placed")));
    assert_eq!((&placed["customer_id"], &placed["shop_id"]), (&json!(ADA), &json!(1)));
    let (status, refused) = post(&client, "ada", "/orders", &order(2));
    assert_eq!((status, refused), (409, json!({"detail": "There are not enough copies."})));
    let book = get(&client, "", "/books/1");
    assert_eq!((&book["stock"], &book["sold"]), (&json!(1), &json!(5)));
    let orders = get(&client, "ada", "/orders?count=true&status__in=placed&status__in=paid");
    assert_eq!((&orders["total"], &orders["next"]), (&json!(1), &Value::Null));
    assert_eq!(post(&client, "ada", "/orders", &json!({"book_id": 99})).0, 404);
    // Bob has not said yet who he is.
    assert_eq!(post(&client, "bob", "/orders", &order(1)).0, 404);
    assert_eq!(post(&client, "", "/orders", &order(1)).0, 401);
}

#[test]
fn a_shop_knows_its_customers_and_a_customer_themselves() {
    let client = filled();
    let bob =
        json!({"id": "0e1b2c3d-0000-4000-8000-000000000002", "name": "Bob", "email": "bob@example.com"});
    // Nobody makes a customer of somebody else, but for the staff.
    assert_eq!(post(&client, "ada", "/customers", &bob).0, 403);
    assert_eq!(post(&client, STAFF, "/customers", &bob).0, 201);
    let names = |token: &str| {
        let all = get(&client, token, "/customers?sort=name");
        all.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names("ada"), names("bob")), (vec!["Ada".to_owned()], vec!["Bob".to_owned()]));
    assert_eq!(names(STAFF), ["Ada", "Bob"]);
    assert_eq!((names("zoe").len(), names("counter-2").len()), (0, 0));
    assert_eq!(ask(&client, "", Method::Get, "/customers", None).0, 401);

    let ada = format!("/customers/{ADA}");
    let moved = json!({"city": "London", "shop_id": 2});
    let moves = |token: &str| ask(&client, token, Method::Patch, &ada, Some(&moved));
    for token in ["bob", "zoe", "counter-2"] {
        assert_eq!(moves(token), (404, json!({"detail": "Not Found"})), "{token}");
    }
    for token in ["ada", STAFF] {
        let (status, row) = moves(token);
        assert_eq!((status, &row["city"], &row["shop_id"]), (200, &json!("London"), &json!(1)), "{token}");
    }
}

#[test]
fn customers_see_and_cancel_their_own_orders() {
    let client = filled();
    let bob =
        json!({"id": "0e1b2c3d-0000-4000-8000-000000000002", "name": "Bob", "email": "bob@example.com"});
    assert_eq!(post(&client, "bob", "/customers", &bob).0, 201);
    for token in ["ada", "bob"] {
        assert_eq!(post(&client, token, "/orders", &json!({"book_id": 1})).0, 201);
    }
    let orders = |token: &str| ids(&get(&client, token, "/orders")["items"]);
    assert_eq!((orders("ada"), orders("bob"), orders(STAFF)), (vec![1], vec![2], vec![1, 2]));
    assert_eq!((orders("zoe"), orders("counter-2")), (vec![], vec![]));

    let pays =
        |token: &str| ask(&client, token, Method::Patch, "/orders/2", Some(&json!({"status": "paid"}))).0;
    assert_eq!(
        (pays(""), pays("ada"), pays("bob"), pays("counter-2"), pays(STAFF)),
        (401, 403, 403, 404, 200)
    );
    let cancels = |token: &str, id: i64| post(&client, token, &format!("/orders/{id}/cancel"), &Value::Null);
    assert_eq!((cancels("bob", 1).0, cancels("", 1).0), (404, 401));
    assert_eq!(cancels("bob", 2), (409, json!({"detail": "It is too late."})));
    let (status, order) = cancels("ada", 1);
    assert_eq!((status, &order["status"]), (200, &json!("cancelled")));
    assert_eq!(ask(&client, "ada", Method::Delete, "/orders/1", None).0, 403);
}

#[test]
fn books_are_everybodys_to_read_and_the_staffs_to_change() {
    let client = filled();
    let sold_out = json!({"stock": 0});
    let changes = |token: &str| ask(&client, token, Method::Patch, "/books/1", Some(&sold_out)).0;
    // The staff of every shop, since the books are those of the chain.
    assert_eq!((changes(""), changes("ada"), changes(STAFF), changes("counter-2")), (401, 403, 200, 200));
    // Credentials that are wrong are told, even where none are needed.
    assert_eq!(ask(&client, "mallory", Method::Get, "/books", None).0, 401);
}

#[test]
fn what_sells_most_comes_first() {
    let client = filled();
    assert_eq!(ids(&get(&client, "", "/books/bestsellers")), [1, 3]);
    assert_eq!(ids(&get(&client, "", "/books/bestsellers?limit=1&genre=novel")), [1]);
    assert_eq!(ids(&get(&client, "", "/books/bestsellers?genre=poetry")), [0; 0]);
}

#[test]
fn the_shop_is_filled_once() {
    let client = client();
    assert_eq!(post(&client, "", "/seed", &Value::Null).0, 401);
    assert_eq!(post(&client, "ada", "/seed", &Value::Null).0, 403);
    let (status, seeded) = post(&client, STAFF, "/seed", &Value::Null);
    let rows = json!({"authors": 500, "books": 4000, "customers": 3000, "orders": 12500});
    assert_eq!((status, seeded), (200, rows));
    assert_eq!(post(&client, STAFF, "/seed", &Value::Null).0, 409);

    let before = get(&client, STAFF, "/summary");
    let elsewhere = get(&client, "counter-2", "/summary");
    assert_eq!((&elsewhere["books"], &elsewhere["customers"]), (&json!(4000), &json!(0)));
    let placed = get(&client, STAFF, "/orders?status=placed&limit=0&count=true")["total"].clone();
    let cancels = |token: &str| post(&client, token, "/orders/cancel_stale", &Value::Null);
    assert_eq!((cancels("").0, cancels("ada").0), (401, 403));
    assert_eq!(cancels("counter-2").1, json!({"orders": 0}));
    assert_eq!(cancels(STAFF).1, json!({"orders": placed}));
    let open = |summary: &Value| summary["open_orders"].as_u64().unwrap();
    assert_eq!(open(&before) - open(&get(&client, STAFF, "/summary")), placed.as_u64().unwrap());
    assert_eq!(cancels(STAFF).1, json!({"orders": 0}));
}

/// Whatever stands in the shops, and whatever is asked: with crewed's feature `testing`. `BOOKSHOP_STORES` names two
/// databases to do it in, which are in memory otherwise.
#[cfg(feature = "testing")]
#[test]
fn nobody_sees_or_does_more_than_they_may() {
    let mut proofs = crewed::testing::access(|config| super::rocket().configure(config));
    for token in ["ada", "bob", "counter-1", "zoe", "counter-2"] {
        proofs = proofs.caller(token, super::callers::person(token).unwrap(), move |request| {
            request.header(Header::new("authorization", format!("Bearer {token}")))
        });
    }
    if let Ok(stores) = std::env::var("BOOKSHOP_STORES") {
        let (one, other) = stores.split_once(' ').unwrap();
        proofs = proofs.stores(one, other);
    }
    println!("{}", proofs.prove());
}
