use crewed::model;

#[model]
struct Item {
    #[field(gt = 1, lt = 2)]
    count: i32,
}

fn main() {}
