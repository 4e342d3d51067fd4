#[derive(crewed::HttpError)]
enum ItemError {
    #[answer(404)]
    NotFound,
    #[answer(status = 409, "Taken.")]
    Taken,
    #[answer(status: 410)]
    Gone,
}

fn main() {}
