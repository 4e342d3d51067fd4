//! Notes of several organisations in one table: who may see and do what is declared with the note, and holds for every
//! operation and for functions alike.
//!
//! ```sh
//! cargo run --example notes
//! curl -X POST localhost:8000/notes -H 'authorization: Bearer ada' -H 'content-type: application/json' \
//!      -d '{"slug": "welcome", "title": "Welcome", "public_note": true, "draft": "Not yet"}'
//! curl localhost:8000/notes -H 'authorization: Bearer bob'
//! ```

#![allow(unreachable_pub, reason = "`pub` is what a program's modules show each other")]

mod callers;
mod notes;
mod report;

use crewed::prelude::*;

use callers::Me;
use notes::Note;

#[crewed::launch]
fn rocket() -> _ {
    // A resource that does not say who may do what is an error of the compiler's from here on.
    let api = Api::new().title("Notes").auth(Auth::<Me>::new()).resource::<Note>().operations(operations![
        callers::who_am_i,
        notes::publish,
        report::report,
    ]);
    rocket::build().attach(api)
}

#[cfg(test)]
mod tests;
