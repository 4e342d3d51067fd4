#[crewed::get("/")]
struct Items;

fn main() {}
