//! The log: one line for each request, all lines in one form, and nothing in them that was sent.

use std::time::Duration;

use serde_json::{Value, json};

use super::program::{Line, json_lines, request_lines, start};
use crate::kit::config;
use crate::launch::refusal;
use crate::program::{ask, get};

/// The members of a line but for those that change.
fn plain(line: &Value) -> Value {
    let mut line = line.clone();
    let members = line.as_object_mut().unwrap();
    let ts = members.shift_remove("ts").unwrap();
    let ts = ts.as_str().unwrap();
    assert!(ts.len() == 27 && ts.ends_with('Z') && ts.starts_with("20"), "{ts}");
    let ms = members.shift_remove("ms").unwrap().as_f64().unwrap();
    assert!((0.0..20_000.0).contains(&ms), "{ms}");
    assert!(
        members.shift_remove("request_id").is_some_and(|id| id.as_str().is_some_and(|id| !id.is_empty()))
    );
    line
}

#[test]
fn there_is_one_line_for_each_request() {
    // In the profile `release` Rocket's level is `critical`.
    let running = start("build", "log=\"json\"", "critical");
    let mut line = Line::to(&running);
    let json = "Content-Type: application/json\r\n";
    let of = "Authorization: Bearer 7\r\n";
    let asked = [
        ("POST /users", json, r#"{"name": "ada", "nickname": "x"}"#, "create_user", "/users", 201),
        ("GET /users/ada?secret=1", "", "", "read_user", "/users/{name}", 422),
        ("GET /users/ada", "", "", "read_user", "/users/{name}", 200),
        ("GET /v1/users/ada", "", "", "v1.read_user", "/v1/users/{name}", 200),
        ("GET /search/word?q=secret", "", "", "search", "/search/{word}", 200),
        ("GET /own/secret?_q=secret", "", "", "own", "/own/{_name}", 200),
        ("GET /users/", "", "", "unmatched", "", 307),
        ("DELETE /users", "", "", "unmatched", "", 405),
        ("GET /secret?secret", "", "", "unmatched", "", 404),
        ("GET /panics", "", "", "panics", "/panics", 500),
        ("GET /lines?x", "", "", "lines", "/lines", 200),
        ("GET /openapi.json", "", "", "docs", "/openapi.json", 200),
        ("GET /docs/index.css", "", "", "docs", "/docs/index.css", 200),
        ("GET /health", "", "", "health", "/health", 200),
        ("GET /health/secret", "", "", "unmatched", "", 404),
        ("GET /notes", "", "", "list_notes", "/notes", 401),
        ("GET /notes", of, "", "list_notes", "/notes", 200),
        ("GET /mine", of, "", "mine", "/mine", 200),
    ];
    let mut expected = Vec::new();
    for (request, headers, body, operation, path, status) in asked {
        let (method, sent) = request.split_once(' ').unwrap();
        let status_ = match operation {
            // It has no length, and so a connection of its own.
            "lines" => get(running.port, sent).status,
            _ => line.ask(request, headers, body).status,
        };
        assert_eq!(status_, status, "{request}");
        let level = if status >= 500 { "error" } else { "info" };
        let mut told = json!({"level": level, "msg": "request", "operation": operation, "method": method});
        if !path.is_empty() {
            told["path"] = path.into();
        }
        told["status"] = status.into();
        if headers == of {
            told["caller"] = "7".into();
        }
        expected.push(told);
    }
    let found: Vec<Value> = request_lines(&running, asked.len()).iter().map(plain).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert!(!running.log().contains("secret"), "{}", running.log());
    // A panic is a line, too.
    let panicked: Vec<Value> =
        json_lines(&running.log()).into_iter().filter(|line| line["msg"] != "request").collect();
    assert_eq!(panicked.len(), 1, "{panicked:?}");
    let told = panicked[0]["msg"].as_str().unwrap();
    assert!(told.contains("panicked at ") && told.ends_with(": on purpose\nand on two lines"), "{told}");
}

/// HEAD is told as it was sent, and so is a form that Rocket takes for another method.
#[test]
fn the_method_is_the_one_that_was_sent() {
    let running = start("build", "log=\"json\"", "critical");
    let of = |method: &str, path: &str, rest: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{rest}");
        ask(running.port, request.as_bytes()).status
    };
    assert_eq!(of("HEAD", "/users", "\r\n"), 200);
    assert_eq!(of("HEAD", "/own/x", "\r\n"), 200);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 14\r\n\r\n_method=delete";
    assert_eq!(of("POST", "/users/ada", form), 405);
    // Neither of these reaches a fairing.
    assert_eq!(of("BREW", "/users", "\r\n"), 405);
    assert_eq!(of("BREW", "/nope", "\r\n"), 400);
    let found: Vec<_> = request_lines(&running, 5)
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            (text("operation"), text("method"), line["status"].as_u64().unwrap())
        })
        .collect();
    let told = |operation: &str, method: &str, status: u64| (operation.to_owned(), method.to_owned(), status);
    let expected = [
        told("list_users", "HEAD", 200),
        told("own", "HEAD", 200),
        told("unmatched", "POST", 405),
        told("unmatched", "_OTHER", 405),
        told("unmatched", "_OTHER", 400),
    ];
    assert_eq!(found, expected);
}

