//! Bodies that break off.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use crewed::prelude::*;
use crewed::rocket::http::{ContentType, Header};

use super::{Note, both_apis, client};
use crate::kit::{config, get};
use crate::program::free_port;

/// What is announced and does not come, at each length: within what Rocket looks at before it routes, and beyond.
#[crewed::rocket::async_test]
async fn a_body_that_breaks_off_is_refused() {
    let port = free_port();
    let config = config().merge(("port", port)).merge(("shutdown.ctrlc", false));
    let rocket = both_apis(config).ignite().await.unwrap();
    let (shutdown, rows) = (rocket.shutdown(), Repository::<Note>::of(&rocket).unwrap());
    let served = crewed::rocket::tokio::spawn(rocket.launch());
    let asked = crewed::rocket::tokio::task::spawn_blocking(move || {
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\n--x--\r\n";
        let form = "application/x-www-form-urlencoded";
        for (method, path, kind, body) in [
            ("POST", "/notes", "application/json", r#"{"title":"a"}"#),
            ("POST", "/notes", "application/json", r#"{"title":"something longer"}"#),
            ("PUT", "/notes/1", "application/json", r#"{"title":"a"}"#),
            ("PATCH", "/notes/1", "application/json", "{}"),
            ("POST", "/api/notes", "application/json", r#"{"title":"a","number":1}"#),
            ("POST", "/any", "application/json", "12"),
            ("POST", "/any", "application/json", "[1, 2, 3, 4, 5, 6, 7, 8, 9]"),
            ("POST", "/default", "application/json", "12"),
            ("POST", "/default", "application/json", ""),
            ("POST", "/several", "application/json", "{}"),
            ("POST", "/guarded", "text/plain", "12"),
            ("POST", "/guarded", "text/plain", "a longer text"),
            ("POST", "/form", form, "name=a"),
            ("POST", "/form", form, "name=something+longer"),
            ("POST", "/form", "multipart/form-data; boundary=x", multipart),
        ] {
            for missing in [1, 20, 1000] {
                let length = body.len() + missing;
                let head = format!("Content-Length: {length}");
                broken(port, method, path, kind, &head, body);
            }
            let chunk =
                if body.is_empty() { String::new() } else { format!("{:x}\r\n{body}\r\n", body.len()) };
            for end in ["", "5", "5\r\nab", "no chunk\r\n"] {
                broken(port, method, path, kind, "Transfer-Encoding: chunked", &format!("{chunk}{end}"));
            }
        }
        // What is whole is taken.
        for (length, body) in
            [("Content-Length: 2", "12"), ("Transfer-Encoding: chunked", "2\r\n12\r\n0\r\n\r\n")]
        {
            for path in ["/any", "/guarded"] {
                let whole = ask(port, ("POST", path), "application/json", length, (body, false));
                assert!(whole.starts_with("HTTP/1.1 200"), "{path}, {length}: {whole}");
            }
        }
    });
    asked.await.unwrap();
    assert_eq!(rows.list(0, 10).await.unwrap().len(), 0);
    shutdown.notify();
    served.await.unwrap().unwrap();
}

/// Sends a request, and gives the answer. What has not all been sent breaks off here; of what has, the answer might be
/// given up where the client says that nothing else comes.
fn ask(
    port: u16,
    (method, path): (&str, &str),
    kind: &str,
    length: &str,
    (body, breaks_off): (&str, bool),
) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\n{length}"
    );
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
    if breaks_off {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn broken(port: u16, method: &str, path: &str, kind: &str, length: &str, body: &str) {
    let answer = ask(port, (method, path), kind, length, (body, true));
    assert!(answer.starts_with("HTTP/1.1 400"), "{method} {path}, {length}, {body:?}: {answer}");
}

#[test]
fn a_client_within_the_program_is_held_to_its_word() {
    let client = client();
    for (path, kind, body) in [
        ("/notes", ContentType::JSON, r#"{"title":"a"}"#),
        ("/api/notes", ContentType::JSON, r#"{"title":"a","number":1}"#),
        ("/any", ContentType::JSON, "12"),
        ("/default", ContentType::JSON, ""),
        ("/form", ContentType::Form, "name=a"),
    ] {
        let sent = |length: usize| {
            let length = Header::new("Content-Length", length.to_string());
            client.post(path).header(kind.clone()).header(length).body(body).dispatch().status().code
        };
        assert_eq!(sent(body.len() + 1), 400, "{path}");
        assert!(sent(body.len()) < 300, "{path}");
    }
    assert_eq!(get(&client, "/notes").1.as_array().unwrap().len(), 1);
}
