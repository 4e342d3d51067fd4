//! Rocket and rusqlite as one usually writes them: `rocket_rusqlite PORT FILE`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use r2d2_sqlite::SqliteConnectionManager;
use rocket::form::{self, Error, FromFormField, ValueField};
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::serde::{Deserialize, Serialize};
use rocket::tokio::task::spawn_blocking;
use rocket::{Build, Config, FromForm, Rocket, State, get, launch, post, routes};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, ToSql, params};

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

#[derive(FromForm)]
struct Page {
    nickname: Option<String>,
    #[field(name = "created_at__gte")]
    since: Option<Moment>,
    #[field(default = Sort::Key)]
    sort: Sort,
    #[field(default = 0)]
    skip: u32,
    #[field(default = 100)]
    limit: u32,
}

/// Rocket reads no times of chrono's.
struct Moment(DateTime<Utc>);

#[rocket::async_trait]
impl FromFormField<'_> for Moment {
    fn from_value(field: ValueField<'_>) -> form::Result<'_, Self> {
        field.value.parse().map(Moment).map_err(|error| Error::custom(error).into())
    }
}

#[derive(Clone, Copy, FromFormField)]
enum Sort {
    #[field(value = "id")]
    Key,
    #[field(value = "created_at")]
    Oldest,
    #[field(value = "-created_at")]
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

#[get("/users?<page..>")]
async fn list(pool: &State<Pool>, page: Page) -> Result<Json<Vec<User>>, Status> {
    let users = run(pool, move |connection| {
        let mut sql = String::from("SELECT id, name, nickname, created_at FROM users WHERE true");
        let (limit, since) = (page.limit.min(1000), page.since.map(|since| since.0.timestamp_micros()));
        let mut values: Vec<&dyn ToSql> = vec![&limit, &page.skip];
        if let Some(nickname) = &page.nickname {
            values.push(nickname);
            sql += &format!(" AND nickname = ?{}", values.len());
        }
        if let Some(since) = &since {
            values.push(since);
            sql += &format!(" AND created_at >= ?{}", values.len());
        }
        sql += &format!(" ORDER BY {} LIMIT ?1 OFFSET ?2", page.sort.columns());
        connection.prepare_cached(&sql)?.query_map(&*values, user)?.collect()
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
