use crewed::post;

#[post("/items")]
fn create(#[param(max_length = 50)] q: Option<String>, #[param(ge = 1)] page: u32) {
    let _ = (q, page);
}

fn main() {}
