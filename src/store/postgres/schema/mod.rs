//! Migrates the tables of a database to the declaration, or reports what prevents that.

mod dialect;
mod guards;
mod introspect;
mod remake;

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

pub(super) use self::introspect::unique;

use self::guards::lock;
use self::introspect::unique_now;
use super::code::SchemaConnection;
use super::connect::Need;
use super::dialect::Postgres;
use super::failure::error_text;
use crate::resource::Table;
use crate::store::schema::{Due, DueStep, Later, Plan, Precondition, PreconditionResult};
use crate::store::{SchemaPolicy, StepAction, When};

/// The advisory lock that lets only one of several processes migrate at a time. The number is `crewed` in ASCII.
const LOCK: i64 = 0x6372_6577_6564;

/// Switches off the timeouts that a role or a database may have configured, since counting rows, creating an index and
/// waiting for another process may take long.
const NO_TIMEOUTS: &str = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN \
    ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')";

/// How often a migration is attempted that fails because another process makes the same change.
const TRIES: usize = 5;

/// Why the tables do not match the declaration.
#[derive(Debug)]
pub(super) enum SchemaError {
    /// The tables differ in a way that may not or cannot be changed, as the text says.
    Refused(String),
    /// A statement failed.
    Failed(Error),
}

impl From<Error> for SchemaError {
    fn from(error: Error) -> Self {
        SchemaError::Failed(error)
    }
}

/// Compares the tables with the declaration and changes nothing. Returns what would be changed.
///
/// It reads one snapshot, since another process may be migrating meanwhile, and locks nothing.
pub(super) async fn examine(
    client: &Client,
    tables: &[Table],
    policy: &SchemaPolicy,
) -> Result<Due, SchemaError> {
    look(client, tables, policy).await.map(|plan| plan.due_under::<Postgres>(policy))
}

