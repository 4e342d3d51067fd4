use crewed::model;

#[model]
struct Item {
    #[serde(default = "3 + 4")]
    count: i32,
}

fn main() {}
