use crewed::get;

#[get("/a/<_>")]
fn read() {}

fn main() {}
