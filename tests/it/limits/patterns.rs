//! Patterns, which are compiled before any request, within a bound.

use std::sync::LazyLock;

use crewed::__internals::issue::IssueCollector;
use crewed::__internals::wire::{CompiledPattern, Constraints, FieldMeta, ObjectMeta, Pattern, Shape, Wire};
use crewed::post;
use crewed::prelude::*;
use crewed::rocket::serde::json::Json;
use serde_json::Value;

use crate::kit::config;

/// A type whose pattern nobody could compile, written by hand: the macro refuses such a one.
struct Monstrous;

const MONSTROUS: Pattern = Pattern {
    source: r"^\w{1,255}$",
    regex: || {
        static COMPILED: LazyLock<CompiledPattern> = LazyLock::new(|| Pattern::compile(r"^\w{1,255}$"));
        &COMPILED
    },
};

impl Wire for Monstrous {
    fn shape() -> Shape {
        const FIELDS: &[FieldMeta] =
            &[FieldMeta::new("name", String::shape).constraints(Constraints::NONE.pattern(MONSTROUS))];
        const META: &ObjectMeta = &ObjectMeta::new("Monstrous", "", FIELDS);
        Shape::Object(META)
    }

    fn read<'de, D: serde::Deserializer<'de>>(_: D, _: &Constraints) -> Result<Self, D::Error> {
        Ok(Monstrous)
    }

    fn coerce(_: &Value, _: &Constraints, _: &mut IssueCollector) -> Option<Self> {
        Some(Monstrous)
    }

    fn write<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_unit()
    }
}

#[model]
struct Holder {
    inner: Vec<Option<Monstrous>>,
}

#[resource("/held")]
struct Held {
    #[field(key)]
    name: String,
    #[field(json)]
    holder: Option<Holder>,
}

#[post("/one")]
fn one(#[param(body)] holder: Json<Holder>) {
    let _ = holder.0.inner;
}

#[post("/two")]
fn two(#[param(body)] holder: Json<Vec<Holder>>) {
    let _ = holder.0;
}

/// A pattern that cannot be compiled stops the launch, wherever it stands, and is told of once.
#[test]
fn a_pattern_that_cannot_be_compiled_stops_the_launch() {
    for api in [
        Api::new().resource::<Held>(),
        Api::new().at("/api").operations(operations![one]),
        Api::new().resource::<Held>().operations(operations![two, one]),
    ] {
        let rocket = crewed::rocket::custom(config()).attach(api);
        let refused = crewed::rocket::async_test(crewed::ignite(rocket)).unwrap_err().to_string();
        let told = "the pattern `^\\w{1,255}$` of the field `name` of `Monstrous` cannot be compiled: ";
        assert_eq!(refused.matches(told).count(), 1, "{refused}");
        assert!(refused.contains("10485760"), "{refused}");
    }
}

/// At a pattern's bound a request takes what it takes: the least of the patterns that are allowed is fast.
#[test]
fn patterns_are_compiled_before_any_request() {
    let compiled = Pattern::compile(r"^\w{1,200}$");
    assert!(compiled.is_ok());
    let begun = std::time::Instant::now();
    assert!(Pattern::compile(r"^\w{1,255}$").is_err());
    println!("a pattern that is too large is found out in {:?}", begun.elapsed());
}
