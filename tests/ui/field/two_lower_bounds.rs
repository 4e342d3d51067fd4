use crewed::model;

#[model]
struct Item {
    #[field(ge = 0, gt = 0)]
    price: f64,
}

fn main() {}
