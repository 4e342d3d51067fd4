//! The tutorial's chapters on security, each below a path of its own: a token, the user whom it stands for, a login with
//! a password, and tokens that are signed.
//!
//! ```sh
//! cargo run --example security
//! curl localhost:8000/first-steps/items/ -H 'authorization: Bearer testtoken'
//! curl localhost:8000/jwt/token -d username=johndoe -d password=secret
//! ```
//!
//! Every chapter has a document of its own, such as `/jwt/docs`, with a button to log in.

#![allow(unreachable_pub, reason = "`pub` is what a program's modules show each other")]

mod accounts;
mod current_user;
mod first_steps;
mod jwt;
mod simple;

use crewed::prelude::*;

#[crewed::launch]
fn rocket() -> _ {
    let first_steps =
        Api::new().title("security_first_steps").operations(operations![first_steps::read_items]);
    let current_user = Api::new()
        .title("security_current_user")
        .operations(operations![current_user::read_users_me, current_user::read_users_number]);
    let simple =
        Api::new().title("security_simple").operations(operations![simple::login, simple::read_users_me]);
    let jwt = Api::new().title("security_jwt").operations(operations![
        jwt::login_for_access_token,
        jwt::read_users_me,
        jwt::read_own_items,
    ]);
    rocket::build()
        .attach(first_steps.at("/first-steps"))
        .attach(current_user.at("/current-user"))
        .attach(simple.at("/simple"))
        .attach(jwt.at("/jwt"))
}
