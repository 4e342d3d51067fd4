use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    #[answer(status = 200)]
    Fine,
    #[answer(status = "404")]
    NotFound,
}

fn main() {}
