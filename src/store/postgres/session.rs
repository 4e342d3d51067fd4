//! A connection with its prepared statements, and the pipelining of several statements on it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, future};
use hashlink::LruCache;
use tokio::task::AbortHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, RowStream, Statement as Prepared};

use super::dialect::wire_type;
use crate::store::draft::Parameter;
use crate::store::prepared::Statement;

/// A connection. Several tasks may use it at once: their statements are pipelined and answered in order.
pub(super) struct Session {
    pub(super) client: Client,
    /// The prepared statements by their texts, of which the least recently used are dropped.
    prepared: Mutex<LruCache<String, Prepared>>,
    prepares: bool,
    closed: AtomicBool,
    /// Until when it is used, if its server is read-only.
    read_only: Option<Instant>,
    /// What has happened to the servers since.
    events: Arc<Events>,
    /// The position of its host among those of the address.
    host: usize,
    /// What had happened when this connection was begun.
    writable_before: u64,
    lost_before: u64,
    /// The task that exchanges messages with the server.
    connection: AbortHandle,
}

/// What makes connections useless that are open, by how often it has happened.
#[derive(Debug)]
pub(super) struct Events {
    /// A server was found that takes writes, so that those to one that is read-only are not read from any more.
    pub(super) writable: AtomicU64,
    /// Each host, when it did not say anything or was not there. What was sent to it then may be lost, and nobody would notice.
    pub(super) lost: Box<[AtomicU64]>,
}

impl Events {
    pub(super) fn of_hosts(count: usize) -> Self {
        Events { writable: AtomicU64::new(0), lost: (0..count).map(|_| AtomicU64::new(0)).collect() }
    }

    /// What has happened that concerns connections to a host.
    pub(super) fn of(&self, host: usize) -> (u64, u64) {
        (self.writable.load(Ordering::Acquire), self.lost[host].load(Ordering::Relaxed))
    }
}

/// How long a connection to a server is used that is read-only.
const READ_ONLY_FOR: Duration = Duration::from_secs(5);

impl Session {
    /// A connection to this host, which was begun when so much had happened.
    pub(super) fn new(
        (client, connection): (Client, AbortHandle),
        tables: usize,
        prepares: bool,
        events: &Arc<Events>,
        host: usize,
        (writable_before, lost_before): (u64, u64),
    ) -> Self {
        let most = USUAL * tables + MOST_UNUSUAL;
        Session {
            client,
            prepared: Mutex::new(LruCache::new(most)),
            prepares,
            closed: AtomicBool::new(false),
            read_only: None,
            events: Arc::clone(events),
            host,
            writable_before,
            lost_before,
            connection,
        }
    }

    /// The position of its host among those of the address.
    pub(super) fn host(&self) -> usize {
        self.host
    }

