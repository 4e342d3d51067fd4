use crewed::model;

#[model]
struct Item {
    #[field(title = "Name", description = "What it is called", regex = "^[a-z]+$")]
    name: String,
    #[field(nullable)]
    tax: Option<f64>,
    #[field(optional)]
    note: Option<String>,
    #[field(exclude)]
    secret: String,
}

fn main() {}
