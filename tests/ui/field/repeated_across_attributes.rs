use crewed::model;

#[model]
struct Item {
    #[field(ge = 0)]
    #[field(ge = 1)]
    price: f64,
}

fn main() {}
