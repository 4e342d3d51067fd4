use crewed::HttpError;

#[derive(HttpError)]
struct NotFound;

#[derive(HttpError)]
enum Generic<T> {
    #[answer(status = 404)]
    Lost(T),
}

fn main() {}
