//! Everything a user needs comes through crewed: this compiles with no other crate in its manifest.

// Rocket's macros name `::rocket`: these two lines make it this crate, with all that is Rocket's.
extern crate self as rocket;
pub use crewed::rocket::*;

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

#[get("/motto")]
fn motto(motto: &State<Motto>) -> &'static str {
    motto.0
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
        .attach(Api::new().at("/api").resource::<Book>())
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
    }
}
