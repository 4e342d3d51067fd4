use crewed::model;

#[model]
struct Item {
    count: Option<usize>,
}

fn main() {}
