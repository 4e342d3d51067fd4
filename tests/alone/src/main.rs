//! Everything a user needs comes through crewed: this compiles with no other crate in its manifest.

// Rocket's macros name `::rocket`: these two lines make it this crate, with all that is Rocket's.
extern crate self as rocket;
pub use crewed::rocket::*;

use crewed::openapi::rocket_okapi;
use crewed::openapi::rocket_okapi::r#gen::OpenApiGenerator;
use crewed::openapi::rocket_okapi::okapi::openapi3::{Object, SecurityScheme, SecuritySchemeData};
use crewed::openapi::rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};
use crewed::prelude::*;

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

/// Whoever knows the word.
struct Member;

#[async_trait]
impl<'r> request::FromRequest<'r> for Member {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        match request.headers().get_one("x-word") {
            Some("shelf") => request::Outcome::Success(Member),
            _ => request::Outcome::Error((http::Status::Unauthorized, HttpError::new(401, "Who are you?"))),
        }
    }
}

impl<'r> OpenApiFromRequest<'r> for Member {
    fn from_request_input(
        _: &mut OpenApiGenerator,
        _: String,
        _: bool,
    ) -> rocket_okapi::Result<RequestHeaderInput> {
        let data = SecuritySchemeData::ApiKey { name: "x-word".to_owned(), location: "header".to_owned() };
        let scheme = SecurityScheme { description: None, data, extensions: Object::default() };
        let requirement = [("Word".to_owned(), Vec::new())].into_iter().collect();
        Ok(RequestHeaderInput::Security("Word".to_owned(), scheme, requirement))
    }
}

#[crewed::get("/members")]
fn members(_member: Member) -> &'static str {
    "Welcome."
}

#[get("/motto")]
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
) -> Result<serde::json::Json<Shelf>, ShelfError> {
    if x_reason.as_deref() != Some(motto.0) {
        return Err(ShelfError::NoRoom { room: shelf.room });
    }
    shelf.board = boards.first().and_then(|board| u8::try_from(*board).ok());
    Ok(serde::json::Json(shelf))
}

#[catch(404)]
fn nothing() -> &'static str {
    "There is no such shelf."
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build()
        .manage(Motto("So many books."))
        .mount("/", routes![motto])
        .register("/", catchers![nothing])
        .attach(Api::new().at("/api").resource::<Book>().operations(operations![move_shelf, members]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ones_own_stands_beside_it() {
        let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
        let client = local::blocking::Client::untracked(super::rocket().configure(config)).expect("a rocket");
        let text = |path: &'static str| client.get(path).dispatch().into_string().unwrap_or_default();
        assert_eq!(text("/motto"), "So many books.");
        assert_eq!(text("/nowhere"), "There is no such shelf.");
        assert_eq!(text("/api/books"), "[]");
        let moved = |path: &'static str, reason: &'static str| {
            let request = client.post(path).header(http::ContentType::JSON);
            let request = request.header(http::Header::new("x-reason", reason)).body(r#"{"room": "hall"}"#);
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
