use crewed::HttpError;

#[derive(HttpError)]
enum UserError {
    #[answer(transparent)]
    Io(std::io::Error),
}

fn main() {}
