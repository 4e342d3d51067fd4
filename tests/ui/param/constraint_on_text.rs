use crewed::get;

#[get("/items?<q>")]
fn read(#[param(ge = 1)] q: String) {
    let _ = q;
}

fn main() {}
