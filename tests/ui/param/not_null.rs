use crewed::get;

#[get("/items?<q>")]
fn read(#[param(not_null)] q: Option<String>) {
    let _ = q;
}

fn main() {}
