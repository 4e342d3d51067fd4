//! A program under `#[crewed::launch]`, which this test binary runs as a process of its own: its log is that of a program.

use std::env;
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::futures::stream;
use crewed::{Bearer, JsonLines, RequestId, get, post};
use serde_json::Value;

use crate::program::{Answer, Running, launch, read_answer};

const CHILD: &str = "CREWED_EDGE_PROGRAM";

/// Someone, whose key is chosen.
#[resource("/users", access(public))]
pub(crate) struct User {
    #[field(key, min_length = 1)]
    name: String,
    #[field(max_length = 200)]
    nickname: String,
    #[field(unique)]
    mail: Option<String>,
}

/// A caller with an id that tells nothing.
#[crewed::caller(depends(by_number))]
pub(crate) struct Me {
    #[caller(id)]
    id: i64,
}

#[crewed::depends]
fn by_number(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    let Some(token) = token else { return Ok(None) };
    let id = token.token().strip_prefix("of ").unwrap_or(token.token()).parse();
    id.map(|id| Some(Me { id })).map_err(|_| HttpError::new(401, "Bad credentials"))
}

/// A note, which belongs to whoever has written it.
#[resource("/notes", access(caller = Me, owner))]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    text: String,
}

#[get("/id")]
fn id(id: RequestId) -> String {
    id.to_string()
}

#[get("/panics")]
fn panics() -> &'static str {
    panic!("on purpose\nand on two lines")
}

#[get("/says")]
fn says() -> &'static str {
    log::warn!("a line of the program's own");
    "said"
}

#[get("/search/<word>?<q>")]
fn search(
    word: String,
    #[param(default = "")] q: String,
    #[param(header)] x_secret: Option<String>,
) -> String {
    format!("{} {} {}", word.len(), q.len(), x_secret.unwrap_or_default().len())
}

#[model]
struct Login {
    user: String,
    password: String,
}

#[post("/login")]
fn login(#[param(form)] login: Login) -> Result<String, HttpError> {
    match login.password.len() {
        0 => Err(HttpError::new(401, "No password")),
        _ => Ok(format!("{}", login.user.len())),
    }
}

#[get("/lines", hidden)]
fn lines() -> JsonLines<i32> {
    JsonLines::new(stream::iter(0..3))
}

/// The notes of whoever asks.
#[get("/mine")]
async fn mine(notes: Repository<Note>) -> Result<String, HttpError> {
    Ok(notes.list(0, 10).await?.len().to_string())
}

#[crewed::rocket::get("/own/<_name>?<_q>")]
fn own(_name: &str, _q: Option<&str>) -> &'static str {
    "own"
}

/// Rocket says in the log why such a parameter, or such a body, is none.
#[crewed::rocket::post("/typed/<_number>", data = "<_login>")]
fn typed(_number: i64, _login: crewed::rocket::serde::json::Json<Login>) -> &'static str {
    "typed"
}

pub(crate) fn api() -> Api<Me> {
    Api::new()
        .auth(Auth::<Me>::new())
        .resource::<User>()
        .resource::<Note>()
        .operations(operations![id, panics, says, search, login, lines, mine])
}

/// Not a test: the program.
#[test]
fn program() {
    let Ok(how) = env::var(CHILD) else { return };
    let rocket = async move {
        match how.as_str() {
            "custom" => crewed::rocket::custom(crewed::rocket::Config::figment().merge(("ident", "x"))),
            _ => crewed::rocket::build(),
        }
        .attach(api())
        .attach(Api::new().auth(Auth::<Me>::new()).at("/v1").resource::<User>())
        .mount("/", crewed::rocket::routes![own, typed])
    };
    let launched = crewed::__private::Launched::new(Some("edge-program"), Some("1.2.3"));
    match env::var(CHILD).as_deref() {
        // As under Rocket's own `#[launch]`.
        Ok("rocket") => drop(crewed::rocket::execute(async { rocket.await.launch().await })),
        _ => crewed::__private::launch(launched, rocket),
    }
}

/// Starts it, with `[default.crewed]` as an inline table.
pub(crate) fn start(how: &str, crewed: &str, level: &str) -> Running {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "edge::program::program", "--nocapture"])
        .current_dir(env::temp_dir())
        .env(CHILD, how)
        .env("RUST_BACKTRACE", "0")
        .env("ROCKET_LOG_LEVEL", level)
        .env(
            "ROCKET_CREWED",
            match crewed {
                "" => "{store=\"sqlite::memory:\"}".to_owned(),
                crewed if crewed.contains("store=") => format!("{{{crewed}}}"),
                crewed => format!("{{store=\"sqlite::memory:\", {crewed}}}"),
            },
        );
    launch(command)
}

/// The same in this process, with a local client.
pub(crate) fn client(figment: Figment) -> crewed::rocket::local::blocking::Client {
    let rocket = crewed::rocket::custom(figment)
        .attach(api())
        .attach(Api::new().auth(Auth::<Me>::new()).at("/v1").resource::<User>())
        .mount("/", crewed::rocket::routes![own, typed]);
    crewed::rocket::local::blocking::Client::untracked(rocket).unwrap()
}

/// A connection over which one request follows another.
pub(crate) struct Line(TcpStream);

impl Line {
    pub(crate) fn to(running: &Running) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", running.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        Line(stream)
    }

    /// Asks with these lines of a head, and a body.
    pub(crate) fn ask(&mut self, asked: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let request =
            format!("{asked} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        self.0.write_all(request.as_bytes()).unwrap();
        read_answer(&mut BufReader::with_capacity(1, &mut self.0))
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), "", "")
    }
}

/// The lines of a log as JSON, which each of them has to be.
pub(crate) fn json_lines(log: &str) -> Vec<Value> {
    let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
    log.lines().map(parsed).collect()
}

/// The lines about requests, of which there are so many, once they are written.
pub(crate) fn request_lines(running: &Running, count: usize) -> Vec<Value> {
    let begun = std::time::Instant::now();
    loop {
        let mut lines = json_lines(&running.log());
        lines.retain(|line| line["msg"] == "request");
        if lines.len() >= count || begun.elapsed() > Duration::from_secs(10) {
            assert_eq!(lines.len(), count, "{}", running.log());
            return lines;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
