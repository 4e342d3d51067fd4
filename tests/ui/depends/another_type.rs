use crewed::{HttpError, depends, get};

#[depends]
fn page() -> i64 {
    1
}

#[depends]
fn user() -> Result<String, HttpError> {
    Err(HttpError::status(401))
}

#[get("/")]
fn read(#[param(depends(page))] page: String, #[param(depends(user))] user: Result<String, HttpError>) {
    let _ = (page, user);
}

fn main() {}
