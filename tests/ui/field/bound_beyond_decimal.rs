use crewed::prelude::*;

#[resource("/things")]
struct Thing {
    #[field(key, generated)]
    id: i64,
    #[field(scale = 2, le = 1234567890123456789.5)]
    price: Decimal,
    #[field(scale = 2, ge = 1e-20, lt = 99_999_999_999_999.99)]
    weight: Decimal,
}

fn main() {}
