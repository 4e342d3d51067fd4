//! Heroes, in a module of their own.
//!
//! `crewed dev` serves it, or `cargo run`; the documentation is at <http://127.0.0.1:8000/docs>.

mod heroes;

use crewed::prelude::*;

#[crewed::launch]
fn rocket() -> _ {
    rocket::build().attach(
        Api::new()
            .title("Heroes")
            .resource::<heroes::Hero>()
            .operations(operations![heroes::strongest]),
    )
}

#[cfg(test)]
mod tests;
