//! What declarations come to: what their bodies take, what their inputs change.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crewed::__internals::issue::Step;
use crewed::__internals::resource::{Change, Changes, Input, Operation, Resource, Role};
use crewed::__internals::wire::{Body, Constraints, Fields, Presence, Shape, Wire, parse};
use crewed::value::Value;
use crewed::{DateTime, Decimal, Patched, Utc, Uuid, model, resource};
use serde_json::{Value as Json, json};

/// Where somebody lives.
///
/// And nobody else.
#[model(name = "PostalAddress")]
#[derive(Clone, Debug, PartialEq)]
struct Address {
    /// The city.
    #[field(min_length = 2, max_length = 10, example = "Seoul", deprecated)]
    city: String,
    #[field(pattern = "^[0-9]{5}$", required)]
    zip: Option<String>,
    #[field(ge = -2, lt = 200, multiple_of = 2, default = 4)]
    floor: i32,
}

#[model]
#[derive(Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Everything {
    #[field(gt = 0, le = 1.5)]
    some_ratio: f64,
    #[serde(rename = "KIND", default)]
    kind: Kind,
    #[field(min_items = 1, max_items = 2, min_length = 2)]
    names: Vec<String>,
    #[field(default)]
    by_name: BTreeMap<String, Address>,
    #[field(opaque)]
    host: IpAddr,
    #[field(opaque)]
    proxy: Option<IpAddr>,
    #[field(max_items = 3)]
    data: Option<Vec<u8>>,
    #[field(default = "none")]
    note: Option<String>,
    #[serde(default = "seven")]
    seven: u8,
    #[serde(skip)]
    cached: bool,
    #[field(format("email"))]
    mail: Option<String>,
    #[field(ge = 1)]
    patched: Patched<i64>,
    children: Option<Vec<Self>>,
}

fn seven() -> u8 {
    7
}

#[model]
#[serde(rename_all = "kebab-case")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Kind {
    #[default]
    HalfDone,
    #[serde(rename = "DONE")]
    Done,
}

#[model(literal)]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Size {
    Small,
    Large,
}

#[model]
#[derive(Debug, PartialEq)]
struct Page<T> {
    items: Vec<T>,
    #[field(ge = 0, default)]
    total: u64,
    next: Option<Box<Page<T>>>,
}

#[model]
#[derive(Debug, PartialEq)]
#[serde(default)]
struct Settings {
    retries: u32,
    name: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { retries: 3, name: "default".to_owned() }
    }
}

/// The value, or where which issue was found.
fn read<T: Wire>(body: &Json) -> Result<T, Vec<(String, String)>> {
    let bytes = body.to_string().into_bytes();
    parse::<T>(Body { bytes: &bytes, json: true }, &Constraints::NONE).map_err(|issues| {
        let told = issues.into_iter().map(|issue| {
            let loc = issue.loc.iter().map(|step| match step {
                Step::Name(name) => name.to_string(),
                Step::Index(index) => index.to_string(),
            });
            let kind = format!("{:?}", issue.kind);
            let kind = kind.split([' ', '(']).next().unwrap_or_default().to_owned();
            (loc.collect::<Vec<_>>().join("."), kind)
        });
        told.collect()
    })
}

fn told_at((loc, kind): (&str, &str)) -> (String, String) {
    (loc.to_owned(), kind.to_owned())
}

fn written<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap()
}

#[test]
fn a_model_reads_what_it_declares() {
    let body = json!({"city": "Seoul", "zip": null, "floor": "6"});
    let address: Address = read(&body).unwrap();
    assert_eq!(address, Address { city: "Seoul".to_owned(), zip: None, floor: 6 });
    assert_eq!(written(&address), json!({"city": "Seoul", "zip": null, "floor": 6}));
    assert_eq!(read::<Address>(&json!({"city": "Seoul", "zip": "12345"})).unwrap().floor, 4);
}

#[test]
fn every_mistake_of_a_body_is_told() {
    let body = json!({"city": "S", "floor": 3});
    let told = read::<Address>(&body).unwrap_err();
    let expected = [("body.city", "StringTooShort"), ("body.zip", "Missing"), ("body.floor", "MultipleOf")];
    assert_eq!(told, expected.map(told_at));
}

#[test]
fn a_model_describes_itself() {
    let meta = Address::META;
    assert_eq!(meta.name, "PostalAddress");
    assert_eq!(meta.doc, "Where somebody lives.\n\nAnd nobody else.");
    let [city, zip, floor] = meta.fields else { panic!("three fields") };
    assert_eq!((city.name, city.doc, city.deprecated), ("city", "The city.", true));
    assert_eq!(city.example.unwrap()(), json!("Seoul"));
    assert!(matches!(zip.presence, Presence::Required));
    let Presence::Default(floor) = floor.presence else { panic!("a default") };
    assert_eq!(floor(), json!(4));
}

