use crewed::depends;

#[depends]
fn counted() -> std::rc::Rc<i64> {
    std::rc::Rc::new(1)
}

fn main() {}
