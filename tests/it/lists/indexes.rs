//! Fields that are unique together, over the wire and in code, and what an index leaves to a text.

use crewed::get;
use crewed::prelude::*;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::kit::{self, issues, only, patch, post, put};
use crate::store::harness::postgres_schema;

#[model]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shift {
    Early,
    Late,
}

#[resource(
    "/workers",
    index(shift, joined),
    unique(shift, name),
    unique(desk, floor),
    unique(code, floor),
    index(name, desk)
)]
#[derive(Clone, Debug, PartialEq)]
struct Worker {
    #[field(key, generated)]
    id: i64,
    #[field(unique)]
    badge: i32,
    #[serde(rename = "fullName")]
    name: String,
    #[field(default = Shift::Early)]
    shift: Shift,
    desk: Option<i32>,
    #[field(default = 1)]
    floor: i32,
    #[field(write_only)]
    code: Option<String>,
    #[field(created_at, sort)]
    joined: DateTime<Utc>,
}

#[resource("/seats", create = "replace", inputs = "query", unique(row, number))]
#[derive(Clone, Debug, PartialEq)]
struct Seat {
    #[field(key)]
    id: i32,
    row: i32,
    number: i32,
}

fn each(test: impl Fn(&Client)) {
    for store in ["sqlite::memory:".to_owned(), postgres_schema()] {
        let api = Api::new().resource::<Worker>().resource::<Seat>();
        test(&kit::client(kit::config().merge(("crewed.store", store)), api));
    }
}

fn worker(badge: i32, name: &str) -> Value {
    json!({"badge": badge, "fullName": name})
}

fn with(mut worker: Value, members: Value) -> Value {
    worker.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    worker
}

#[test]
fn a_conflict_stands_at_the_first_field_that_the_body_names() {
    each(|client| {
        for made in [
            with(worker(1, "Ada"), json!({"desk": 7, "code": "hush"})),
            with(worker(2, "Ada"), json!({"shift": "Late", "desk": 8})),
            with(worker(3, "Bo"), json!({"desk": 7, "floor": 2, "code": "other"})),
            // A NULL is like no other.
            with(worker(4, "Cy"), json!({})),
            with(worker(5, "Di"), json!({})),
        ] {
            let (status, body) = post(client, "/workers", made);
            assert_eq!(status, 201, "{body}");
        }
        let together = |name: &str, input: Value, fields: [&str; 2]| {
            json!([{
                "type": "unique",
                "loc": ["body", name],
                "msg": format!("Another row has the same {} and {}", fields[0], fields[1]),
                "input": input,
                "ctx": {"fields": fields},
            }])
        };
        let alone = |name: &str, input: Value| json!([{"type": "unique", "loc": ["body", name], "msg": "Value is taken", "input": input}]);
        let name = ["shift", "fullName"];
        for (body, expected) in [
            // The shift is the default.
            (worker(9, "Ada"), together("fullName", json!("Ada"), name)),
            (with(worker(9, "Ada"), json!({"shift": "Late"})), together("shift", json!("Late"), name)),
            (with(worker(9, "Ada"), json!({"desk": 7})), together("fullName", json!("Ada"), name)),
            (with(worker(9, "Ed"), json!({"desk": 7})), together("desk", json!(7), ["desk", "floor"])),
            (with(worker(1, "Ada"), json!({"desk": 7})), alone("badge", json!(1))),
            // What nobody may see stays hidden.
            (
                with(worker(9, "Ed"), json!({"code": "hush"})),
                together("code", json!("**********"), ["code", "floor"]),
            ),
        ] {
            let (status, answer) = post(client, "/workers", body.clone());
            assert_eq!((status, &answer["detail"]), (409, &expected), "{body}");
        }
        for (id, body, expected) in [
            (2, json!({"shift": "Early"}), together("shift", json!("Early"), name)),
            (3, json!({"fullName": "Ada"}), together("fullName", json!("Ada"), name)),
            (3, json!({"floor": 1}), together("floor", json!(1), ["desk", "floor"])),
            (3, json!({"floor": 1, "fullName": "Ada"}), together("fullName", json!("Ada"), name)),
            (3, json!({"floor": 1, "badge": 2}), alone("badge", json!(2))),
            (4, json!({"code": "hush"}), together("code", json!("**********"), ["code", "floor"])),
        ] {
            let (status, answer) = patch(client, &format!("/workers/{id}"), body.clone());
            assert_eq!((status, &answer["detail"]), (409, &expected), "{body}");
        }
        let (status, answer) = put(client, "/workers/3", with(worker(3, "Bo"), json!({"desk": 7})));
        assert_eq!((status, &answer["detail"]), (409, &together("desk", json!(7), ["desk", "floor"])));
        // Nothing was written, and what is no conflict is.
        let (status, body) = patch(client, "/workers/3", json!({"floor": 3, "desk": 7, "shift": "Late"}));
        assert_eq!((status, &body["floor"]), (200, &json!(3)), "{body}");
        assert_eq!(patch(client, "/workers/1", json!({"desk": 7, "floor": 1})).0, 200);
        assert_eq!(kit::get(client, "/workers").1.as_array().unwrap().len(), 5);
    });
}

