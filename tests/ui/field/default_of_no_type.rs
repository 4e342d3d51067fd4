use crewed::prelude::*;

#[model]
enum Genre {
    Novel,
    Poetry,
}

#[resource("/books")]
struct Book {
    #[field(key, generated)]
    id: i64,
    #[field(default)]
    genre: Genre,
    #[field(default)]
    other: Genre,
    #[field(default)]
    title: String,
}

#[model]
struct Shelf {
    #[field(default)]
    genre: Genre,
    #[field(default)]
    all: Vec<Genre>,
}

fn main() {}
