use crewed::model;

#[model]
struct Grid<const N: usize> {
    cells: Vec<f64>,
}

fn main() {}
