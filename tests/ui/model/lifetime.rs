use crewed::model;

#[model]
struct Text<'a> {
    text: &'a str,
}

fn main() {}
