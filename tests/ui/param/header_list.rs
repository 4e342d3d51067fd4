use crewed::get;

#[get("/items")]
fn read(#[param(header(convert_underscores = false))] x_token: String) {
    drop(x_token);
}

fn main() {}