#[test]
fn a_conflict_of_values_in_the_url_stands_there() {
    each(|client| {
        assert_eq!(post(client, "/seats?id=1&row=1&number=1", Value::Null).0, 200);
        assert_eq!(post(client, "/seats?id=2&row=1&number=2", Value::Null).0, 200);
        // A create overwrites the row with its key, and no other one.
        assert_eq!(post(client, "/seats?id=2&row=2&number=2", Value::Null).0, 200);
        let (status, body) = post(client, "/seats?id=2&row=1&number=1", Value::Null);
        assert_eq!((status, issues(&body)), (409, only("unique", "query.row")), "{body}");
        assert_eq!(body["detail"][0]["ctx"]["fields"], json!(["row", "number"]));
    });
}

/// Several texts of an index share what an entry of PostgreSQL's holds; an enum counts as one.
#[test]
fn texts_have_the_length_that_an_index_leaves_to_them() {
    each(|client| {
        let (status, body) = post(client, "/workers", worker(1, &"x".repeat(1300)));
        assert_eq!(status, 201, "{body}");
        let (status, body) = post(client, "/workers", worker(2, &"x".repeat(1301)));
        assert_eq!((status, issues(&body)), (422, only("value_error", "body.fullName")));
        assert_eq!(body["detail"][0]["msg"], "Value error, an index holds at most 1300 bytes");
        let (status, body) =
            post(client, "/workers", with(worker(2, "Bo"), json!({"code": "x".repeat(2600)})));
        assert_eq!(status, 201, "{body}");
    });
}

#[test]
fn documents_tell_the_conflict() {
    let client = kit::client(kit::config(), Api::new().resource::<Seat>().resource::<Worker>());
    let document = kit::get(&client, "/openapi.json").1;
    for (path, method, tells) in [
        ("/seats", "post", true),
        ("/seats", "delete", false),
        ("/workers", "post", true),
        ("/workers", "get", false),
        ("/workers/{id}", "put", true),
        ("/workers/{id}", "patch", true),
        ("/workers/{id}", "get", false),
    ] {
        let answers = &document["paths"][path][method]["responses"];
        assert_eq!(answers.get("409").is_some(), tells, "{method} {path}: {answers}");
    }
}

/// Code of the user's own gets the same error as a client.
#[test]
fn repositories_tell_the_conflict() {
    #[get("/conflict")]
    async fn conflict(workers: Repository<Worker>) -> Result<String, HttpError> {
        let new = |badge, code: Option<&str>| WorkerCreate {
            badge,
            name: "Ada".to_owned(),
            shift: Shift::Late,
            desk: None,
            floor: 1,
            code: code.map(ToOwned::to_owned),
        };
        workers.create(new(1, None)).await?;
        workers.create(new(2, Some("x"))).await?;
        Ok("none".to_owned())
    }
    for store in ["sqlite::memory:".to_owned(), postgres_schema()] {
        let api = Api::new().resource::<Worker>().operations(operations![conflict]);
        let client = kit::client(kit::config().merge(("crewed.store", store)), api);
        let (status, body) = kit::get(&client, "/conflict");
        assert_eq!((status, issues(&body)), (409, only("unique", "body.shift")), "{body}");
        assert_eq!(body["detail"][0]["ctx"]["fields"], json!(["shift", "fullName"]));
    }
}
