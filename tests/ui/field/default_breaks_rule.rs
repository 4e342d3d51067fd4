use crewed::model;

#[model]
struct Item {
    #[field(ge = 1, default = 0)]
    count: i32,
}

fn main() {}