/// What Rocket tells at launch is as it was, and what it tells of requests is not there at any level.
#[test]
fn as_text_it_is_for_people() {
    for level in ["normal", "debug"] {
        let running = start("build", "log=\"text\"", level);
        assert!(running.said.contains("\n   >> address: 127.0.0.1\n"), "{}", running.said);
        assert!(running.said.contains("Rocket has launched from http://"), "{}", running.said);
        assert!(running.said.contains("\nUser: GET POST /users; "), "{}", running.said);
        let mut line = Line::to(&running);
        assert_eq!(line.get("/search/marked?q=marked").status, 200);
        assert_eq!(line.get("/marked?q=marked").status, 404);
        assert_eq!(line.get("/says").status, 200);
        assert_eq!(line.ask("GET /notes", "Authorization: Bearer 9\r\n", "").status, 200);
        running.says("operation=list_notes");
        let log = running.log();
        assert!(!log.contains("marked"), "{log}");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 5, "{log}");
        let expected = " INFO  request operation=search method=GET path=/search/{word} status=200 ms=";
        assert!(lines[0][27..].starts_with(expected), "{log}");
        assert!(lines[1].contains(" operation=unmatched method=GET status=404 "), "{log}");
        assert!(lines[2].ends_with(" WARN  it::edge::program: a line of the program's own"), "{log}");
        assert!(lines[4].contains(" caller=9 request_id="), "{log}");
    }
}

/// At Rocket's level `critical` text tells nothing of requests, and at `off` nothing is told at all.
#[test]
fn levels_are_rockets() {
    let running = start("build", "log=\"text\"", "critical");
    let mut line = Line::to(&running);
    // There would be no line that has it.
    assert_eq!(line.get("/users").header("x-request-id"), None);
    assert_eq!(line.get("/says").status, 200);
    assert_eq!(line.get("/panics").status, 500);
    running.says("on purpose");
    let log = running.log();
    assert_eq!(log.lines().count(), 3, "{log}");
    assert!(log.lines().nth(1).unwrap().contains(" ERROR the thread `"), "{log}");
    assert!(log.lines().nth(2).unwrap() == "    and on two lines", "{log}");

    let running = start("build", "log=\"off\"", "normal");
    let mut line = Line::to(&running);
    assert_eq!(line.get("/users?marked").header("x-request-id"), None);
    assert_eq!(line.get("/says").status, 200);
    running.says("a line of the program's own");
    assert!(!running.log().contains("marked") && running.log().lines().count() == 1, "{}", running.log());
}

