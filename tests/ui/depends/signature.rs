use crewed::{depends, get};

struct Db;

impl Db {
    #[depends]
    fn of(&self) -> i64 {
        1
    }
}

#[depends]
fn generic<T: Default + Send + Sync + 'static>() -> T {
    T::default()
}

#[depends]
fn hidden() -> impl Send + Sync {
    1
}

#[depends]
fn borrowed() -> &str {
    "x"
}

#[depends]
fn taken_apart((a, b): (i64, i64)) -> i64 {
    a + b
}

#[depends]
#[get("/")]
fn both() {}

fn main() {}
