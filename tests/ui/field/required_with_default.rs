use crewed::model;

#[model]
struct Item {
    #[field(required, default)]
    name: Option<String>,
}

fn main() {}
