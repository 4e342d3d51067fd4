use crewed::model;

#[model]
struct Item {
    #[field(format("uuid"))]
    id: String,
}

fn main() {}
