//! `crewed dev`: serves a program, and a new one whenever it is changed.
//!
//! Rocket cannot be handed a listener, so this command owns the port, and relays requests to the program, which has a
//! port of its own. A change is noticed, the program built, asked what it would change in its database, started beside
//! the old one, and takes its place once it answers. Whatever fails on the way leaves the old one as it is.

mod difference;
mod page;
mod relay;
mod running;
mod settings;
mod signals;
mod watch;

use std::future::pending;
use std::io::{BufRead as _, IsTerminal as _, stdin};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::termios::{QueueSelector, tcflush};
use serde_json::Value as Json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch as channel};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use self::difference::changes;
use self::relay::State;
use self::running::{Copied, Running, Start};
use self::signals::Signals;
use self::watch::{Watch, rocket_toml};
use crate::arguments::Dev;
use crate::cargo::{Built, Project, plain};
use crate::failure::{Failure, While};
use crate::program::{self, Errors, LIMIT};
use crate::terminal;

pub(crate) fn run(dev: &Dev) -> Result<ExitCode, Failure> {
    let project = Project::find(&dev.which)?;
    // Every request has two sockets, and many may wait for a program.
    let files = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    let runtime = Runtime::new().or_fail("threads cannot be started")?;
    let code = runtime.block_on(async {
        let signals = Signals::new()?;
        Session::new(dev, project).await?.run(signals).await
    });
    // A thread may still wait for a line of the terminal.
    runtime.shutdown_background();
    code
}

/// All that `crewed dev` has.
struct Session {
    project: Project,
    options: Options,
    start: Start,
    state: channel::Sender<State>,
    watch: Watch,
    /// The program that answers.
    running: Option<Running>,
    /// What the program that answers has said of itself.
    described: Option<Json>,
    /// A program that is built, and waits until its changes of the database are confirmed.
    waiting: Option<(Copied, Json)>,
    /// Lines of the terminal, once something was asked there.
    lines: Option<mpsc::UnboundedReceiver<()>>,
    /// Whether the configuration has changed, so that even the same program is started anew.
    restarts: bool,
    /// Whether the program that answers is the one that was built last.
    is_latest: bool,
    /// Programs that are ending.
    old: JoinSet<()>,
}

struct Options {
    overlap: bool,
    migrate: bool,
}

/// What happens next.
enum Next {
    /// Files that a program is made from were touched.
    Touched,
    /// The build is done.
    Built(Result<Built, Failure>),
    /// The program ended by itself.
    Died(String),
    /// Somebody pressed Enter.
    Confirmed,
}

impl Session {
    async fn new(dev: &Dev, project: Project) -> Result<Self, Failure> {
        let address = settings::address(dev)?;
        let listener = TcpListener::bind(address).await.map_err(|error| settings::taken(address, &error))?;
        let address = listener.local_addr().or_fail("the port is unknown")?;
        let reached = match address.ip().is_unspecified() {
            true => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
            false => address,
        };
        let url = format!("http://{reached}");
        let (state, seen) = channel::channel(State { since: Some(Instant::now()), ..State::default() });
        tokio::spawn(relay::serve(listener, seen));
        let watch = Watch::new(&project, dev.poll)?;
        Copied::clean(&project.target);
        terminal::note(&format!("{} at {url}", project.name));
        Ok(Session {
            project,
            options: Options { overlap: !dev.no_overlap, migrate: dev.migrate },
            start: Start { arguments: dev.arguments.clone(), url },
            state,
            watch,
            running: None,
            described: None,
            waiting: None,
            lines: None,
            restarts: false,
            is_latest: false,
            old: JoinSet::new(),
        })
    }

