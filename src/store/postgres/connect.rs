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

use std::ops::Deref;
use std::sync::{Arc, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, Error};

use super::address::Address;
use super::failure::error_text;
use super::options::Options;
use super::session::Session;
use super::tls::Transport;
use crate::store::{Durability, StoreError};

/// How long no new attempt to connect is made after one has failed.
const PAUSE: Duration = Duration::from_millis(200);

/// Opens connections to one address.
pub(super) struct Connector {
    address: Address,
    /// The number of tables, for the size of the cache of prepared statements.
    tables: usize,
    options: Options,
}

impl Connector {
    pub(super) fn new(address: Address, tables: usize, options: Options) -> Self {
        Connector { address, tables, options }
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// Connects to the first host that accepts, and sets the session parameters; `more` sets further ones.
    ///
    /// # Errors
    /// The reason why the last host could not be connected to.
    pub(super) async fn connect(&self, more: &str) -> Result<Session, String> {
        let mut why = String::new();
        for host in &self.address.hosts {
            let connected = async {
                let (client, connection) = self.open(host).await?;
                let session = Session::new(client, connection, self.tables, self.options.prepared);
                if self.options.prepared {
                    session.client.batch_execute(&format!("{}; {more}", self.setup())).await?;
                }
                Ok::<_, Error>(session)
            };
            match timeout(self.options.connect_timeout, connected).await {
                Ok(Ok(session)) => return Ok(session),
                Ok(Err(error)) => why = error_text(&error),
                Err(_) => why = format!("there was no answer within {:?}", self.options.connect_timeout),
            }
        }
        Err(why)
    }

    /// The longest that connecting takes: the timeout of each host.
    fn total_timeout(&self) -> Duration {
        self.options.connect_timeout * u32::try_from(self.address.hosts.len()).unwrap_or(1)
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
    current: RwLock<Option<Arc<Session>>>,
    /// When the last attempt to connect failed, and why.
    failed: Mutex<Option<(Instant, String)>>,
}

impl Slot {
    pub(super) fn new(connector: &Arc<Connector>, sets: &'static str) -> Self {
        let connector = Arc::clone(connector);
        Slot { connector, sets, current: RwLock::default(), failed: Mutex::default() }
    }

    /// The connection, which is opened if there is none.
    pub(super) async fn session(&self) -> Result<Arc<Session>, StoreError> {
        if let Some(session) = self.current() {
            return Ok(session);
        }
        // One caller connects while the others wait for this lock, and then find the connection.
        let mut failed = self.failed.lock().await;
        if let Some(session) = self.current() {
            return Ok(session);
        }
        if let Some((_, why)) = failed.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(unreachable(why));
        }
        match self.connector.connect(self.sets).await {
            Ok(session) => {
                let session = Arc::new(session);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&session));
                *failed = None;
                Ok(session)
            }
            Err(why) => {
                let error = unreachable(&why);
                *failed = Some((Instant::now(), why));
                Err(error)
            }
        }
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
    failed: std::sync::Mutex<Option<(Instant, String)>>,
}

impl Manager {
    fn failed(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = StoreError;

    async fn create(&self) -> Result<Session, StoreError> {
        // As in a slot: whoever asks shortly after a failure gets its error, and not another attempt.
        if let Some((_, why)) = self.failed().as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(unreachable(why));
        }
        let connected = self.connector.connect("").await;
        *self.failed() = connected.as_ref().err().map(|why| (Instant::now(), why.clone()));
        connected.map_err(|why| unreachable(&why))
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
        .create_timeout(Some(connector.total_timeout()))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())
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

fn unreachable(why: &str) -> StoreError {
    StoreError::Unavailable(format!("PostgreSQL cannot be reached: {why}"))
}
