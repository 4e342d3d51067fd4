//! Connecting to PostgreSQL, and again after a connection is lost.
//!
//! There are two kinds of connections. A [`Slot`] has one that many requests share: if it is lost, the next request
//! reconnects while the others wait for it, and after a failure all of them fail at once for a short while, so that
//! a server that is down gets one attempt and not one from each request. The pool lends a connection to one caller at a
//! time, for statements that depend on each other.
//!
//! A future in Rust may be dropped at any `await`, in the middle of a transaction. A pool that takes back every
//! connection on drop would hand that transaction to the next caller. So [`Pooled`] does the opposite of what pools
//! usually do: a connection is closed on drop, and returns to the pool only when its user has said that nothing is
//! left running on it.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, Error};

use super::address::Address;
use super::failure::error_text;
use super::options::Options;
use super::query_value;
use super::session::{Events, Session};
use super::tls::Transport;
use crate::store::{Durability, StoreError};

/// How long no new attempt to connect is made after one has failed.
const PAUSE: Duration = Duration::from_millis(200);

/// How long one host is given before the next one is tried too.
const HEAD_START: Duration = Duration::from_millis(250);

/// What a connection is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It may have to write.
    Writing,
    /// It only reads, or whoever writes on it looks whether it can.
    Reading,
}

/// What a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Writable,
    /// It was made read-only, and has everything that was written.
    ReadOnly,
    /// It follows another one.
    Standby,
}

/// Why there is no connection.
#[derive(Clone, Debug)]
pub(super) enum Unreachable {
    /// The server says nothing.
    Silent(String),
    /// It is not there: its machine or a proxy refuses, or the connection ends.
    Absent(String),
    /// It is there, and does not serve.
    Refused(String),
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Unreachable::Silent(why) | Unreachable::Absent(why) | Unreachable::Refused(why)) = self;
        f.write_str(why)
    }
}

impl From<Error> for Unreachable {
    fn from(error: Error) -> Self {
        match error.as_db_error() {
            Some(_) => Unreachable::Refused(error_text(&error)),
            None => Unreachable::Absent(error_text(&error)),
        }
    }
}

impl From<Unreachable> for StoreError {
    fn from(why: Unreachable) -> Self {
        StoreError::Unavailable(format!("PostgreSQL cannot be reached: {why}"))
    }
}

/// The question whether a server takes writes. A standby answers `on`, and so does a server that was made read-only.
pub(super) const READ_ONLY: &str = "SHOW transaction_read_only";

/// Lets the server look, while it executes a statement, whether its client is still there. A read that is given up closes
/// its connection, and the statement would go on for nobody. The parameter is PostgreSQL's since version 14; whoever has
/// set it is left to it.
const END_WITH_CLIENT: &str = "SELECT set_config('client_connection_check_interval', '1s', false) \
    WHERE current_setting('client_connection_check_interval', true) = '0'";

/// Opens connections to one address.
pub(super) struct Connector {
    address: Address,
    /// The number of tables, for the size of the cache of prepared statements.
    tables: usize,
    options: Options,
    events: Arc<Events>,
}

