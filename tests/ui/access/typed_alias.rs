use crewed::prelude::*;

#[crewed::depends]
fn current_user() -> Me {
    Me { level: 1 }
}

#[crewed::caller(depends(current_user))]
struct Me {
    level: i64,
}

/// An `Option` by another name, which the macro does not see.
type Level = Option<i64>;

#[resource("/notes", access(caller = Me, read(level <= Some(caller.level))))]
struct Note {
    #[field(key)]
    id: i64,
    level: Level,
}

fn main() {}
