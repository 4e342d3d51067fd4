use crewed::get;

#[get(status = 201)]
fn read() {}

fn main() {}
