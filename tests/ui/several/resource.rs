use crewed::resource;

#[resource("users", operations(list, get), missing(status = 200))]
struct User {
    #[field(unique)]
    name: String,
    tags: Vec<String>,
    price: crewed::Decimal,
    #[field(generated)]
    number: i64,
    #[field(json, index)]
    age: i64,
}

// The failed declaration is still a resource to others: no second wave of errors.
fn api() -> crewed::Api {
    crewed::Api::new().resource::<User>()
}

fn input(_: UserCreate, _: UserPatch) {}

fn main() {}
