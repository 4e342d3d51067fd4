use crewed::get;

#[get("/items?<q>")]
fn read(#[param(header)] q: String, #[param(header, cookie)] token: String) {
    let _ = (q, token);
}

fn main() {}
