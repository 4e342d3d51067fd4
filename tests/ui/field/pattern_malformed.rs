use crewed::model;

#[model]
struct Item {
    #[field(pattern = "^[0-9")]
    zip: String,
}

fn main() {}
