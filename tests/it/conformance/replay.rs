//! Asks a program what the recorded FastAPI was asked, and compares what it answers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::{Answer, ask};

/// What was captured of one answer, to stand in later requests.
type Captured = BTreeMap<String, Value>;

/// A recorded step that was answered differently.
pub(super) struct Difference {
    pub(super) scenario: String,
    /// Counted from 1.
    pub(super) step: usize,
    pub(super) told: String,
}

/// Replays a group's scenarios against a program that has just been started.
///
/// Returns how many core steps and how many others were answered alike, and what was not.
///
/// What was recorded without a base is asked below `base`.
pub(super) fn replay(group: &Value, port: u16, base: &str) -> ((usize, usize), Vec<Difference>) {
    let mut alike = (0, 0);
    let mut differences = Vec::new();
    let mut scenarios: Vec<&Value> = group["scenarios"].as_array().unwrap().iter().collect();
    scenarios.sort_by_key(|scenario| scenario["fresh"] != true);
    for scenario in scenarios {
        let mut captured = Captured::new();
        for (index, step) in scenario["steps"].as_array().unwrap().iter().enumerate() {
            let core = step["tier"] != "quirk";
            let step = &below(step, base);
            let request = request(step, &captured);
            let answer = ask(port, &request);
            let lines =
                compare(&step["expect"], &answer, &format!("http://127.0.0.1:{port}{base}"), &mut captured);
            match (lines.is_empty(), core) {
                (true, true) => alike.0 += 1,
                (true, false) => alike.1 += 1,
                (false, _) => differences.push(Difference {
                    scenario: scenario["name"].as_str().unwrap().to_owned(),
                    step: index + 1,
                    told: format!(
                        "{} {}\n{}\n{}",
                        step["method"],
                        step["path"],
                        lines.join("\n"),
                        answer.text()
                    ),
                }),
            }
        }
    }
    (alike, differences)
}

/// The same step below a base: its path, and the paths of the document that it may ask for.
fn below(step: &Value, base: &str) -> Value {
    let mut step = step.clone();
    if base.is_empty() {
        return step;
    }
    step["path"] = format!("{base}{}", step["path"].as_str().unwrap()).into();
    if let Some(Value::Object(paths)) = step.pointer_mut("/expect/json/$subset/paths/$subset") {
        *paths = std::mem::take(paths).into_iter().map(|(path, of)| (format!("{base}{path}"), of)).collect();
    }
    step
}

/// A step's request, byte for byte.
pub(super) fn request(step: &Value, captured: &Captured) -> Vec<u8> {
    if let Some(wire) = step["wire"].as_str() {
        return wire.as_bytes().to_vec();
    }
    let text = |value: &Value| filled(value.as_str().unwrap(), captured);
    let (bytes, media_type) = body(&step["body"], captured);
    let headers = || step["headers"].as_array().into_iter().flatten();
    let hosted = headers().any(|header| header[0] == "host");
    let mut head = format!(
        "{} {} HTTP/1.1\r\n{}Connection: close\r\n",
        step["method"].as_str().unwrap(),
        text(&step["path"]),
        if hosted { "" } else { "Host: localhost\r\n" }
    );
    let mut typed = false;
    for header in headers() {
        let (name, value) = (header[0].as_str().unwrap(), text(&header[1]));
        typed |= name.eq_ignore_ascii_case("content-type");
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(media_type) = media_type.filter(|_| !typed) {
        head.push_str(&format!("content-type: {media_type}\r\n"));
    }
    if let Some(bytes) = &bytes {
        head.push_str(&format!("content-length: {}\r\n", bytes.len()));
    } else if matches!(step["method"].as_str(), Some("POST" | "PUT" | "PATCH")) {
        head.push_str("content-length: 0\r\n");
    }
    let mut request = format!("{head}\r\n").into_bytes();
    request.extend(bytes.unwrap_or_default());
    request
}

fn body(body: &Value, captured: &Captured) -> (Option<Vec<u8>>, Option<&'static str>) {
    if let Some(json) = body.get("json") {
        let json = filled(&as_python(json), captured);
        return (Some(json.into_bytes()), Some("application/json"));
    }
    if let Some(text) = body.get("text") {
        return (Some(text.as_str().unwrap().as_bytes().to_vec()), None);
    }
    if let Some(encoded) = body.get("base64") {
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.as_str().unwrap()).unwrap();
        return (Some(bytes), None);
    }
    (None, None)
}

