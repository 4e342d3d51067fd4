use crewed::model;

#[model]
struct Item {
    point: (f64, f64),
}

fn main() {}
