use crewed::depends;

#[depends]
fn page(
    #[param(path)] a: Option<i64>,
    #[param(path)] b: Vec<i64>,
    #[param(form)] c: String,
    #[param(body)] d: i64,
    #[param(ge = 1)] e: String,
    #[param(header, alias = "x")] f: String,
    #[param(header, alias = "x")] g: String,
) -> i64 {
    let _ = (a, b, c, d, e, f, g);
    1
}

fn main() {}
