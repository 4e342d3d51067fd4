//! The ids of requests.

use crewed::prelude::*;
use crewed::rocket::fairing::AdHoc;
use crewed::rocket::http::Header;
use crewed::{RequestId, get};

use super::program::{Line, client, request_lines, start};
use crate::kit::{self, config};

#[test]
fn a_sane_id_is_taken_and_any_other_request_gets_one() {
    let running = start("build", "log=\"json\"", "critical");
    let mut line = Line::to(&running);
    let mut expected = Vec::new();
    let longest = "x".repeat(128);
    for sane in ["1", "a-b_c.d:e/f+g=", &longest] {
        let answer = line.ask("GET /id", &format!("X-Request-Id: {sane}\r\n"), "");
        assert_eq!((answer.header("x-request-id"), answer.text().as_str()), (Some(sane), sane));
        expected.push(sane.to_owned());
    }
    // The name of a header has no case.
    assert_eq!(line.ask("GET /id", "x-request-ID: 7\r\n", "").text(), "7");
    expected.push("7".to_owned());
    for odd in ["", " ", "a b", "\"quoted\"", "a,b", "<script>", &format!("{longest}x"), "a\tb"] {
        let answer = line.ask("GET /id", &format!("X-Request-Id: {odd}\r\n"), "");
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{odd}: {id}");
        assert_eq!(answer.text(), id);
        expected.push(id);
    }
    // Of two, the first.
    let answer = line.ask("GET /id", "X-Request-Id: first\r\nX-Request-Id: second\r\n", "");
    assert_eq!(answer.headers("x-request-id"), ["first"]);
    expected.push("first".to_owned());
    // Whatever is answered has one.
    for path in ["/nope", "/users/nobody", "/users/", "/docs", "/own/x", "/panics"] {
        expected.push(line.get(path).header("x-request-id").expect(path).to_owned());
    }
    let found = request_lines(&running, expected.len());
    let found: Vec<_> = found.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
    assert_eq!(found, expected);
    let distinct: std::collections::BTreeSet<_> = found.iter().collect();
    assert_eq!(distinct.len(), found.len());
}

#[test]
fn without_a_log_only_what_was_sent_comes_back() {
    // The tests' own level is `off`.
    for figment in [config(), config().merge(("log_level", "normal")).merge(("crewed.log", "off"))] {
        let client = client(figment);
        let answer = client.get("/users").dispatch();
        assert_eq!(answer.headers().get_one("x-request-id"), None);
        let answer = client.get("/users").header(Header::new("X-Request-Id", "mine")).dispatch();
        assert_eq!(answer.headers().get_one("x-request-id"), Some("mine"));
        // Whoever wants one gets one.
        let answer = client.get("/users").header(Header::new("X-Request-Id", "not mine")).dispatch();
        assert_eq!(answer.headers().get_one("x-request-id").map(str::len), Some(32));
        // A function that asks for one gets one, and then so does the client.
        let answer = client.get("/id").dispatch();
        let id = answer.headers().get_one("x-request-id").unwrap().to_owned();
        assert_eq!(answer.into_string().unwrap(), id);
    }
}

#[get("/nothing")]
fn nothing() {}

/// Fairings of the user's come before crewed's, and may ask for the id already.
#[test]
fn a_fairing_may_ask_for_one() {
    let ask = AdHoc::on_request("asks", |request, _| {
        Box::pin(async move {
            let id = request.guard::<RequestId>().await.unwrap();
            request.local_cache(|| id);
        })
    });
    let answer = AdHoc::on_response("answers", |request, response| {
        Box::pin(async move {
            let id = request.local_cache(|| -> RequestId { unreachable!("it was asked for") });
            response.set_raw_header("X-Asked", id.to_string());
        })
    });
    let figment = config().merge(("crewed.metrics", "/metrics")).merge(("crewed.log", "json"));
    let rocket = crewed::rocket::custom(figment.merge(("crewed.server_timing", true)));
    let rocket = rocket.attach(ask).attach(answer).attach(Api::new().operations(operations![nothing]));
    let client = crewed::rocket::local::blocking::Client::untracked(rocket).unwrap();
    for path in ["/nothing", "/nope"] {
        let answer = client.get(path).header(Header::new("X-Request-Id", "mine")).dispatch();
        assert_eq!(answer.headers().get_one("X-Asked"), Some("mine"));
        assert_eq!(answer.headers().get("X-Request-Id").collect::<Vec<_>>(), ["mine"]);
    }
    let text = client.get("/metrics").dispatch().into_string().unwrap();
    for line in [
        r#"_count{operation="nothing",method="GET",status="200"} 1"#,
        r#"_count{operation="unmatched",method="GET",status="404"} 1"#,
        "http_server_active_requests 1",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(kit::get(&client, "/nothing").0, 200);
}
