use crewed::model;

#[model]
struct Item {
    #[field(le = 1.5)]
    count: i32,
}

fn main() {}
