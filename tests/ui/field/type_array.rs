use crewed::model;

#[model]
struct Item {
    point: [f64; 2],
}

fn main() {}
