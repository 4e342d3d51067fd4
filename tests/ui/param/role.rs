use crewed::get;

#[get("/items?<q>")]
fn read(#[param(unique)] q: String) {
    let _ = q;
}

fn main() {}
