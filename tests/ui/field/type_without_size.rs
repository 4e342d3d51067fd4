use crewed::model;

#[model]
struct Item {
    name: str,
    prices: [f64],
}

fn main() {}
