use crewed::model;

#[model]
enum Status {
    Live,
    #[serde(rename = "Live")]
    Online,
}

fn main() {}
