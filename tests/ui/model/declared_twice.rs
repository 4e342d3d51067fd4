use crewed::prelude::*;

#[model]
#[model(name = "Thing")]
struct Item {
    name: String,
}

#[model]
#[crewed::model(int)]
enum Rank {
    Low = 1,
}

#[resource("/users")]
#[model]
struct User {
    #[field(key)]
    name: String,
    rank: Rank,
}

fn main() {
    let _ = Api::new().resource::<User>();
}
