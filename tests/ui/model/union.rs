use crewed::model;

#[model]
union Either {
    int: i64,
    float: f64,
}

fn main() {}
