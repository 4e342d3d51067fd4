use crewed::model;

#[model]
enum Never {}

fn main() {}
