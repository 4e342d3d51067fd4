use crewed::model;

#[model]
struct Item {
    #[serde(default)]
    #[field(default = 1)]
    count: i32,
}

fn main() {}