#[test]
fn serde_names_and_defaults_are_honoured() {
    let body = json!({"someRatio": 1, "names": ["ab"], "host": "::1", "data": "AAEC", "children": []});
    let mut everything: Everything = read(&body).unwrap();
    assert_eq!(everything.kind, Kind::HalfDone);
    assert_eq!(everything.note.as_deref(), Some("none"));
    assert_eq!((everything.seven, everything.cached), (7, false));
    assert_eq!(everything.host, "::1".parse::<IpAddr>().unwrap());
    assert_eq!((everything.proxy, everything.patched), (None, Patched::Absent));
    assert_eq!(everything.data, Some(vec![0, 1, 2]));
    everything.proxy = Some("10.0.0.1".parse().unwrap());
    let written = written(&everything);
    assert_eq!((&written["KIND"], &written["proxy"]), (&json!("half-done"), &json!("10.0.0.1")));
    assert!(written.get("cached").is_none());
    assert_eq!(read::<Everything>(&written).unwrap().proxy, everything.proxy);
}

#[test]
fn constraints_reach_items() {
    let body = json!({
        "someRatio": 0, "names": ["a"], "host": "nowhere", "data": "AAECAw==", "mail": "x", "cached": true,
        "patched": 0,
    });
    let told = read::<Everything>(&body).unwrap_err();
    assert_eq!(told[0], told_at(("body.someRatio", "GreaterThan")));
    assert_eq!(told[1], told_at(("body.names.0", "StringTooShort")));
    assert_eq!(told[6], told_at(("body.cached", "ExtraForbidden")));
    assert_eq!(told.len(), 7, "{told:?}");
}

#[test]
fn enums_are_names() {
    assert_eq!(read::<Kind>(&json!("DONE")).unwrap(), Kind::Done);
    assert_eq!(read::<Kind>(&json!("Done")).unwrap_err(), [told_at(("body", "Enum"))]);
    assert_eq!(read::<Size>(&json!("small")).unwrap_err(), [told_at(("body", "Literal"))]);
    assert_eq!(read::<Kind>(&json!({"DONE": null})).unwrap_err().len(), 1);
    assert_eq!(written(&Size::Large), json!("Large"));
}

#[test]
fn generics_are_of_any_type_of_the_wire() {
    let body = json!({"items": [{"city": "Seoul", "zip": null}], "next": {"items": [], "total": 2}});
    let page: Page<Address> = read(&body).unwrap();
    assert_eq!((page.items.len(), page.total, page.next.unwrap().total), (1, 0, 2));
    assert_eq!(<Page<i64> as Fields>::META.parameters.len(), 1);
    assert_eq!(read::<Page<Option<i64>>>(&json!({"items": [null, "1"]})).unwrap().items, [None, Some(1)]);
    assert_eq!(read::<Page<i64>>(&json!({"items": [true, "x"]})).unwrap_err()[0].0, "body.items.1");
}

#[test]
fn a_struct_may_be_the_default_of_its_fields() {
    let settings: Settings = read(&json!({"name": "x"})).unwrap();
    assert_eq!(settings, Settings { retries: 3, name: "x".to_owned() });
}

