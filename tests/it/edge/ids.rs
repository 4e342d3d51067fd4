//! The ids of requests.

use crewed::rocket::http::Header;

use super::program::{Line, client, request_lines, start};
use crate::kit::config;

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
        let answer = client.get("/users").header(Header::new("X-Request-Id", "not mine")).dispatch();
        assert_eq!(answer.headers().get_one("x-request-id"), None);
        // A function that asks for one gets one, and then so does the client.
        let answer = client.get("/id").dispatch();
        let id = answer.headers().get_one("x-request-id").unwrap().to_owned();
        assert_eq!(answer.into_string().unwrap(), id);
    }
}
