use crewed::post;
use crewed::prelude::*;

#[post("/files")]
fn files(one: Upload, many: Vec<Upload>, maybe: Option<Upload>) {
    drop((one, many, maybe));
}

fn main() {}
