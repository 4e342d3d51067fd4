use crewed::get;

#[get("/<id>")]
fn read(#[param(path)] id: i64, #[param(query)] q: Option<i64>) {
    let _ = (id, q);
}

#[get("/?<q>")]
fn twice(#[param(query)] q: i64) {
    let _ = q;
}

fn main() {}
