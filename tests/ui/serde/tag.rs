use crewed::model;

#[model]
#[serde(tag = "kind")]
enum Status {
    Live,
}

fn main() {}
