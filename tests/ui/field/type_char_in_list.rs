use crewed::model;

#[model]
struct Item {
    letters: Vec<char>,
}

fn main() {}
