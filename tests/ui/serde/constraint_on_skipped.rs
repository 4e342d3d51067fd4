use crewed::model;

#[model]
struct Item {
    #[serde(skip)]
    #[field(ge = 0)]
    count: i32,
}

fn main() {}
