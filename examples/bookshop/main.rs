//! The bookshops of a chain: four resources whose lists can be filtered, sorted, searched, paged and counted, and functions
//! that ask the same questions in Rust. All see the books, the staff of a shop see its customers and orders, and customers
//! see their own.
//!
//! ```sh
//! cargo run --example bookshop
//! curl -X POST localhost:8000/seed -H 'authorization: Bearer counter-1'
//! curl 'localhost:8000/books?q=garden&genre__in=crime&genre__in=poetry&price__lt=15&sort=-published&count=true'
//! ```

#![allow(unreachable_pub, reason = "`pub` is what a program's modules show each other")]

mod authors;
mod books;
mod callers;
mod customers;
mod orders;
mod seed;

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

use authors::Author;
use books::Book;
use callers::Me;
use customers::Customer;
use orders::{Order, Status};

/// How the shop is doing, as far as the caller may see it.
#[model]
struct Summary {
    books: u64,
    /// Books of which there is no copy.
    sold_out: u64,
    customers: u64,
    /// Orders that are neither delivered nor cancelled.
    open_orders: u64,
}

/// Counts what the caller sees: the staff all of their shop's customers, a customer their own orders.
#[crewed::get("/summary")]
async fn summary(
    books: Repository<Book>,
    customers: Repository<Customer>,
    orders: Repository<Order>,
) -> Result<Json<Summary>, HttpError> {
    let open = Order::FIELDS.status.not_in([Status::Delivered, Status::Cancelled]);
    Ok(Json(Summary {
        books: books.find(Predicate::all()).count().await?,
        sold_out: books.find(Book::FIELDS.stock.eq(0)).count().await?,
        customers: customers.find(Predicate::all()).count().await?,
        open_orders: orders.find(open).count().await?,
    }))
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new()
        .title("Bookshop")
        .auth(Auth::<Me>::new())
        .resource::<Author>()
        .resource::<Book>()
        .resource::<Customer>()
        .resource::<Order>()
        .operations(operations![
            books::bestsellers,
            orders::place_order,
            orders::cancel_order,
            orders::cancel_stale_orders,
            summary,
            seed::seed,
        ]);
    rocket::build().attach(api)
}

#[cfg(test)]
mod tests;
