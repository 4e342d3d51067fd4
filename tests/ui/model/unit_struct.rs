use crewed::model;

#[model]
struct Nothing;

fn main() {}
