//! A connection with its prepared statements.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::{FutureExt, StreamExt, future};
use hashlink::LruCache;
use tokio::task::AbortHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, RowStream, Statement as Prepared};

use super::dialect::wire_type;
use crate::store::draft::Parameter;
use crate::store::statement::Statement;

/// A connection, which serves as many requests at once as are asked of it, in their order.
pub(super) struct Session {
    pub(super) client: Client,
    /// By their texts: as many as are used, and not more than a bound.
    prepared: Mutex<LruCache<String, Prepared>>,
    prepares: bool,
    useless: AtomicBool,
    /// What speaks to the server for it.
    connection: AbortHandle,
}

impl Session {
    pub(super) fn new(client: Client, connection: AbortHandle, tables: usize, prepares: bool) -> Self {
        let most = USUAL * tables + MOST_UNUSUAL;
        let (prepared, useless) = (Mutex::new(LruCache::new(most)), AtomicBool::new(false));
        Session { client, prepared, prepares, useless, connection }
    }

    pub(super) fn is_useless(&self) -> bool {
        self.useless.load(Ordering::Relaxed) || self.client.is_closed()
    }

    /// Closes it, whoever still has it: the server undoes what it was in the middle of.
    pub(super) fn give_up(&self) {
        self.useless.store(true, Ordering::Relaxed);
        self.connection.abort();
    }

    /// Prepares what was not prepared yet.
    pub(super) async fn prepare(&self, statement: &Statement<'_>) -> Result<Option<Prepared>, Error> {
        if !self.prepares {
            return Ok(None);
        }
        let known = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known().get(&*statement.text) {
            return Ok(Some(prepared.clone()));
        }
        let prepared = self.client.prepare_typed(&statement.text, &types(statement)).await?;
        known().insert(statement.text.clone().into_owned(), prepared.clone());
        Ok(Some(prepared))
    }

    /// Asks, and gives the rows as they come.
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

    /// Asks, and gives all rows.
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

    /// Sends a text and these statements in one go, with another text between each two of them, if it is not
    /// empty; the answers of each statement. Where a text fails, so does the statement after it.
    pub(super) async fn pipeline(
        &self,
        before: &str,
        between: &str,
        statements: &[(&Statement<'_>, Option<Prepared>)],
    ) -> Result<Vec<Result<Vec<Row>, Error>>, Error> {
        // What is polled for the first time is sent; the answers come in the same order.
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

/// How many statements of a table are usual: reads and writes, of visible columns and of all.
const USUAL: usize = 12;

/// How many others one connection keeps: a patch of other columns is another text.
const MOST_UNUSUAL: usize = 1000;

/// The types of the parameters. The server would find them out by itself, and take the same bytes for another value
/// where somebody has changed the type of a column meanwhile.
fn types(statement: &Statement<'_>) -> Vec<Type> {
    statement.parameters.iter().map(|parameter| wire_type(&parameter.kind)).collect()
}

fn by_reference<'a>(parameter: &'a Parameter<'a>) -> &'a (dyn ToSql + Sync) {
    parameter
}
