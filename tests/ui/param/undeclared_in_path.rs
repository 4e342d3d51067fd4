use crewed::get;

struct Id;

#[get("/items/<id>")]
fn read(id: Id) {
    let _ = id;
}

fn main() {}
