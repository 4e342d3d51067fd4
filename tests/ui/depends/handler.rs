use crewed::rocket::Request;
use crewed::{Api, HttpError};

struct Lost;

fn other(_: &Request<'_>, error: HttpError) -> HttpError {
    error
}

fn main() {
    Api::new().on_error::<Lost>(other);
    Api::new().on_error::<Lost>(|_, _| Lost);
    Api::new().on_error::<Lost>(|error| error);
    Api::new().on_invalid(other);
}
