use crewed::get;

#[get("/items?page=1")]
fn read() {}

fn main() {}
