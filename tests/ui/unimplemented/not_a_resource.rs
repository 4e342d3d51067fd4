use crewed::model;

#[model]
struct Person {
    name: String,
}

fn api() -> crewed::Api {
    crewed::Api::new().resource::<Person>()
}

fn main() {}