async fn look(client: &Client, tables: &[Table], policy: &SchemaPolicy) -> Result<Plan, SchemaError> {
    client.batch_execute(&format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {NO_TIMEOUTS}")).await?;
    let plan = plan(client, tables, policy).await?;
    client.batch_execute("COMMIT").await?;
    plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    Ok(plan)
}

/// Migrates the tables to the declaration, as far as the policy allows. Returns a line for each change.
pub(super) async fn apply(
    changer: &SchemaConnection<'_>,
    policy: &SchemaPolicy,
) -> Result<Vec<String>, SchemaError> {
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

async fn apply_once(
    changer: &SchemaConnection<'_>,
    policy: &SchemaPolicy,
) -> Result<Vec<String>, SchemaError> {
    let (client, tables) = (&changer.session.client, changer.tables);
    if look(client, tables, policy).await?.is_empty() || !policy.changes() {
        return Ok(Vec::new());
    }
    // READ COMMITTED lets each statement see what another process has committed while this one waited for the lock. The
    // lock of a table is waited for only briefly, since every other statement on the table queues behind that request.
    let lock = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; {NO_TIMEOUTS}; SELECT pg_advisory_xact_lock({LOCK}); \
         SET LOCAL lock_timeout = '10s'"
    );
    client.batch_execute(&lock).await?;
    match change(changer, policy).await {
        Ok((mut changes, later)) => {
            client.batch_execute("COMMIT").await?;
            changes.extend(finish(changer, &later).await);
            Ok(changes)
        }
        Err(SchemaError::Refused(why)) => {
            client.batch_execute("ROLLBACK").await?;
            Err(SchemaError::Refused(why))
        }
        Err(failed) => Err(failed),
    }
}

/// Does what cannot be done in a transaction. A failure does not stop the launch: what is left is told, with its
/// statement, and done by the next launch. Returns a line for each failure.
///
/// No lock keeps other processes from doing the same: whoever waited for it would be waited for by the making of the
/// index. Another process takes an index that is being made for one that is there.
async fn finish(changer: &SchemaConnection<'_>, later: &[Later]) -> Vec<String> {
    let mut failed = Vec::new();
    if later.is_empty() {
        return failed;
    }
    // The settings are those of a connection of its own, which is closed afterwards.
    let session =
        changer.connector.connect("SET statement_timeout = 0; SET lock_timeout = 0", Need::Writing).await;
    for Later { statement, undo } in later {
        // What replaces an index has to be there before it goes.
        if undo.is_none() && !failed.is_empty() {
            continue;
        }
        let outcome = match &session {
            Ok(session) => make(&session.client, statement, undo.as_deref()).await,
            Err(why) => Err(why.to_string()),
        };
        match outcome {
            Ok(()) => {
                // The name of an index says that it is crewed's, and the history is for people.
                let note = "INSERT INTO \"_crewed_history\" (\"statement\") VALUES ($1)";
                let _ = changer.session.client.query(note, &[statement]).await;
            }
            Err(why) => {
                failed.push(format!(
                    "this could not be done, and is left for you to run: {statement}; ({why})"
                ));
            }
        }
    }
    failed
}

async fn make(client: &Client, statement: &str, undo: Option<&str>) -> Result<(), String> {
    match client.batch_execute(statement).await {
        Ok(()) => Ok(()),
        // Another process makes it.
        Err(error) if is_overtaken(&error) && undo.is_some() => Ok(()),
        Err(error) => {
            if let Some(undo) = undo {
                let _ = client.batch_execute(undo).await;
            }
            Err(error_text(&error))
        }
    }
}

/// Migrates within the open transaction, and returns what is to be done after it. The plan is made anew, since another process may have migrated before this one
/// got the lock.
async fn change(
    changer: &SchemaConnection<'_>,
    policy: &SchemaPolicy,
) -> Result<(Vec<String>, Vec<Later>), SchemaError> {
    let (client, tables) = (&changer.session.client, changer.tables);
    let mut plan = plan(client, tables, policy).await?;
    plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    for statement in plan.history() {
        client.batch_execute(statement).await?;
    }
    let mut changes = Vec::new();
    if plan.due(When::Before).next().is_some() {
        for step in plan.due(When::Before) {
            run_step(changer, step).await?;
            changes.push(step.report());
        }
        // The steps may have changed rows and tables.
        plan = self::plan(client, tables, policy).await?;
        plan.allowed::<Postgres>(policy).map_err(SchemaError::Refused)?;
    }
    let locks: Vec<String> = plan.altered().map(lock).collect();
    if !locks.is_empty() {
        client.batch_execute(&locks.join("; ")).await?;
        // An older version of the program may still run, and may have written values that do not fit before the tables
        // were locked.
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
    changes.extend(plan.report());
    for step in plan.due(When::After) {
        run_step(changer, step).await?;
        changes.push(step.report());
    }
    Ok((changes, plan.later().cloned().collect()))
}

/// Classifies the error of a statement of the plan. If the statement itself is the cause, the message names it.
fn refused(plan: &Plan, statement: &str, error: Error) -> SchemaError {
    let class = error.code().and_then(|code| code.code().get(..2)).unwrap_or("08");
    // These classes are about the connection, resources, conflicts with other transactions, and the server.
    let elsewhere = ["08", "40", "53", "55", "57", "58", "XX"].contains(&class);
    match elsewhere || is_overtaken(&error) {
        true => SchemaError::Failed(error),
        false => SchemaError::Refused(plan.refused(statement, &error_text(&error))),
    }
}

/// Runs a step, unless it only has to be recorded, and records it in the history.
async fn run_step(changer: &SchemaConnection<'_>, step: &DueStep) -> Result<(), SchemaError> {
    let client = &changer.session.client;
    let failed = |why: String| {
        SchemaError::Refused(format!("was not changed: the step `{}` failed: {why}", step.name))
    };
    let transaction = "SELECT txid_current()::text";
    let before = super::query_value(client, transaction).await?;
    match &step.action {
        _ if !step.runs => {}
        StepAction::Sql(_) => {
            let run = client.batch_execute(step.text).await;
            run.map_err(|error| failed(error_text(&error)))?;
        }
        StepAction::Run(run) => {
            let unique =
                unique_now(client, changer.tables).await.map_err(|error| failed(error_text(&error)))?;
            changer.run(run, unique).await.map_err(failed)?;
        }
    }
    if super::query_value(client, transaction).await? != before {
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

async fn ask(client: &Client, precondition: &Precondition) -> Result<PreconditionResult, Error> {
    let total: i64 = client.query_one(&precondition.total, &[]).await?.try_get(0)?;
    let mut sample = Vec::new();
    if let Some(query) = precondition.sample.as_ref().filter(|_| total > 0) {
        for row in client.query(query, &[]).await? {
            sample.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(PreconditionResult { total, sample })
}

/// Whether a statement failed because another process made the same change at the same time. The advisory lock
/// prevents that only among processes that take it.
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
