//! Everything a user needs comes through crewed: this compiles with no other crate in its manifest. What is not
//! here are the attributes of Rocket's own routes, which name a crate `rocket` (see `tests/beside`).

mod member;

use crewed::prelude::*;
use rocket::State;
use rocket::serde::json::Json;

use crate::member::Member;

/// How far a book is read.
#[model]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Not begun.
    Unread,
    /// Done.
    Read,
}

/// Somebody's shelf.
#[model]
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf {
    /// The room it is in.
    #[field(min_length = 1)]
    pub room: String,
    /// From the ground.
    pub board: Option<u8>,
}

/// A book that somebody has.
#[resource("/books")]
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// Made with the row.
    #[field(key, generated)]
    pub id: Uuid,
    /// On the cover.
    #[field(index, min_length = 1)]
    pub title: String,
    /// Paid for it.
    #[field(scale = 2, ge = 0)]
    pub price: Option<Decimal>,
    /// How far it is read.
    #[field(default = Progress::Unread)]
    pub progress: Progress,
    /// Where it stands.
    #[field(json)]
    pub shelf: Option<Shelf>,
    /// When it was bought.
    pub bought: Option<NaiveDate>,
    /// When it came in here.
    #[field(created_at)]
    pub created_at: DateTime<Utc>,
}

struct Motto(&'static str);

#[crewed::get("/members")]
fn members(_member: Member) -> &'static str {
    "Welcome."
}

#[crewed::get("/motto")]
fn motto(motto: &State<Motto>) -> &'static str {
    motto.0
}

/// A shelf that is asked for.
#[derive(HttpError)]
enum ShelfError {
    /// There is no such room.
    #[answer(status = 404, detail = "No room {room}.")]
    NoRoom { room: String },
}

/// Moves a shelf to another room.
#[crewed::post("/move?<boards>", status = 202)]
async fn move_shelf(
    #[param(ge = 1)] boards: Vec<u16>,
    #[param(header)] x_reason: Option<String>,
    mut shelf: Shelf,
    motto: &State<Motto>,
) -> Result<Json<Shelf>, ShelfError> {
    if x_reason.as_deref() != Some(motto.0) {
        return Err(ShelfError::NoRoom { room: shelf.room });
    }
    shelf.board = boards.first().and_then(|board| u8::try_from(*board).ok());
    Ok(Json(shelf))
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build()
        .manage(Motto("So many books."))
        .attach(Api::new().at("/api").resource::<Book>().operations(operations![motto, move_shelf, members]))
}

#[cfg(test)]
mod tests {
    use rocket::http::{ContentType, Header};
    use rocket::local::blocking::Client;

    use crewed::prelude::*;

    #[test]
    fn everything_comes_through_crewed() {
        let config =
            rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
        let client = Client::untracked(super::rocket().configure(config)).expect("a rocket");
        let text = |path: &'static str| client.get(path).dispatch().into_string().unwrap_or_default();
        assert_eq!(text("/api/motto"), "So many books.");
        assert_eq!(text("/nowhere"), r#"{"detail":"Not Found"}"#);
        assert_eq!(text("/api/books"), "[]");
        let moved = |path: &'static str, reason: &'static str| {
            let request = client.post(path).header(ContentType::JSON);
            let request = request.header(Header::new("x-reason", reason)).body(r#"{"room": "hall"}"#);
            let answer = request.dispatch();
            (answer.status().code, answer.into_string().unwrap_or_default())
        };
        let hall = r#"{"room":"hall","board":3}"#;
        assert_eq!(moved("/api/move?boards=3&boards=4", "So many books."), (202, hall.to_owned()));
        assert_eq!(moved("/api/move?boards=3", "").1, r#"{"detail":"No room hall."}"#);
        assert_eq!(moved("/api/move?boards=0", "").0, 422);
        assert_eq!(text("/api/members"), r#"{"detail":"Who are you?"}"#);
        let document = text("/api/openapi.json");
        assert!(document.contains(r#""security":[{"Word":[]}]"#), "{document}");
    }
}
