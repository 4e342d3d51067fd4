use crewed::prelude::*;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    age: Option<i32>,
    name: String,
    #[field(json)]
    tags: Vec<String>,
    data: Vec<u8>,
}

fn wrong() {
    let fields = Hero::FIELDS;
    let _ = fields.age.gte("18");
    let _ = fields.name.eq(18);
    let _ = fields.name.eq(None);
    let _ = fields.age.contains("1");
    let _ = fields.name.is_null();
    let _ = fields.tags.has(1);
    let _ = fields.tags.eq(vec!["a".to_owned()]);
    let _ = fields.data.gt(vec![1]);
    let _ = fields.data.asc();
    let _ = fields.name.has("a");
}

fn main() {}
