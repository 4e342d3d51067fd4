//! What a browser shows of `crewed dev`. It needs Chromium (Debian: chromium).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fake::{Fake, wait_until};

/// A page of Chromium, driven over the pipe of its developer tools.
struct Page {
    browser: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    count: u64,
    _folder: TempDir,
}

impl Page {
    fn open(url: &str) -> Self {
        let folder = TempDir::new().unwrap();
        // The tools speak on the descriptors 3 and 4.
        let line = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                    --remote-debugging-pipe --user-data-dir=\"$0\" about:blank 3<&0 4>&1 </dev/null >/dev/null";
        let mut browser = Command::new("sh")
            .args(["-c", line])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, from) = (browser.stdin.take().unwrap(), BufReader::new(browser.stdout.take().unwrap()));
        let mut page = Page { browser, to, from, session: None, count: 0, _folder: folder };
        let target = page.ask("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let session = page.ask("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        page.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        page.ask("Page.navigate", json!({"url": url}));
        page
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.count += 1;
        let mut question = json!({"id": self.count, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            question["sessionId"] = session.as_str().into();
        }
        let broken = "this test needs Chromium (Debian: apt-get install chromium)";
        write!(self.to, "{question}\0").expect(broken);
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).unwrap();
            assert_eq!(answer.pop(), Some(0), "{broken}");
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            if answer["id"] == self.count {
                assert!(answer["error"].is_null(), "{answer}");
                return answer["result"].clone();
            }
        }
    }

    /// The value of an expression, or null if it has none (yet).
    fn value(&mut self, expression: &str) -> Value {
        let asked = self.ask("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        asked["result"]["value"].clone()
    }

    fn waits_for(&mut self, expression: &str) {
        wait_until(|| (self.value(expression) == true).then_some(()), || expression.to_owned());
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.browser.kill();
        let _ = self.browser.wait();
    }
}

const BAR: &str = "document.getElementById('crewed-dev')";

#[test]
fn a_bar_has_the_error_and_the_page_loads_itself_anew() {
    let fake = Fake::new("answer one\ntable before");
    let dev = fake.dev(&[]);
    dev.answer();
    let mut page = Page::open(&format!("http://127.0.0.1:{}/docs", dev.port));
    page.waits_for("document.querySelector('.swagger-ui .info .title') !== null");
    page.waits_for(&format!("{BAR}.style.display === 'none'"));
    page.value("window.seen = true");
    fake.say("error a semicolon is missing");
    page.waits_for(&format!("{BAR}.textContent.includes('a semicolon is missing')"));
    page.waits_for(&format!("{BAR}.getBoundingClientRect().height > 10"));
    // The page is the one that it was, until another program answers.
    assert_eq!(page.value("window.seen"), true);
    fake.say("answer two\ntable after\n");
    dev.waits_for("is to be changed");
    page.waits_for(&format!("{BAR}.textContent.includes('stars')"));
    fake.say("answer two\ntable before\n");
    page.waits_for(
        "window.seen === undefined && document.querySelector('.swagger-ui .info .title') !== null",
    );
    page.waits_for(&format!("{BAR}.style.display === 'none'"));
}

#[test]
fn the_other_page_has_a_bar_too() {
    let fake = Fake::new("answer one\ntable before");
    let dev = fake.dev(&[]);
    dev.answer();
    let mut page = Page::open(&format!("http://127.0.0.1:{}/rapidoc", dev.port));
    page.waits_for(&format!("{BAR}.style.display === 'none'"));
    fake.say("error a semicolon is missing");
    page.waits_for(&format!("{BAR}.textContent.includes('a semicolon is missing')"));
    page.waits_for(&format!("{BAR}.getBoundingClientRect().height > 10"));
}

#[test]
fn where_there_is_no_program_the_page_waits_for_one() {
    let fake = Fake::new("error a semicolon is missing");
    let dev = fake.dev(&[]);
    dev.waits_for("does not compile");
    let mut page = Page::open(&format!("http://127.0.0.1:{}/", dev.port));
    page.waits_for("document.body.textContent.includes('a semicolon is missing')");
    fake.say("answer one");
    page.waits_for("document.body.textContent.startsWith('one ')");
}
