//! The real programs of the examples, over TCP.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crewed::rocket::{Build, Rocket};

use crate::kit::config;

/// The program of an example; it is built if it is not.
pub(crate) fn example(name: &str) -> PathBuf {
    static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(name) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--locked", "--example", name]).current_dir(env!("CARGO_MANIFEST_DIR"));
        // What cargo told this test of its own package makes build scripts run again.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_")
                || name.to_string_lossy().starts_with("CARGO_MANIFEST_")
            {
                cargo.env_remove(name);
            }
        }
        assert!(cargo.status().unwrap().success(), "the example `{name}` cannot be built");
        built.insert(name.to_owned());
    }
    drop(built);
    // This test is in `deps`, beside `examples`.
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

/// A program that is ended with its test.
pub(crate) struct Running {
    child: Child,
    /// What it said until it had launched.
    pub(crate) said: String,
    pub(crate) port: u16,
    log: Arc<Mutex<String>>,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said since it had launched.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until its log has this.
    pub(crate) fn says(&self, what: &str) {
        let begun = Instant::now();
        while !self.log().contains(what) {
            assert!(begun.elapsed() < Duration::from_secs(10), "no `{what}` in its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn terminate(self, within: Duration) -> ExitStatus {
        self.signal("-TERM");
        self.ended(within)
    }

    /// Sends it a signal: `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it ends, and tells how.
    pub(crate) fn ended(mut self, within: Duration) -> ExitStatus {
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(asked.elapsed() < within, "it did not end within {within:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let last = log.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev();
            eprintln!("the program said last:\n{}", last.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Starts a program in a folder, on a port that is free.
pub(crate) fn start(program: &Path, folder: &Path) -> Running {
    start_with(program, folder, &[])
}

/// The same, with more in its environment.
pub(crate) fn start_with(program: &Path, folder: &Path, environment: &[(String, String)]) -> Running {
    let mut command = Command::new(program);
    command.current_dir(folder).envs(environment.iter().cloned());
    launch(command)
}

/// Starts whatever becomes a program.
pub(crate) fn launch(mut command: Command) -> Running {
    let port = free_port();
    let mut child = command
        .env("ROCKET_PORT", port.to_string())
        .env("ROCKET_CLI_COLORS", "false")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let log = Arc::default();
    let mut running = Running { child, said: String::new(), port, log: Arc::clone(&log) };
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        let line = std::mem::take(&mut line);
        running.said.push_str(&line);
        if line.contains("Rocket has launched from") {
            // A program whose output nobody takes would stop at it.
            std::thread::spawn(move || {
                for line in output.lines().map_while(Result::ok) {
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            });
            return running;
        }
    }
    panic!("it did not launch:\n{}", running.said);
}

/// Launches a rocket on a port of its own, for as long as the tests run.
pub(crate) fn launched(
    rocket: impl FnOnce(crewed::rocket::figment::Figment) -> Rocket<Build> + Send + 'static,
) -> u16 {
    let port = free_port();
    let figment = config().merge(("port", port)).merge(("shutdown.ctrlc", false)).merge(("keep_alive", 1));
    std::thread::spawn(move || {
        let _ = crewed::rocket::execute(rocket(figment).launch());
    });
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing listens");
        std::thread::sleep(Duration::from_millis(5));
    }
    port
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, in the order in which they came.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One request on a connection of its own, byte for byte.
pub(crate) fn ask(port: u16, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let mut rest = &answer[..];
    let (status, headers) = head(&mut rest).unwrap();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunked(rest) } else { rest.to_vec() };
    Answer { status, headers, body }
}

/// An answer that has a length, whether or not its connection is closed afterwards.
pub(crate) fn read_answer(answer: &mut impl Read) -> Answer {
    let mut answer = BufReader::new(answer);
    let (status, headers) = head(&mut answer).unwrap();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    answer.read_exact(&mut body).unwrap();
    Answer { status, headers, body }
}

/// The status and the headers of an answer.
fn head(answer: &mut impl BufRead) -> io::Result<(u16, Vec<(String, String)>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if answer.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines[1..].iter().map(|line| line.split_once(':').unwrap());
    let header = |(name, value): (&str, &str)| (name.to_ascii_lowercase(), value.trim().to_owned());
    Ok((status, headers.map(header).collect()))
}

/// One request after another on a connection, which is made again where it was lost.
pub(crate) struct Caller {
    port: u16,
    patience: Duration,
    stream: Option<BufReader<TcpStream>>,
}

impl Caller {
    /// Of a program, whose answers are waited for so long.
    pub(crate) fn new(port: u16, patience: Duration) -> Self {
        Caller { port, patience, stream: None }
    }

    /// Asks with a body of JSON, if it is not empty.
    ///
    /// # Errors
    /// Where there was no answer, or half of one; none in time is `WouldBlock`.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        // Put back only where all went well.
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(self.patience))?;
                BufReader::new(stream)
            }
        };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: {length}\r\n\r\n{body}"
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let (status, headers) = head(&mut stream)?;
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
        stream.read_exact(&mut body)?;
        if !headers.iter().any(|(name, value)| name == "connection" && value == "close") {
            self.stream = Some(stream);
        }
        Ok(Answer { status, headers, body })
    }
}

/// A request without a body.
pub(crate) fn get(port: u16, path: &str) -> Answer {
    ask(port, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
    body
}
