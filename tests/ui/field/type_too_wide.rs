use crewed::model;

#[model]
struct Item {
    count: u128,
}

fn main() {}
