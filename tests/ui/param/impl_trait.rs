use crewed::get;

#[get("/items?<q>")]
fn read(q: impl Into<String>) {
    let _: String = q.into();
}

fn main() {}
