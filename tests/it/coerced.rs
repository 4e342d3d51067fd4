//! Values are coerced as Pydantic does, on the typed path and the explaining one alike.

use crewed::__internals::issue::IssueKind;
use crewed::__internals::wire::{Body, Constraints, Out, Wire, parse};
use crewed::prelude::*;
use serde_json::{Value, json};

fn read<T: Wire>(json: &str) -> Result<Value, Vec<crewed::__internals::issue::Issue>> {
    let value = parse::<T>(Body { bytes: json.as_bytes(), json: true }, &Constraints::NONE)?;
    Ok(serde_json::to_value(Out(&value)).unwrap())
}

/// What is read; or `!`, and whether the trouble is only that a moment is not at the beginning of a day.
fn told<T: Wire>(json: &str) -> String {
    match read::<T>(json) {
        Ok(value) => value.as_str().unwrap().to_owned(),
        Err(issues) => {
            assert_eq!(issues.len(), 1, "{json}: {issues:?}");
            if issues[0].kind == IssueKind::DateInexact { "!inexact".into() } else { "!".into() }
        }
    }
}

/// Numbers, and the same numbers as texts, with what Pydantic 2.13 makes of each as a moment and as a day. Where
/// it reads a number with a fraction otherwise than the same number as a text (before 1970, and where seconds
/// become milliseconds), the table has what it says of the text; where it loses microseconds of a text, the
/// number is left out.
#[test]
fn numbers_are_the_moments_that_pydantic_makes_of_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pydantic_moments.json");
    let rows: Vec<(Value, String, String)> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(rows.len() > 2000, "{}", rows.len());
    let mut wrong = Vec::new();
    for (input, moment, day) in &rows {
        let json = input.to_string();
        let found = [
            told::<DateTime<Utc>>(&json),
            told::<DateTime<chrono::FixedOffset>>(&json),
            told::<AnyDateTime>(&json),
        ];
        if found.iter().any(|found| found != moment) {
            wrong.push(format!("{json} is {moment}, not {found:?}"));
        }
        let found = told::<NaiveDate>(&json);
        if found != *day {
            wrong.push(format!("{json} is the day {day}, not {found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[model]
struct Priced {
    price: Decimal,
    /// Read by the explaining path alone where it is sent as a text.
    #[field(default)]
    count: i64,
}

/// A decimal has the digits that were written, whichever path reads it.
#[test]
fn decimals_keep_the_digits_of_numbers() {
    let zeros = format!("1.5{}", "0".repeat(43));
    for (sent, kept) in [
        ("90071992547409.93", "90071992547409.93"),
        ("-90071992547409.93", "-90071992547409.93"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("18446744073709551617", "18446744073709551617"),
        ("79228162514264337593543950335", "79228162514264337593543950335"),
        ("1.50", "1.5"),
        ("1.5", "1.5"),
        ("12", "12"),
        ("1e3", "1000.0"),
        ("1.2345678901234567e3", "1234.5678901234567"),
        (&zeros, "1.5"),
        ("0e-30", "0.0"),
        ("\"0e-30\"", "0"),
        ("\"90071992547409.930\"", "90071992547409.930"),
        ("\"1\\u002e5\"", "1.5"),
    ] {
        for count in ["1", "\"1\""] {
            let one = json!({"price": kept, "count": 1});
            let body = format!(r#"{{"price": {sent}, "count": {count}}}"#);
            assert_eq!(read::<Priced>(&body), Ok(one.clone()), "{body}");
            assert_eq!(read::<Vec<Priced>>(&format!("[{body}]")), Ok(json!([one])), "{body}");
            let map = format!(r#"{{"a": {body}}}"#);
            let read = read::<std::collections::BTreeMap<String, Option<Box<Priced>>>>(&map);
            assert_eq!(read, Ok(json!({"a": one})), "{map}");
        }
    }
    for wrong in ["true", "null", "[1.5]", "{\"a\": 1.5}", "1e30", "1e-30", "\"1.5x\""] {
        let issues = read::<Priced>(&format!(r#"{{"price": {wrong}}}"#)).unwrap_err();
        assert!(matches!(issues[0].kind, IssueKind::DecimalType | IssueKind::DecimalParsing), "{issues:?}");
    }
    // A long body is counted while it is read.
    let item = r#"{"price": 90071992547409.93, "count": 1}"#;
    let long = format!("[{}]", vec![item; 3000].join(","));
    let prices: Value = read::<Vec<Priced>>(&long).unwrap();
    assert_eq!(prices[2999]["price"], "90071992547409.93");
    // The place of a fault is that of the whole text.
    let broken = r#"{"price": 90071992547409.93, "count": }"#;
    let issues = read::<Priced>(broken).unwrap_err();
    assert_eq!(issues[0].loc[1], (broken.len() - 1).into(), "{issues:?}");
}

/// Eighteen digits fit in every column; the engines have the same limit.
#[test]
fn a_decimal_with_a_scale_has_eighteen_digits() {
    for (scale, fits, too_long) in [
        (0, "999999999999999999", "1000000000000000000"),
        (2, "9999999999999999.99", "10000000000000000.00"),
        (2, "-9999999999999999.99", "-10000000000000000"),
        (18, "0.999999999999999999", "1.0"),
    ] {
        let constraints = Constraints::NONE.scale(scale);
        let read = |sent: &str| parse::<Decimal>(Body { bytes: sent.as_bytes(), json: true }, &constraints);
        for quote in ["", "\""] {
            assert!(read(&format!("{quote}{fits}{quote}")).is_ok(), "{fits}");
            let issues = read(&format!("{quote}{too_long}{quote}")).unwrap_err();
            assert_eq!(issues[0].kind, IssueKind::DecimalWholeDigits { digits: 18 - scale }, "{too_long}");
        }
    }
}

#[model]
struct Bounded {
    #[field(le = 99999999999999.99, ge = -99_999_999_999_999.98)]
    most: Option<Decimal>,
    #[field(lt = 50000000000000.01, gt = 1e-4)]
    less: Option<Decimal>,
    #[field(multiple_of = 0.10)]
    steps: Option<Decimal>,
}

/// A bound has the digits that were written, of which a float would keep fifteen.
#[test]
fn the_bound_of_a_decimal_is_exact() {
    for (field, fits, beyond, told) in [
        ("most", "99999999999999.99", "100000000000000.00", "99999999999999.99"),
        ("most", "-99999999999999.98", "-99999999999999.99", "-99999999999999.98"),
        ("less", "50000000000000.00", "50000000000000.01", "50000000000000.01"),
        ("less", "0.00011", "0.0001", "0.0001"),
        ("steps", "123456789012345.6", "123456789012345.67", "0.1"),
    ] {
        for quote in ["", "\""] {
            let sent = |value: &str| format!("{{\"{field}\": {quote}{value}{quote}}}");
            assert!(read::<Bounded>(&sent(fits)).is_ok(), "{fits}");
            let issues = read::<Bounded>(&sent(beyond)).unwrap_err();
            let bound = match &issues[0].kind {
                IssueKind::LessThanEqual(bound)
                | IssueKind::LessThan(bound)
                | IssueKind::GreaterThanEqual(bound)
                | IssueKind::GreaterThan(bound)
                | IssueKind::MultipleOf(bound) => bound,
                other => panic!("{beyond}: {other:?}"),
            };
            assert_eq!(bound.to_string(), told, "{beyond}");
        }
    }
}

#[model]
struct Whole {
    #[field(default)]
    plain: i64,
    #[field(default)]
    small: u8,
    #[field(default, lt = 100)]
    bound: i64,
    #[field(default, lt = 100, multiple_of = 2)]
    even: i64,
    #[field(default)]
    unsigned: u64,
}

/// What is beyond 64 bits is beyond the bounds of the type, however it is written.
#[test]
fn integers_beyond_64_bits_are_beyond_their_bound() {
    use crewed::__internals::issue::Bound::Int;
    for beyond in [
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999",
        "1e20",
        "1e300",
        "1.8446744073709552e19",
        "\"9223372036854775808\"",
        "\"99999999999999999999\"",
        "\"999999999999999999999999999999999999999999999999\"",
    ] {
        let one = |field: &str, sign: &str| {
            let number = match beyond.strip_prefix('"') {
                Some(text) => format!("\"{sign}{text}"),
                None => format!("{sign}{beyond}"),
            };
            let mut issues = read::<Whole>(&format!(r#"{{"{field}": {number}}}"#)).unwrap_err();
            assert_eq!(issues.len(), 1, "{issues:?}");
            issues.remove(0).kind
        };
        assert_eq!(one("plain", ""), IssueKind::LessThanEqual(Int(i64::MAX)), "{beyond}");
        assert_eq!(one("small", ""), IssueKind::LessThanEqual(Int(255)), "{beyond}");
        assert_eq!(one("bound", ""), IssueKind::LessThan(Int(100)), "{beyond}");
        assert_eq!(one("even", ""), IssueKind::LessThan(Int(100)), "{beyond}");
        assert_eq!(one("unsigned", ""), IssueKind::LessThanEqual(Int(i64::MAX)), "{beyond}");
        assert_eq!(one("unsigned", "-"), IssueKind::GreaterThanEqual(Int(0)), "-{beyond}");
        if !beyond.contains("9223372036854775808") {
            assert_eq!(one("plain", "-"), IssueKind::GreaterThanEqual(Int(i64::MIN)), "-{beyond}");
        }
    }
}

#[model]
struct File {
    bytes: Vec<u8>,
    count: i64,
}

/// MIME and PEM break base64 into lines.
#[test]
fn base64_may_have_line_breaks() {
    for (sent, kept) in [
        ("YWJj\\nZA==", "YWJjZA=="),
        ("YWJj\\r\\nZA==\\r\\n", "YWJjZA=="),
        ("YW Jj", "YWJj"),
        ("\\tYWJjZA= =", "YWJjZA=="),
        ("\\n", ""),
        ("", ""),
    ] {
        assert_eq!(read::<Vec<u8>>(&format!("\"{sent}\"")), Ok(json!(kept)), "{sent}");
        // By the explaining path, too.
        let file = read::<File>(&format!(r#"{{"bytes": "{sent}", "count": "1"}}"#));
        assert_eq!(file, Ok(json!({"bytes": kept, "count": 1})), "{sent}");
    }
    for wrong in ["YWJ-", "YWJjZA", "YWJj\\u000bZA==", "YW!!Jj"] {
        assert!(read::<Vec<u8>>(&format!("\"{wrong}\"")).is_err(), "{wrong}");
    }
}

/// A float that is nearest to a number below the least integer is that integer.
#[test]
fn nothing_below_the_least_integer_becomes_it() {
    use crewed::__internals::issue::Bound::Int;
    for below in ["-9223372036854775809", "-9223372036854775900", "-9223372036854776832", "-9.3e18", "-1e300"]
    {
        for body in [format!(r#"{{"plain": {below}}}"#), format!(r#"{{"plain": "{below}"}}"#)] {
            let Err(issues) = read::<Whole>(&body) else { panic!("{body}") };
            let text = body.contains(":\"") || below.contains('e');
            assert!(
                text || issues[0].kind == IssueKind::GreaterThanEqual(Int(i64::MIN)),
                "{body}: {issues:?}"
            );
        }
    }
    let least = read::<Whole>(r#"{"plain": -9223372036854775808, "small": "1"}"#).unwrap();
    assert_eq!(least["plain"], json!(i64::MIN));
}

#[model]
struct Anything {
    any: Option<Value>,
    #[field(default)]
    list: Vec<Value>,
    #[field(default)]
    count: i64,
    price: Option<Decimal>,
}

/// serde_json marks a text of JSON by the name of a member, which a client may choose too.
#[test]
fn no_name_of_a_member_means_anything() {
    const MARK: &str = "$serde_json::private::RawValue";
    for inner in [json!("1"), json!("}{"), json!(""), json!(1), json!("{\"a\":1}")] {
        for any in [
            json!({MARK: inner}),
            json!([null, 1, {MARK: inner}]),
            json!({"a": {MARK: inner}}),
            json!({MARK: inner, "b": 2}),
        ] {
            assert_eq!(read::<Value>(&any.to_string()), Ok(any.clone()));
            for count in [json!(1), json!("1")] {
                let body = json!({"any": any, "list": [any], "count": count});
                let kept = read::<Anything>(&body.to_string()).unwrap();
                assert_eq!((&kept["any"], &kept["list"][0]), (&any, &any), "{body}");
            }
            let issues = read::<Anything>(&json!({"any": any, "price": any}).to_string()).unwrap_err();
            assert_eq!((&issues[0].kind, &issues[0].input), (&IssueKind::DecimalType, &any));
            let issues = read::<Anything>(&json!({"any": any, "count": any}).to_string()).unwrap_err();
            assert_eq!((&issues[0].kind, &issues[0].input), (&IssueKind::IntType, &any));
        }
    }
}

#[model]
struct Contact {
    #[field(format("email"), max_length = 20)]
    email: String,
    #[field(default, format("ipv6"))]
    hosts: Vec<String>,
    #[field(default)]
    count: i64,
}

#[model]
struct Linked {
    #[field(format("uri"))]
    link: String,
}

/// Two spellings of one address are one value, whichever path reads them.
#[test]
fn texts_of_a_format_have_one_spelling() {
    for count in ["1", "\"1\""] {
        let body = format!(
            r#"{{"email": "A.B@EXAMPLE.Com", "hosts": ["::1", "0:0:0:0:0:0:0:1"], "count": {count}}}"#
        );
        let kept = json!({"email": "A.B@example.com", "hosts": ["::1", "::1"], "count": 1});
        assert_eq!(read::<Contact>(&body), Ok(kept));
    }
    for blank in ["http://x/\\n", " http://x", "http://x/ ", "http:// x", "\\thttp://x", "http://x/a\\rb"] {
        let issues = read::<Linked>(&format!(r#"{{"link": "{blank}"}}"#)).unwrap_err();
        assert!(matches!(issues[0].kind, IssueKind::Format { what: "uri", .. }), "{blank}");
    }
    let issues = read::<Contact>(r#"{"email": "a.name@much-too-long.example"}"#).unwrap_err();
    assert_eq!(issues[0].kind, IssueKind::StringTooLong { max: 20 });
}

/// A change of an item: what is not sent stays.
#[model]
struct Change {
    #[field(not_null, gt = 0.0)]
    tax: Patched<f64>,
    #[field(not_null)]
    tags: Patched<Vec<String>>,
    #[field(not_null)]
    part: Patched<Box<File>>,
    #[field(not_null)]
    name: Patched<String>,
    note: Patched<String>,
    #[field(default)]
    count: i64,
}

#[crewed::post("/change")]
fn change(change: Change) -> String {
    format!("{:?} {:?}", change.tax, change.note)
}

/// Null is told as Pydantic tells it of the type, whichever path reads it; absent is absent.
#[test]
fn a_field_may_be_absent_and_never_null() {
    assert_eq!(read::<Change>("{}"), Ok(json!({"count": 0})));
    let whole = json!({"tax": 1.5, "tags": [], "name": "a", "note": null, "count": 1});
    assert_eq!(read::<Change>(&whole.to_string()), Ok(whole));
    for count in ["1", "\"1\""] {
        for (field, kind) in [
            ("tax", IssueKind::FloatType),
            ("tags", IssueKind::ListType),
            ("part", IssueKind::ModelAttributesType),
            ("name", IssueKind::StringType),
        ] {
            let issues = read::<Change>(&format!(r#"{{"{field}": null, "count": {count}}}"#)).unwrap_err();
            let told = issues.iter().map(|issue| (&issue.kind, &issue.input)).collect::<Vec<_>>();
            assert_eq!(told, [(&kind, &Value::Null)], "{field}");
        }
    }
    let client = crate::kit::client(crate::kit::config(), Api::new().operations(operations![change]));
    let document = crate::kit::get(&client, "/openapi.json").1;
    let schema = &document["components"]["schemas"]["Change"];
    for (field, nullable) in
        [("tax", false), ("tags", false), ("part", false), ("name", false), ("note", true)]
    {
        let property = &schema["properties"][field];
        assert_eq!(property["nullable"] == json!(true), nullable, "{property}");
    }
    assert_eq!(schema["required"], Value::Null);
}