    async fn run(&mut self, mut signals: Signals) -> Result<ExitCode, Failure> {
        let mut begun = SystemTime::now();
        let mut build = Some(self.build());
        loop {
            let next = tokio::select! {
                () = signals.any() => break,
                next = self.next(&mut build) => next,
            };
            match next {
                Next::Touched => {
                    self.hold();
                    let changed = self.watch.settled(build.is_some()).await;
                    if changed.is_empty() {
                        if build.is_none() {
                            self.release(None);
                        }
                        continue;
                    }
                    self.restarts |= changed.iter().any(|file| rocket_toml().contains(file));
                    // A build of what has changed since would be of no use.
                    end(build.take()).await;
                    self.waiting = None;
                    begun = SystemTime::now();
                    build = Some(self.build());
                }
                Next::Built(outcome) => {
                    build = None;
                    // Dropping it ends what it has started.
                    tokio::select! {
                        () = signals.any() => break,
                        () = self.take(outcome, begun) => {}
                    }
                }
                Next::Died(how) => {
                    let why = format!("the program has ended by itself: {how}");
                    terminal::error(&format!("{why}; a change starts it again"));
                    self.running = None;
                    self.state.send_modify(|state| {
                        state.current = None;
                        state.failure = Some(why);
                    });
                }
                Next::Confirmed => {
                    if let Some((copied, described)) = self.waiting.take() {
                        self.hold();
                        tokio::select! {
                            () = signals.any() => break,
                            () = self.replace(copied, described, true) => {}
                        }
                    }
                }
            }
        }
        end(build.take()).await;
        if let Some(running) = self.running.take() {
            self.old.spawn(async move { drop(running.stop().await) });
        }
        tokio::select! {
            () = async { while self.old.join_next().await.is_some() {} } => {}
            // Whoever asks a second time does not want to wait. Dropping the programs kills them.
            () = signals.any() => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn next(&mut self, build: &mut Option<JoinHandle<Result<Built, Failure>>>) -> Next {
        let building = async {
            match build {
                Some(task) => task.await.unwrap_or_else(|error| Err(Failure::of(error.to_string()))),
                None => pending().await,
            }
        };
        let dying = async {
            match &mut self.running {
                Some(running) => running.ended().await,
                None => pending().await,
            }
        };
        let confirmed = async {
            let line = match &mut self.lines {
                Some(lines) => lines.recv().await,
                None => None,
            };
            if line.is_none() {
                pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.watch.touched() => Next::Touched,
            outcome = building => Next::Built(outcome),
            how = dying => Next::Died(how),
            () = confirmed => Next::Confirmed,
        }
    }

    fn build(&self) -> JoinHandle<Result<Built, Failure>> {
        let project = self.project.clone();
        tokio::spawn(async move { project.build().await })
    }

    /// Lets new requests wait.
    fn hold(&self) {
        self.state.send_if_modified(|state| {
            let is_new = state.since.is_none();
            state.since.get_or_insert_with(Instant::now);
            is_new
        });
    }

    /// Lets the program that answers do so, because nothing newer comes, for this reason if there is one.
    fn release(&self, failure: Option<String>) {
        self.state.send_modify(|state| {
            state.since = None;
            if failure.is_some() {
                state.failure = failure;
            }
        });
    }

    /// Takes what was built since then: starts it, unless something is in the way.
    async fn take(&mut self, outcome: Result<Built, Failure>, begun: SystemTime) {
        let program = match outcome {
            Ok(Built { program: Some(program), is_same, .. }) => {
                self.watch.refresh(Some(&program.with_extension("d")), begun);
                self.is_latest &= is_same && self.running.is_some();
                if self.is_latest && !self.restarts {
                    self.state.send_modify(|state| state.failure = None);
                    return self.release(None);
                }
                program
            }
            Ok(Built { messages, .. }) => {
                self.watch.refresh(None, begun);
                let remains = if self.running.is_some() { "; the program before it answers" } else { "" };
                terminal::error(&format!("the program does not compile{remains}"));
                let told = match messages.trim() {
                    "" => "the program does not compile; cargo says why in the terminal".to_owned(),
                    messages => plain(messages),
                };
                return self.release(Some(told));
            }
            Err(failure) => return self.fail(failure),
        };
        self.restarts = false;
        match self.planned(program).await {
            Ok((copied, described)) => self.launch(copied, described).await,
            Err(failure) => self.fail(failure),
        }
    }

    /// Tells what went wrong, and lets the program that answers do so.
    fn fail(&self, failure: Failure) {
        terminal::error(&failure.message);
        self.release(Some(plain(&failure.message)));
    }

    /// A copy of the program, and what it says of itself and of its database.
    async fn planned(&self, program: PathBuf) -> Result<(Copied, Json), Failure> {
        let copied = Copied::of(&program, &self.project.target)?;
        let answer = program::ask(&copied.path(), &["plan"], Some(LIMIT), Errors::Kept).await?;
        if answer.status != 0 {
            return Err(Failure::of(format!("the program does not launch:\n{}", answer.text.trim_end())));
        }
        let described =
            serde_json::from_str(&answer.text).or_fail("the program has not answered with JSON")?;
        Ok((copied, described))
    }

    /// Starts a program, unless it would change its database and nobody has confirmed that.
    async fn launch(&mut self, copied: Copied, described: Json) {
        let database = &described["database"];
        let changes: Vec<&str> =
            database["changes"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        if changes.is_empty() || database["is_new"] == true {
            return self.swap(copied, described).await;
        }
        let location = database["location"].as_str().unwrap_or_default();
        let told = format!("{location} is to be changed:\n  {}", changes.join("\n  "));
        if self.options.migrate {
            terminal::note(&told);
            return self.replace(copied, described, true).await;
        }
        // What was typed before was not meant for this.
        if stdin().is_terminal() {
            let _ = tcflush(stdin(), QueueSelector::IFlush);
            let lines = self.lines.get_or_insert_with(lines);
            while lines.try_recv().is_ok() {}
        }
        let how = match self.lines {
            Some(_) => "press Enter to change it, or start with `--migrate`",
            None => "start with `--migrate`, or run `crewed migrate --apply` and save once more",
        };
        let told = format!("{told}\n{how}");
        terminal::warn(&told);
        self.waiting = Some((copied, described));
        self.release(Some(told));
    }

    /// Starts a program beside the one that answers, and lets it take its place.
    async fn swap(&mut self, copied: Copied, described: Json) {
        if !self.options.overlap {
            return self.replace(copied, described, false).await;
        }
        match self.start.start(copied, false).await {
            Ok(running) => {
                let old = self.running.take();
                self.answer_with(running, described);
                if let Some(old) = old {
                    self.old.spawn(async move { drop(old.stop().await) });
                }
            }
            Err(failure) => self.fail(failure),
        }
    }

    /// Ends the program that answers before another one starts, which may change its database `slowly`. If that fails,
    /// the old one starts again.
    async fn replace(&mut self, copied: Copied, described: Json, slowly: bool) {
        let old = match self.running.take() {
            Some(old) => {
                self.state.send_modify(|state| {
                    // Requests wait for the new one, however long its build has taken.
                    (state.current, state.since) = (None, Some(Instant::now()));
                });
                Some(old.stop().await)
            }
            None => None,
        };
        let failure = match self.start.start(copied, slowly).await {
            Ok(running) => return self.answer_with(running, described),
            Err(failure) => failure,
        };
        terminal::error(&failure.message);
        if let Some(old) = old {
            match self.start.start(old, false).await {
                Ok(running) => {
                    terminal::note("the program before it answers again");
                    self.state.send_modify(|state| state.current = Some(running.port));
                    self.running = Some(running);
                }
                Err(failure) => terminal::error(&failure.message),
            }
        }
        self.release(Some(failure.message));
    }

    /// Lets a program answer from now on, and says what is different.
    fn answer_with(&mut self, running: Running, described: Json) {
        for line in self.described.as_ref().map(|old| changes(old, &described)).unwrap_or_default() {
            terminal::note(&line);
        }
        self.described = Some(described);
        self.is_latest = true;
        self.state.send_modify(|state| {
            *state =
                State { current: Some(running.port), since: None, failure: None, count: state.count + 1 };
        });
        self.running = Some(running);
    }
}

/// Ends a build.
async fn end(build: Option<JoinHandle<Result<Built, Failure>>>) {
    if let Some(task) = build {
        task.abort();
        // It was ended on purpose.
        let _ = task.await;
    }
}

/// The lines of the terminal. They are read only once something was asked: a command in the background is stopped when
/// it reads.
fn lines() -> mpsc::UnboundedReceiver<()> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while let Ok(1..) = stdin().lock().read_until(b'\n', &mut line) {
            if sender.send(()).is_err() {
                return;
            }
            line.clear();
        }
    });
    lines
}
