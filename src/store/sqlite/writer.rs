//! Writes: one thread, which commits whatever is waiting as one group.
//!
//! A commit costs a sync of the disk, however much it carries; so the writes that came while the last
//! one was synced go together. Each of them happens whole or not at all, and none is answered before
//! the commit, not even a refused one: what it ran into may be a row of the same group.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Shared;
use super::change::{attempt, in_savepoint, run_text};
use super::failure::{is_foreign_key, store_error};
use super::queue::survives;
use super::reader::Deadline;
use super::transaction::{TransactionJob, roll_back, serve};
use crate::store::backlog::QueuePermit;
use crate::store::{BoxedSink, StoreError, Write, answer};

/// How often the files are looked after while nothing is written.
const PAUSE: Duration = Duration::from_secs(1);

type Outcome = Result<(), StoreError>;

/// A write that waits.
pub(super) struct WriteJob {
    pub(super) write: Write,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    pub(super) permit: QueuePermit,
}

impl WriteJob {
    fn answer(self, outcome: Outcome) {
        let WriteJob { sink, reply, permit, .. } = self;
        drop(permit);
        answer(reply, sink, outcome);
    }
}

/// What waits for the thread that writes.
pub(super) enum Job {
    Write(WriteJob),
    Transaction(TransactionJob),
}

/// The thread that writes.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) shared: Arc<Shared>,
    /// How many writes go together at most.
    pub(super) most: usize,
    /// How long a transaction may take.
    pub(super) deadline: Arc<Deadline>,
}

impl Writer {
    /// Writes until nobody can ask for more, and nothing waits.
    pub(super) fn run(self, queue: &Receiver<Job>) {
        let mut next = None;
        while let Some(job) = next.take().or_else(|| self.next(queue)) {
            if !survives("what was being written was answered 500", || self.take(job, queue, &mut next)) {
                self.deadline.end();
                roll_back(&self.connection);
            }
        }
        // Where another process has the file open, closing it does not empty the log.
        if self.shared.turns.is_none() {
            let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /// What comes next, once it comes.
    fn next(&self, queue: &Receiver<Job>) -> Option<Job> {
        if !self.shared.files.are_there() {
            return queue.recv().ok();
        }
        loop {
            match queue.recv_timeout(PAUSE) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                // It is told in the log, and to whoever reads or writes.
                Err(RecvTimeoutError::Timeout) => drop(self.shared.files.look()),
            }
        }
    }

    fn take(&self, job: Job, queue: &Receiver<Job>, next: &mut Option<Job>) {
        match job {
            Job::Write(first) => {
                let mut waiting = vec![first];
                // One round, unless SQLite gave up on a group half way.
                while !waiting.is_empty() {
                    waiting = self.group(waiting, queue, next);
                }
            }
            Job::Transaction(job) => serve(&self.connection, &self.shared, job, &self.deadline),
        }
    }

    /// Writes these, and what waits by then, in one transaction, up to what comes `next` by itself. Gives back
    /// what it did not come to.
    fn group(&self, mut jobs: Vec<WriteJob>, queue: &Receiver<Job>, next: &mut Option<Job>) -> Vec<WriteJob> {
        let turn = self.shared.writing();
        let begun = self.shared.files.back().and_then(|()| self.begin());
        // Where nothing can be written, whoever waits would otherwise wait once more for each group before it.
        let most = if begun.is_ok() { self.most } else { usize::MAX };
        while next.is_none() && jobs.len() < most {
            match queue.try_recv() {
                Ok(Job::Write(job)) => jobs.push(job),
                Ok(transaction) => *next = Some(transaction),
                Err(_) => break,
            }
        }
        if let Err(error) = begun {
            jobs.into_iter().for_each(|job| job.answer(Err(error.clone())));
            return Vec::new();
        }

        let several = jobs.len() > 1;
        let mut outcomes = Vec::with_capacity(jobs.len());
        for WriteJob { write, sink, .. } in &mut jobs {
            if self.connection.is_autocommit() {
                break;
            }
            let attempt = if several { in_savepoint } else { attempt };
            outcomes.push(attempt(&self.connection, &self.shared, write, &mut **sink));
        }
        let waiting = jobs.split_off(outcomes.len());
        match self.end(several, &outcomes) {
            End::Told => {}
            End::Undone if several => outcomes = self.one_by_one(&mut jobs),
            End::Failed(error) if several && is_of_one_write(&error) => outcomes = self.one_by_one(&mut jobs),
            End::Undone => outcomes.fill_with(|| Err(undone())),
            End::Failed(error) => {
                outcomes = jobs.iter().map(|job| Err(uncommitted(&error, &job.write))).collect();
            }
        }
        // Somebody may have taken the file away while it was written to.
        if let Err(gone) = self.shared.files.look() {
            outcomes.iter_mut().filter(|outcome| outcome.is_ok()).for_each(|outcome| {
                *outcome = Err(gone.clone().perhaps());
            });
        }
        drop(turn);
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            job.answer(outcome);
        }
        waiting
    }

    /// Writes each in a transaction of its own, after nothing of the group was written: a deferred foreign key is not
    /// checked before the commit of the whole group, and a write that lacks room, or that a trigger rolls back, undoes
    /// the whole group.
    fn one_by_one(&self, jobs: &mut [WriteJob]) -> Vec<Outcome> {
        let one = |WriteJob { write, sink, .. }: &mut WriteJob| {
            self.begin()?;
            let outcome = attempt(&self.connection, &self.shared, write, &mut **sink);
            match self.end(false, std::slice::from_ref(&outcome)) {
                End::Told => outcome,
                End::Failed(error) => Err(uncommitted(&error, write)),
                End::Undone => Err(undone()),
            }
        };
        jobs.iter_mut().map(one).collect()
    }

