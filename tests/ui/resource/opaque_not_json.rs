use crewed::resource;

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(opaque)]
    address: std::net::IpAddr,
}

fn main() {}