/// A rocket with another figment, or launched by Rocket itself.
#[test]
fn a_program_of_rockets_own_gets_the_lines_too() {
    let running = start("custom", "log=\"json\"", "critical");
    assert_eq!(Line::to(&running).get("/users").status, 200);
    assert_eq!(request_lines(&running, 1)[0]["operation"], "list_users");

    let running = start("rocket", "log=\"json\"", "normal");
    assert!(running.said.contains("\n   >> address: "), "{}", running.said);
    let mut line = Line::to(&running);
    assert_eq!(line.get("/users?marked=marked").status, 422);
    running.says("\"operation\":\"list_users\"");
    assert!(!running.log().contains("marked"), "{}", running.log());
    // Without a word about the log, all is as Rocket has it.
    let running = start("rocket", "", "normal");
    assert_eq!(Line::to(&running).get("/users").status, 200);
    running.says("Response succeeded");
    assert!(!running.log().contains("request_id"), "{}", running.log());
}

#[test]
fn as_json_launch_lines_are_objects() {
    let running = start("build", "log=\"json\"", "normal");
    // The test binary tells of itself first.
    let lines: Vec<&str> = running.said.lines().skip_while(|line| !line.starts_with('{')).collect();
    let lines = json_lines(&lines.join("\n"));
    assert!(lines.iter().all(|line| line["target"].as_str().unwrap().starts_with("rocket::")), "{lines:?}");
    let has = |msg: &str| lines.iter().any(|line| line["msg"] == msg && line["level"] == "info");
    assert!(has("address: 127.0.0.1") && has("log level: normal"), "{lines:#?}");
}

