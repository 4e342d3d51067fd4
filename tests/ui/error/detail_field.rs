use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    #[answer(status = 404, detail = "No user {nam}.")]
    NotFound { name: String },
    #[answer(status = 404, detail = "No user {name}.")]
    Nobody,
    #[answer(status = 404, detail = "No user {1}.")]
    Other(String),
}

fn main() {}
