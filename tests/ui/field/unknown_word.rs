use crewed::model;

#[model]
struct Item {
    #[field(min_lenght = 1)]
    name: String,
}

fn main() {}
