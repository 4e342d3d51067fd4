//! Notices that a server does not say anything any more.
//!
//! A server or a proxy that takes bytes and answers none leaves its connections open, and nothing tells it from one that
//! is busy with a long statement. So when an answer takes longer than usual, the server is asked something else, to
//! which it has an answer at once, and on another connection if need be. As long as it gives one, if only the error that it
//! takes no more connections, the statement is waited for; else all who wait are told that there will be no answer.
//!
//! Of several hosts, who waits for a statement asks the host that has it, whatever the others say; who waits for a
//! connection asks whether any host can be connected to.

use std::borrow::Borrow;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::connect::{Connector, Lease, Need, READ_ONLY, Slot, Unreachable};
use super::failure::Fault;
use super::query_value;
use super::session::Session;
use crate::store::{Availability, StoreError};

/// How long an answer is waited for before the server is asked whether it is there.
pub(super) const PATIENCE: Duration = Duration::from_millis(1200);

/// How long what it has said holds.
const FRESH: Duration = Duration::from_millis(600);

/// How long it may take to answer on a connection that is open, and on a new one.
const OPEN: Duration = Duration::from_millis(800);
const NEW: Duration = Duration::from_secs(2);

type Outcome = Result<Availability, Unreachable>;

/// What was said last, and when. It is locked while somebody asks, so that all who wait learn it together.
#[derive(Default)]
struct Latest(Mutex<Option<(Instant, Outcome)>>);

impl Latest {
    /// Asks, unless somebody did so a moment ago.
    async fn or_ask(&self, ask: impl Future<Output = Outcome>) -> Outcome {
        let mut latest = self.0.lock().await;
        if let Some((_, outcome)) = latest.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return outcome.clone();
        }
        let outcome = ask.await;
        *latest = Some((Instant::now(), outcome.clone()));
        outcome
    }
}

/// The servers of one address, and when they have said something last.
pub(super) struct Pulse {
    connector: Arc<Connector>,
    /// The connection that is asked on, where there is no better one.
    slot: Arc<Slot>,
    /// What each host has said on a new connection.
    hosts: Vec<Latest>,
    /// Whether there is a host that can be connected to.
    any: Latest,
    /// How long anything is waited for at most.
    limit: Duration,
}

impl Pulse {
    pub(super) fn on(connector: &Arc<Connector>, slot: Arc<Slot>, limit: Duration) -> Self {
        let hosts = (0..connector.hosts()).map(|_| Latest::default()).collect();
        Pulse { connector: Arc::clone(connector), slot, hosts, any: Latest::default(), limit }
    }

    /// Waits for a connection, for as long as one may be had. The servers are first asked after so much `patience`.
    ///
    /// # Errors
    /// The fault of the servers, if the work has not ended.
    pub(super) async fn watch<T>(
        &self,
        patience: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        watch_by(patience, self.limit, work, || self.any.or_ask(self.ask_any())).await
    }

    /// Does some work on a connection that nobody else uses, for as long as its server says anything.
    ///
    /// # Errors
    /// The fault of the server, if the work has not ended. It is unknown how far it has come.
    pub(super) async fn watch_on<T>(
        &self,
        session: &Session,
        work: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        watch_by(PATIENCE, self.limit, work, || self.ask(session, false)).await
    }

    /// Does the same with work on a connection that others may use too, so that the server can be asked on that one. If
    /// it says something on another one only, nobody else is given this one.
    pub(super) async fn watch_lease<T>(
        &self,
        lease: &Lease,
        patience: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        watch_by(patience, self.limit, work, || self.ask(lease, lease.is_shared())).await
    }

    /// Asks the server what it can do now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it does not answer.
    pub(super) async fn state(&self) -> Result<Availability, StoreError> {
        let outcome = self.ask_any().await;
        *self.any.0.lock().await = Some((Instant::now(), outcome.clone()));
        outcome.map_err(StoreError::from)
    }