/// Ten thousand requests that carry a marker wherever they can, and none of it in the log.
#[test]
fn nothing_that_was_sent_is_in_the_log() {
    const MARK: &str = "hunter2";
    let running = start("build", "log=\"json\"", "normal");
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut line = Line::to(&running);
    let mut statuses = std::collections::BTreeMap::<u16, u32>::new();
    for _ in 0..10_000 {
        // Few, so that what one request has written another one finds, or finds in its way.
        let mark = format!("{MARK}{}", random(20));
        let of = match random(8) {
            0..=2 => String::new(),
            3 => "Authorization: Bearer 1\r\n".to_owned(),
            4 => format!("Authorization: Bearer {mark}\r\n"),
            5 => format!("Authorization: Basic {mark}\r\nX-Request-Id: {{{mark}}}\r\n"),
            6 => format!("Cookie: session={mark}; {mark}=1\r\ntraceparent: 00-{mark}-{mark}-01\r\n"),
            _ => format!("X-Secret: {mark}\r\nUser-Agent: {mark}\r\nReferer: /{mark}\r\nX-{mark}: 1\r\n"),
        };
        let json = "application/json";
        let kind = [json, json, json, "application/x-www-form-urlencoded", "text/plain", MARK];
        let kind = format!("{of}Content-Type: {}\r\n", kind[random(6) as usize]);
        let query = match random(6) {
            0..=2 => String::new(),
            3 => format!("?q={mark}"),
            4 => format!("?{mark}={mark}&nickname={mark}&sort={mark}"),
            _ => format!("?token={mark}&name__in={mark},{mark}&cursor={mark}"),
        };
        let body = match random(8) {
            0..=1 => {
                format!(r#"{{"name": "{mark}", "nickname": "{mark}", "mail": "{}@{MARK}"}}"#, random(50))
            }
            2 => format!(r#"{{"nickname": "{mark}"}}"#),
            3 => format!(r#"{{"name": "{mark}", "{mark}": ["{mark}"]}}"#),
            4 => format!(r#"{{"name": "{mark}"#),
            5 => format!("user={mark}&password={mark}&_method={mark}"),
            6 => mark.clone(),
            _ => format!(r#"{{"text": "{mark}"}}"#),
        };
        let asked = match random(16) {
            0 => format!("POST /users{query}"),
            1 => format!("GET /users/{mark}{query}"),
            2 => format!("PUT /users/{mark}{query}"),
            3 => format!("PATCH /users/{mark}"),
            4 => format!("DELETE /users/{mark}{query}"),
            5 => format!("GET /users{query}"),
            6 => format!("POST /login{query}"),
            7 => format!("GET /search/{mark}{query}"),
            8 => format!("GET /own/{mark}{query}"),
            9 => format!("GET /{mark}/{mark}{query}"),
            10 => format!("POST /notes{query}"),
            11 => format!("GET /notes/{mark}{query}"),
            12 => format!("POST /v1/users{query}"),
            13 => format!("POST /typed/{mark}{query}"),
            14 => format!("POST /typed/7{query}"),
            _ => "GET /panics".to_owned(),
        };
        let body = if asked.starts_with("GET") || asked.starts_with("DELETE") { String::new() } else { body };
        let answer = line.ask(&asked, &kind, &body);
        *statuses.entry(answer.status).or_default() += 1;
        if answer.header("connection") == Some("close") {
            line = Line::to(&running);
        }
    }
    // It was no series of refusals.
    for status in [200, 201, 204, 401, 404, 409, 415, 422, 500] {
        assert!(statuses.get(&status).is_some_and(|count| *count >= 10), "{status}: {statuses:?}");
    }
    let lines = request_lines(&running, 10_000);
    assert!(lines.len() == 10_000 && running.log().lines().count() > 10_000);
    let log = running.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains(MARK)).take(5).collect();
    assert!(told.is_empty(), "{told:#?}");
}

/// Where the store is gone, there is a line a second about that, which tells how often.
#[test]
fn an_outage_is_told_once_a_second() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("edge.db");
    let running = start("build", &format!("store=\"sqlite:{}\", log=\"json\"", file.display()), "critical");
    let mut line = Line::to(&running);
    assert_eq!(line.get("/users").status, 200);
    std::fs::remove_dir_all(folder.path()).unwrap();
    let begun = std::time::Instant::now();
    let mut refused = 0_u64;
    while begun.elapsed() < Duration::from_millis(3500) {
        let answer = line.get("/users/hunter2");
        match answer.status {
            503 => refused += 1,
            // It is noticed within a second.
            status => assert!(status == 404 && refused == 0, "{status}"),
        }
    }
    assert!(refused > 200, "{refused}");
    std::thread::sleep(Duration::from_millis(1500));
    let told: Vec<Value> =
        json_lines(&running.log()).into_iter().filter(|line| line["msg"] != "request").collect();
    let (mut counted, mut lines) = (0, 0);
    for line in &told {
        let msg = line["msg"].as_str().unwrap();
        if let Some((_, rest)) = msg.split_once("GET /users/{name}: ") {
            lines += 1;
            let more = rest.split_once("(and ").map(|(_, more)| more.split_once(' ').unwrap().0);
            counted += 1 + more.map_or(0, |more| more.parse::<u64>().unwrap());
        }
    }
    assert!((2..=5).contains(&lines), "{told:#?}");
    assert_eq!(counted, refused, "{told:#?}");
    assert!(!running.log().contains("hunter2"));
}

/// A reader who does not read holds nobody up.
#[test]
fn requests_do_not_wait_for_the_log() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let port = crate::program::free_port();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "edge::program::program", "--nocapture"])
        .current_dir(std::env::temp_dir())
        .env("CREWED_EDGE_PROGRAM", "build")
        .env("ROCKET_LOG_LEVEL", "critical")
        .env("ROCKET_PORT", port.to_string())
        .env("ROCKET_CREWED", "{store=\"sqlite::memory:\", log=\"json\"}")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing listens");
        std::thread::sleep(Duration::from_millis(5));
    }
    // A pipe holds 64 KiB; these are more than a megabyte.
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let begun = std::time::Instant::now();
    for _ in 0..8_000 {
        use std::io::Write;
        stream.write_all(b"GET /id HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut reader = std::io::BufReader::with_capacity(1, &mut stream);
        assert_eq!(crate::program::read_answer(&mut reader).status, 200);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(30), "{took:?}");
    // Once somebody reads, all of it is there.
    let mut output = child.stdout.take().unwrap();
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let mut log = String::new();
    output.read_to_string(&mut log).unwrap();
    child.wait().unwrap();
    assert_eq!(log.lines().filter(|line| line.contains("\"operation\":\"id\"")).count(), 8_000);
}

