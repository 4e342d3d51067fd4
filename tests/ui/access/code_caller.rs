#[crewed::depends]
fn current_user() -> Option<Me> {
    Some(Me { id: 1 })
}

#[crewed::caller(depends(current_user))]
struct Me {
    #[caller(id)]
    id: i64,
}

#[crewed::get("/me")]
fn me(me: Me) -> String {
    me.id.to_string()
}

#[crewed::get("/perhaps")]
fn perhaps(me: Option<Me>) -> String {
    me.map(|me| me.id.to_string()).unwrap_or_default()
}

#[crewed::depends]
fn named(me: Me) -> String {
    me.id.to_string()
}

fn main() {}
