//! Rocket and rusqlite as one usually writes them: `rocket_rusqlite PORT FILE`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use r2d2_sqlite::SqliteConnectionManager;
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::serde::{Deserialize, Serialize};
use rocket::tokio::task::spawn_blocking;
use rocket::{Build, Config, Rocket, State, get, launch, post, routes};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS "users" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    "nickname" TEXT NOT NULL,
    "created_at" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS "users_name_unique" ON "users" ("name");
CREATE INDEX IF NOT EXISTS "users_nickname_index" ON "users" ("nickname");
"#;

type Pool = r2d2::Pool<SqliteConnectionManager>;

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct User {
    id: i64,
    name: String,
    nickname: String,
    created_at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct NewUser {
    name: String,
    nickname: String,
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let created_at = DateTime::from_timestamp_micros(row.get(3)?).unwrap_or_default();
    Ok(User { id: row.get(0)?, name: row.get(1)?, nickname: row.get(2)?, created_at })
}

/// Runs `query` on a thread for what waits; what fails is a status.
async fn run<T: Send + 'static>(
    pool: &State<Pool>,
    query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Status> {
    let pool = Pool::clone(pool);
    spawn_blocking(move || {
        let connection = pool.get().map_err(|error| {
            eprintln!("{error}");
            Status::ServiceUnavailable
        })?;
        query(&connection).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Status::Conflict,
            _ => {
                eprintln!("{error}");
                Status::InternalServerError
            }
        })
    })
    .await
    .map_err(|_| Status::InternalServerError)?
}

#[get("/users/<id>")]
async fn read(pool: &State<Pool>, id: i64) -> Result<Json<User>, Status> {
    let found = run(pool, move |connection| {
        connection
            .prepare_cached("SELECT id, name, nickname, created_at FROM users WHERE id = ?1")?
            .query_row([id], user)
            .optional()
    })
    .await?;
    found.map(Json).ok_or(Status::NotFound)
}

#[get("/users?<skip>&<limit>")]
async fn list(pool: &State<Pool>, skip: Option<u32>, limit: Option<u32>) -> Result<Json<Vec<User>>, Status> {
    let (skip, limit) = (skip.unwrap_or(0), limit.unwrap_or(100).min(1000));
    let users = run(pool, move |connection| {
        connection
            .prepare_cached(
                "SELECT id, name, nickname, created_at FROM users ORDER BY id LIMIT ?1 OFFSET ?2",
            )?
            .query_map([limit, skip], user)?
            .collect()
    })
    .await?;
    Ok(Json(users))
}

#[post("/users", data = "<new>")]
async fn create(pool: &State<Pool>, new: Json<NewUser>) -> Result<(Status, Json<User>), Status> {
    if !(1..=64).contains(&new.name.chars().count()) {
        return Err(Status::UnprocessableEntity);
    }
    let created = run(pool, move |connection| {
        connection
            .prepare_cached(
                "INSERT INTO users (name, nickname, created_at) VALUES (?1, ?2, ?3) \
                 RETURNING id, name, nickname, created_at",
            )?
            .query_row(params![new.name, new.nickname, Utc::now().timestamp_micros()], user)
    })
    .await?;
    Ok((Status::Created, Json(created)))
}

fn connect(file: &str) -> Result<Pool, Box<dyn std::error::Error>> {
    let manager = SqliteConnectionManager::file(file).with_init(|connection| {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
    });
    let pool = Pool::builder().max_size(10).build(manager)?;
    pool.get()?.execute_batch(SCHEMA)?;
    Ok(pool)
}

#[launch]
fn rocket() -> Rocket<Build> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).expect("a port");
    let pool = connect(&arguments.next().expect("a file")).expect("a database");
    rocket::custom(Config::figment().merge(("port", port)))
        .manage(pool)
        .mount("/", routes![read, list, create])
}
