use crewed::depends;

#[depends(after = clsoe)]
fn session() -> String {
    String::new()
}

fn main() {}
