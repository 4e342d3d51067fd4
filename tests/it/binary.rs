//! The real program, over TCP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program of an example, built if it is not.
fn example(name: &str) -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--example", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success());
    // This test is in `deps`, beside `examples`.
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

/// A program that is ended with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &Path, folder: &Path, port: u16) -> Running {
    let mut child = Command::new(program)
        .current_dir(folder)
        .env("ROCKET_PORT", port.to_string())
        .env("ROCKET_CLI_COLORS", "false")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let running = Running(child);
    let mut said = String::new();
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        let line = std::mem::take(&mut line);
        said.push_str(&line);
        if line.contains("Rocket has launched from") {
            let store = folder.join(program.file_name().unwrap()).with_extension("db");
            let store = store.canonicalize().unwrap();
            assert!(said.contains(&format!("Store: {}", store.display())), "{said}");
            assert!(said.contains(&format!("Docs: http://127.0.0.1:{port}/docs")), "{said}");
            // A program whose output nobody takes would stop at it.
            std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return running;
        }
    }
    panic!("it did not launch:\n{said}");
}

/// One request on a connection of its own: the head and the body of the answer.
fn ask(port: u16, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_ascii_lowercase(), body.to_owned())
}

fn get(port: u16, path: &str) -> (String, String) {
    ask(port, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

#[test]
fn the_example_serves_stores_and_stays() {
    let program = example("users");
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();

    let running = start(&program, folder.path(), port);
    let body = r#"{"name": "ada", "nickname": "countess"}"#;
    let (head, created) = ask(
        port,
        &format!(
            "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(head.starts_with("http/1.1 201 created"), "{head}");
    assert!(head.contains("location: /users/ada"), "{head}");
    assert_eq!(created, r#"{"name":"ada","nickname":"countess"}"#);
    let (head, docs) = get(port, "/docs");
    assert!(head.starts_with("http/1.1 200 ok") && head.contains("text/html"), "{head}");
    assert!(docs.contains("swagger-ui"));
    // Rocket's own routing sees what a URI of the local client cannot hold.
    for path in ["//users", "/users//ada"] {
        let (head, body) = get(port, path);
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
        assert_eq!(body, r#"{"detail":"Not Found"}"#, "{path}");
    }
    // A body that breaks off: one chunk, and then none that is one.
    let head =
        "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (head, body) = ask(port, &format!("{head}14\r\n{{\"name\": \"charles\", \r\nno chunk\r\n"));
    assert!(head.starts_with("http/1.1 400"), "{head}");
    assert_eq!(body, r#"{"detail":"There was an error parsing the body"}"#);
    drop(running);

    let port = free_port();
    let _running = start(&program, folder.path(), port);
    let (_, list) = get(port, "/users");
    assert_eq!(list, r#"[{"name":"ada","nickname":"countess"}]"#);
}

#[test]
fn a_mistake_is_told_and_nothing_more() {
    let program = example("users");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("Rocket.toml"), "[default.crewed]\nstroe = \"sqlite:x.db\"\n").unwrap();
    let started = Instant::now();
    let output = Command::new(&program)
        .current_dir(folder.path())
        .env("ROCKET_PORT", free_port().to_string())
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("crewed cannot launch:\n  - unknown key `stroe`"), "{said}");
    assert!(said.contains("Rocket.toml") && said.contains("did you mean `store`?"), "{said}");
    assert!(!said.contains("panicked") && !said.contains("backtrace"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made");
}
