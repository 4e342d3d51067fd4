//! The users whom the last chapter knows, and their passwords.

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use crewed::prelude::*;
use rocket::tokio::task::spawn_blocking;

#[model]
pub struct User {
    pub username: String,
    pub email: Option<String>,
    pub full_name: Option<String>,
    pub disabled: Option<bool>,
}

/// A user as they are stored.
struct UserInDb {
    username: &'static str,
    email: &'static str,
    full_name: &'static str,
    hashed_password: &'static str,
    disabled: bool,
}

/// The passwords are "secret" and "secret2".
static FAKE_USERS_DB: [UserInDb; 2] = [
    UserInDb {
        username: "johndoe",
        email: "johndoe@example.com",
        full_name: "John Doe",
        hashed_password: "$argon2id$v=19$m=65536,t=3,p=4$i6uZ3JvM/8WDOq9dflt9jw$eewiwaowlyQl6yge9hMrVR/I9V52c8bie7zDIawptoU",
        disabled: false,
    },
    UserInDb {
        username: "alice",
        email: "alicechains@example.com",
        full_name: "Alice Chains",
        hashed_password: "$argon2id$v=19$m=65536,t=3,p=4$hAxPqIZJzl1Jh7h9S8YsUA$ao/c+Ftgc9NyD+5YbXVhhSJ6IQAmRQVUrTmzgvShsEY",
        disabled: true,
    },
];

/// It is compared where there is no such user, so that the time of an answer does not tell whether there is one.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$r77002p9huMwJym5fbojKg$5eZ/QWNU6N9RikkHaaRYdvBmFLmZ7RzIzOUhIM8Di6A";

impl UserInDb {
    fn find(username: &str) -> Option<&'static UserInDb> {
        FAKE_USERS_DB.iter().find(|user| user.username == username)
    }

    /// What others may know of them.
    fn user(&self) -> User {
        User {
            username: self.username.to_owned(),
            email: Some(self.email.to_owned()),
            full_name: Some(self.full_name.to_owned()),
            disabled: Some(self.disabled),
        }
    }
}

fn verify_password(plain_password: &str, hashed_password: &str) -> bool {
    PasswordHash::new(hashed_password)
        .is_ok_and(|hash| Argon2::default().verify_password(plain_password.as_bytes(), &hash).is_ok())
}

/// The user of this name.
pub fn get_user(username: &str) -> Option<User> {
    UserInDb::find(username).map(UserInDb::user)
}

/// The user of this name, if that is the password. To compute a hash takes long on purpose, and does so where it holds
/// up no other request.
pub async fn authenticate_user(username: &str, password: String) -> Option<User> {
    let user = UserInDb::find(username);
    let hashed_password = user.map_or(DUMMY_HASH, |user| user.hashed_password);
    let verified = spawn_blocking(move || verify_password(&password, hashed_password)).await;
    user.filter(|_| verified.unwrap_or(false)).map(UserInDb::user)
}
