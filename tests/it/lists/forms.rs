//! The forms of an answer: an object with a page of rows, chosen members, and exports.

use crewed::rocket::http::{Header, Status};

use super::*;

#[model]
#[derive(Clone, Copy, Debug)]
enum Kind {
    Hand,
    Power,
}

#[resource("/tools", list = "page", sparse, export("jsonl", "csv"))]
#[derive(Debug)]
struct Tool {
    #[field(key)]
    code: String,
    #[field(filter, sort)]
    weight: Option<f64>,
    kind: Kind,
    #[field(json)]
    tags: Option<Vec<String>>,
    note: Option<String>,
    sharp: bool,
    #[field(write_only, default = "hush")]
    secret: String,
}

const ALL: &str = "code,weight,kind,tags,note,sharp";

fn tools(count: usize) -> Client {
    let client = client_with(Api::new().at("/api").resource::<Tool>());
    for index in 0..count {
        let tool = json!({
            "code": format!("t{index:04}"),
            "weight": (index % 3 > 0).then_some(index as f64 / 4.0),
            "kind": if index % 2 == 0 { "Hand" } else { "Power" },
            "tags": (index % 5 > 0).then(|| vec![format!("tag, \"{index}\"")]),
            "note": match index % 4 { 0 => json!(null), 1 => json!(""), 2 => json!("=1+1"), _ => json!("two\r\nlines, \"quoted\"") },
            "sharp": index % 2 == 1,
        });
        assert_eq!(post(&client, "/api/tools", tool).0, 201);
    }
    client
}

fn exported(
    client: &Client,
    path: &str,
    accept: &'static str,
) -> (Status, Option<String>, Option<String>, String) {
    let answer = client.get(path.to_owned()).header(Header::new("Accept", accept)).dispatch();
    let header = |name: &str| answer.headers().get_one(name).map(str::to_owned);
    let (status, kind, total) = (answer.status(), header("Content-Type"), header("X-Total-Count"));
    assert_eq!(header("Vary").as_deref(), Some("Accept"), "{path}");
    (status, kind, total, answer.into_string().unwrap_or_default())
}

#[test]
fn rows_are_in_an_object() {
    let client = tools(3);
    let (_, page) = kit::get(&client, "/api/tools?limit=2&fields=code");
    assert_eq!(page["items"], json!([{"code": "t0000"}, {"code": "t0001"}]), "{page}");
    assert_eq!(page.as_object().unwrap().len(), 2);
    let next = page["next"].as_str().unwrap();
    assert!(next.starts_with("/api/tools?limit=2&fields=code&cursor="), "{next}");
    assert_eq!(kit::get(&client, next).1, json!({"items": [{"code": "t0002"}], "next": null}));
    let (_, page) = kit::get(&client, "/api/tools?limit=1&skip=3&count=true");
    assert_eq!(page, json!({"items": [], "next": null, "total": 3}));
    assert_eq!(kit::get(&client, "/api/tools?limit=0").1, json!({"items": [], "next": null}));
}

#[test]
fn members_are_chosen() {
    let client = tools(1);
    assert_eq!(
        kit::get(&client, "/api/tools/t0000?fields=sharp,code").1,
        json!({"code": "t0000", "sharp": false})
    );
    assert_eq!(kit::get(&client, "/api/tools/t0000").1.as_object().unwrap().len(), 6);
    assert_eq!(kit::get(&client, &format!("/api/tools/t0000?fields={ALL}")).1.as_object().unwrap().len(), 6);
    for (path, expected) in [
        ("/api/tools/t0000?fields=secret", only("literal_error", "query.fields")),
        ("/api/tools/t0000?fields=", only("literal_error", "query.fields")),
        ("/api/tools/t0000?fields=code,code", only("value_error", "query.fields")),
        ("/api/tools/t0000?fields=code&fields=note", only("value_error", "query.fields")),
        ("/api/tools/t0000?field=code", only("extra_forbidden", "query.field")),
        ("/api/tools?fields=codes", only("literal_error", "query.fields")),
    ] {
        let (status, body) = kit::get(&client, path);
        assert_eq!((status, issues(&body)), (422, expected), "{path}: {body}");
        assert!(!body["detail"][0]["ctx"].to_string().contains("secret"), "{body}");
    }
    // A sort needs no member that is shown.
    let (_, page) = kit::get(&client, "/api/tools?fields=note&sort=-weight");
    assert_eq!(page["items"], json!([{"note": null}]));
}

