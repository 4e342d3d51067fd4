use crewed::prelude::*;

const TWO: isize = 2;

#[model(int)]
enum Priority {
    #[serde(rename = "low")]
    Low = 1,
    High = TWO,
}

fn main() {}
