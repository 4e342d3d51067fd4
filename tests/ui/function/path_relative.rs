use crewed::get;

#[get("items")]
fn read() {}

fn main() {}
