//! axum and sqlx over SQLite: `axum_sqlx_sqlite PORT FILE`.

mod notes;

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{FromRow, QueryBuilder};

const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS "users" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "nickname" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS "users_name_unique" ON "users" ("name");
CREATE INDEX IF NOT EXISTS "users_nickname_created_at_index" ON "users" ("nickname", "created_at");
"#;

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    nickname: String,
    created_at: i64,
}

#[derive(Serialize)]
struct User {
    id: i64,
    name: String,
    nickname: String,
    created_at: DateTime<Utc>,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        let created_at = DateTime::from_timestamp_micros(row.created_at).unwrap_or_default();
        Self { id: row.id, name: row.name, nickname: row.nickname, created_at }
    }
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
    nickname: String,
}

#[derive(Deserialize)]
struct Page {
    nickname: Option<String>,
    #[serde(rename = "created_at__gte")]
    since: Option<DateTime<Utc>>,
    #[serde(default)]
    sort: Sort,
    #[serde(default)]
    skip: u32,
    #[serde(default = "default_limit")]
    limit: u32,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum Sort {
    #[default]
    #[serde(rename = "id")]
    Key,
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "-created_at")]
    Newest,
}

impl Sort {
    fn columns(self) -> &'static str {
        match self {
            Sort::Key => "id",
            Sort::Oldest => "created_at, id",
            Sort::Newest => "created_at DESC, id DESC",
        }
    }
}

fn default_limit() -> u32 {
    100
}

type Failure = (StatusCode, &'static str);

fn failure(error: sqlx::Error) -> Failure {
    match error {
        sqlx::Error::RowNotFound => (StatusCode::NOT_FOUND, "not found"),
        sqlx::Error::Database(error) if error.is_unique_violation() => {
            (StatusCode::CONFLICT, "the name is taken")
        }
        error => {
            eprintln!("{error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal error")
        }
    }
}

async fn read(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<User>, Failure> {
    let row: Row = sqlx::query_as("SELECT id, name, nickname, created_at FROM users WHERE id = ?")
        .bind(id)
        .fetch_one(&pool)
        .await
        .map_err(failure)?;
    Ok(Json(row.into()))
}

async fn list(State(pool): State<SqlitePool>, Query(page): Query<Page>) -> Result<Json<Vec<User>>, Failure> {
    let mut query = QueryBuilder::new("SELECT id, name, nickname, created_at FROM users WHERE true");
    if let Some(nickname) = page.nickname {
        query.push(" AND nickname = ").push_bind(nickname);
    }
    if let Some(since) = page.since {
        query.push(" AND created_at >= ").push_bind(since.timestamp_micros());
    }
    query.push(" ORDER BY ").push(page.sort.columns());
    query.push(" LIMIT ").push_bind(page.limit.min(1000)).push(" OFFSET ").push_bind(page.skip);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&pool).await.map_err(failure)?;
    Ok(Json(rows.into_iter().map(User::from).collect()))
}

async fn create(
    State(pool): State<SqlitePool>,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Failure> {
    if !(1..=64).contains(&new.name.chars().count()) {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "name must have 1 to 64 characters"));
    }
    let row: Row = sqlx::query_as(
        "INSERT INTO users (name, nickname, created_at) VALUES (?, ?, ?) \
         RETURNING id, name, nickname, created_at",
    )
    .bind(new.name)
    .bind(new.nickname)
    .bind(Utc::now().timestamp_micros())
    .fetch_one(&pool)
    .await
    .map_err(failure)?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("no port")?.parse()?;
    let file = arguments.next().ok_or("no file")?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(10).connect_with(options).await?;
    sqlx::raw_sql(SCHEMA).execute(&pool).await?;
    sqlx::raw_sql(notes::SCHEMA).execute(&pool).await?;

    let users = Router::new().route("/users", get(list).post(create)).route("/users/{id}", get(read));
    let app = users.merge(notes::routes());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, app.with_state(pool)).await?;
    Ok(())
}
