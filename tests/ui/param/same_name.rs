use crewed::get;

#[get("/items?<a>&<b>")]
fn read(#[param(alias = "q")] a: i64, #[param(alias = "q")] b: i64) {
    let _ = (a, b);
}

fn main() {}