/// JSON with a blank after commas and colons, as it was sent when FastAPI was recorded.
fn as_python(json: &Value) -> String {
    let all = |items: Vec<String>| items.join(", ");
    match json {
        Value::Array(items) => format!("[{}]", all(items.iter().map(as_python).collect())),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}: {}", Value::from(&**name), as_python(value));
            format!("{{{}}}", all(members.iter().map(member).collect()))
        }
        other => other.to_string(),
    }
}

/// Puts what was captured in place of `{{name}}`.
fn filled(text: &str, captured: &Captured) -> String {
    let mut text = text.to_owned();
    for (name, value) in captured {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{{{name}}}}}"), &value);
    }
    text
}

fn compare(expect: &Value, answer: &Answer, base: &str, captured: &mut Captured) -> Vec<String> {
    let mut lines = Vec::new();
    if expect["status"] != answer.status {
        lines.push(format!("status: expected {}, got {}", expect["status"], answer.status));
    }
    if let Some(media_type) = expect["content_type"].as_str() {
        let got = answer.header("content-type").and_then(|h| h.split(';').next()).unwrap_or_default();
        if !got.eq_ignore_ascii_case(media_type) {
            lines.push(format!("content type: expected {media_type}, got {got}"));
        }
    }
    for (name, want) in expect["headers"].as_object().into_iter().flatten() {
        let got = answer.headers(name).join(", ");
        if !header_fits(name, want, &got, base) {
            lines.push(format!("header {name}: expected {want}, got {got:?}"));
        }
    }
    for name in expect["absent"].as_array().into_iter().flatten() {
        let got = answer.headers(name.as_str().unwrap());
        if !got.is_empty() {
            lines.push(format!("header {name}: expected none, got {got:?}"));
        }
    }
    if let Some(text) = expect["text"].as_str()
        && text != answer.text()
    {
        lines.push(format!("text: expected {text:?}"));
    }
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let Some(want) = expect.get("json") {
        differences(want, &json, "json", captured, &mut lines);
    }
    for (name, pointer) in expect["capture"].as_object().into_iter().flatten() {
        match json.pointer(pointer.as_str().unwrap()) {
            Some(value) => drop(captured.insert(name.clone(), value.clone())),
            None => lines.push(format!("nothing to capture at {pointer}")),
        }
    }
    lines
}

/// Whether a header is as expected; `base` is where the API is.
fn header_fits(name: &str, want: &Value, got: &str, base: &str) -> bool {
    let tokens = |text: &str| {
        let mut tokens: Vec<String> =
            text.split(',').map(|t| t.trim().to_ascii_uppercase()).filter(|t| !t.is_empty()).collect();
        tokens.sort_unstable();
        tokens
    };
    if let Some(contained) = want.get("$contains") {
        let got = tokens(got);
        return contained.as_array().unwrap().iter().all(|t| got.contains(&t.as_str().unwrap().to_owned()));
    }
    if let Some(prefix) = want.get("$prefix") {
        return got.starts_with(prefix.as_str().unwrap());
    }
    if want.get("$any").is_some() {
        return !got.is_empty();
    }
    let want = want.as_str().unwrap();
    match name {
        "set-cookie" => cookies(want) == cookies(got),
        "allow" => tokens(want) == tokens(got),
        "location" => {
            let path = base.splitn(4, '/').nth(3).map_or(0, |path| path.len() + 1);
            let host = &base[..base.len() - path];
            let absolute = |text: &str| {
                let text = text.replace("{{base}}", base);
                if text.starts_with('/') { format!("{host}{text}") } else { text }
            };
            absolute(want) == absolute(got)
        }
        _ => want == got,
    }
}

