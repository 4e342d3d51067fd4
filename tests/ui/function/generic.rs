use crewed::get;

#[get("/<id>")]
fn read<T>(id: T) {
    let _ = id;
}

fn main() {}
