use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use crewed::prelude::*;

struct Id(i64);

type Small = i32;

#[resource("/shared")]
struct Shared {
    #[field(key)]
    name: String,
    b: std::rc::Rc<i32>,
}

#[resource("/hosts")]
struct Host {
    #[field(key, generated)]
    id: Id,
    maybe: Option<IpAddr>,
    #[field(json)]
    list: Vec<Rc<i32>>,
    #[field(json)]
    map: HashMap<String, Rc<i32>>,
    #[field(json)]
    alone: Duration,
    #[field(opaque, json)]
    opaque: Rc<i32>,
    #[field(opaque, json)]
    fits: Option<Duration>,
    #[field(unique)]
    boxed: Box<Duration>,
}

#[resource("/smalls")]
struct OfSmall {
    #[field(key, generated)]
    id: Small,
}

#[resource("/addresses")]
struct OfAddress {
    #[field(key)]
    id: IpAddr,
}

fn main() {}
