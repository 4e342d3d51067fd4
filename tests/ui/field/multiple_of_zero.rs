use crewed::model;

#[model]
struct Item {
    #[field(multiple_of = 0)]
    count: i32,
}

fn main() {}
