use crewed::get;

#[get("/<id>?<id>")]
fn read(id: i64) {
    let _ = id;
}

fn main() {}
