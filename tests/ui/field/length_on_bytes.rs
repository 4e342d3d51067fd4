use crewed::model;

#[model]
struct Item {
    #[field(max_length = 3)]
    data: Vec<u8>,
}

fn main() {}
