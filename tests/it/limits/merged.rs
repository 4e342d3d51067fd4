//! Patches that are merged into stored JSON.

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Method};
use serde_json::{Value, json};

use crate::kit;

#[resource("/documents")]
struct Document {
    #[field(key, generated)]
    id: i64,
    #[field(json)]
    any: Option<Value>,
}

/// Each patch is short, and what they are merged into does not grow without end.
#[test]
fn stored_json_has_a_bound() {
    for item in [json!({"": 0}), json!("x".repeat(1000))] {
        let client = kit::client(kit::config(), Api::new().resource::<Document>());
        let send = |method, path: &'static str, body: Value| {
            let request = client.req(method, path).header(ContentType::JSON).body(body.to_string());
            kit::json_of(request.dispatch())
        };
        assert_eq!(send(Method::Post, "/documents", json!({"any": {}})).0, 201);
        let items = vec![item.clone(); (96 << 10) / item.to_string().len()];
        let mut merged = 0;
        let refused = loop {
            let patch = json!({"any": {format!("k{merged}"): items}});
            match send(Method::Patch, "/documents/1", patch) {
                (200, _) => merged += 1,
                refused => break refused,
            }
            assert!(merged < 12, "{merged} patches of 96 KiB are merged");
        };
        let issue = &refused.1["detail"][0];
        let expected = (422, &json!("too_many_values"), &json!(["body", "any"]));
        assert_eq!((refused.0, &issue["type"], &issue["loc"]), expected);
        assert!(merged > 0);
        // It is as it was, and can be made shorter.
        assert_eq!(send(Method::Patch, "/documents/1", json!({"any": {"k0": null}})).0, 200);
    }
}
