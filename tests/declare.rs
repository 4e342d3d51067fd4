#![allow(missing_docs, clippy::unwrap_used)]

use crewed::{model, resource};

/// Where somebody lives.
#[model]
#[derive(Clone, Debug, PartialEq)]
struct Address {
    /// The city.
    #[field(min_length = 2)]
    city: String,
    #[field(pattern = "^[0-9]{5}$")]
    zip: Option<String>,
    #[field(default = 1)]
    floor: i32,
}

#[model]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Draft,
    Live,
}

#[model]
struct Page<T> {
    items: Vec<T>,
    #[field(ge = 0, default)]
    total: u64,
}

/// A hero.
#[resource("/heroes", operations(create, patch, replace))]
#[derive(Clone, Debug)]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1)]
    name: String,
    #[field(ge = 0)]
    age: Option<i32>,
    #[field(write_only)]
    secret_name: String,
    status: Status,
    #[field(json)]
    address: Option<Address>,
    #[field(json, default)]
    tags: Vec<String>,
}

#[test]
fn parses() {
    use crewed::wire::{Body, Rules, parse};
    let body = |t: &'static str| Body { bytes: t.as_bytes(), json: true };
    let a: Address = parse(body(r#"{"city":"Seoul","floor":"3"}"#), &Rules::NONE).unwrap();
    assert_eq!((a.city.as_str(), a.zip, a.floor), ("Seoul", None, 3));
    let p: Page<i64> = parse(body(r#"{"items":[1,2]}"#), &Rules::NONE).unwrap();
    assert_eq!((p.items, p.total), (vec![1, 2], 0));
    let e = parse::<HeroCreate>(
        body(r#"{"name":"","secret_name":3,"x":1,"address":{"zip":"z"}, "id": 4}"#),
        &Rules::NONE,
    )
    .err()
    .unwrap();
    assert_eq!(e.len(), 6);
}
