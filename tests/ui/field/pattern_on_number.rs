use crewed::model;

#[model]
struct Item {
    #[field(pattern = "^[0-9]+$")]
    zip: u32,
}

fn main() {}
