use crewed::operations;

fn read_root() -> &'static str {
    "Hello"
}

mod items {
    pub(super) fn read_item() -> &'static str {
        "item"
    }
}

#[crewed::get("/declared")]
fn declared() -> &'static str {
    "declared"
}

fn main() {
    let _ = operations![declared, read_root, items::read_item];
}