#[test]
fn mistakes_are_told() {
    for (key, value, expected) in [
        ("crewed.log", json!("jsn"), "`log`: `jsn` is none of `text`, `json` and `off`"),
        ("crewed.log", json!(true), "`log`: it is `true`, and should be a text"),
        (
            "crewed.metrics",
            json!(true),
            "`metrics`: it is `true`, and should be a path like \"/metrics\", or `false`",
        ),
        ("crewed.metrics", json!("metrics"), "`metrics`: it is \"metrics\", and should be a path"),
        ("crewed.metrics", json!("/metrics/"), "`metrics`: it is \"/metrics/\", and should be a path"),
        ("crewed.metrics", json!("/<x>"), "`metrics`: it is \"/<x>\", and should be a path"),
        (
            "crewed.server_timing",
            json!("yes"),
            "`server_timing`: it is \"yes\", and should be `true` or `false`",
        ),
        ("crewed.metric", json!("/m"), "unknown key `metric`"),
    ] {
        let rocket = crewed::rocket::custom(config().merge((key, value)));
        let report = refusal(rocket.attach(super::program::api()));
        let told = report.replace(" in `crewed` of tests/it/edge/log.rs", "");
        let told: Vec<&str> = told.lines().skip(1).collect();
        assert_eq!(told.len(), 1, "{report}");
        let plain = regex_free(told[0]);
        assert!(plain.contains(expected), "{plain}\nhas no\n{expected}");
    }
}

/// A message without where its value is from, which is a place in this file.
fn regex_free(message: &str) -> String {
    match (message.find(" in `crewed` of "), message.find(": ")) {
        (Some(from), Some(_)) => {
            let after = &message[from..];
            let end = after.find(": ").unwrap_or(after.len());
            format!("{}{}", &message[..from], &after[end..])
        }
        _ => message.to_owned(),
    }
}

/// Rocket ends the program where a value of its own is wrong, as soon as there is a rocket.
#[test]
fn what_is_wrong_with_rockets_own_keys_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let told = |toml: &str, environment: &[(&str, &str)]| {
        std::fs::write(folder.path().join("Rocket.toml"), toml).unwrap();
        let mut command = std::process::Command::new(crate::program::example("users"));
        command.current_dir(folder.path()).envs(environment.iter().copied());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{toml} {environment:?}");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    for level in ["normal", "critical"] {
        for _ in 0..3 {
            let log = told("[default]\nip_header = 5\n", &[("ROCKET_LOG_LEVEL", level)]);
            for part in
                ["found signed int `5`, expected a valid header name", "default.ip_header", "Rocket.toml"]
            {
                assert!(log.contains(part), "{part} is not in\n{log}");
            }
            let log = told("", &[("ROCKET_PORT", "abc"), ("ROCKET_LOG_LEVEL", level)]);
            assert!(log.contains("expected u16") && log.contains("for key PORT"), "{log}");
        }
    }
    assert!(told("this is not toml", &[]).contains("TOML parse error at line 1"));
    // As an object where the log has these, and the refusal too.
    let log = told("[default.crewed]\nlog = \"json\"\nhsts = -5\n", &[("ROCKET_LOG_LEVEL", "critical")]);
    let line = json_lines(&log);
    assert_eq!((line.len(), &line[0]["level"]), (1, &json!("error")), "{log}");
    assert!(line[0]["msg"].as_str().unwrap().contains("`hsts`"), "{log}");
    let log = told("[default]\nport = \"x\"\n[default.crewed]\nlog = \"json\"\n", &[]);
    assert!(json_lines(&log).iter().any(|line| line["msg"] == "for key default.port"), "{log}");
}
