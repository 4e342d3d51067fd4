use crewed::model;

#[model]
struct Item {
    #[field(alias = "Name")]
    name: String,
}

fn main() {}
