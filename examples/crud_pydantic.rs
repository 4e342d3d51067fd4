//! The tutorial's CRUD, with models: a new user comes as a JSON body.
//!
//! ```sh
//! cargo run --example crud_pydantic
//! curl -X POST localhost:8000/users -H 'content-type: application/json' \
//!      -d '{"name": "ada", "nickname": "countess"}'
//! curl 'localhost:8000/users?name=ada'
//! ```

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crewed::prelude::*;
use crewed::{delete, get, post, put};
use rocket::State;
use rocket::serde::json::Json;

#[derive(Default)]
struct Users(Mutex<HashMap<String, String>>);

impl Users {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NAME_NOT_FOUND: HttpError = HttpError::new(400, "Name not found.");

#[model]
struct Status {
    status: String,
}

#[model]
struct Nickname {
    nickname: String,
}

fn success() -> Json<Status> {
    Json(Status { status: "success".to_owned() })
}

#[model]
struct CreateIn {
    name: String,
    nickname: String,
}

#[model]
struct CreateOut {
    status: String,
    id: i64,
}

#[post("/users")]
fn create_user(user: CreateIn, users: &State<Users>) -> Json<CreateOut> {
    let mut users = users.lock();
    users.insert(user.name, user.nickname);
    Json(CreateOut { status: "success".to_owned(), id: users.len() as i64 })
}

#[get("/users?<name>")]
fn read_user(name: String, users: &State<Users>) -> Result<Json<Nickname>, HttpError> {
    let nickname = users.lock().get(&name).cloned().ok_or(NAME_NOT_FOUND)?;
    Ok(Json(Nickname { nickname }))
}

#[put("/users?<name>&<nickname>")]
fn update_user(name: String, nickname: String, users: &State<Users>) -> Result<Json<Status>, HttpError> {
    *users.lock().get_mut(&name).ok_or(NAME_NOT_FOUND)? = nickname;
    Ok(success())
}

#[delete("/users?<name>")]
fn delete_user(name: String, users: &State<Users>) -> Result<Json<Status>, HttpError> {
    users.lock().remove(&name).ok_or(NAME_NOT_FOUND)?;
    Ok(success())
}

#[crewed::launch]
fn rocket() -> _ {
    let operations = operations![create_user, update_user, read_user, delete_user];
    rocket::build().manage(Users::default()).attach(Api::new().title("FastAPI").operations(operations))
}
