use crewed::get;
use crewed::prelude::*;

#[model]
enum Color {
    Red,
}

#[get("/items")]
fn read(color: Color) {
    let _ = color;
}

fn main() {}
