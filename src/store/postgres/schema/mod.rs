//! Makes the tables of a database what the declaration wants, or tells what stands in the way.

mod dialect;
mod guards;
mod introspect;
mod remake;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

pub(super) use self::introspect::unique;

use self::guards::lock;
use self::introspect::unique_now;
use super::code::Changer;
use super::dialect::Postgres;
use super::failure::said;
use crate::resource::Table;
use crate::store::schema::{Due, Found, Plan, Precondition};
use crate::store::{SchemaPolicy, StepAction, When};

/// Processes that start at once take turns by this; it means nothing to anybody else.
const LOCK: i64 = 0x6372_6577_6564;

/// Counting rows, making an index and waiting for another process take as long as they do, whatever a role or a
/// database says of statements, locks and transactions that are idle.
const PATIENT: &str = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN \
    ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')";

/// How often what another process was faster with is looked at again.
const TRIES: usize = 5;

/// Why the tables are not what the declaration wants.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// They are otherwise, as told.
    Refused(String),
    /// PostgreSQL failed.
    Failed(Error),
}

impl From<Error> for SchemaError {
    fn from(error: Error) -> Self {
        SchemaError::Failed(error)
    }
}

/// Compares the tables with the declaration and changes nothing; tells what is worth a line in the log.
///
/// What is looked at is of one moment, since another process may be changing it; nothing is locked.
pub(super) async fn examine(
    client: &Client,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Vec<String>, SchemaError> {
    look(client, tables, policy).await.map(|plan| plan.notes)
}

async fn look(client: &Client, tables: &[Table], policy: &SchemaPolicy) -> Result<Plan, SchemaError> {
    client.batch_execute(&format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {PATIENT}")).await?;
    let seen = plan(client, tables, policy).await?;
    client.batch_execute("COMMIT").await?;
    seen.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    Ok(seen)
}

/// Makes the tables what the declaration wants, as far as the policy lets it; tells what was done, a line for each
/// change.
pub(super) async fn apply(changer: &Changer<'_>, policy: &SchemaPolicy) -> Result<Vec<String>, SchemaError> {
    for _ in 1..TRIES {
        match apply_once(changer, policy).await {
            Err(SchemaError::Failed(error)) if is_overtaken(&error) => {
                changer.session.client.batch_execute("ROLLBACK").await?;
            }
            outcome => return outcome,
        }
    }
    apply_once(changer, policy).await
}

async fn apply_once(changer: &Changer<'_>, policy: &SchemaPolicy) -> Result<Vec<String>, SchemaError> {
    let (client, tables) = (&changer.session.client, changer.tables);
    if look(client, tables, policy).await?.is_empty() || !policy.changes() {
        return Ok(Vec::new());
    }
    // What is waited for must be seen afterwards, so nothing may be seen as it was before. What waits for a table
    // holds up everybody else.
    let lock = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; {PATIENT}; SELECT pg_advisory_xact_lock({LOCK}); \
         SET LOCAL lock_timeout = '10s'"
    );
    client.batch_execute(&lock).await?;
    // Another process may have been faster.
    match change(changer, policy).await {
        Ok(told) => {
            client.batch_execute("COMMIT").await?;
            Ok(told)
        }
        Err(SchemaError::Refused(why)) => {
            client.batch_execute("ROLLBACK").await?;
            Err(SchemaError::Refused(why))
        }
        Err(failed) => Err(failed),
    }
}

/// Does what is to be done, within a transaction.
async fn change(changer: &Changer<'_>, policy: &SchemaPolicy) -> Result<Vec<String>, SchemaError> {
    let (client, tables) = (&changer.session.client, changer.tables);
    let mut plan = plan(client, tables, policy).await?;
    plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    for statement in plan.history() {
        client.batch_execute(statement).await?;
    }
    let mut told = Vec::new();
    if plan.due(When::Before).next().is_some() {
        for step in plan.due(When::Before) {
            run_step(changer, step).await?;
            told.push(step.told());
        }
        // The rows, and perhaps the tables, are others now.
        plan = self::plan(client, tables, policy).await?;
        plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    }
    let locks: Vec<String> = plan.altered().map(lock).collect();
    if !locks.is_empty() {
        client.batch_execute(&locks.join("; ")).await?;
        // A former program may have written what does not fit since the rows were looked at.
        plan = self::plan(client, tables, policy).await?;
        plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    }
    for statement in plan.alters().chain(plan.simple()) {
        client.batch_execute(statement).await.map_err(|error| refused(&plan, statement, error))?;
        client.query("INSERT INTO \"_crewed_history\" (\"statement\") VALUES ($1)", &[statement]).await?;
    }
    for statement in plan.meanings::<Postgres>() {
        client.batch_execute(&statement).await?;
    }
    told.extend(plan.told());
    for step in plan.due(When::After) {
        run_step(changer, step).await?;
        told.push(step.told());
    }
    Ok(told)
}

/// What a statement of the plan's met: where it is the statement that is at fault, which.
fn refused(plan: &Plan, statement: &str, error: Error) -> SchemaError {
    let class = error.code().and_then(|code| code.code().get(..2)).unwrap_or("08");
    // Of the connection, of what there is too little of, of others that are in the way, and of the server.
    let elsewhere = ["08", "40", "53", "55", "57", "58", "XX"].contains(&class);
    match elsewhere || is_overtaken(&error) {
        true => SchemaError::Failed(error),
        false => SchemaError::Refused(plan.refused(statement, &said(&error))),
    }
}

/// Runs a step, where it is to be run, and notes it.
async fn run_step(changer: &Changer<'_>, step: &Due) -> Result<(), SchemaError> {
    let client = &changer.session.client;
    let failed = |why: String| {
        SchemaError::Refused(format!("was not changed: the step `{}` failed: {why}", step.name))
    };
    let transaction = "SELECT txid_current()::text";
    let before = super::told(client, transaction).await?;
    match &step.action {
        _ if !step.runs => {}
        StepAction::Sql(_) => {
            let run = client.batch_execute(step.text).await;
            run.map_err(|error| failed(said(&error)))?;
        }
        StepAction::Run(run) => {
            let unique = unique_now(client, changer.tables).await.map_err(|error| failed(said(&error)))?;
            changer.run(run, unique).await.map_err(failed)?;
        }
    }
    if super::told(client, transaction).await? != before {
        return Err(failed("it ended the transaction that it is run in".to_owned()));
    }
    let note = "INSERT INTO \"_crewed_history\" (\"statement\", \"step\") VALUES ($1, $2)";
    client.query(note, &[&step.text, &step.name]).await?;
    Ok(())
}

async fn plan(client: &Client, tables: &[Table], policy: &SchemaPolicy) -> Result<Plan, Error> {
    let live = introspect::read(client, tables).await?;
    let mut plan = Plan::of::<Postgres>(tables, &live, policy);
    let mut found = Vec::new();
    for precondition in plan.preconditions() {
        found.push(ask(client, precondition).await?);
    }
    plan.resolve(found);
    Ok(plan)
}

async fn ask(client: &Client, precondition: &Precondition) -> Result<Found, Error> {
    let total: i64 = client.query_one(&precondition.total, &[]).await?.try_get(0)?;
    let mut sample = Vec::new();
    if let Some(query) = precondition.sample.as_ref().filter(|_| total > 0) {
        for row in client.query(query, &[]).await? {
            sample.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(Found { total, sample })
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
