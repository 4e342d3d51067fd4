//! Bodies, one and several.

use super::*;

#[test]
fn bodies_are_taken_in_every_way() {
    let client = client();
    assert_eq!(send(&client, "/json", json!({"name": "a", "count": "3"})), (200, json!(3)));
    let (status, body) = send(&client, "/json", json!({"name": "", "count": 256}));
    let both = [only("string_too_short", "body.name"), only("less_than_equal", "body.count")].concat();
    assert_eq!((status, issues(&body)), (422, both));
    for path in ["/data-model", "/data-json"] {
        let item = json!({"name": "a"}).to_string();
        let answer = client.post(path).header(ContentType::JSON).body(&item).dispatch();
        assert_eq!(answer.into_string().unwrap(), "a", "{path}");
        assert_eq!(send(&client, path, json!([])).0, 422, "{path}");
    }
    let answer = client.post("/data-text/5").body("as it is").dispatch();
    assert_eq!(answer.into_string().unwrap(), "5 as it is");
    let (status, body) = sent(&client, "/data-text/x", "text/plain", "as it is");
    assert_eq!((status, issues(&body)), (422, only("int_parsing", "path.n")));
    assert_eq!(client.put("/data-raw").body("12345").dispatch().into_string().unwrap(), "5");
    assert_eq!(client.post("/data-file").body("123456").dispatch().into_string().unwrap(), "6");
    assert_eq!(client.post("/default").dispatch().into_string().unwrap(), "none");
}

#[test]
fn several_bodies_are_members_of_one() {
    let client = client();
    let item = json!({"name": "a", "count": 1});
    let (status, body) = send(&client, "/several", json!({"item": {"name": "a"}}));
    assert_eq!((status, body), (200, json!({"item": item, "note": null, "times": 7, "tags": null})));
    let whole = json!({"item": {"name": "a"}, "note": {"text": "b"}, "times": "8", "tags": ["c"], "x": 1});
    let (status, body) = send(&client, "/several", whole);
    assert_eq!(
        (status, body),
        (200, json!({"item": item, "note": {"text": "b"}, "times": 8, "tags": ["c"]}))
    );
    let (status, body) = send(&client, "/several", json!({"note": {}, "times": null, "tags": [1]}));
    let told = [
        only("missing", "body.item"),
        only("missing", "body.note.text"),
        only("int_type", "body.times"),
        only("string_type", "body.tags.0"),
    ];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    // What cannot be read is told alone, whichever member it is in.
    for broken in
        [r#"{"item": {"name": 1e999}}"#, r#"{"item": {"name": "a"}, "#, r#"{"item": {"name": "\ud800"}}"#]
    {
        let (status, body) = sent(&client, "/several", "application/json", broken);
        assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 1), "{body}");
        assert_eq!(body["detail"][0]["type"], "json_invalid", "{body}");
    }
    // Of two members of one name it is the last.
    let twice = r#"{"item": {"name": ""}, "item": {"name": "b"}}"#;
    assert_eq!(sent(&client, "/several", "application/json", twice).1["item"]["name"], "b");
    assert_eq!(sent(&client, "/several", "application/json", "\u{feff}{\"item\": {\"name\": \"c\"}}").0, 200);
    // What is no JSON is nothing.
    assert_eq!(issues(&sent(&client, "/several", "text/plain", "{}").1), only("missing", "body.item"));
}
