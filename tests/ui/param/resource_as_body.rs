use crewed::post;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    name: String,
}

#[post("/heroes/one")]
fn one(hero: Hero) {
    drop(hero);
}

#[post("/heroes/json")]
fn json(hero: Json<Hero>) {
    drop(hero);
}

#[post("/heroes/many")]
fn many(heroes: Vec<Hero>) {
    drop(heroes);
}

#[post("/heroes/lent")]
fn lent(heroes: &Repository<Hero>) {
    let _ = heroes;
}

fn main() {
    let _ = crewed::operations![one()];
}
