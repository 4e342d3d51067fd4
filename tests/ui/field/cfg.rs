use crewed::model;

#[model]
struct Item {
    #[cfg(all())]
    name: String,
}

fn main() {}
