//! A project whose builds take no time: cargo is a script that puts the words of `src/main.rs` behind a program that was
//! built beforehand.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use crate::client::{Answer, get};

pub(crate) const CREWED: &str = env!("CARGO_BIN_EXE_crewed");

/// How long anything may take that is waited for.
pub(crate) const LONG: Duration = Duration::from_secs(30);

const CARGO: &str = include_str!("../cargo.py");

/// A project, and the scripts that it is built with.
pub(crate) struct Fake {
    folder: TempDir,
}

impl Fake {
    pub(crate) fn new(words: &str) -> Self {
        let fake = Fake { folder: TempDir::new().unwrap() };
        fs::create_dir_all(fake.path("src")).unwrap();
        fs::write(fake.path("Cargo.toml"), "[package]\nname = \"thing\"\n").unwrap();
        fs::write(fake.path("Cargo.lock"), "").unwrap();
        fs::write(fake.path("extra.txt"), "").unwrap();
        fake.write("Rocket.toml", "[default.crewed]\nstore = \"sqlite:thing.db\"\n");
        fake.say(words);
        let cargo = fake.folder.path().join("cargo");
        fs::write(&cargo, CARGO).unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        fake
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("project").join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Changes the "source".
    pub(crate) fn say(&self, words: &str) {
        self.write("src/main.rs", words);
    }

    /// The arguments of each build that was begun, as lines.
    pub(crate) fn built_with(&self) -> String {
        fs::read_to_string(self.path("builds")).unwrap_or_default()
    }

    /// How many builds were begun.
    pub(crate) fn builds(&self) -> usize {
        self.built_with().lines().count()
    }

    /// The command, in the folder of the project.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(CREWED);
        command.args(arguments).current_dir(self.path("."));
        command.env("CARGO", self.folder.path().join("cargo")).env("TEST_PROGRAM", test_program());
        for name in ["ROCKET_PORT", "ROCKET_ADDRESS", "ROCKET_PROFILE", "CREWED_CHANNEL"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Waits until this many builds were begun.
    pub(crate) fn waits_for_builds(&self, count: usize) {
        wait_until(
            || (self.builds() == count).then_some(()),
            || format!("{count} builds: {}", self.builds()),
        );
    }

    /// Waits until more builds were begun than that.
    pub(crate) fn waits_for_more_builds(&self, than: usize) {
        wait_until(|| (self.builds() > than).then_some(()), || format!("more than {than} builds"));
    }

    /// Waits until no process runs a program of this project, or stands in its folder.
    pub(crate) fn waits_for_no_process(&self, what: &str) {
        let left = || processes_in(self.folder.path());
        wait_until(|| left().is_empty().then_some(()), || format!("{what}: {:?}", left()));
    }

    /// A line for a shell, which `script` gives a terminal.
    pub(crate) fn on_a_terminal(&self, line: &str) -> Command {
        let mut script = Command::new("script");
        script.args(["-qfec", line, "/dev/null"]).current_dir(self.path("."));
        script.envs(self.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        script
    }

    /// The output of the command, and its exit status.
    pub(crate) fn asked(&self, arguments: &[&str]) -> (String, String, i32) {
        let done = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.code().unwrap())
    }

    /// `crewed dev`, once it relays.
    pub(crate) fn dev(&self, arguments: &[&str]) -> Dev {
        let mut all = vec!["dev", "--port", "0"];
        all.extend(arguments);
        let mut command = self.command(&all);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        listen(child.stdout.take().unwrap(), &told);
        listen(child.stderr.take().unwrap(), &told);
        let mut dev = Dev { child, told, port: 0 };
        let line = dev.waits_for("thing at http://127.0.0.1:");
        let digits = line.split("thing at http://127.0.0.1:").nth(1).unwrap();
        dev.port = digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
        dev
    }
}

/// The program of `tests/program`, without what a debugger would want: it is copied for each build.
fn test_program() -> &'static Path {
    static STRIPPED: OnceLock<PathBuf> = OnceLock::new();
    STRIPPED.get_or_init(|| {
        let whole = example("test_program");
        let stripped = whole.with_file_name(format!("test_program_stripped_{}", std::process::id()));
        let done = Command::new("strip").arg("-o").arg(&stripped).arg(&whole).status();
        assert!(done.unwrap().success(), "`strip` comes with a C compiler");
        let kept = whole.with_file_name("test_program_stripped");
        fs::rename(&stripped, &kept).unwrap();
        kept
    })
}

/// An example of this package: `cargo test` builds it with the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let example = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(example.exists(), "`cargo build -p crewed-cli --examples` makes {}", example.display());
    example
}

/// What comes out of something, as it comes.
pub(crate) fn heard(from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let told = Arc::new(Mutex::new(String::new()));
    listen(from, &told);
    told
}

fn listen(from: impl Read + Send + 'static, told: &Arc<Mutex<String>>) {
    let told = Arc::clone(told);
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut told = told.lock().unwrap();
            told.push_str(&line);
            told.push('\n');
        }
    });
}

/// `crewed dev`, while it runs.
pub(crate) struct Dev {
    pub(crate) child: Child,
    told: Arc<Mutex<String>>,
    pub(crate) port: u16,
}

impl Dev {
    pub(crate) fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Waits until the terminal shows a text, and returns all that it shows by then.
    pub(crate) fn waits_for(&self, text: &str) -> String {
        wait_until(
            || Some(self.told()).filter(|told| told.contains(text)),
            || format!("{text:?} in:\n{}", self.told()),
        )
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        get(self.port, path)
    }

    /// Waits until the answer of `/` is this one, and returns the process that gave it.
    pub(crate) fn answers(&self, expected: &str) -> u32 {
        wait_until(
            || {
                let answer = self.get("/");
                let text = answer.text();
                let (text, pid) = text.rsplit_once(' ')?;
                (answer.status == 200 && text == expected).then(|| pid.parse().unwrap())
            },
            || format!("the answer {expected:?} in:\n{}", self.told()),
        )
    }

    /// The answer of `/`, and the process that gave it.
    pub(crate) fn answer(&self) -> (String, u32) {
        let answer = self.get("/");
        assert_eq!(answer.status, 200, "{answer:?}\n{}", self.told());
        let (text, pid) = answer.text().rsplit_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        (text, pid.parse().unwrap())
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until the command has ended.
    pub(crate) fn ends(&mut self) -> Option<i32> {
        wait_until(|| self.child.try_wait().unwrap(), || "the end of the command".to_owned()).code()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that is killed when this is dropped.
pub(crate) struct Ended(pub(crate) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until a process has ended.
pub(crate) fn waits_for_the_end(pid: u32) {
    let pid = Pid::from_raw(pid.cast_signed()).unwrap();
    wait_until(|| test_kill_process(pid).is_err().then_some(()), || format!("the end of {pid:?}"));
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until there is something.
pub(crate) fn wait_until<T>(mut look: impl FnMut() -> Option<T>, what: impl Fn() -> String) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LONG, "waited in vain for {}", what());
        thread::sleep(Duration::from_millis(10));
    }
}

/// The processes that run a program of this project.
fn processes_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let program = fs::read_link(entry.path().join("exe")).unwrap_or_default();
        if program.starts_with(folder) || line.contains(folder.to_str().unwrap()) {
            found.push(format!("{} {line}", entry.file_name().display()));
        }
    }
    found
}
