//! crudcrate over SQLite, with the router of its derive: `crudcrate_sqlite PORT FILE`.
//!
//! Its pages are `?range=[first,last]`, and each is told in `Content-Range` how many rows there are.

use axum::Router;
use chrono::{DateTime, Utc};
use crudcrate::{ApiError, EntityToModels};
use sea_orm::entity::prelude::*;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database};

// A time is a text to SeaORM on SQLite.
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

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, EntityToModels)]
#[sea_orm(table_name = "users")]
#[crudcrate(api_struct = "User", generate_router, create::one::pre = check)]
pub struct Model {
    #[sea_orm(primary_key)]
    #[crudcrate(primary_key, sortable, exclude(create, update))]
    pub id: i64,
    #[sea_orm(unique)]
    #[crudcrate(filterable, sortable)]
    pub name: String,
    #[sea_orm(indexed)]
    #[crudcrate(filterable)]
    pub nickname: String,
    #[crudcrate(filterable, sortable, exclude(create, update), on_create = Utc::now())]
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

async fn check<C: ConnectionTrait>(_: &C, new: &UserCreate) -> Result<(), ApiError> {
    if (1..=64).contains(&new.name.chars().count()) {
        return Ok(());
    }
    Err(ApiError::validation_failed(vec!["name must have 1 to 64 characters".to_owned()]))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("no port")?.parse()?;
    let file = arguments.next().ok_or("no file")?;
    let mut options = ConnectOptions::new(format!("sqlite://{file}?mode=rwc"));
    options.map_sqlx_sqlite_opts(|options| {
        options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
    });
    let database = Database::connect(options).await?;
    database.execute_unprepared(SCHEMA).await?;

    let app: Router = Router::new().nest("/users", User::router(&database).into());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
