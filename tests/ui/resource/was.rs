use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(was = "title")]
    title: String,
    #[field(was = "id")]
    number: i64,
    #[field(was = "age")]
    years: i64,
    #[field(was = "AGE")]
    months: i64,
    #[field(was = age)]
    days: i64,
}

fn main() {}
