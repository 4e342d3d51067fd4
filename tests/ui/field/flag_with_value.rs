use crewed::model;

#[model]
struct Item {
    #[field(deprecated = true)]
    name: String,
}

fn main() {}
