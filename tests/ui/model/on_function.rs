use crewed::model;

#[model]
fn item() {}

fn main() {}
