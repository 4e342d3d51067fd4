//! How connections are made, and made again.

use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, RecycleError, RecycleResult};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, Error};

use super::address::Address;
use super::failure::said;
use super::options::Options;
use super::session::Session;
use super::tls::Transport;
use crate::store::{Durability, StoreError};

/// After a failure nobody tries again for so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Makes connections.
pub(super) struct Connector {
    address: Address,
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

    /// A new connection to the first host that has one, set up, and with more that is to be set.
    ///
    /// # Errors
    /// Why there is none.
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
                Ok(Err(error)) => why = said(&error),
                Err(_) => why = format!("there was no answer within {:?}", self.options.connect_timeout),
            }
        }
        Err(why)
    }

    /// How long connecting takes at most.
    fn client_timeout(&self) -> Duration {
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

    /// What a connection is told once; a pooler would not keep it.
    fn setup(&self) -> String {
        let millis = self.options.statement_timeout.as_millis();
        let commit = match self.options.durability {
            // Whoever runs the server may want more than `on`, and not less.
            Durability::Full => {
                "SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit', true) = 'off'"
            }
            Durability::Normal => "SET synchronous_commit = off",
        };
        format!("SET statement_timeout = {millis}; {commit}")
    }
}

/// A connection that is made again once it is lost.
pub(super) struct Slot {
    connector: Arc<Connector>,
    /// What its connections set beside what all do.
    sets: &'static str,
    current: RwLock<Option<Arc<Session>>>,
    /// When connecting failed last, and why.
    failed: Mutex<Option<(Instant, String)>>,
}

impl Slot {
    pub(super) fn new(connector: &Arc<Connector>, sets: &'static str) -> Self {
        let connector = Arc::clone(connector);
        Slot { connector, sets, current: RwLock::default(), failed: Mutex::default() }
    }

    pub(super) async fn session(&self) -> Result<Arc<Session>, StoreError> {
        if let Some(session) = self.current() {
            return Ok(session);
        }
        // One connects, the others wait for it.
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

    /// The connection, if there is one now.
    pub(super) fn current(&self) -> Option<Arc<Session>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|session| !session.is_useless()).map(Arc::clone)
    }
}

/// A connection of the pool, and whatever it is in the middle of. Whoever takes it owns that before the first
/// byte is sent: where it is dropped it is closed, and the server undoes what it was at, unless somebody has said
/// that it may go back.
pub(super) struct Pooled {
    session: Object<Manager>,
    clean: bool,
}

impl Pooled {
    /// Gives it back to the pool: nothing that was begun on it is under way any more.
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
            self.session.give_up();
        }
    }
}

/// A connection for some statements: one that others share, or one of the pool.
pub(super) enum Lease {
    Shared(Arc<Session>),
    Pooled(Box<Pooled>),
}

impl Lease {
    /// Says that all that was asked for has come.
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

/// Connections that one asks for at a time.
pub(super) type Pool = managed::Pool<Manager>;

/// How the pool makes connections.
pub(super) struct Manager(pub(super) Arc<Connector>);

impl managed::Manager for Manager {
    type Type = Session;
    type Error = StoreError;

    async fn create(&self) -> Result<Session, StoreError> {
        self.0.connect("").await.map_err(|why| unreachable(&why))
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<StoreError> {
        match session.is_useless() {
            true => Err(RecycleError::message("it is of no use any more")),
            false => Ok(()),
        }
    }
}

/// A pool of at most so many connections, made when they are needed.
pub(super) fn pool(connector: &Arc<Connector>) -> Result<Pool, String> {
    let options = connector.options();
    Pool::builder(Manager(Arc::clone(connector)))
        .max_size(options.pool.max(1))
        .wait_timeout(Some(options.wait_timeout))
        .create_timeout(Some(connector.client_timeout()))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())
}

/// A connection of the pool, once one is free.
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
