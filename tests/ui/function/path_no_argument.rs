use crewed::get;

#[get("/items/<item_id>?<q>")]
fn read(id: i64) {
    let _ = id;
}

fn main() {}
