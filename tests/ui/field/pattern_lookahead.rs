use crewed::model;

#[model]
struct Item {
    #[field(pattern = "^(?=.*[0-9])")]
    password: String,
}

fn main() {}
