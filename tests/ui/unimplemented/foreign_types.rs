use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crewed::prelude::*;

#[model]
struct Timing {
    shared: Rc<i32>,
    maybe: Option<Duration>,
    list: Vec<Rc<i32>>,
    map: HashMap<String, IpAddr>,
    #[field(default = Duration::from_secs(1))]
    with_default: Duration,
    patched: Patched<Duration>,
    #[field(opaque)]
    opaque: Rc<i32>,
    #[field(opaque)]
    maybe_opaque: Option<Instant>,
    #[field(opaque)]
    fits: Duration,
}

#[crewed::get("/timings/<id>?<after>")]
fn timings(
    id: Duration,
    after: Option<Duration>,
    #[param(header, default = Duration::ZERO)] x_after: Duration,
    #[param(cookie)] from: IpAddr,
    #[param(form)] at: Instant,
) {
    let _ = (id, after, x_after, from, at);
}

fn main() {}