#[test]
fn the_whole_list_is_exported() {
    let client = tools(1203);
    let (status, kind, total, lines) = exported(&client, "/api/tools", "application/jsonl");
    assert_eq!(
        (status, kind.as_deref(), total.as_deref()),
        (Status::Ok, Some("application/jsonl"), Some("1203"))
    );
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut pages = Vec::new();
    let mut next = json!("/api/tools?limit=500");
    while let Some(path) = next.as_str() {
        let (_, page) = kit::get(&client, path);
        pages.extend(page["items"].as_array().unwrap().clone());
        next = page["next"].clone();
    }
    assert_eq!(rows, pages);
    assert_eq!(rows.len(), 1203);
    let (_, kind, total, csv) =
        exported(&client, "/api/tools?sort=-weight&weight__gte=100&skip=2&limit=900", "text/csv");
    assert_eq!(kind.as_deref(), Some("text/csv; charset=utf-8; header=present"));
    let (_, page) = kit::get(&client, "/api/tools?sort=-weight&weight__gte=100&skip=2&limit=900&count=true");
    assert_eq!(total, Some(page["total"].to_string()));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), ALL);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let items = page["items"].as_array().unwrap();
    assert_eq!(records.len(), items.len());
    for (record, item) in records.iter().zip(items) {
        for (index, (name, value)) in item.as_object().unwrap().iter().enumerate() {
            let expected = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(&record[index], expected, "{name} of {item}");
        }
    }
    let (_, _, total, csv) = exported(&client, "/api/tools?weight__gt=1000000&fields=code,note", "text/csv");
    assert_eq!((total.as_deref(), &*csv), (Some("0"), "code,note\r\n"));
    // To ask for the number is no mistake.
    assert_eq!(exported(&client, "/api/tools?count=true", "application/jsonl").3, lines);
    // What is sent as it is stored may be taken for a formula.
    assert!(exported(&client, "/api/tools?fields=note&limit=3", "text/csv").3.ends_with("=1+1\r\n"));
}

#[test]
fn an_export_has_no_pages_and_other_types_get_the_list() {
    let client = tools(3);
    let (status, _, _, body) = exported(&client, "/api/tools?limit=2&cursor=x", "text/csv");
    assert_eq!(status, Status::UnprocessableEntity);
    assert_eq!(issues(&serde_json::from_str(&body).unwrap()), only("value_error", "query.cursor"));
    let (status, _, _, body) = exported(&client, "/api/tools?weigth=2", "text/csv");
    assert_eq!(status, Status::UnprocessableEntity, "{body}");
    // There is no greatest limit.
    assert_eq!(exported(&client, "/api/tools?limit=5000", "text/csv").0, Status::Ok);
    for accept in ["text/html", "*/*", "application/json", "application/xml, text/csv;q=0"] {
        let (status, kind, _, body) = exported(&client, "/api/tools", accept);
        assert_eq!((status, kind.as_deref()), (Status::Ok, Some("application/json")), "{accept}");
        assert!(body.starts_with("{\"items\":["), "{accept}");
    }
    let head = client.head("/api/tools").header(Header::new("Accept", "text/csv")).dispatch();
    assert_eq!(head.headers().get_one("X-Total-Count"), Some("3"));
    assert_eq!(head.headers().get_one("Content-Length"), None);
    // A list that is not exported is JSON, whatever the client would like.
    let heroes = super::client();
    let answer = heroes.get("/heroes").header(Header::new("Accept", "text/csv")).dispatch();
    assert_eq!(answer.headers().get_one("Content-Type"), Some("application/json"));
    assert_eq!(answer.headers().get_one("Vary"), None);
}

/// Each row is longer than what is in memory at once.
#[resource("/scrolls", export("jsonl"))]
struct Scroll {
    #[field(key, generated)]
    id: i64,
    text: String,
}

#[test]
fn long_rows_are_exported_a_few_at_a_time() {
    let client = client_with(Api::new().resource::<Scroll>());
    for index in 0..40 {
        let text = "x".repeat(if index % 10 < 7 { 60_000 } else { 300_000 });
        assert_eq!(post(&client, "/scrolls", json!({"text": text})).0, 201);
    }
    let (_, _, total, lines) = exported(&client, "/scrolls", "application/jsonl");
    assert_eq!(total.as_deref(), Some("40"));
    let ids: Vec<i64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, (1..=40).collect::<Vec<_>>());
}

/// What a macro cannot see of a type is told when the rocket ignites, all at once.
#[test]
fn words_that_a_type_does_not_have_are_refused() {
    #[model]
    #[derive(Clone)]
    struct Part {
        name: String,
    }
    type Text = String;
    type Number = i64;
    #[resource("/odds")]
    struct Odd {
        #[field(key)]
        id: i64,
        #[field(json, filter)]
        parts: Vec<Part>,
        #[field(sort, filter(contains, eq))]
        kind: Kind,
        #[field(search, filter(startswith))]
        number: Number,
        #[field(search, sort, filter(startswith, isnull))]
        text: Text,
    }
    let rocket = crewed::rocket::custom(kit::config()).attach(Api::new().resource::<Odd>());
    let error = crate::store::harness::wait(crewed::ignite(rocket)).err().unwrap().to_string();
    for line in [
        "`parts` of the resource `Odd` cannot be filtered by: its type has no comparisons",
        "`kind` of the resource `Odd` has no filter `kind__contains`: its type lacks that comparison",
        "`kind` of the resource `Odd` cannot be sorted by: its type has no order",
        "`number` of the resource `Odd` has no filter `number__startswith`: its type lacks that comparison",
        "`number` of the resource `Odd` cannot be searched: it is no text",
        "`text` of the resource `Odd` has no filter `text__isnull`: its type lacks that comparison",
    ] {
        assert!(error.contains(line), "{line}\n{error}");
    }
    assert_eq!(error.matches("`text`").count(), 1, "{error}");
}
