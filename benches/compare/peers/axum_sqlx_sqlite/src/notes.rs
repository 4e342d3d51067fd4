//! Notes, which belong to their owners alone, and memos, which are the same without.

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqlitePool;
use sqlx::{FromRow, QueryBuilder};

use crate::{Failure, default_limit, failure};

pub const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS "notes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "owner_id" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "notes_owner_id_index" ON "notes" ("owner_id");
CREATE TABLE IF NOT EXISTS "memos" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "owner_id" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS "memos_owner_id_index" ON "memos" ("owner_id");
"#;

pub fn routes() -> Router<SqlitePool> {
    Router::new()
        .route("/notes", get(list_notes).post(create_note))
        .route("/notes/{id}", get(read_note))
        .route("/memos", get(list_memos).post(create_memo))
        .route("/memos/{id}", get(read_memo))
}

/// Who asks: `x-caller: 7`.
struct Me(i64);

impl<S: Send + Sync> FromRequestParts<S> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let sent = parts.headers.get("x-caller").and_then(|sent| sent.to_str().ok());
        let id = sent.and_then(|sent| sent.parse().ok());
        id.map(Me).ok_or((StatusCode::UNAUTHORIZED, "not authenticated"))
    }
}

#[derive(FromRow)]
struct Row {
    id: i64,
    owner_id: i64,
    title: String,
    created_at: i64,
}

#[derive(Serialize)]
struct Note {
    id: i64,
    owner_id: i64,
    title: String,
    created_at: DateTime<Utc>,
}

impl From<Row> for Note {
    fn from(row: Row) -> Self {
        let created_at = DateTime::from_timestamp_micros(row.created_at).unwrap_or_default();
        Self { id: row.id, owner_id: row.owner_id, title: row.title, created_at }
    }
}

#[derive(Deserialize)]
struct NewNote {
    title: String,
}

#[derive(Deserialize)]
struct NewMemo {
    owner_id: i64,
    title: String,
}

#[derive(Deserialize)]
struct Page {
    owner_id: Option<i64>,
    #[serde(default = "default_limit")]
    limit: u32,
}

fn check(title: &str) -> Result<(), Failure> {
    match title.chars().count() {
        1..=64 => Ok(()),
        _ => Err((StatusCode::UNPROCESSABLE_ENTITY, "title must have 1 to 64 characters")),
    }
}

async fn read_note(
    me: Me,
    State(pool): State<SqlitePool>,
    Path(id): Path<i64>,
) -> Result<Json<Note>, Failure> {
    let row: Row =
        sqlx::query_as("SELECT id, owner_id, title, created_at FROM notes WHERE id = ? AND owner_id = ?")
            .bind(id)
            .bind(me.0)
            .fetch_one(&pool)
            .await
            .map_err(failure)?;
    Ok(Json(row.into()))
}

async fn list_notes(
    me: Me,
    State(pool): State<SqlitePool>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Note>>, Failure> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, owner_id, title, created_at FROM notes WHERE owner_id = ? ORDER BY id LIMIT ?",
    )
    .bind(me.0)
    .bind(page.limit.min(1000))
    .fetch_all(&pool)
    .await
    .map_err(failure)?;
    Ok(Json(rows.into_iter().map(Note::from).collect()))
}

async fn create_note(
    me: Me,
    State(pool): State<SqlitePool>,
    Json(new): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Failure> {
    check(&new.title)?;
    let row: Row = sqlx::query_as(
        "INSERT INTO notes (owner_id, title, created_at) VALUES (?, ?, ?) \
         RETURNING id, owner_id, title, created_at",
    )
    .bind(me.0)
    .bind(new.title)
    .bind(Utc::now().timestamp_micros())
    .fetch_one(&pool)
    .await
    .map_err(failure)?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

async fn read_memo(State(pool): State<SqlitePool>, Path(id): Path<i64>) -> Result<Json<Note>, Failure> {
    let row: Row = sqlx::query_as("SELECT id, owner_id, title, created_at FROM memos WHERE id = ?")
        .bind(id)
        .fetch_one(&pool)
        .await
        .map_err(failure)?;
    Ok(Json(row.into()))
}

async fn list_memos(
    State(pool): State<SqlitePool>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Note>>, Failure> {
    let mut query = QueryBuilder::new("SELECT id, owner_id, title, created_at FROM memos WHERE true");
    if let Some(owner) = page.owner_id {
        query.push(" AND owner_id = ").push_bind(owner);
    }
    query.push(" ORDER BY id LIMIT ").push_bind(page.limit.min(1000));
    let rows: Vec<Row> = query.build_query_as().fetch_all(&pool).await.map_err(failure)?;
    Ok(Json(rows.into_iter().map(Note::from).collect()))
}

async fn create_memo(
    State(pool): State<SqlitePool>,
    Json(new): Json<NewMemo>,
) -> Result<(StatusCode, Json<Note>), Failure> {
    check(&new.title)?;
    let row: Row = sqlx::query_as(
        "INSERT INTO memos (owner_id, title, created_at) VALUES (?, ?, ?) \
         RETURNING id, owner_id, title, created_at",
    )
    .bind(new.owner_id)
    .bind(new.title)
    .bind(Utc::now().timestamp_micros())
    .fetch_one(&pool)
    .await
    .map_err(failure)?;
    Ok((StatusCode::CREATED, Json(row.into())))
}
