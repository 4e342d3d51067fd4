use crewed::get;

#[get("/items?<q>")]
fn read(#[param(max_lenght = 50)] q: String) {
    let _ = q;
}

fn main() {}
