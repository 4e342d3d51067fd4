use crewed::resource;

#[resource("/users")]
struct User<T> {
    #[field(key)]
    name: String,
    #[field(json)]
    more: T,
}

fn main() {}