    /// The same connection, which is to a server that is read-only. It ends when one is found that takes writes, and after
    /// a while, so that one is looked for.
    pub(super) fn read_only(self) -> Self {
        Session { read_only: Some(Instant::now() + READ_ONLY_FOR), ..self }
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    pub(super) fn is_closed(&self) -> bool {
        let is_over = |until: Instant| {
            self.events.writable.load(Ordering::Acquire) != self.writable_before || Instant::now() >= until
        };
        self.closed.load(Ordering::Relaxed)
            || self.client.is_closed()
            || self.may_have_lost()
            || self.read_only.is_some_and(is_over)
    }

    /// Whether something that was sent on it may be lost.
    pub(super) fn may_have_lost(&self) -> bool {
        self.events.lost[self.host].load(Ordering::Relaxed) != self.lost_before
    }

    /// Lets nobody else use the connection. Those who wait for an answer on it may still get one.
    pub(super) fn retire(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Closes the connection for all who share it. The server rolls back an open transaction.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.connection.abort();
    }

    /// Prepares a statement, unless it is prepared already. `None` means that statements are not prepared here.
    pub(super) async fn prepare(&self, statement: &Statement<'_>) -> Result<Option<Prepared>, Error> {
        if !self.prepares || !statement.is_kept() {
            return Ok(None);
        }
        let cache = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = cache().get(&*statement.text) {
            return Ok(Some(prepared.clone()));
        }
        let prepared = self.client.prepare_typed(&statement.text, &types(statement)).await?;
        cache().insert(statement.text.clone().into_owned(), prepared.clone());
        Ok(Some(prepared))
    }

    /// Executes a statement, and returns its rows as they arrive.
    pub(super) async fn stream(
        &self,
        statement: &Statement<'_>,
        prepared: Option<Prepared>,
    ) -> Result<RowStream, Error> {
        let parameters = statement.parameters.iter();
        match prepared {
            Some(prepared) => self.client.query_raw(&prepared, parameters.map(by_reference)).await,
            None => {
                let typed = parameters.map(|parameter| (by_reference(parameter), wire_type(&parameter.kind)));
                self.client.query_typed_raw(&statement.text, typed).await
            }
        }
    }

    /// Executes a statement, and returns all of its rows.
    pub(super) async fn rows(
        &self,
        statement: &Statement<'_>,
        prepared: Option<Prepared>,
    ) -> Result<Vec<Row>, Error> {
        let mut stream = std::pin::pin!(self.stream(statement, prepared).await?);
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row?);
        }
        Ok(rows)
    }

    /// Sends statements in a pipeline, without waiting for one answer before the next is sent, and returns the answer
    /// of each. The SQL `before` is sent before all of them, and `between`, unless it is empty, between each two. If
    /// `between` fails, its error is the answer of the statement after it.
    ///
    /// # Errors
    /// The error of `before`. The statements have been sent and executed nevertheless, each in its own transaction if
    /// `before` was to open one.
    pub(super) async fn pipeline(
        &self,
        before: &str,
        between: &str,
        statements: &[(&Statement<'_>, Option<Prepared>)],
    ) -> Result<Vec<Result<Vec<Row>, Error>>, Error> {
        // A future of tokio-postgres sends its message when it is first polled, and PostgreSQL answers in order.
        let mut before = Box::pin(future::maybe_done(self.client.batch_execute(before)));
        let _ = before.as_mut().now_or_never();
        let mut sent = Vec::with_capacity(statements.len());
        for (index, (statement, prepared)) in statements.iter().enumerate() {
            let mut between = (index > 0 && !between.is_empty())
                .then(|| Box::pin(future::maybe_done(self.client.batch_execute(between))));
            if let Some(between) = &mut between {
                let _ = between.as_mut().now_or_never();
            }
            let mut query = Box::pin(future::maybe_done(self.rows(statement, prepared.clone())));
            let _ = query.as_mut().now_or_never();
            sent.push((between, query));
        }
        before.as_mut().await;
        if let Some(outcome) = before.as_mut().take_output() {
            outcome?;
        }
        let mut answers = Vec::with_capacity(sent.len());
        for (between, mut query) in sent {
            let mut failed = None;
            if let Some(mut between) = between {
                between.as_mut().await;
                failed = between.as_mut().take_output().and_then(Result::err);
            }
            query.as_mut().await;
            let answer = query.as_mut().take_output();
            answers.extend(failed.map(Err).or(answer));
        }
        Ok(answers)
    }
}

/// How many statements every table has: reads and writes, of the visible columns and of all.
const USUAL: usize = 12;

/// How many further statements one connection keeps. There are many, since each set of columns that a PATCH changes is
/// another text.
const MOST_UNUSUAL: usize = 1000;

/// The types of the parameters. The server could infer them from the columns, but if the type of a column had been
/// changed meanwhile, it would read the bytes of a parameter as another value.
fn types(statement: &Statement<'_>) -> Vec<Type> {
    statement.parameters.iter().map(|parameter| wire_type(&parameter.kind)).collect()
}

fn by_reference<'a>(parameter: &'a Parameter<'a>) -> &'a (dyn ToSql + Sync) {
    parameter
}
