use crewed::depends;

#[depends(after = close)]
fn session() -> String {
    String::new()
}

async fn close(session: i64) {
    let _ = session;
}

#[depends(after = count)]
fn other() -> String {
    String::new()
}

fn count(session: String) -> usize {
    session.len()
}

fn main() {}
