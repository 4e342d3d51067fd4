use crewed::get;

#[get("/items?<q>")]
fn read(#[param(query, description = "Text")] q: String) {
    let _ = q;
}

fn main() {}
