use crewed::get;

#[get("/<path..>/x")]
fn read(path: String) {
    let _ = path;
}

fn main() {}
