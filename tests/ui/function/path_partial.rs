use crewed::get;

#[get("/items/item-<id>")]
fn read(id: i64) {
    let _ = id;
}

fn main() {}
