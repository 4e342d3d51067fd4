use crewed::model;

#[model(nam = "Item", literal)]
#[serde(rename_all = "camel")]
struct Item {
    #[field(min_lenght = 1, ge = 0)]
    name: String,
    #[field(ge = 10, le = 5, default = 20)]
    count: i32,
    size: usize,
    #[serde(flatten)]
    rest: Option<Rest>,
}

#[model]
struct Rest {
    more: String,
}

// The failed declaration is still a model to others: no second wave of errors.
#[model]
struct Box_ {
    item: Item,
    items: Vec<Item>,
}

fn main() {}
