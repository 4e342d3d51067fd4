use crewed::get;

#[get("/files/{file_path:path}")]
fn read(file_path: String) {
    let _ = file_path;
}

fn main() {}
