//! A connection with its prepared statements, and the pipelining of several statements on it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

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
    /// The task that exchanges messages with the server.
    connection: AbortHandle,
}

impl Session {
    pub(super) fn new(client: Client, connection: AbortHandle, tables: usize, prepares: bool) -> Self {
        let most = USUAL * tables + MOST_UNUSUAL;
        let (prepared, closed) = (Mutex::new(LruCache::new(most)), AtomicBool::new(false));
        Session { client, prepared, prepares, closed, connection }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed) || self.client.is_closed()
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
