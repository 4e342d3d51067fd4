use crewed::model;

#[model]
struct Item {
    #[serde(renam = "Name")]
    name: String,
}

fn main() {}
