use crewed::get;

#[get("items/{id}", statis = 200, tags = 5)]
fn read(id: i64, q: String, #[param(ge = 1, haeder)] token: String) {
    let _ = (id, q, token);
}

fn main() {}