    /// Asks the host of a connection.
    async fn ask(&self, session: &Session, is_shared: bool) -> Outcome {
        let (host, of_slot) = (session.host(), self.slot.current());
        let open = match is_shared {
            true => Some(session),
            false => of_slot.as_deref().filter(|of_slot| of_slot.host() == host),
        };
        if let Some(state) = answer_soon(open).await {
            return Ok(state);
        }
        let ask = async {
            let outcome = on_a_new_one(self.slot.session_of(host)).await;
            if !lives(&outcome) {
                self.connector.is_lost(host);
            }
            outcome
        };
        let outcome = self.hosts[host].or_ask(ask).await;
        if let (Ok(_), Some(open)) = (&outcome, open) {
            // It has lost what was sent, or is at work on something large. Whoever comes next need not find out which.
            open.retire();
        }
        outcome
    }

    /// Asks any host.
    async fn ask_any(&self) -> Outcome {
        let Some(open) = self.slot.current() else { return on_a_new_one(self.slot.session()).await };
        if let Some(state) = answer_soon(Some(&open)).await {
            return Ok(state);
        }
        let outcome = on_a_new_one(self.connector.connect("", Need::Reading)).await;
        match &outcome {
            Ok(_) => open.retire(),
            Err(_) if !lives(&outcome) => self.connector.is_lost(open.host()),
            Err(_) => {}
        }
        outcome
    }
}

/// Does some work, for as long as a server says anything that is asked from time to time, and no longer than the `limit`.
/// It is first asked after so much `patience`.
pub(super) async fn watch_by<T, Asked: Future<Output = Outcome>>(
    mut patience: Duration,
    limit: Duration,
    work: impl Future<Output = T>,
    ask: impl Fn() -> Asked,
) -> Result<T, Fault> {
    let mut work = pin!(work);
    // Nobody looks at the clock for what is answered at once.
    let mut begun = None;
    loop {
        let left = begun.map_or(limit, |begun: Instant| limit.saturating_sub(begun.elapsed()));
        if let Ok(done) = timeout(patience.min(left), work.as_mut()).await {
            return Ok(done);
        }
        if left <= patience {
            return Err(Fault::no_answer());
        }
        begun.get_or_insert_with(|| Instant::now() - patience);
        patience = PATIENCE;
        // This is rare, and its future is larger than most of those that are watched.
        match select(work.as_mut(), Box::pin(ask())).await {
            Either::Left((done, _)) => return Ok(done),
            Either::Right((Err(Unreachable::Silent(_)), _)) => return Err(Fault::Silent),
            // Nobody tells the connections of a machine that is gone.
            Either::Right((Err(Unreachable::Absent(why)), _)) => return Err(Fault::Lost(why)),
            Either::Right((Ok(_) | Err(Unreachable::Refused(_)), _)) => {}
        }
    }
}

/// Whether there is a server. One that refuses, because it is starting up or has too many connections, is there.
fn lives(outcome: &Outcome) -> bool {
    matches!(outcome, Ok(_) | Err(Unreachable::Refused(_)))
}

/// What the server says on a connection that is open, if there is one and it says it soon.
async fn answer_soon(open: Option<&Session>) -> Option<Availability> {
    timeout(OPEN, answer(open?)).await.ok()?.ok()
}

/// What a server says on a connection that is made for it, or that was not there.
async fn on_a_new_one<Made: Borrow<Session>>(
    connect: impl Future<Output = Result<Made, Unreachable>>,
) -> Outcome {
    let asked = async { answer(connect.await?.borrow()).await };
    let silent = || Unreachable::Silent(format!("there was no answer within {NEW:?}"));
    timeout(NEW, asked).await.unwrap_or_else(|_| Err(silent()))
}

/// What a server can do.
async fn answer(session: &Session) -> Outcome {
    match query_value(&session.client, READ_ONLY).await {
        Ok(Some(answer)) if answer == "on" => Ok(Availability::ReadOnly),
        Ok(_) => Ok(Availability::Writable),
        Err(error) => Err(error.into()),
    }
}
