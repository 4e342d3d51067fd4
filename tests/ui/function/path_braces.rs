use crewed::get;

#[get("/items/{item_id}")]
fn read(item_id: i64) {
    let _ = item_id;
}

fn main() {}
