//! What the typed path accepts, the explaining path accepts with the same value.

use std::collections::BTreeMap;

use crewed::__internals::issue::IssueCollector;
use crewed::__internals::wire::{Body, Constraints, Out, Wire, parse};
use crewed::prelude::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};

#[model]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    VeryPlain,
}

#[model(int)]
enum Rank {
    Low = -1,
    High = 12,
}

#[model(literal)]
#[serde(rename_all = "kebab-case")]
enum Speed {
    Plain,
    A,
}

#[model]
struct Inner {
    #[field(min_length = 1, max_length = 5)]
    text: String,
    small: Option<u8>,
    kind: Kind,
    #[field(default)]
    more: Vec<Inner>,
}

#[model]
#[serde(deny_unknown_fields)]
struct Everything {
    byte: Option<u8>,
    short: Option<i16>,
    #[field(ge = -5, lt = 100, multiple_of = 5)]
    int: Option<i32>,
    long: Option<i64>,
    unsigned: Option<u64>,
    single: Option<f32>,
    #[field(gt = -1.5, le = 1e300)]
    double: Option<f64>,
    flag: Option<bool>,
    #[field(pattern = "^[a-z0-9 -]*$")]
    text: Option<String>,
    #[field(format("email"))]
    email: Option<String>,
    #[field(min_items = 1, max_items = 8)]
    bytes: Option<Vec<u8>>,
    uuid: Option<Uuid>,
    moment: Option<DateTime<Utc>>,
    day: Option<NaiveDate>,
    time: Option<NaiveTime>,
    #[field(ge = -10)]
    price: Option<Decimal>,
    kind: Option<Kind>,
    #[field(max_items = 2)]
    kinds: Option<Vec<Kind>>,
    inner: Option<Inner>,
    boxed: Option<Box<Inner>>,
    map: Option<BTreeMap<String, Inner>>,
    patched: Patched<i32>,
    any: Option<Value>,
    rank: Option<Rank>,
    ranks: Option<Vec<Rank>>,
    speed: Option<Speed>,
    size: Option<usize>,
    signed_size: Option<isize>,
    either: Option<AnyDateTime>,
}

#[model]
struct Priced {
    price: Decimal,
    int: i32,
}

/// Passes over what it does not know.
#[model]
struct Loose {
    int: Option<i32>,
}

const NAMES: &[&str] = &[
    "byte",
    "short",
    "int",
    "long",
    "unsigned",
    "single",
    "double",
    "flag",
    "text",
    "email",
    "bytes",
    "uuid",
    "moment",
    "day",
    "time",
    "price",
    "kind",
    "kinds",
    "inner",
    "boxed",
    "map",
    "patched",
    "any",
    "small",
    "more",
    "unknown",
    "rank",
    "ranks",
    "speed",
    "size",
    "signed_size",
    "either",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "plain",
    "very-plain",
    "Plain",
    "12",
    "-3",
    "1.5",
    "12.0",
    "1_000",
    " 7 ",
    "1e3",
    "inf",
    "nan",
    "true",
    "off",
    "YWJj",
    "YWJjZA==",
    "====",
    "1fa2b3c4-d5e6-4f70-8a9b-0c1d2e3f4a5b",
    "1fa2b3c4d5e64f708a9b0c1d2e3f4a5b",
    "2024-02-29",
    "2023-02-29",
    "2024-02-29T12:00:00Z",
    "2024-02-29T12:00:00",
    "2024-02-29 12:00:00.123456789+09:00",
    "12:34:56",
    "12:34:56.5",
    "12:34:56Z",
    "0.10",
    "123456789012345678901234567890",
    "a@b.co",
    "a@b",
    "한글",
    "a\u{0}b",
    "\"",
    "null",
];

fn leaves() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-20i64..120).prop_map(Value::from),
        prop::sample::select(vec![
            json!(i64::MIN),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(255),
            json!(256),
            json!(-1),
            json!(2_147_483_648_i64),
            json!(1e39),
            json!(-0.0),
            json!(12.0),
            json!(0.1),
            json!(1.7e308),
            json!(5e-324),
        ]),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ]
}

