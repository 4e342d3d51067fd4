use crewed::model;

#[model]
struct Item {
    #[field(ge = LEAST)]
    price: f64,
}

fn main() {}
