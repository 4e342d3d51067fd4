use crewed::prelude::*;

#[resource("/heroes", operations(read, create), list = "page", export("csv"))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter, sort, search)]
    thing: String,
}

fn main() {}
