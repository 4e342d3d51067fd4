//! The tutorial's CRUD, everything in the path: functions over a map that all requests share.
//!
//! ```sh
//! cargo run --example crud_path
//! curl -X POST localhost:8000/users/name/ada/nickname/countess
//! curl localhost:8000/users/name/ada
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

#[post("/users/name/<name>/nickname/<nickname>")]
fn create_user(name: String, nickname: String, users: &State<Users>) -> Json<Status> {
    users.lock().insert(name, nickname);
    success()
}

#[get("/users/name/<name>")]
fn read_user(name: String, users: &State<Users>) -> Result<Json<Nickname>, HttpError> {
    let nickname = users.lock().get(&name).cloned().ok_or(NAME_NOT_FOUND)?;
    Ok(Json(Nickname { nickname }))
}

#[put("/users/name/<name>/nickname/<nickname>")]
fn update_user(name: String, nickname: String, users: &State<Users>) -> Result<Json<Status>, HttpError> {
    *users.lock().get_mut(&name).ok_or(NAME_NOT_FOUND)? = nickname;
    Ok(success())
}

#[delete("/users/name/<name>")]
fn delete_user(name: String, users: &State<Users>) -> Result<Json<Status>, HttpError> {
    users.lock().remove(&name).ok_or(NAME_NOT_FOUND)?;
    Ok(success())
}

#[crewed::launch]
fn rocket() -> _ {
    let operations = operations![create_user, update_user, read_user, delete_user];
    rocket::build().manage(Users::default()).attach(Api::new().title("FastAPI").operations(operations))
}
