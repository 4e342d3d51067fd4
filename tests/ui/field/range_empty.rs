use crewed::model;

#[model]
struct Item {
    #[field(ge = 10, le = 5)]
    count: i32,
}

fn main() {}
