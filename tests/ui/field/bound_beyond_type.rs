use crewed::model;

#[model]
struct Item {
    #[field(le = 300)]
    small: u8,
}

fn main() {}
