use crewed::get;

#[get("/")]
fn read(
    #[param(security)] a: String,
    #[param(path, security)] b: String,
    #[param(header, security)] c: i64,
    #[param(query, security, min_length = 3)] d: String,
) {
    let _ = (a, b, c, d);
}

fn main() {}
