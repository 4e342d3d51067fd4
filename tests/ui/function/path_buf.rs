use std::path::PathBuf;

use crewed::get;
use crewed::rocket::serde::json::Json;

#[get("/files/<path..>")]
fn file(path: PathBuf) -> String {
    path.display().to_string()
}

struct Plain {
    name: String,
}

#[crewed::post("/plain")]
fn plain(plain: Json<Plain>) -> String {
    plain.into_inner().name
}

fn main() {}
