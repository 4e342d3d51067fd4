//! The real program, started and stopped.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::{ask, example, free_port, get, start};

#[test]
fn the_example_serves_stores_and_stays() {
    let program = example("users");
    let folder = tempfile::tempdir().unwrap();

    let running = start(&program, folder.path());
    let port = running.port;
    let store = folder.path().join("users.db").canonicalize().unwrap();
    assert!(running.said.contains(&format!("Store: {}", store.display())), "{}", running.said);
    assert!(running.said.contains(&format!("Docs: http://127.0.0.1:{port}/docs")), "{}", running.said);
    let body = r#"{"name": "ada", "nickname": "countess"}"#;
    let created = ask(
        port,
        format!(
            "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
    assert_eq!((created.status, created.header("location")), (201, Some("/users/ada")));
    assert_eq!(created.text(), r#"{"name":"ada","nickname":"countess"}"#);
    let docs = get(port, "/docs");
    assert_eq!((docs.status, docs.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(docs.text().contains("swagger-ui"));
    // Rocket's own routing sees what a URI of the local client cannot hold.
    for path in ["//users", "/users//ada"] {
        let missing = get(port, path);
        assert_eq!((missing.status, missing.text().as_str()), (404, r#"{"detail":"Not Found"}"#), "{path}");
    }
    // A body that breaks off: one chunk, and then none that is one.
    let head =
        "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let broken = ask(port, format!("{head}14\r\n{{\"name\": \"charles\", \r\nno chunk\r\n").as_bytes());
    let told = r#"{"detail":"There was an error parsing the body"}"#;
    assert_eq!((broken.status, broken.text().as_str()), (400, told));
    drop(running);

    let running = start(&program, folder.path());
    assert_eq!(get(running.port, "/users").text(), r#"[{"name":"ada","nickname":"countess"}]"#);
}

/// The verbs are in every program, and need nothing but it.
#[test]
fn a_program_answers_what_it_serves_and_serves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let asked = |arguments: &[&str]| {
        let mut command = Command::new(example("users"));
        command.args(arguments).current_dir(folder.path()).env("ROCKET_PROFILE", "release");
        let done = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.code().unwrap())
    };
    let (document, errors, status) = asked(&["--crewed", "openapi"]);
    assert_eq!((status, errors.as_str()), (0, ""));
    let golden = std::fs::read_to_string("tests/golden/openapi_users.json").unwrap();
    let (document, golden): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(&document).unwrap(), serde_json::from_str(&golden).unwrap());
    assert_eq!(document["paths"], golden["paths"]);
    let (routes, _, status) = asked(&["--crewed", "routes"]);
    let routes: Vec<String> =
        routes.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(status, 0);
    assert!(routes.contains(&"PATCH /users/<name> User.patch (operation)".to_owned()), "{routes:?}");
    assert!(routes.contains(&"GET /health/live live (health)".to_owned()), "{routes:?}");
    let (shown, _, status) = asked(&["--crewed", "migrate", "--print"]);
    assert_eq!((status, shown.contains("CREATE TABLE \"users\"")), (1, true), "{shown}");
    // None of these has made a store.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let (made, errors, status) = asked(&["--crewed", "migrate", "--apply"]);
    assert_eq!((status, made.contains("is now as declared")), (0, true), "{made}{errors}");
    assert!(folder.path().join("users.db").exists());
    let (told, _, status) = asked(&["--crewed", "migrate", "--print"]);
    assert_eq!((status, told.contains("is as declared")), (0, true), "{told}");
    let (_, errors, status) = asked(&["--crewed", "opnapi"]);
    assert_eq!((status, errors.contains("did you mean `openapi`?")), (2, true), "{errors}");
    std::fs::write(folder.path().join("Rocket.toml"), "[default.crewed]\nstroe = 1\n").unwrap();
    let (_, errors, status) = asked(&["--crewed", "routes"]);
    assert_eq!((status, errors.contains("did you mean `store`?")), (1, true), "{errors}");
}

#[test]
fn what_stores_nothing_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&example("hello"), folder.path());
    assert_eq!(get(running.port, "/").text(), r#"{"Hello":"World"}"#);
    assert!(running.said.contains("read_root: GET /"), "{}", running.said);
    assert!(!running.said.contains("Store:"), "{}", running.said);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
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

/// What goes wrong with the database once the port is bound ends the program, with a word and a status.
#[test]
fn a_change_that_fails_on_liftoff_ends_the_program() {
    let program = example("users");
    let folder = tempfile::tempdir().unwrap();
    // Where meanings are kept there is something that keeps nothing.
    let other = rusqlite::Connection::open(folder.path().join("users.db")).unwrap();
    other.execute_batch("CREATE VIEW _crewed_schema AS SELECT 1 AS x").unwrap();
    let output = Command::new(&program)
        .current_dir(folder.path())
        .env("ROCKET_PORT", free_port().to_string())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("crewed cannot launch:"), "{said}");
    assert!(said.contains("users.db cannot be opened: "), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'users'";
    assert_eq!(other.query_row(tables, [], |row| row.get(0)), Ok(0));
    other.execute_batch("DROP VIEW _crewed_schema").unwrap();
    drop(other);
    let running = start(&program, folder.path());
    assert_eq!(get(running.port, "/users").text(), "[]");
}

/// A second start on a port that is taken leaves the first program's database as it is.
#[test]
fn a_second_start_on_a_taken_port_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&example("users"), folder.path());
    let tables = || {
        let connection = rusqlite::Connection::open(folder.path().join("users.db")).unwrap();
        let mut statement = connection.prepare("SELECT name FROM sqlite_schema ORDER BY name").unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        names.collect::<Result<Vec<_>, _>>().unwrap()
    };
    let before = tables();
    // Another program on the same database and the same port.
    let output = Command::new(example("heroes"))
        .current_dir(folder.path())
        .env("ROCKET_CREWED", "{store=\"sqlite:users.db\"}")
        .env("ROCKET_PORT", running.port.to_string())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(tables(), before);
    assert_eq!(get(running.port, "/users").status, 200);
}

/// What a person sees in the log: which operation answered, and colours only where they were wanted.
#[test]
fn the_log_names_operations_and_stays_plain() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&example("users"), folder.path());
    let post = |kind: &str| {
        let head = "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        ask(running.port, format!("{head}{kind}Content-Length: 7\r\n\r\na=1&b=2").as_bytes()).status
    };
    for kind in ["", "Content-Type:\r\n", "Content-Type: foo\r\n", "Content-Type: a/b/c;;=\r\n"] {
        assert_eq!(post(kind), 422, "{kind}");
        get(running.port, "/users");
    }
    for path in ["/users", "/users/nobody", "/docs", "/nothing"] {
        get(running.port, path);
    }
    running.says("operation=unmatched method=GET status=404 ");
    let log = running.log();
    assert!(!log.contains('\u{1b}'), "{log:?}");
    for line in [
        " INFO  request operation=list_users method=GET path=/users status=200 ms=",
        " INFO  request operation=read_user method=GET path=/users/{name} status=404 ms=",
        " INFO  request operation=create_user method=POST path=/users status=422 ms=",
        " INFO  request operation=docs method=GET path=/docs status=200 ms=",
    ] {
        assert!(log.contains(line), "`{line}` is not in\n{log}");
    }

    let hello = start(&example("hello"), folder.path());
    get(hello.port, "/");
    hello.says("operation=read_root method=GET path=/ status=200 ");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let program = |address: &str, port: u16| {
        let mut program = Command::new(example("hello"));
        program
            .current_dir(folder.path())
            .env("ROCKET_PORT", port.to_string())
            .env("ROCKET_ADDRESS", address);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = program("127.0.0.1", port);
    assert!(said.starts_with(&format!("crewed cannot launch:\n  - 127.0.0.1:{port} is in use: ")), "{said}");
    assert!(said.contains("or ROCKET_PORT=") && !said.contains("panicked"), "{said}");
    // An address that is for documentation, and no machine's.
    let said = program("192.0.2.1", free_port());
    assert!(said.contains("this machine has no address 192.0.2.1: set `address`"), "{said}");
}
