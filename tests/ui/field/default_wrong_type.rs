use crewed::model;

#[model]
struct Item {
    #[field(default = "one")]
    count: i32,
}

fn main() {}
