use crewed::post;

struct Plain;

#[post("/items")]
fn create(#[param(form)] plain: Option<Plain>) {
    let _ = plain;
}

fn main() {}
