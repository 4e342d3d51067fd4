use crewed::model;

#[model]
struct Item {
    #[field(ge = 1)]
    name: String,
}

fn main() {}
