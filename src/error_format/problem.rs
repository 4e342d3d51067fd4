//! RFC 9457, problem details.

use serde_json::{Value as Json, json};

use super::phrase;

pub(super) fn body(status: u16, detail: &str, errors: Option<Json>) -> Json {
    let mut body = json!({
        "type": "about:blank",
        "title": phrase(status),
        "status": status,
        "detail": detail,
    });
    if let (Some(errors), Some(body)) = (errors, body.as_object_mut()) {
        body.insert("errors".to_owned(), errors);
    }
    body
}
