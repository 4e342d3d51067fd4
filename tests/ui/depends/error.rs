use crewed::depends;

struct Lost(std::rc::Rc<i64>);

#[depends]
fn text() -> Result<i64, String> {
    Ok(1)
}

#[depends]
fn local() -> Result<i64, Lost> {
    Ok(1)
}

fn main() {}
