use crewed::get;

#[get("/items/<id>")]
fn read(#[param(default = 1)] id: Option<i64>) {
    let _ = id;
}

fn main() {}
