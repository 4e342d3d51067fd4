use crewed::get;

struct Plain;

#[get("/")]
fn read() -> Plain {
    Plain
}

fn main() {}
