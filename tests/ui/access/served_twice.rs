use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { id: 1 }
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
}

fn main() {
    let _ = Api::new().auth(Auth::<Me>::new()).auth(Auth::<Me>::new());
}
