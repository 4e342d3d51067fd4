use crewed::depends;

#[depends]
struct Page {
    skip: i64,
}

fn main() {}
