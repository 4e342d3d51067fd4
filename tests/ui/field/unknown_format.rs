use crewed::model;

#[model]
struct Item {
    #[field(format("e-mail"))]
    to: String,
}

fn main() {}
