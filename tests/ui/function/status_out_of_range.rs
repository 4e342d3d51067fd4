use crewed::get;

#[get("/", status = 600, response(99))]
fn read() {}

fn main() {}
