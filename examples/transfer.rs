//! Several resources changed together: money goes from one account to another, and is noted.
//!
//! `cargo run --example transfer`, then ask <http://127.0.0.1:8000/docs>.

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;
use crewed::value::Value;

/// Whose money it is, and how much there is.
#[resource("/accounts")]
struct Account {
    #[field(key, min_length = 1)]
    name: String,
    /// Never less than nothing, and so little that a sum of them is an `i64` too.
    #[field(ge = 0, le = 1_000_000_000_000)]
    balance: i64,
}

/// What was moved; nobody but `POST /transfers` adds to it.
#[resource("/transfers", operations(list, read))]
struct Transfer {
    #[field(key, generated)]
    id: i64,
    from: String,
    to: String,
    amount: i64,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

/// The most that an account can hold, as its `balance` says.
const MOST: i64 = 1_000_000_000_000;

/// What is to be moved.
#[model]
#[derive(Clone)]
struct Order {
    #[field(min_length = 1)]
    from: String,
    #[field(min_length = 1)]
    to: String,
    #[field(gt = 0, le = 1_000_000_000_000)]
    amount: i64,
}

/// How much there is.
#[model]
struct Left {
    balance: i64,
}

/// Moves money, if there is enough of it.
#[crewed::post(
    "/transfers",
    response(400, "Both are the same account."),
    response(404, "There is no such account."),
    response(409, "There is not enough, or more than an account can hold.")
)]
async fn transfer(order: Order, accounts: Repository<Account>) -> Result<Json<Left>, HttpError> {
    let order = &order;
    let balance = accounts
        .transaction(|tx| async move {
            let from = tx.of::<Account>().read(&order.from).await?;
            let to = tx.of::<Account>().read(&order.to).await?;
            if from.name == to.name {
                return Err(HttpError::new(400, "That is the same account."));
            }
            if from.balance < order.amount {
                return Err(HttpError::new(409, "There is not enough."));
            }
            let left = from.balance - order.amount;
            let more = to.balance.checked_add(order.amount).filter(|more| *more <= MOST);
            let more = more.ok_or(HttpError::new(409, "That is more than an account can hold."))?;
            tx.of::<Account>().patch(&order.to, of(more)).await?;
            tx.of::<Account>().patch(&order.from, of(left)).await?;
            let Order { from, to, amount } = order.clone();
            tx.of::<Transfer>().create(TransferCreate { from, to, amount }).await?;
            Ok(left)
        })
        .await?;
    Ok(Json(Left { balance }))
}

fn of(balance: i64) -> AccountPatch {
    AccountPatch { balance: Patched::Value(balance) }
}

/// How much money there is.
#[crewed::get("/total")]
async fn total(accounts: Repository<Account>) -> Result<Json<Left>, HttpError> {
    let rows = accounts.sql("SELECT CAST(coalesce(sum(balance), 0) AS bigint) FROM accounts", &[]).await?;
    match rows.first().map(Vec::as_slice) {
        Some([Value::Integer(balance)]) => Ok(Json(Left { balance: *balance })),
        _ => Err(HttpError::status(500)),
    }
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new().title("transfer").resource::<Account>().resource::<Transfer>();
    rocket::build().attach(api.operations(operations![transfer, total]))
}
