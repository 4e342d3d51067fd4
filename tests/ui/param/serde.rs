use crewed::get;

#[get("/items?<q>")]
fn read(#[serde(rename = "query")] q: String) {
    let _ = q;
}

fn main() {}
