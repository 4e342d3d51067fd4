use crewed::get;
use crewed::rocket::serde::json::Json;

#[derive(Debug)]
struct Lost;

type Answer<T> = Result<T, std::fmt::Error>;

#[get("/lost")]
fn lost() -> Result<Json<i64>, Lost> {
    Err(Lost)
}

#[get("/boxed")]
fn boxed() -> Result<Json<i64>, Box<dyn std::error::Error>> {
    Ok(Json(1))
}

#[get("/aliased")]
fn aliased() -> Answer<Json<i64>> {
    Ok(Json(1))
}

fn main() {}
