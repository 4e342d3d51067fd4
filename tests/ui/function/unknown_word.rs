use crewed::get;

#[get("/", sumary = "Reads")]
fn read() {}

fn main() {}
