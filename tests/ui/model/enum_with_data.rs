use crewed::model;

#[model]
enum Shape {
    Dot,
    Circle(f64),
}

fn main() {}
