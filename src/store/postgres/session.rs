//! A connection with its prepared statements.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use futures_util::{FutureExt, StreamExt, future};
use tokio::task::AbortHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, RowStream, Statement};

use super::Known;
use super::dialect::wire_type;
use super::value::Bound;
use crate::store::TableId;
use crate::value::Value;

/// The statements of a table that do not depend on what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    One,
    Page,
    Insert,
    InsertFree,
    Put,
    Delete,
}

const FIXED: usize = 6;

/// A statement and what its parameters stand for.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) table: TableId,
    pub(super) text: Text<'a>,
    pub(super) parameters: Vec<Bound<'a>>,
}

/// The text of a statement.
#[derive(Debug)]
pub(super) enum Text<'a> {
    Fixed(Fixed, &'a str),
    Made(String),
}

impl<'a> Ask<'a> {
    pub(super) fn fixed(table: TableId, known: &'a Known, fixed: Fixed, parameters: Vec<Bound<'a>>) -> Self {
        let statements = &known.statements;
        let text = match fixed {
            Fixed::One => &statements.one,
            Fixed::Page => &statements.page,
            Fixed::Insert => &statements.insert,
            Fixed::InsertFree => &statements.insert_free,
            Fixed::Put => &statements.put,
            Fixed::Delete => &statements.delete,
        };
        Ask { table, text: Text::Fixed(fixed, text), parameters }
    }

    /// Of a key.
    pub(super) fn of_key(table: TableId, known: &'a Known, fixed: Fixed, key: &'a Value) -> Self {
        Ask::fixed(table, known, fixed, vec![known.key(key)])
    }

    /// The types of the parameters. The server would find them out by itself, and take the same bytes for another
    /// value where somebody has changed the type of a column meanwhile.
    fn types(&self) -> Vec<Type> {
        self.parameters.iter().map(|bound| wire_type(&bound.kind)).collect()
    }

    fn text(&self) -> &str {
        match &self.text {
            Text::Fixed(_, text) => text,
            Text::Made(text) => text,
        }
    }
}

/// A connection, which serves as many requests at once as are asked of it, in their order.
pub(super) struct Session {
    pub(super) client: Client,
    /// By table and by statement.
    fixed: Box<[OnceLock<Statement>]>,
    made: Mutex<HashMap<String, Statement>>,
    prepares: bool,
    useless: AtomicBool,
    /// What speaks to the server for it.
    connection: AbortHandle,
}

impl Session {
    pub(super) fn new(client: Client, connection: AbortHandle, tables: usize, prepares: bool) -> Self {
        let fixed = (0..tables * FIXED).map(|_| OnceLock::new()).collect();
        let (made, useless) = (Mutex::default(), AtomicBool::new(false));
        Session { client, fixed, made, prepares, useless, connection }
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
    pub(super) async fn prepare(&self, ask: &Ask<'_>) -> Result<Option<Statement>, Error> {
        if !self.prepares {
            return Ok(None);
        }
        let statement = match &ask.text {
            Text::Fixed(fixed, text) => {
                let known = &self.fixed[ask.table * FIXED + *fixed as usize];
                match known.get() {
                    Some(statement) => statement.clone(),
                    None => {
                        let statement = self.client.prepare_typed(text, &ask.types()).await?;
                        known.get_or_init(|| statement).clone()
                    }
                }
            }
            Text::Made(text) => {
                let made = || self.made.lock().unwrap_or_else(PoisonError::into_inner);
                let known = made().get(text).cloned();
                match known {
                    Some(statement) => statement,
                    None => {
                        let statement = self.client.prepare_typed(text, &ask.types()).await?;
                        let mut made = made();
                        if made.len() >= MOST_MADE {
                            made.clear();
                        }
                        made.insert(text.clone(), statement.clone());
                        statement
                    }
                }
            }
        };
        Ok(Some(statement))
    }

    /// Asks, and gives the rows as they come.
    pub(super) async fn stream(
        &self,
        ask: &Ask<'_>,
        statement: Option<Statement>,
    ) -> Result<RowStream, Error> {
        match statement {
            Some(statement) => {
                self.client.query_raw(&statement, ask.parameters.iter().map(by_reference)).await
            }
            None => {
                let typed = ask.parameters.iter().map(|bound| (by_reference(bound), wire_type(&bound.kind)));
                self.client.query_typed_raw(ask.text(), typed).await
            }
        }
    }

    /// Asks, and gives all rows.
    pub(super) async fn rows(&self, ask: &Ask<'_>, statement: Option<Statement>) -> Result<Vec<Row>, Error> {
        let mut stream = std::pin::pin!(self.stream(ask, statement).await?);
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
        asks: &[(&Ask<'_>, Option<Statement>)],
    ) -> Result<Vec<Result<Vec<Row>, Error>>, Error> {
        // What is polled for the first time is sent; the answers come in the same order.
        let mut before = Box::pin(future::maybe_done(self.client.batch_execute(before)));
        let _ = before.as_mut().now_or_never();
        let mut sent = Vec::with_capacity(asks.len());
        for (index, (ask, statement)) in asks.iter().enumerate() {
            let mut between = (index > 0 && !between.is_empty())
                .then(|| Box::pin(future::maybe_done(self.client.batch_execute(between))));
            if let Some(between) = &mut between {
                let _ = between.as_mut().now_or_never();
            }
            let mut query = Box::pin(future::maybe_done(self.rows(ask, statement.clone())));
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

/// Of one connection; a patch of other columns is another text.
const MOST_MADE: usize = 1000;

fn by_reference<'a>(bound: &'a Bound<'a>) -> &'a (dyn ToSql + Sync) {
    bound
}
