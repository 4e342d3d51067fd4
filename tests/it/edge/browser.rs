//! What a browser lets pages of other origins do. It needs Chromium (Debian: chromium).

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crewed::Reply;
use crewed::prelude::*;
use crewed::rocket::response::content::RawHtml;
use crewed::rocket::serde::json::{Json, Value, json};
use crewed::rocket::{State, get, post, routes};
use tempfile::TempDir;

use crate::program::launched;

/// How often something was changed.
static CHANGES: AtomicUsize = AtomicUsize::new(0);

#[model]
struct Change {
    text: String,
}

#[crewed::post("/login")]
fn login() -> Reply<Value> {
    Reply::new(json!("welcome")).header("Set-Cookie", "session=abc; Path=/; SameSite=Lax")
}

#[crewed::patch("/mine")]
fn change(
    #[param(cookie)] session: String,
    #[param(header)] x_token: String,
    change: Change,
) -> Reply<Value> {
    CHANGES.fetch_add(1, Ordering::SeqCst);
    let told = json!({"session": session, "token": x_token, "text": change.text});
    Reply::new(told).header("X-Total-Count", "7")
}

/// A browser does not ask before it sends this.
#[crewed::post("/switch")]
fn switch() {
    CHANGES.fetch_add(1, Ordering::SeqCst);
}

#[crewed::get("/secret")]
fn secret(#[param(cookie)] session: Option<String>) -> Json<Option<String>> {
    Json(session)
}

/// What a page does, and tells its own server afterwards.
const SCRIPT: &str = r#"
    const tried = async (what) => { try { return await what(); } catch (error) { return error.name; } };
    const asked = async (path, more) => {
        const answer = await fetch(API + path, { credentials: "include", ...more });
        return [answer.status, answer.type === "opaque" ? null : await answer.json(), answer.headers.get("x-total-count")];
    };
    const patch = {
        method: "PATCH",
        headers: { "content-type": "application/json", "x-token": "t" },
        body: JSON.stringify({ text: "changed" }),
    };
    (async () => {
        const told = {
            login: await tried(() => asked("/login", { method: "POST" })),
            patch: await tried(() => asked("/mine", patch)),
            other: await tried(() => asked("/mine", { ...patch, headers: { ...patch.headers, "x-other": "1" } })),
            switch: await tried(() => asked("/switch", { method: "POST", mode: "no-cors" })),
            secret: await tried(() => asked("/secret")),
        };
        await fetch("/told", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(told) });
        if (NEXT) location.href = NEXT;
    })();
"#;

struct Page {
    /// The address of the API that it uses, once there is one.
    api: Mutex<String>,
    /// The port of the page that it goes to afterwards.
    next: Option<u16>,
    told: Mutex<Sender<Value>>,
}

#[get("/")]
fn page(page: &State<Arc<Page>>) -> RawHtml<String> {
    let next = page.next.map_or("null".to_owned(), |port| format!("\"http://127.0.0.1:{port}/\""));
    let head = format!("const API = \"{}\"; const NEXT = {next};", page.api.lock().unwrap());
    RawHtml(format!("<!DOCTYPE html><title>page</title><script>{head}{SCRIPT}</script>"))
}

#[post("/told", data = "<told>")]
fn told(page: &State<Arc<Page>>, told: Json<Value>) {
    page.told.lock().unwrap().send(told.into_inner()).unwrap();
}

/// Serves a page, and gives its port and what it tells.
fn serve_page(next: Option<u16>) -> (Arc<Page>, u16, Receiver<Value>) {
    let (sender, receiver) = channel();
    let page = Arc::new(Page { api: Mutex::default(), next, told: Mutex::new(sender) });
    let managed = Arc::clone(&page);
    let port = launched(move |figment| {
        crewed::rocket::custom(figment).manage(managed).mount("/", routes![self::page, told])
    });
    (page, port, receiver)
}

struct Browser {
    child: Child,
    _folder: TempDir,
}

impl Browser {
    fn open(port: u16) -> Self {
        let folder = TempDir::new().unwrap();
        let child = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--remote-debugging-port=0", &format!("--user-data-dir={}", folder.path().display())])
            .arg(format!("http://127.0.0.1:{port}/"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs Chromium (Debian: apt-get install chromium)");
        Browser { child, _folder: folder }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_named_page_changes_rows_and_a_foreign_one_does_not() {
    for base in ["", "/api"] {
        CHANGES.store(0, Ordering::SeqCst);
        let (foreign, foreign_port, of_foreign) = serve_page(None);
        let (named, named_port, of_named) = serve_page(Some(foreign_port));
        let api = launched(move |figment| {
            let figment = figment
                .merge(("crewed.cors.origins", [format!("http://127.0.0.1:{named_port}")]))
                .merge(("crewed.cors.credentials", true));
            let operations = operations![login, change, switch, secret];
            crewed::rocket::custom(figment).attach(Api::new().at(base).operations(operations))
        });
        for page in [&named, &foreign] {
            *page.api.lock().unwrap() = format!("http://127.0.0.1:{api}{base}");
        }
        let _browser = Browser::open(named_port);
        let wait = |told: Receiver<Value>| told.recv_timeout(Duration::from_secs(60)).unwrap();
        let row = json!({"session": "abc", "token": "t", "text": "changed"});
        let of_named = wait(of_named);
        assert_eq!(
            of_named,
            json!({
                "login": [200, "welcome", null],
                // It was asked with its cookie, and the page reads what is exposed.
                "patch": [200, row, "7"],
                "other": "TypeError",
                "switch": [0, null, null],
                "secret": [200, "abc", null],
            })
        );
        assert_eq!(CHANGES.load(Ordering::SeqCst), 2, "a row, and the switch");
        let of_foreign = wait(of_foreign);
        assert_eq!(
            of_foreign,
            json!({
                "login": "TypeError",
                "patch": "TypeError",
                "other": "TypeError",
                // The browser tells nobody that this was refused.
                "switch": [0, null, null],
                "secret": "TypeError",
            })
        );
        assert_eq!(CHANGES.load(Ordering::SeqCst), 2, "nothing more");
    }
}
