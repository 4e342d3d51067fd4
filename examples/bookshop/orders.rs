use std::time::Duration;

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

use crate::books::{Book, BookPatch};
use crate::callers::{Me, signed_in};
use crate::customers::Customer;

#[model]
#[derive(Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Placed,
    Paid,
    Shipped,
    Delivered,
    Cancelled,
}

#[model(int)]
#[derive(Clone, Copy, PartialEq)]
pub enum Priority {
    Normal = 1,
    Express = 2,
}

/// Some copies of a book for a customer. Nobody but `POST /orders` adds one, and what customers may change about theirs is
/// done by functions too.
#[resource(
    "/orders",
    operations(list, read, patch, delete),
    list = "page",
    export("jsonl", "csv"),
    access(
        caller = Me,
        read(owner || caller.is_staff()),
        create(caller),
        update(caller.is_staff()),
        delete(caller.is_staff()),
    ),
)]
#[derive(Clone)]
pub struct Order {
    #[field(key, generated)]
    pub id: i64,
    /// The shop of the customer.
    #[field(tenant)]
    pub shop_id: i64,
    /// The `id` of the customer, who is whoever placed it.
    #[field(owner, filter)]
    pub customer_id: Uuid,
    /// The `id` of the book.
    #[field(index, filter(eq, in))]
    pub book_id: i64,
    #[field(ge = 1, le = 100, filter(gte, lte), sort)]
    pub quantity: u32,
    /// What all copies cost.
    #[field(ge = 0, scale = 2, filter, sort)]
    pub total: Decimal,
    #[field(filter)]
    pub status: Status,
    #[field(default = Priority::Normal, filter)]
    pub priority: Priority,
    #[field(filter, sort)]
    pub placed_at: DateTime<Utc>,
    #[field(filter(gte, lt, isnull), sort)]
    pub shipped_at: Option<DateTime<Utc>>,
    /// What the customer wishes.
    #[field(max_length = 1000, filter(contains, isnull), search)]
    pub note: Option<String>,
}

/// What a customer orders.
#[model]
#[derive(Clone)]
pub struct NewOrder {
    book_id: i64,
    #[field(default = 1, ge = 1, le = 100)]
    quantity: u32,
    #[field(default = Priority::Normal)]
    priority: Priority,
    #[field(max_length = 1000)]
    note: Option<String>,
}

/// Takes the copies from the stock, and adds the order.
#[crewed::post(
    "/orders",
    status = 201,
    tags("orders"),
    response(404, "Whoever asks is no customer yet, or there is no such book."),
    response(409, "There are not enough copies.")
)]
pub async fn place_order(
    order: NewOrder,
    #[param(depends(signed_in))] me: Me,
    orders: Repository<Order>,
) -> Result<Json<Order>, HttpError> {
    let (order, me) = (&order, &me);
    let placed = orders
        .transaction(|tx| async move {
            let NewOrder { book_id, quantity, priority, note } = order.clone();
            tx.of::<Customer>().read(&me.id).await?;
            let book = tx.of::<Book>().read(&book_id).await?;
            let stock = book.stock.checked_sub(quantity);
            let stock = stock.ok_or(HttpError::new(409, "There are not enough copies."))?;
            let patch = BookPatch {
                stock: Patched::Value(stock),
                sold: Patched::Value(book.sold.saturating_add(quantity)),
                ..Default::default()
            };
            // Customers change no book, and the shop does it for them.
            tx.unscoped::<Book>().patch(&book_id, patch).await?;
            let new = OrderCreate {
                book_id,
                quantity,
                total: book.price * Decimal::from(quantity),
                status: Status::Placed,
                priority,
                placed_at: Utc::now(),
                shipped_at: None,
                note,
            };
            tx.of::<Order>().create(new).await
        })
        .await?;
    Ok(Json(placed))
}

/// Cancels an order that nobody has paid. Customers do that to their own ones.
#[crewed::post(
    "/orders/<id>/cancel",
    tags("orders"),
    response(404, "There is no such order."),
    response(409, "It is too late.")
)]
pub async fn cancel_order(id: i64, orders: Repository<Order>) -> Result<Json<Order>, HttpError> {
    let cancelled = orders.transaction(|tx| async move {
        // An order of somebody else is not found.
        let order = tx.of::<Order>().read(&id).await?;
        if order.status != Status::Placed {
            return Err(HttpError::new(409, "It is too late."));
        }
        // It is theirs, and only the staff may patch it.
        tx.unscoped::<Order>().patch(&id, cancelled()).await
    });
    Ok(Json(cancelled.await?))
}

fn cancelled() -> OrderPatch {
    OrderPatch { status: Patched::Value(Status::Cancelled), ..Default::default() }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many orders were changed.
#[model]
pub struct Changed {
    orders: u64,
}

/// Cancels the orders that nobody has paid for many days: those of the caller's shop, since the repository is theirs, and
/// only if they may change orders.
#[crewed::post("/orders/cancel_stale?<days>", tags("orders"))]
pub async fn cancel_stale_orders(
    #[param(default = 14, le = 3650)] days: u32,
    orders: Repository<Order>,
) -> Result<Json<Changed>, HttpError> {
    let due = Utc::now() - DAY * days;
    let stale = Order::FIELDS.status.eq(Status::Placed) & Order::FIELDS.placed_at.lt(due);
    Ok(Json(Changed { orders: orders.update_where(stale, cancelled()).await? }))
}
