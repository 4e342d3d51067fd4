//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

use super::dialect::Postgres;
use super::live;
use crate::resource::Table;
use crate::store::SchemaPolicy;
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

/// Compares the tables with the declaration and changes nothing; tells what would be done.
///
/// What is looked at is of one moment, since another process may be changing it; nothing is locked.
pub(super) async fn examine(
    client: &Client,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    look(client, tables, policy).await.map(|_| Vec::new())
}

async fn look(client: &Client, tables: &[Table], policy: &SchemaPolicy) -> Result<Plan, Misfit> {
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0")
        .await?;
    let seen = plan(client, tables).await?;
    client.batch_execute("COMMIT").await?;
    seen.allowed(policy.migrate).map_err(Misfit::Told)?;
    Ok(seen)
}

/// Makes the tables what the declaration wants, as far as the policy lets it; tells what was done, a line for each
/// change.
pub(super) async fn apply(
    client: &Client,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, Misfit> {
    for _ in 1..TRIES {
        match apply_once(client, tables, policy).await {
            Err(Misfit::Failed(error)) if is_overtaken(&error) => client.batch_execute("ROLLBACK").await?,
            outcome => return outcome,
        }
    }
    apply_once(client, tables, policy).await
}

async fn apply_once(client: &Client, tables: &[Table], policy: &SchemaPolicy) -> Result<Vec<String>, Misfit> {
    if look(client, tables, policy).await?.steps.is_empty() {
        return Ok(Vec::new());
    }
    // An index takes as long as there are rows; but what waits for a table holds up everybody else.
    let lock = format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({LOCK}); SET LOCAL lock_timeout = '10s'"
    );
    client.batch_execute(&lock).await?;
    // Another process may have been faster.
    let plan = plan(client, tables).await?;
    if let Err(told) = plan.allowed(policy.migrate) {
        client.batch_execute("ROLLBACK").await?;
        return Err(Misfit::Told(told));
    }
    client.batch_execute(Postgres::HISTORY).await?;
    for step in &plan.steps {
        client.batch_execute(&step.statement).await?;
        client.query(&sql::note::<Postgres>(), &[&step.statement]).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok(Vec::new())
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
