//! A program whose source is a few words at the end of its own file, so that tests can "build" another one at once.
//!
//! The words are lines, such as `answer hello`. `tests/it/fake.rs` writes them.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use crewed::prelude::*;
use rocket::data::{IoHandler, IoStream};
use rocket::http::Status;
use rocket::response::stream::{ByteStream, Event, EventStream};
use rocket::tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink, split};
use rocket::tokio::time::{interval, sleep};
use rocket::{Data, Request, Response, State};

/// What stands before the words in the file of the program.
const MARK: &str = "\n#words of the test program\n";

/// The words that this program was "built" from.
struct Words(Vec<(String, String)>);

impl Words {
    fn read() -> Self {
        let file = std::env::current_exe().and_then(std::fs::read).unwrap_or_default();
        let at = file.windows(MARK.len()).rposition(|window| window == MARK.as_bytes());
        let text = at.map(|at| String::from_utf8_lossy(&file[at + MARK.len()..]).into_owned());
        let lines = text.unwrap_or_default();
        let word = |line: &str| match line.split_once(' ') {
            Some((word, value)) => (word.to_owned(), value.to_owned()),
            None => (line.to_owned(), String::new()),
        };
        Words(lines.lines().map(word).collect())
    }

    fn get(&self, word: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == word).map(|(_, value)| value.as_str())
    }
}

#[rocket::get("/")]
fn answer(words: &State<Words>) -> String {
    format!("{} {}", words.get("answer").unwrap_or_default(), std::process::id())
}

#[rocket::get("/headers")]
fn headers(seen: Seen) -> String {
    seen.0
}

/// The headers of a request, a line for each.
struct Seen(String);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Seen {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, Self::Error> {
        let lines = request.headers().iter().map(|header| format!("{}: {}\n", header.name(), header.value()));
        rocket::request::Outcome::Success(Seen(lines.collect()))
    }
}

#[rocket::get("/slow/<millis>")]
async fn slow(millis: u64, words: &State<Words>) -> String {
    sleep(Duration::from_millis(millis)).await;
    words.get("answer").unwrap_or_default().to_owned()
}

#[rocket::get("/nothing")]
fn nothing() -> Status {
    Status::NoContent
}

#[rocket::get("/die")]
fn die() -> String {
    std::process::exit(7)
}

#[rocket::get("/ticks")]
fn ticks() -> EventStream![] {
    EventStream! {
        let mut ticking = interval(Duration::from_millis(50));
        for tick in 0.. {
            yield Event::data(tick.to_string());
            ticking.tick().await;
        }
    }
}

#[rocket::get("/bytes/<count>")]
fn bytes(count: usize) -> ByteStream![Vec<u8>] {
    ByteStream! {
        for _ in 0..count {
            yield vec![b'x'; 1 << 16];
        }
    }
}

#[rocket::post("/upload", data = "<data>")]
async fn upload(data: Data<'_>) -> io::Result<String> {
    let mut counted = sink();
    let mut stream = data.open(rocket::data::ByteUnit::Gibibyte(1));
    Ok(copy(&mut stream, &mut counted).await?.to_string())
}

/// Sends back in capitals what comes over an upgraded connection.
struct Capitals;

#[rocket::async_trait]
impl IoHandler for Capitals {
    async fn io(self: Pin<Box<Self>>, io: IoStream) -> io::Result<()> {
        let (mut from, mut to) = split(io);
        let mut buffer = [0; 1024];
        loop {
            match from.read(&mut buffer).await? {
                0 => return Ok(()),
                read => to.write_all(&buffer[..read].to_ascii_uppercase()).await?,
            }
        }
    }
}

struct Upgrade;

impl<'r> rocket::response::Responder<'r, 'static> for Upgrade {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        Ok(Response::build().upgrade("capitals", Capitals).finalize())
    }
}

#[rocket::get("/upgrade")]
fn upgrade() -> Upgrade {
    Upgrade
}

mod before {
    use super::*;

    #[resource("/notes")]
    struct Note {
        #[field(key)]
        name: String,
    }

    pub(crate) fn api() -> Api {
        Api::new().resource::<Note>()
    }
}

mod after {
    use super::*;

    #[resource("/notes")]
    struct Note {
        #[field(key)]
        name: String,
        #[field(default = 0)]
        stars: i64,
    }

    pub(crate) fn api() -> Api {
        Api::new().resource::<Note>()
    }
}

mod narrower {
    use super::*;

    /// What a column of the table before cannot become.
    #[resource("/notes")]
    struct Note {
        #[field(key)]
        name: i64,
    }

    pub(crate) fn api() -> Api {
        Api::new().resource::<Note>()
    }
}

#[crewed::launch]
fn rocket() -> _ {
    let words = Words::read();
    let api = match words.get("table") {
        None => Api::new(),
        Some("after") => after::api(),
        Some("narrower") => narrower::api(),
        Some(_) => before::api(),
    };
    let api = match words.get("base") {
        Some(base) => api.at(base.to_owned()),
        None => api,
    };
    if words.get("fails").is_some() && std::env::var_os("CREWED_DEV_URL").is_some() {
        std::process::exit(3);
    }
    let is_asked = std::env::args().any(|argument| argument == "--crewed");
    if words.get("hangs").is_some_and(|when| (when == "in plan") == is_asked) {
        std::thread::sleep(Duration::from_secs(600));
    }
    if words.get("refuse").is_some() {
        return rocket::build().attach(api).attach(Api::new().at("/two")).attach(Api::new().at("/two"));
    }
    let routes = rocket::routes![answer, headers, slow, nothing, die, ticks, bytes, upload, upgrade];
    rocket::build().attach(api).mount("/", routes).manage(words)
}
