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

#[resource("/notes", access(caller = Me, read(pubic)))]
struct Note {
    #[field(key)]
    id: i64,
    published: bool,
}

fn main() {
    let _ = Api::new().auth(Auth::<Me>::new()).resource::<Note>();
}
