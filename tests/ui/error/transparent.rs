use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    #[answer(transparent)]
    Two(HttpError, HttpError),
    #[answer(transparent, status = 500)]
    One(HttpError),
}

fn main() {}
