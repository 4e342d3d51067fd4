use crewed::get;
use crewed::model;

#[model(title = "Item", examples = 1)]
struct Item {
    #[field(example = 1, examples(2, 3))]
    a: i64,
    #[field(hidden)]
    b: i64,
    #[field(title)]
    c: i64,
}

#[model(title = "Kind")]
enum Kind {
    A,
}

#[get("/?<q>")]
fn read(#[param(openapi_examples(1), include_in_schema = false)] q: i64) {
    let _ = q;
}

fn main() {}
