use crewed::{HttpError, get};

#[derive(Debug)]
enum Plain {
    Lost,
}

#[get("/")]
fn read() -> Result<String, Plain> {
    Err(Plain::Lost)
}

fn main() {
    let _ = HttpError::status(404);
}