impl Connector {
    pub(super) fn new(address: Address, tables: usize, options: Options) -> Self {
        Connector { events: Arc::new(Events::of_hosts(address.hosts.len())), address, tables, options }
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// Connects to the first host that takes writes, and sets the session parameters; `more` sets further ones. Where
    /// there is none, reads get a host that is read-only.
    ///
    /// A host that does not answer keeps nobody from the next ones: each is tried once the one before has failed, or
    /// has had a head start. `connect_timeout` is the limit of all of them together.
    ///
    /// # Errors
    /// That a host says nothing, if one does, or else the reason why the last one could not be connected to.
    pub(super) async fn connect(&self, more: &str, need: Need) -> Result<Session, Unreachable> {
        let (limit, count) = (self.options.connect_timeout, self.hosts());
        let head_start = HEAD_START.min(limit / u32::try_from(2 * count).unwrap_or(u32::MAX));
        let end = Instant::now() + limit;
        let mut why = Unreachable::Refused(String::new());
        let (mut read_only, mut standby, mut all_answer) = (None, None, true);
        let (mut attempts, mut next) = (FuturesUnordered::new(), 0);
        while next < count || !attempts.is_empty() {
            if next < count {
                attempts.push(self.connect_to(next, more));
                next += 1;
            }
            let left = end.saturating_duration_since(Instant::now());
            let wait = if next < count { head_start.min(left) } else { left };
            match timeout(wait, attempts.next()).await {
                Ok(Some(Ok((session, Kind::Writable)))) => {
                    self.events.writable.fetch_add(1, Ordering::AcqRel);
                    return Ok(session);
                }
                Ok(Some(Ok((session, kind)))) => {
                    why = Unreachable::Refused("it is read-only".to_owned());
                    let place = if kind == Kind::Standby { &mut standby } else { &mut read_only };
                    place.get_or_insert(session);
                }
                Ok(Some(Err(error))) => {
                    why = error.into();
                    all_answer = false;
                }
                Ok(None) => {}
                Err(_) if next < count => {}
                Err(_) => {
                    why = Unreachable::Silent(format!("there was no answer within {limit:?}"));
                    all_answer = false;
                    break;
                }
            }
        }
        // A standby may lack the last writes of a primary that is away.
        let readable = read_only.or(standby.filter(|_| all_answer));
        match readable.filter(|_| need == Need::Reading) {
            Some(session) => Ok(session.read_only()),
            None => Err(why),
        }
    }

    /// Connects to one host, whatever it is, and sets the session parameters.
    async fn connect_to(&self, host: usize, more: &str) -> Result<(Session, Kind), Error> {
        let before = self.events.of(host);
        let opened = self.open(&self.address.hosts[host]).await?;
        let (tables, prepares) = (self.tables, self.options.prepared);
        let session = Session::new(opened, tables, prepares, &self.events, host, before);
        let kind = self.kind(&session.client).await?;
        if self.options.prepared {
            let settings = format!("{}; {more}", self.setup());
            // Sent together. Not every server can do the latter, and a connection is as good without it.
            let (set, _) = tokio::join!(
                session.client.batch_execute(&settings),
                session.client.batch_execute(END_WITH_CLIENT)
            );
            set?;
        }
        Ok((session, kind))
    }

    /// How many hosts there are.
    pub(super) fn hosts(&self) -> usize {
        self.address.hosts.len()
    }

    /// Tells that a host says nothing or is not there. The connections to it that are open are not used any more.
    pub(super) fn is_lost(&self, host: usize) {
        self.events.lost[host].fetch_add(1, Ordering::Relaxed);
    }

    /// Asks a server what it is, unless its URL says which one is wanted.
    async fn kind(&self, client: &Client) -> Result<Kind, Error> {
        if !self.address.prefers_writable || query_value(client, READ_ONLY).await?.as_deref() != Some("on") {
            return Ok(Kind::Writable);
        }
        match query_value(client, "SELECT pg_is_in_recovery()::text").await?.as_deref() {
            Some("true") => Ok(Kind::Standby),
            _ => Ok(Kind::ReadOnly),
        }
    }

    async fn open(&self, host: &Config) -> Result<(Client, AbortHandle), Error> {
        match &self.address.transport {
            Transport::Plain => {
                let (client, connection) = host.connect(tokio_postgres::NoTls).await?;
                Ok((client, tokio::spawn(connection).abort_handle()))
            }
            Transport::Tls(tls) => {
                let (client, connection) = host.connect(tls.clone()).await?;
                Ok((client, tokio::spawn(connection).abort_handle()))
            }
        }
    }

    /// The statements that set the parameters of a new session. They are not sent where `prepared` is off, since a
    /// pooler would not keep the session.
    fn setup(&self) -> String {
        let millis = self.options.statement_timeout.as_millis();
        let commit = match self.options.durability {
            // Only `off` is raised to `on`, since the server's operator may have configured a stricter level.
            Durability::Full => {
                "SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit', true) = 'off'"
            }
            Durability::Normal => "SET synchronous_commit = off",
        };
        format!("SET statement_timeout = {millis}; {commit}")
    }
}

/// A shared connection that is replaced once it is lost.
pub(super) struct Slot {
    connector: Arc<Connector>,
    /// The statements that set further parameters of its sessions.
    sets: &'static str,
    need: Need,
    current: RwLock<Option<Arc<Session>>>,
    /// When the last attempt to connect failed, and why.
    failed: Mutex<Option<(Instant, Unreachable)>>,
}

impl Slot {
    pub(super) fn new(connector: &Arc<Connector>, sets: &'static str, need: Need) -> Self {
        let connector = Arc::clone(connector);
        Slot { connector, sets, need, current: RwLock::default(), failed: Mutex::default() }
    }

