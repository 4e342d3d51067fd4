use crewed::post;
use crewed::rocket::http::Method;

#[post("/items/<id>")]
fn create(
    #[param(guard, alias = "m", default)] method: Method,
    #[param(guard, header)] header: Method,
    #[param(guard)] id: i64,
    #[param(guard = "method")] with_value: Method,
) {
    let _ = (method, header, id, with_value);
}

fn main() {}
