use crewed::prelude::*;

struct Nobody {
    id: i64,
}

fn main() {
    let _ = Api::new().auth(Auth::<Nobody>::new());
}
