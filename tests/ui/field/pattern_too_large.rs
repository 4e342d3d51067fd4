use crewed::model;

#[model]
struct Item {
    #[field(pattern = r"^\w{1,255}$")]
    name: String,
    #[field(pattern = "^[0-9A-Za-z_]{1,255}$")]
    id: String,
}

fn main() {}