    fn end(&self, several: bool, done: &[Outcome]) -> End {
        let last = done.last().and_then(|outcome| outcome.as_ref().err());
        if self.connection.is_autocommit() {
            // A full disk and the like undo the whole transaction, not the statement alone.
            return match last {
                Some(_) if !several => End::Told,
                _ => End::Undone,
            };
        }
        let text = if !several && last.is_some() { "ROLLBACK" } else { "COMMIT" };
        match run_text(&self.connection, text) {
            Ok(()) => End::Told,
            Err(error) => {
                roll_back(&self.connection);
                End::Failed(error)
            }
        }
    }

    fn begin(&self) -> Outcome {
        run_text(&self.connection, "BEGIN IMMEDIATE").map_err(|error| store_error(&error))
    }
}

/// Whether a commit failed for what one of its writes may be to blame.
fn is_of_one_write(error: &rusqlite::Error) -> bool {
    is_foreign_key(error) || error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
}

fn undone() -> StoreError {
    StoreError::Unavailable("the transaction was undone".to_owned())
}

/// The error of a write that could not be committed.
fn uncommitted(error: &rusqlite::Error, write: &Write) -> StoreError {
    match is_foreign_key(error) {
        true => StoreError::Reference { column: None }.of(write),
        false => store_error(error),
    }
}

/// How a transaction ended.
enum End {
    /// As each outcome says.
    Told,
    /// The commit failed, and nothing was written.
    Failed(rusqlite::Error),
    /// SQLite undid it before the commit, and nothing was written.
    Undone,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crossbeam_channel::unbounded;

    use super::*;
    use crate::resource::{ColumnType, DecodeError, Role, Row, Table, TableColumn};
    use crate::store::backlog::Backlog;
    use crate::store::sqlite::connection::{Database, Location};
    use crate::store::sqlite::{Options, schema};
    use crate::store::{Action, Columns, Migrate, Scope, Sink};
    use crate::value::Value;

    struct Ignores;

    impl Sink for Ignores {
        fn reset(&mut self) {}

        fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
            Ok(())
        }

        fn count(&self) -> u64 {
            0
        }
    }

    /// Whatever makes SQLite undo the whole transaction: the writes before it are written once more, each by itself, and
    /// what comes after it has a transaction of its own.
    #[test]
    fn a_group_that_sqlite_undoes_is_not_acknowledged() {
        let setup = "CREATE TRIGGER stop BEFORE INSERT ON t WHEN NEW.key = 2
                     BEGIN SELECT RAISE(ROLLBACK, 'stopped'); END";
        assert_eq!(
            told(setup, &[(1, 1), (1, 1), (2, 1), (1, 1), (1, 1)]),
            [
                "written",
                "the value of column 0 is taken",
                "table `t`: SQLite: stopped",
                "the value of column 0 is taken",
                "the value of column 0 is taken"
            ]
        );
    }

    #[test]
    fn a_full_disk_refuses_what_does_not_fit() {
        assert_eq!(
            told("PRAGMA max_page_count = 20", &[(1, 1), (2, 1_000_000), (3, 1)]),
            ["written", "the disk is full", "written"]
        );
    }

    /// What is answered to writes of these keys and sizes that all wait when the thread comes to them.
    fn told(setup: &str, writes: &[(i64, usize)]) -> Vec<String> {
        let column = |name, role, kind| TableColumn { role, ..TableColumn::new(name, kind) };
        let columns = vec![
            column("key", Role::Key, ColumnType::Integer),
            column("filling", Role::Plain, ColumnType::Text),
        ];
        let table = Table { name: "t", columns, key: 0, visible: vec![0] };
        let database = Database::at(Location::Memory).expect("a name");
        let mut connection = database.first(&Options::default()).expect("a connection");
        let no_code = |_: &_| Err("there is no code".to_owned());
        schema::apply(&connection, std::slice::from_ref(&table), &Migrate::Apply.into(), &no_code)
            .expect("a table");
        connection.execute_batch(setup).expect("a setup");

        let shared = Arc::new(Shared::new(vec![table], database));
        let deadline = Deadline::on(&mut connection, Duration::MAX, &shared).expect("a limit");
        let (jobs, queue) = unbounded();
        let mut answers = Vec::new();
        for &(key, size) in writes {
            let values = vec![(0, Value::Integer(key)), (1, Value::Text("x".repeat(size)))];
            let (reply, answer) = oneshot::channel();
            let permit = Backlog::new(99, 9_999_999).permit(0).expect("a place");
            let write = Write {
                table: 0,
                columns: Columns::All,
                action: Action::Insert { values },
                conditions: Scope::all().into(),
            };
            let job = WriteJob { write, sink: Box::new(Ignores), reply, permit };
            jobs.send(Job::Write(job)).expect("a queue");
            answers.push(answer);
        }
        drop(jobs);
        Writer { connection, shared, most: 512, deadline }.run(&queue);
        let told = answers.into_iter().map(|answer| match answer.blocking_recv().expect("an answer") {
            Ok(_) => "written".to_owned(),
            Err(error) => error.to_string(),
        });
        told.collect()
    }
}
