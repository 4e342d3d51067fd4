use crewed::depends;

struct Db;

#[depends]
fn page(db: Db, other: &Db) -> i64 {
    let _ = (db, other);
    1
}

fn main() {}
