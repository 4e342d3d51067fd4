use crewed::model;

#[model]
struct Item {
    #[field(max_length = 3)]
    count: i32,
}

fn main() {}
