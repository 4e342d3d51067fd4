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

#[resource("/heroes")]
struct Hero {
    #[field(key)]
    id: i64,
}

#[resource("/notes", access(public))]
struct Note {
    #[field(key)]
    id: i64,
}

fn main() {
    let _ = Api::new().auth(Auth::<Me>::new()).resource::<Note>().resource::<Hero>();
}
