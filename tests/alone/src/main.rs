//! Everything a user needs comes through crewed: this compiles with no other crate in its manifest.

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

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(Api::new().resource::<Book>())
}
