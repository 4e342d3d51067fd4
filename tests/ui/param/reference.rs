use crewed::get;

#[get("/items/<id>")]
fn read(id: &str) {
    let _ = id;
}

fn main() {}
