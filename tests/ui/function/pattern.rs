use crewed::get;

#[get("/<pair>")]
fn read((a, b): (i64, i64)) {
    let _ = (a, b);
}

fn main() {}
