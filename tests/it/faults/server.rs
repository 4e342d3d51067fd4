//! PostgreSQL servers of a test's own, from the system's binaries, that may be broken.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::NoTls;

use super::EVER;
use crate::store::harness::wait;

/// A server; it ends with its test.
pub(crate) struct Server {
    folder: TempDir,
    pub(crate) port: u16,
}

impl Server {
    /// One that has started, with a database `postgres` that anybody may write.
    pub(crate) fn new() -> Server {
        let server = Server::unstarted();
        // No test cuts the power before a server has started.
        let made =
            ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
        server.run("initdb", &made).unwrap();
        server.start();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// A standby of a server, which follows it.
    pub(crate) fn standby_of(primary: &Server) -> Server {
        let mut server = Server::unstarted();
        server.follow(primary);
        server
    }

    fn unstarted() -> Server {
        let folder = TempDir::new().unwrap();
        if let Some(account) = &SYSTEM.account {
            chown(folder.path(), Some(account.user), Some(account.group)).unwrap();
        }
        Server { folder, port: port() }
    }

    /// Becomes a standby of a server, whatever it was.
    pub(crate) fn follow(&mut self, primary: &Server) {
        if self.data().exists() {
            fs::remove_dir_all(self.data()).unwrap();
        }
        let from = format!("host=127.0.0.1 port={} user=postgres application_name=standby", primary.port);
        let copied = ["--checkpoint", "fast", "--write-recovery-conf", "--dbname", &from];
        self.run("pg_basebackup", &copied).unwrap();
        self.start();
    }

    /// Starts, and waits until it takes connections.
    pub(crate) fn start(&self) {
        let log = self.folder.path().join("log");
        let folder = self.folder.path().display();
        let options = format!("-p {} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=on", self.port);
        let log_text = log.display().to_string();
        if let Err(why) = self.run("pg_ctl", &["start", "--wait", "--log", &log_text, "--options", &options])
        {
            panic!("{why}\n{}", fs::read_to_string(log).unwrap_or_default());
        }
    }

    /// Ends it as a crash would: nothing is finished, and nobody is told.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["stop", "--mode", "immediate"]).unwrap();
    }

    /// The same, after a moment in which its standby was sent nothing.
    pub(crate) fn crash_unsent(&self) {
        let sender = self.query("SELECT pid::text FROM pg_stat_replication").unwrap();
        signal("-STOP", [&*sender]);
        sleep(Duration::from_millis(100));
        self.run("pg_ctl", &["stop", "--mode", "immediate", "--no-wait"]).unwrap();
        signal("-KILL", [&*sender]);
        let begun = Instant::now();
        while self.data().join("postmaster.pid").exists() {
            assert!(begun.elapsed() < EVER, "it does not end");
            sleep(Duration::from_millis(10));
        }
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["promote", "--wait"]).unwrap();
    }

    /// Acknowledges nothing any more that its standby has not on disk.
    pub(crate) fn waits_for_its_standby(&self) {
        self.query("ALTER SYSTEM SET synchronous_standby_names TO '*'");
        self.query("SELECT pg_reload_conf()::text");
        // A process that is new knows it once all others were told; and whoever makes the others wait looks at
        // what it was told before it makes a checkpoint.
        self.until("SELECT (current_setting('synchronous_standby_names') = '*')::text");
        self.query("CHECKPOINT");
        self.until(
            "SELECT (count(*) > 0)::text FROM pg_stat_replication
             WHERE sync_state = 'sync' AND flush_lsn >= pg_current_wal_lsn()",
        );
    }

    /// Kills one of the processes that serve the others; the server then starts itself again.
    pub(crate) fn kill_a_process(&self) {
        let pid = self.query("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'walwriter'");
        signal("-KILL", [&*pid.unwrap()]);
    }

    /// Stops it in the middle of everything, so that it neither answers nor ends a connection.
    pub(crate) fn freeze(&self) -> Frozen {
        let served = "SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let pids = self.query(served).unwrap();
        let first = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pids: Vec<_> = pids.split(' ').chain(first.lines().next()).map(ToOwned::to_owned).collect();
        signal("-STOP", &pids);
        Frozen { pids }
    }

    pub(crate) fn until(&self, condition: &str) {
        let begun = Instant::now();
        while self.query(condition).as_deref() != Some("true") {
            assert!(begun.elapsed() < EVER, "it takes more than {EVER:?} until {condition}");
            sleep(Duration::from_millis(20));
        }
    }

    /// The first value of the first row, on a connection of its own.
    pub(crate) fn query(&self, statement: &str) -> Option<String> {
        wait(async {
            let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
            tokio::spawn(connection);
            let rows = client.query(statement, &[]).await.unwrap();
            rows.first().map(|row| row.get(0))
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = SYSTEM.command(program);
        command.args(arguments).arg("--pgdata").arg(self.data()).current_dir(self.folder.path());
        let Output { status, stdout, stderr } = command.output().unwrap();
        match status.success() {
            true => Ok(()),
            false => Err([stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may not run.
        let _ = self.run("pg_ctl", &["stop", "--mode", "immediate"]);
    }
}

/// The processes of a server that were stopped; they go on once this is dropped.
pub(crate) struct Frozen {
    pids: Vec<String>,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("-CONT", &self.pids);
    }
}

fn signal(signal: &str, pids: impl IntoIterator<Item = impl AsRef<OsStr>>) {
    // Some of them may have ended.
    Command::new("kill").arg(signal).args(pids).status().unwrap();
}

/// Where the binaries are, and as whom they run.
struct System {
    binaries: PathBuf,
    account: Option<Account>,
}

/// Somebody who is not root.
struct Account {
    name: &'static str,
    user: u32,
    group: u32,
}

static SYSTEM: LazyLock<System> = LazyLock::new(|| {
    let mut folders: Vec<PathBuf> = Vec::new();
    for (above, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")] {
        let named = fs::read_dir(above).into_iter().flatten().flatten();
        let named = named.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        folders.extend(named.map(|entry| entry.path().join("bin")));
    }
    // The newest, and then wherever a shell would look.
    folders.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let binaries = folders.into_iter().find(|folder| folder.join("initdb").exists()).expect(
        "these tests need PostgreSQL's server, and find no `initdb` (Debian: apt-get install postgresql)",
    );
    let account = (id(&["-u"]) == Some(0)).then(|| {
        let accounts = ["postgres", "nobody"].into_iter();
        let account = |name| Some(Account { name, user: id(&["-u", name])?, group: id(&["-g", name])? });
        accounts.filter_map(account).next().expect("an account that is not root's")
    });
    System { binaries, account }
});

impl System {
    fn command(&self, program: &str) -> Command {
        let path = self.binaries.join(program);
        match &self.account {
            None => Command::new(path),
            // The server does not run as root.
            Some(account) => {
                let mut command = Command::new("runuser");
                command.args(["--user", account.name, "--"]).arg(path);
                command
            }
        }
    }
}

/// A port that is free, and of those that no connection is given: it must be free when a server comes back.
fn port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = std::process::id().wrapping_add(COUNT.fetch_add(1, Relaxed));
        let port = u16::try_from(10_000 + number % 20_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// `15` of a folder `../postgresql/15/bin`.
fn version(folder: &Path) -> u32 {
    let digits = folder.to_string_lossy().chars().filter(char::is_ascii_digit).collect::<String>();
    digits.parse().unwrap_or(0)
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