/// Cookies, each with its attributes in an order of their own: neither that nor the case of their names means anything.
fn cookies(headers: &str) -> Vec<(String, Vec<String>)> {
    // A comma ends a cookie where a name and `=` follow it, as they do not in a date.
    let mut cookies: Vec<String> = Vec::new();
    for piece in headers.split(", ") {
        let begins = piece.split([';', ' ']).next().is_some_and(|first| first.contains('='));
        match cookies.last_mut() {
            Some(last) if !begins => last.push_str(&format!(", {piece}")),
            _ => cookies.push(piece.to_owned()),
        }
    }
    let parts = |cookie: String| {
        let mut parts = cookie.split("; ").map(str::to_owned);
        let pair = parts.next().unwrap_or_default();
        let mut attributes: Vec<String> = parts.map(|part| part.to_ascii_lowercase()).collect();
        attributes.sort();
        (pair, attributes)
    };
    cookies.into_iter().map(parts).collect()
}

fn differences(want: &Value, got: &Value, at: &str, captured: &Captured, lines: &mut Vec<String>) {
    let mut differs = || lines.push(format!("{at}: expected {want}, got {got}"));
    if let Some(kind) = want.get("$any") {
        let fits = match kind.as_str().unwrap() {
            "any" => true,
            "string" => got.is_string(),
            "integer" => got.is_i64() || got.is_u64(),
            "number" => got.is_number(),
            "boolean" => got.is_boolean(),
            "object" => got.is_object(),
            "array" => got.is_array(),
            other => panic!("no such matcher: {other}"),
        };
        if !fits {
            differs();
        }
        return;
    }
    if let Some(prefix) = want.get("$prefix") {
        if !got.as_str().is_some_and(|got| got.starts_with(prefix.as_str().unwrap())) {
            differs();
        }
        return;
    }
    if let Some(name) = want.get("$var") {
        let value = &captured[name.as_str().unwrap()];
        let value = match want["plus"].as_i64() {
            Some(plus) => (value.as_i64().unwrap() + plus).into(),
            None => value.clone(),
        };
        return differences(&value, got, at, captured, lines);
    }
    if let Some(subset) = want.get("$subset") {
        for (name, want) in subset.as_object().unwrap() {
            differences(want, &got[name], &format!("{at}/{name}"), captured, lines);
        }
        return;
    }
    if let Some(items) = want.get("$unordered") {
        let mut rest: Vec<&Value> = got.as_array().into_iter().flatten().collect();
        for item in items.as_array().unwrap() {
            let fits = |got: &&Value| {
                let mut none = Vec::new();
                differences(item, got, at, captured, &mut none);
                none.is_empty()
            };
            match rest.iter().position(fits) {
                Some(index) => drop(rest.remove(index)),
                None => lines.push(format!("{at}: {item} is not there")),
            }
        }
        if !rest.is_empty() {
            lines.push(format!("{at}: {rest:?} should not be there"));
        }
        return;
    }
    match (want, got) {
        (Value::Object(w), Value::Object(g)) => {
            for (name, want) in w {
                match g.get(name) {
                    Some(got) => differences(want, got, &format!("{at}/{name}"), captured, lines),
                    None => lines.push(format!("{at}/{name}: missing, expected {want}")),
                }
            }
            for (name, got) in g.iter().filter(|(name, _)| !w.contains_key(*name)) {
                lines.push(format!("{at}/{name}: not expected, got {got}"));
            }
        }
        (Value::Array(w), Value::Array(g)) => {
            for (index, (want, got)) in w.iter().zip(g).enumerate() {
                differences(want, got, &format!("{at}/{index}"), captured, lines);
            }
            if w.len() != g.len() {
                lines.push(format!("{at}: expected {} items, got {}", w.len(), g.len()));
            }
        }
        (Value::Number(w), Value::Number(g)) if w.as_f64() == g.as_f64() => {}
        _ if want == got => {}
        _ => differs(),
    }
}
