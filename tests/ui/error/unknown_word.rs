use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    #[answer(status = 404, detial = "Lost.")]
    Lost,
    #[answer(status = 404, status = 405)]
    Twice,
}

fn main() {}