    /// The connection, which is opened if there is none.
    pub(super) async fn session(&self) -> Result<Arc<Session>, Unreachable> {
        if let Some(session) = self.current() {
            return Ok(session);
        }
        // One caller connects while the others wait for this lock, and then find the connection.
        let mut failed = self.failed.lock().await;
        if let Some(session) = self.current() {
            return Ok(session);
        }
        if let Some((_, why)) = failed.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(why.clone());
        }
        match self.connector.connect(self.sets, self.need).await {
            Ok(session) => {
                *failed = None;
                Ok(self.keep(session))
            }
            Err(why) => {
                *failed = Some((Instant::now(), why.clone()));
                Err(why)
            }
        }
    }

    /// A new connection to one host. It is the slot's, if that has none and this one could be it.
    pub(super) async fn session_of(&self, host: usize) -> Result<Arc<Session>, Unreachable> {
        let (session, kind) = self.connector.connect_to(host, self.sets).await?;
        match kind == Kind::Writable && self.current().is_none() {
            true => Ok(self.keep(session)),
            false => Ok(Arc::new(session)),
        }
    }

    fn keep(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let before = current.replace(Arc::clone(&session));
        drop(current);
        if let Some(before) = before.filter(|before| before.may_have_lost()) {
            before.close();
        }
        session
    }

    /// The connection, if it is open.
    pub(super) fn current(&self) -> Option<Arc<Session>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|session| !session.is_closed()).map(Arc::clone)
    }
}

/// A connection that is borrowed from the pool. If it is dropped, it is closed, and the server rolls back the
/// transaction that was open on it. It returns to the pool only by [`Pooled::give_back`].
pub(super) struct Pooled {
    session: Object<Manager>,
    clean: bool,
}

impl Pooled {
    /// Returns the connection to the pool. The caller vouches that no statement and no transaction is open on it.
    pub(super) fn give_back(mut self) {
        self.clean = true;
    }
}

impl Deref for Pooled {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if !self.clean {
            self.session.close();
        }
    }
}

/// A connection for some statements: a shared one, or one that is borrowed from the pool.
pub(super) enum Lease {
    Shared(Arc<Session>),
    Pooled(Box<Pooled>),
}

impl Lease {
    /// Whether others use the connection too.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Lease::Shared(_))
    }

    /// Returns a borrowed connection to the pool, once all answers have arrived.
    pub(super) fn give_back(self) {
        if let Lease::Pooled(pooled) = self {
            pooled.give_back();
        }
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        match self {
            Lease::Shared(session) => session,
            Lease::Pooled(session) => session,
        }
    }
}

/// A pool of connections, each of which one caller uses at a time.
pub(super) type Pool = managed::Pool<Manager>;

/// Opens the connections of a pool, and checks those that are reused.
pub(super) struct Manager {
    connector: Arc<Connector>,
    /// When the last attempt to connect failed, and why.
    failed: std::sync::Mutex<Option<(Instant, Unreachable)>>,
}

impl Manager {
    fn failed(&self) -> MutexGuard<'_, Option<(Instant, Unreachable)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = StoreError;

    async fn create(&self) -> Result<Session, StoreError> {
        // As in a slot: whoever asks shortly after a failure gets its error, and not another attempt.
        if let Some((_, why)) = self.failed().as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(why.clone().into());
        }
        let connected = self.connector.connect("", Need::Reading).await;
        *self.failed() = connected.as_ref().err().map(|why| (Instant::now(), why.clone()));
        Ok(connected?)
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<StoreError> {
        match session.is_closed() {
            true => Err(RecycleError::message("the connection is closed")),
            false => Ok(()),
        }
    }
}

/// A pool of at most `options.pool` connections, which are opened when they are needed.
pub(super) fn pool(connector: &Arc<Connector>) -> Result<Pool, String> {
    let options = connector.options();
    Pool::builder(Manager { connector: Arc::clone(connector), failed: Default::default() })
        .max_size(options.pool.max(1))
        .wait_timeout(Some(options.wait_timeout))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())
}

/// Borrows a connection from the pool for a transaction that may write.
pub(super) async fn pooled_to_write(pool: &Pool) -> Result<Pooled, StoreError> {
    let session = pooled(pool).await?;
    if session.is_read_only() {
        session.give_back();
        return Err(Unreachable::Refused("it is read-only".to_owned()).into());
    }
    Ok(session)
}

/// Borrows a connection from the pool, and waits until one is free.
pub(super) async fn pooled(pool: &Pool) -> Result<Pooled, StoreError> {
    let session = pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        PoolError::Timeout(_) => StoreError::Unavailable("no connection became free in time".to_owned()),
        error => StoreError::Unavailable(error.to_string()),
    })?;
    Ok(Pooled { session, clean: false })
}