/// Values with the models' own names at every depth, so that lists stand for structs, objects for
/// enums, and so on.
fn values() -> impl Strategy<Value = Value> {
    leaves().prop_recursive(3, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(NAMES), inner.clone(), 0..6)
                .prop_map(|members| json!(members)),
            // Whole inner objects, or they would hardly ever come out right.
            (inner.clone(), prop::sample::select(TEXTS), inner).prop_map(|(text, kind, small)| {
                let kind = if kind.len() % 2 == 0 { "plain" } else { kind };
                json!({"text": text, "kind": kind, "small": small})
            }),
        ]
    })
}

fn bodies() -> impl Strategy<Value = Value> {
    prop_oneof![
        9 => prop::collection::btree_map(prop::sample::select(NAMES), values(), 0..3)
            .prop_map(|members| json!(members)),
        1 => values(),
    ]
}

/// Both paths over one text; the first must not accept what the second does not, nor otherwise.
fn agree<T: Wire>(text: &str) -> Result<bool, TestCaseError> {
    let mut input = serde_json::Deserializer::from_str(text);
    let typed = T::read(&mut input, &Constraints::NONE);
    let tree: Value = serde_json::from_str(text).unwrap();
    let mut collector = IssueCollector::at("body");
    let explained = T::coerce(&tree, &Constraints::NONE, &mut collector);
    let issues = collector.into_issues();
    prop_assert_eq!(explained.is_some(), issues.is_empty(), "a value, or issues: {}", text);
    let Ok(typed) = typed else { return Ok(false) };
    let shown = |value: &T| serde_json::to_string(&Out(value)).unwrap();
    let Some(explained) = explained else {
        return Err(TestCaseError::fail(format!("only the typed path accepts {text}: {issues:?}")));
    };
    prop_assert_eq!(shown(&typed), shown(&explained), "{}", text);
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_paths_agree(body in bodies()) {
        agree::<Everything>(&body.to_string())?;
        agree::<Loose>(&body.to_string())?;
    }

    #[test]
    fn both_paths_agree_on_nested_lists(body in prop::collection::vec(values(), 0..3)) {
        agree::<Vec<Inner>>(&Value::from(body).to_string())?;
    }

    /// What comes out of a model goes in again, by the typed path, and comes out the same.
    #[test]
    fn what_is_answered_is_accepted(body in bodies()) {
        let text = body.to_string();
        if let Ok(value) = parse::<Everything>(Body { bytes: text.as_bytes(), json: true }, &Constraints::NONE) {
            let once = serde_json::to_string(&Out(&value)).unwrap();
            let again = parse::<Everything>(Body { bytes: once.as_bytes(), json: true }, &Constraints::NONE);
            let again = again.map_err(|issues| TestCaseError::fail(format!("{once}: {issues:?}")))?;
            prop_assert_eq!(serde_json::to_string(&Out(&again)).unwrap(), once);
        }
    }

    /// A number has more digits than a tree of JSON holds; what both paths make of it has the same ones.
    #[test]
    fn both_paths_keep_the_digits_of_decimals(number in "-?(0|[1-9][0-9]{0,24})([.][0-9]{1,30})?([eE][+-]?[0-9]{1,2})?") {
        let [typed, explained] = ["1", "\"1\""].map(|int| {
            let body = format!(r#"{{"price": {number}, "int": {int}}}"#);
            parse::<Priced>(Body { bytes: body.as_bytes(), json: true }, &Constraints::NONE)
                .map(|priced| priced.price.to_string())
        });
        prop_assert_eq!(&typed, &explained, "{}", number);
        if let (Ok(read), Ok(exact)) = (typed, Decimal::from_str_exact(&number)) {
            prop_assert_eq!(read.parse::<Decimal>().unwrap(), exact, "{}", number);
        }
    }

    #[test]
    fn no_body_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..64), json in any::<bool>()) {
        let _ = parse::<Everything>(Body { bytes: &bytes, json }, &Constraints::NONE);
    }
}

/// The strategies are of use only while a good part of their bodies is accepted.
#[test]
fn the_typed_path_is_reached() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let accepted = (0..2000).filter(|_| {
        let body = bodies().new_tree(&mut runner).unwrap().current();
        agree::<Everything>(&body.to_string()).unwrap()
    });
    let accepted = accepted.count();
    assert!(accepted > 200, "only {accepted} of 2000 bodies were accepted");
}