/// A hero.
#[resource("/heroes", tag = "people", table = "hero", missing(status = 410, detail = "Gone."))]
#[derive(Clone, Debug, PartialEq)]
struct Hero {
    #[field(key, generated)]
    id: Uuid,
    /// The name in the papers.
    #[field(unique, min_length = 1)]
    name: String,
    #[field(ge = 0, index)]
    age: Option<i32>,
    #[field(write_only)]
    secret_name: String,
    #[serde(rename = "kindOf", default)]
    #[field(column = "kind_of")]
    kind: Kind,
    #[field(json)]
    address: Option<Address>,
    #[field(json, default = vec!["new".to_owned()])]
    tags: Vec<String>,
    #[field(json, default)]
    scores: BTreeMap<String, i64>,
    #[field(json, opaque)]
    host: Option<IpAddr>,
    #[field(scale = 2, default = Decimal::ONE)]
    fee: Decimal,
    #[field(read_only, default = 10)]
    points: i64,
    #[field(created_at)]
    created_at: DateTime<Utc>,
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

fn changed<T: Input>(body: &Json) -> Vec<(usize, Option<Value>)> {
    let input: T = read(body).unwrap();
    let mut changes = Changes::new(Hero::RESOURCE);
    input.changes(&mut changes);
    let columns = changes.into_columns().map(|(index, change)| match change {
        Change::Set(value) => (index, Some(value)),
        _ => (index, None),
    });
    columns.collect()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

#[test]
fn a_resource_is_a_table() {
    let meta = Hero::RESOURCE;
    assert_eq!((meta.path, meta.tag, meta.table), ("/heroes", "people", "hero"));
    assert_eq!((meta.missing.status, meta.missing.detail), (410, "Gone."));
    assert_eq!(meta.operations.iter().count(), 6);
    assert!(matches!(meta.columns[0].role, Role::ServerGeneratedKey(_)));
    assert!(matches!(meta.columns[11].role, Role::CreatedAt));
    assert_eq!((meta.columns[4].name, meta.object.fields[4].name), ("kind_of", "kindOf"));
    let nullable: Vec<&str> = meta.columns.iter().filter(|c| c.nullable()).map(|c| c.name).collect();
    assert_eq!(nullable, ["age", "address", "host"]);
    assert!(meta.columns[1].unique && meta.columns[2].index);
    let read_only: Vec<&str> = meta.object.fields.iter().filter(|f| f.read_only).map(|f| f.name).collect();
    assert_eq!(read_only, ["id", "points", "created_at", "updated_at"]);
}

#[test]
fn a_create_sets_every_settable_column() {
    let body =
        json!({"name": "Deadpond", "secret_name": "Dive", "fee": 1.5, "id": "ignored", "points": "ignored"});
    let changes = changed::<HeroCreate>(&body);
    let expected = [
        (1, text("Deadpond")),
        (2, Some(Value::Null)),
        (3, text("Dive")),
        (4, text("half-done")),
        (5, Some(Value::Null)),
        (6, text(r#"["new"]"#)),
        (7, text("{}")),
        (8, Some(Value::Null)),
        (9, Some(Value::Integer(150))),
    ];
    assert_eq!(changes, expected);
    let told = read::<HeroCreate>(&json!({"name": "", "secret_name": "x", "created": 1})).unwrap_err();
    assert_eq!(told[1], told_at(("body.created", "ExtraForbidden")));
}

#[test]
fn a_replace_is_a_create_but_for_a_key_that_clients_choose() {
    let id = Uuid::nil();
    let body = json!({"id": id.to_string(), "name": "Deadpond", "secret_name": "Dive", "kindOf": "DONE"});
    let create: HeroCreate = read(&body).unwrap();
    let _: HeroReplace = create;
    let changes = changed::<HeroReplace>(&body);
    assert_eq!((changes[0].0, &changes[3]), (1, &(4, text("DONE"))));
    assert_eq!(changes.len(), 9);

    assert_eq!((UserReplace::META.key, UserPatch::META.key), (Some("name"), Some("name")));
    let body = json!({"name": "ada", "kind": null});
    let UserReplace { kind: None } = read(&body).unwrap() else { panic!("it has a kind") };
    let UserPatch { kind: Patched::Null } = read(&body).unwrap() else { panic!("it has a kind") };
    let UserCreate { name, kind: None } = read(&body).unwrap() else { panic!("it has a kind") };
    assert_eq!(name, "ada");
}

#[test]
fn a_patch_says_only_what_was_sent() {
    assert_eq!(changed::<HeroPatch>(&json!({})), []);
    let body = json!({
        "age": null, "address": {"city": "Busan"}, "tags": ["a"], "scores": {"x": 1}, "host": null, "points": 3,
    });
    let expected =
        [(2, Some(Value::Null)), (5, None), (6, text(r#"["a"]"#)), (7, None), (8, Some(Value::Null))];
    assert_eq!(changed::<HeroPatch>(&body), expected);
    let told = read::<HeroPatch>(&json!({"name": null, "address": 3})).unwrap_err();
    assert_eq!(told.len(), 2);
}

#[test]
fn secrets_are_not_written() {
    let now = Utc::now();
    let hero = Hero {
        id: Uuid::nil(),
        name: "Deadpond".to_owned(),
        age: None,
        secret_name: "Dive".to_owned(),
        kind: Kind::Done,
        address: None,
        tags: Vec::new(),
        scores: BTreeMap::new(),
        host: None,
        fee: Decimal::ONE,
        points: 10,
        created_at: now,
        updated_at: now,
    };
    let json = written(&hero);
    assert!(json.get("secret_name").is_none());
    assert_eq!((&json["kindOf"], &json["points"]), (&json!("DONE"), &json!(10)));
}

/// The names of users; where only some operations are served.
#[resource("/api/old-users", operations(read, patch))]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct User {
    #[field(key)]
    name: String,
    #[field(json)]
    kind: Option<Size2>,
}

#[model]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Size2 {
    width: u16,
}

#[test]
fn what_is_not_declared_is_not_there() {
    let meta = User::RESOURCE;
    assert_eq!((meta.table, meta.tag), ("old_users", "old-users"));
    assert_eq!(meta.operations.iter().collect::<Vec<_>>(), [Operation::Read, Operation::Patch]);
    // No route takes it, but code of one's own may.
    assert_eq!(<UserCreate as Fields>::META.name, "UserCreate");
    let patch: UserPatch = read(&json!({"kind": {"width": 1}})).unwrap();
    assert_eq!(patch.clone(), patch);
    assert!(matches!(<UserPatch as Wire>::shape(), Shape::Object(meta) if meta.name == "UserPatch"));
}

#[resource("/settings")]
#[serde(default)]
#[derive(Default)]
struct Setting {
    #[field(key)]
    name: String,
    value: i64,
}

#[test]
fn a_key_is_never_of_the_structs_default() {
    let told = read::<SettingCreate>(&json!({})).err().unwrap();
    assert_eq!(told, [told_at(("body.name", "Missing"))]);
}
