use crewed::HttpError;

const ODD: HttpError = HttpError::new(600, "Odd.");

fn main() {
    let _ = ODD;
}
