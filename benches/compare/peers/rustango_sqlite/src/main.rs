//! rustango over SQLite, with its viewset: `rustango_sqlite PORT FILE PAGING`, which is `limit`, `page` or `cursor`.
//!
//! Pages by a cursor have one order, which is the viewset's own: those by time are at `/newest`.
//! The rows of a page stand in `results`, beside a count of all rows, or beside the cursor of the next page.

use chrono::{DateTime, Utc};
use rustango::Model;
use rustango::core::Model as _;
use rustango::server::AppBuilder;
use rustango::sql::{Auto, Pool, sqlx};
use rustango::viewset::{PaginationStyle, ViewSet};

// A time is a text to rustango on SQLite.
const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS "users" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "nickname" TEXT NOT NULL,
    "created_at" TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS "users_name_unique" ON "users" ("name");
CREATE INDEX IF NOT EXISTS "users_nickname_created_at_index" ON "users" ("nickname", "created_at");
"#;

#[derive(Model)]
#[rustango(table = "users")]
pub struct User {
    #[rustango(primary_key)]
    pub id: Auto<i64>,
    #[rustango(max_length = 64)]
    pub name: String,
    pub nickname: String,
    #[rustango(auto_now_add)]
    pub created_at: Auto<DateTime<Utc>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().ok_or("no port")?;
    let file = arguments.next().ok_or("no file")?;
    let paging = match arguments.next().as_deref() {
        Some("limit") => PaginationStyle::limit_offset(),
        Some("page") => PaginationStyle::page_number(),
        Some("cursor") => PaginationStyle::cursor("id"),
        _ => return Err("paging is limit, page or cursor".into()),
    };
    let pool = Pool::connect(&format!("sqlite://{file}")).await?;
    let sqlite = pool.as_sqlite().ok_or("this is not SQLite")?;
    // rustango sets the first of these and cannot be told the second, which is SQLite's default.
    let (journal, synchronous): (String, i64) =
        sqlx::query_as("SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous")
            .fetch_one(sqlite)
            .await?;
    if (journal.as_str(), synchronous) != ("wal", 2) {
        return Err(format!("journal_mode is {journal}, synchronous is {synchronous}").into());
    }
    sqlx::raw_sql(SCHEMA).execute(sqlite).await?;

    let viewset = |paging| {
        ViewSet::for_model(User::SCHEMA, &["id", "name", "nickname", "created_at"])
            .filter_fields(&["nickname", "created_at"])
            .pagination(paging)
            .allow_anonymous()
    };
    let newest =
        viewset(PaginationStyle::cursor_desc("created_at")).read_only().router("/newest", pool.clone());
    let users = viewset(paging).router("/users", pool.clone());
    AppBuilder::from_pool(pool).api(users.merge(newest)).serve(&format!("127.0.0.1:{port}")).await
}
