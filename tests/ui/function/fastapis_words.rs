use crewed::get;

#[get("/", status_code = 201, response_model = Item, include_in_schema = false)]
fn read() {}

fn main() {}
