use crewed::model;

#[model(literally)]
#[serde(rename_all = "UPPER", tag = "kind")]
enum Status {
    Live,
    #[serde(rename = "Live", alias = "Gone")]
    Online,
    Since(i64),
}

// The failed declaration is still a model to others: no second wave of errors.
#[model]
struct Item {
    status: Status,
}

fn main() {}
