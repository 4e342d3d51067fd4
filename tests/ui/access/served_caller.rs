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

#[crewed::depends]
fn current_operator() -> Operator {
    Operator { id: 1 }
}

#[crewed::caller(depends(current_operator))]
struct Operator {
    #[caller(id)]
    id: i64,
}

#[resource("/notes", access(caller = Operator, owner))]
struct Note {
    #[field(key)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

fn main() {
    let _ = Api::new().auth(Auth::<Operator>::new()).resource::<Note>();
    let _ = Api::new().auth(Auth::<Me>::new()).resource::<Note>();
}
