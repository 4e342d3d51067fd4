use crewed::get;

#[get("/items?<q>")]
fn read(#[field(min_length = 1)] q: String) {
    let _ = q;
}

fn main() {}
