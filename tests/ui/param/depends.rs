use crewed::get;

struct Db;

#[get("/items")]
fn read(#[param(depends = get_db)] db: Db, #[param(query)] q: Option<String>) {
    drop((db, q));
}

fn main() {}
