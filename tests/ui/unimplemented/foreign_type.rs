use crewed::model;

#[model]
struct Host {
    address: std::net::IpAddr,
}

fn main() {}
