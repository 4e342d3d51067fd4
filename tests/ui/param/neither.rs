use crewed::post;

struct Session;

#[post("/items")]
fn create(session: Session) {
    let _ = session;
}

fn main() {}
