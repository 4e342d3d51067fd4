//! A program that serves behind the relay.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::failure::{Failure, While};
use crate::program;
use crate::terminal;

/// How long a program may take to answer, unless it changes its database.
const LAUNCH: Duration = Duration::from_secs(60);

/// How long a program may take to end.
const MERCY: Duration = Duration::from_secs(5);

/// A copy of a built program. Cargo overwrites the program itself with the next build.
#[derive(Debug)]
pub(super) struct Copied {
    folder: TempDir,
    name: OsString,
}

impl Copied {
    /// Copies a program, below the target folder. The copy has the same name, which may be that of its database.
    pub(super) fn of(program: &Path, target: &Path) -> Result<Self, Failure> {
        let cannot = "the program cannot be copied";
        let all = target.join("crewed-dev");
        fs::create_dir_all(&all).or_fail(cannot)?;
        let folder = tempfile::Builder::new().prefix(&format!("{}-", std::process::id())).tempdir_in(&all);
        let folder = folder.or_fail(cannot)?;
        let name = program.file_name().unwrap_or_default().to_owned();
        fs::copy(program, folder.path().join(&name)).or_fail(cannot)?;
        Ok(Copied { folder, name })
    }

    /// Removes what commands have left that were killed.
    pub(super) fn clean(target: &Path) {
        for entry in fs::read_dir(target.join("crewed-dev")).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let pid =
                name.to_str().and_then(|name| name.split_once('-')?.0.parse().ok()).and_then(Pid::from_raw);
            let is_gone = |pid: Pid| {
                pid == rustix::process::getpid() || test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
            };
            if pid.is_some_and(is_gone) {
                // The next command tries again.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    pub(super) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join(&self.name)
    }
}

/// A program that runs.
pub(super) struct Running {
    pub(super) copied: Copied,
    child: Child,
    /// The program ends when this is closed.
    _channel: UnixStream,
    pub(super) port: u16,
}

/// How programs are started.
pub(super) struct Start {
    /// Arguments of the user's.
    pub(super) arguments: Vec<OsString>,
    /// The address of the relay.
    pub(super) url: String,
}

impl Start {
    /// Starts a program, and waits until it answers. `slowly` says that it may change its database first, which takes as
    /// long as there are rows.
    ///
    /// # Errors
    /// It ended instead. It has told why on standard error.
    pub(super) async fn start(&self, copied: Copied, slowly: bool) -> Result<Running, Failure> {
        let mut command = Command::new(copied.path());
        command.args(&self.arguments).env("CREWED_DEV_URL", &self.url).kill_on_drop(true);
        // Signals of the terminal are for this command, which passes them on.
        command.process_group(0);
        // Rocket's lines are passed on, with the address of the relay in them.
        command.stdout(Stdio::piped());
        if terminal::has_colors() {
            // Rocket would show none, as its output is no terminal.
            command.env("CREWED_DEV_COLORS", "1");
        }
        let (mut child, mut channel) = program::start(&mut command)?;
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(pass_on(stdout, self.url.clone()));
        }
        let launching = async {
            tokio::select! {
                port = ready(&mut channel) => match port {
                    Some(port) => Ok(port),
                    None => Err(child.wait().await.map(ended).unwrap_or_default()),
                },
                status = child.wait() => Err(status.map(ended).unwrap_or_default()),
            }
        };
        let port = match slowly {
            true => launching.await,
            false => timeout(LAUNCH, launching).await.unwrap_or_else(|_| {
                Err(format!(
                    "it has not said within {} s that it serves: is its `main` under `#[crewed::launch]`?",
                    LAUNCH.as_secs()
                ))
            }),
        };
        match port {
            Ok(port) => Ok(Running { copied, child, _channel: channel, port }),
            Err(why) => Err(Failure::of(format!("the program does not launch: {why}"))),
        }
    }
}

impl Running {
    /// Waits until the program ends by itself.
    pub(super) async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => ended(status),
            Err(error) => error.to_string(),
        }
    }

    /// Sends a signal to the program and to what it has started.
    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            // It may have ended meanwhile.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Ends the program: it may answer what it has begun to, for a few seconds.
    pub(super) async fn stop(mut self) -> Copied {
        self.signal(Signal::TERM);
        if timeout(MERCY, self.child.wait()).await.is_err() {
            self.signal(Signal::KILL);
            let _ = self.child.wait().await;
        }
        self.copied
    }
}

/// The port of a program that serves, or `None` if it ends before.
async fn ready(channel: &mut UnixStream) -> Option<u16> {
    let mut line = Vec::new();
    loop {
        let byte = channel.read_u8().await.ok()?;
        if byte != b'\n' {
            line.push(byte);
            continue;
        }
        let told: Json = serde_json::from_slice(&line).ok()?;
        if let Some(port) = told["ready"]["port"].as_u64() {
            return u16::try_from(port).ok();
        }
        line.clear();
    }
}

fn ended(status: ExitStatus) -> String {
    format!("it ended with {status}")
}

/// Passes on what a program prints. Rocket says where it serves, which is not where clients are to go.
async fn pass_on(stdout: ChildStdout, url: String) {
    const SAID: &str = "Rocket has launched from";
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    while let Ok(1..) = stdout.read_until(b'\n', &mut line).await {
        if let Ok(text) = std::str::from_utf8(&line)
            && text.contains(SAID)
            && let Some((before, after)) = text.split_once("http://127.0.0.1:")
        {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            line = format!("{before}{url}{rest}").into_bytes();
        }
        let mut out = tokio::io::stdout();
        // There is nobody to tell if this fails.
        let _ = out.write_all(&line).await;
        let _ = out.flush().await;
        line.clear();
    }
}
