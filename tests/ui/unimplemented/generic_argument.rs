use crewed::model;

#[model]
struct Page<T> {
    items: Vec<T>,
}

struct Plain;

fn shape<T: crewed::__internals::wire::Wire>() {}

fn pages() {
    shape::<Page<Plain>>();
}

fn main() {}
