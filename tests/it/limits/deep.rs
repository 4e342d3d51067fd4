//! Brackets in each other.

use crate::kit::only;

use super::*;

/// Brackets are read up to 127 in each other, with those of the body itself: a resource's, which is read member by
/// member, like any other.
#[test]
fn bodies_are_as_deep_as_serde_json_reads_them() {
    let client = client();
    let mut titles = 0..;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        // Those in a text are none, and those beside each other are not in each other.
        for beside in ["", &"[".repeat(300), &format!("\\\"{}", "[{".repeat(3000)), &"]}".repeat(300)] {
            for (deep, number) in
                [1, 125, 126, 127, 128].into_iter().flat_map(|deep| [(deep, "1"), (deep, "-0.5e1")])
            {
                let within = format!("{}{number}{}", open.repeat(deep - 1), close.repeat(deep - 1));
                let title = titles.next().unwrap();
                let any = format!("[\"{beside}\", {}{within}]", "[{}, []], ".repeat(99));
                let body = format!(r#"{{"title": "{title}", "any": {any}}}"#);
                let fault = body.len() - 2 - within.len() + open.len() * 126 - open.len();
                for (path, status) in [("/any", 200), ("/notes", 201)] {
                    let expected = match deep {
                        ..127 => (status, Vec::new()),
                        _ => (422, only("json_invalid", &format!("body.{fault}"))),
                    };
                    let (status, told) = sent(&client, path, &body);
                    let found = told.get("detail").map(|_| issues(&told)).unwrap_or_default();
                    assert_eq!((status, found), expected, "{path}: {body}");
                    if path == "/notes" && status == 201 {
                        assert_eq!(told["any"], serde_json::from_str::<Value>(&any).unwrap());
                    }
                }
            }
        }
    }
}
