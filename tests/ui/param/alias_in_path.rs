use crewed::get;

#[get("/items/<id>")]
fn read(#[param(alias = "item-id")] id: i64) {
    let _ = id;
}

fn main() {}
