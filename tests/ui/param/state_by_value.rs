use crewed::get;
use crewed::rocket::State;

struct Db;

#[get("/a")]
fn read(db: State<Db>, #[param(cookie)] ids: Vec<i64>) {}

fn main() {}
