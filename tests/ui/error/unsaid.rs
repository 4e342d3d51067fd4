use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    NotFound,
    #[answer(detail = "Taken.")]
    Taken,
}

fn main() {}
