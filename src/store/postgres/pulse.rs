//! Notices that a server does not say anything any more.
//!
//! A server or a proxy that takes bytes and answers none leaves its connections open, and nothing tells it from one that
//! is busy with a long statement. So when an answer takes longer than usual, the server is asked something else, to
//! which it has an answer at once, and on another connection if need be. As long as it gives one, the statement is waited
//! for; else all who wait are told that there will be no answer.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::connect::{Connector, Need, READ_ONLY, Slot, Unreachable};
use super::failure::{Fault, error_text};
use super::query_value;
use super::session::Session;
use crate::store::{Availability, StoreError};

/// How long an answer is waited for before the server is asked whether it is there, and how long it is not asked again.
const PATIENCE: Duration = Duration::from_millis(1200);

/// How long it may take to answer on a connection that is open, and on a new one.
const OPEN: Duration = Duration::from_millis(800);
const NEW: Duration = Duration::from_secs(2);

/// One server, and when it has said something last.
pub(super) struct Pulse {
    connector: Arc<Connector>,
    /// The connection that it is asked on.
    slot: Arc<Slot>,
    /// It is locked while the server is asked, so that all who wait learn it together.
    latest: Mutex<Option<(Instant, Result<Availability, Absence>)>>,
}

/// Why a server has not answered.
#[derive(Clone, Debug)]
enum Absence {
    /// It says nothing.
    Silent,
    /// It says that it does not serve, or its machine does.
    Unreachable(String),
}

impl From<Unreachable> for Absence {
    fn from(why: Unreachable) -> Self {
        match why {
            Unreachable::Silent(_) => Absence::Silent,
            Unreachable::Refused(why) => Absence::Unreachable(why),
        }
    }
}

impl From<Absence> for StoreError {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Silent => Fault::Silent.into(),
            Absence::Unreachable(why) => Unreachable::Refused(why).into(),
        }
    }
}

impl Pulse {
    pub(super) fn on(connector: &Arc<Connector>, slot: Arc<Slot>) -> Self {
        Pulse { connector: Arc::clone(connector), slot, latest: Mutex::default() }
    }

    /// Does some work, for as long as the server says anything, and no longer than the `limit`.
    ///
    /// # Errors
    /// The fault of the server, if the work has not ended. It is unknown how far it has come.
    pub(super) async fn watch<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Result<T, Fault> {
        self.watch_on(None, limit, work).await
    }

    /// Does the same with work on a connection that many share, so that the server can be asked on that one. If it says
    /// something on another one only, nobody else is given this one.
    pub(super) async fn watch_on<T>(
        &self,
        shared: Option<&Session>,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, Fault> {
        let mut work = pin!(work);
        // Nobody looks at the clock for what is answered at once.
        let mut begun = None;
        loop {
            let left = begun.map_or(limit, |begun: Instant| limit.saturating_sub(begun.elapsed()));
            if let Ok(done) = timeout(PATIENCE.min(left), work.as_mut()).await {
                return Ok(done);
            }
            if left <= PATIENCE {
                return Err(Fault::no_answer());
            }
            begun.get_or_insert_with(|| Instant::now() - PATIENCE);
            // This is rare, and its future is larger than most of those that are watched.
            let asked = async {
                match shared {
                    Some(session) => self.ask(session).await,
                    None => self.ask_for_all().await,
                }
            };
            match select(work.as_mut(), asked.boxed()).await {
                Either::Left((done, _)) => return Ok(done),
                Either::Right((Err(Absence::Silent), _)) => return Err(Fault::Silent),
                Either::Right(_) => {}
            }
        }
    }

    /// Asks the server what it can do now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it does not answer.
    pub(super) async fn state(&self) -> Result<Availability, StoreError> {
        let outcome = self.ask_of_slot().await;
        *self.latest.lock().await = Some((Instant::now(), outcome.clone()));
        outcome.map_err(StoreError::from)
    }

    /// Asks the server, unless somebody did so a moment ago.
    async fn ask_for_all(&self) -> Result<Availability, Absence> {
        let mut latest = self.latest.lock().await;
        if let Some((_, outcome)) = latest.as_ref().filter(|(at, _)| at.elapsed() < PATIENCE / 2) {
            return outcome.clone();
        }
        let outcome = self.ask_of_slot().await;
        *latest = Some((Instant::now(), outcome.clone()));
        outcome
    }

    async fn ask_of_slot(&self) -> Result<Availability, Absence> {
        match self.slot.current() {
            Some(session) => self.ask(&session).await,
            None => {
                let asked = async { answer(&*self.slot.session().await?).await };
                self.heard(timeout(NEW, asked).await.unwrap_or(Err(Absence::Silent)))
            }
        }
    }

    /// Asks the server on a connection, and on another one if there is no answer.
    async fn ask(&self, session: &Session) -> Result<Availability, Absence> {
        if let Ok(Ok(state)) = timeout(OPEN, answer(session)).await {
            return Ok(state);
        }
        let asked = async { answer(&self.connector.connect("", Need::Reading).await?).await };
        let outcome = self.heard(timeout(NEW, asked).await.unwrap_or(Err(Absence::Silent)));
        if outcome.is_ok() {
            // It has lost what was sent, or is at work on something large. Whoever comes next need not find out which.
            session.retire();
        }
        outcome
    }

    fn heard(&self, outcome: Result<Availability, Absence>) -> Result<Availability, Absence> {
        if matches!(outcome, Err(Absence::Silent)) {
            self.connector.is_silent();
        }
        outcome
    }
}

/// What a server can do.
async fn answer(session: &Session) -> Result<Availability, Absence> {
    match query_value(&session.client, READ_ONLY).await {
        Ok(Some(answer)) if answer == "on" => Ok(Availability::ReadOnly),
        Ok(_) => Ok(Availability::Writable),
        Err(error) => Err(Absence::Unreachable(error_text(&error))),
    }
}
