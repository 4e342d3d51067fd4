//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::dialect::Postgres;
use super::live;
use crate::resource::Table;
use crate::store::Migrate;
use crate::store::schema::Plan;
use crate::store::sql::{self, Dialect};

/// Processes that start at once take turns by this; it means nothing to anybody else.
const LOCK: i64 = 0x6372_6577_6564;

/// How often what another process was faster with is looked at again.
const TRIES: usize = 5;

/// Why the tables are not what the declaration wants.
#[derive(Debug)]
pub(super) enum Misfit {
    /// They are otherwise, as told.
    Told(String),
    /// PostgreSQL failed.
    Failed(Error),
}

impl From<Error> for Misfit {
    fn from(error: Error) -> Self {
        Misfit::Failed(error)
    }
}

/// Makes what is missing, as far as `migrate` lets it, or tells what does not fit.
pub(super) async fn fit(client: &Client, tables: &[Table], migrate: Migrate) -> Result<(), Misfit> {
    for _ in 1..TRIES {
        match fit_once(client, tables, migrate).await {
            Err(Misfit::Failed(error)) if is_overtaken(&error) => client.batch_execute("ROLLBACK").await?,
            outcome => return outcome,
        }
    }
    fit_once(client, tables, migrate).await
}

async fn fit_once(client: &Client, tables: &[Table], migrate: Migrate) -> Result<(), Misfit> {
    // Nothing is locked where nothing is missing: other processes are writing. And what is looked at is of
    // one moment: another process may be making it.
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0")
        .await?;
    let seen = plan(client, tables).await?;
    client.batch_execute("COMMIT").await?;
    seen.allowed(migrate).map_err(Misfit::Told)?;
    if seen.steps.is_empty() {
        return Ok(());
    }
    // An index takes as long as there are rows; but what waits for a table holds up everybody else.
    let lock = format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}); SET LOCAL lock_timeout = '10s'"
    );
    client.batch_execute(&lock).await?;
    // Another process may have been faster.
    let plan = plan(client, tables).await?;
    if let Err(told) = plan.allowed(migrate) {
        client.batch_execute("ROLLBACK").await?;
        return Err(Misfit::Told(told));
    }
    client.batch_execute(Postgres::HISTORY).await?;
    for step in &plan.steps {
        client.batch_execute(&step.statement).await?;
        client.query(&sql::note::<Postgres>(), &[&step.statement]).await?;
    }
    Ok(client.batch_execute("COMMIT").await?)
}

async fn plan(client: &Client, tables: &[Table]) -> Result<Plan, Error> {
    let mut plan = Plan::of::<Postgres>(tables, &live::read(client, tables).await?);
    let mut found = Vec::new();
    for query in plan.doubts() {
        found.push(!client.query(query, &[]).await?.is_empty());
    }
    plan.settle(found);
    Ok(plan)
}

/// Whether another process made the same at the same moment, where the lock does not hold it back.
fn is_overtaken(error: &Error) -> bool {
    let overtaken = [
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_COLUMN,
        SqlState::DUPLICATE_OBJECT,
        SqlState::UNIQUE_VIOLATION,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| overtaken.contains(code))
}
