//! The writer thread, which commits all queued writes as one group.
//!
//! A commit waits for a sync of the disk, however many rows it has. A sync per write would bound the rate of writes by
//! that of the disk's syncs, so the writes that arrive during one commit share the next one. Each write of a group has
//! a savepoint of its own, so that one that fails undoes nothing of the others. None is answered before the commit, not
//! even one that failed: it may have failed because of a row of the same group, which is not durable yet.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Shared;
use super::change::{attempt, in_savepoint, run_text};
use super::failure::{is_foreign_key, store_error};
use super::queue::catch_and_log;
use super::reader::Deadline;
use super::transaction::{TransactionJob, roll_back, serve};
use crate::store::backlog::QueuePermit;
use crate::store::claim::Claim;
use crate::store::{BoxedSink, StoreError, Write, answer, forget};

/// How often the files are checked while nothing is written.
const PAUSE: Duration = Duration::from_secs(1);

type Outcome = Result<(), StoreError>;

/// A queued write.
pub(super) struct WriteJob {
    pub(super) write: Write,
    pub(super) sink: BoxedSink,
    pub(super) reply: oneshot::Sender<Result<BoxedSink, StoreError>>,
    pub(super) permit: QueuePermit,
    pub(super) claim: Claim,
}

impl WriteJob {
    fn answer(self, outcome: Outcome) {
        let WriteJob { sink, reply, permit, .. } = self;
        drop(permit);
        answer(reply, sink, outcome);
    }
}

/// A job of the writer thread.
pub(super) enum Job {
    Write(WriteJob),
    Transaction(TransactionJob),
}

/// The writer thread.
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) shared: Arc<Shared>,
    /// How many writes are committed together at most.
    pub(super) most: usize,
    /// How long a transaction may take.
    pub(super) deadline: Arc<Deadline>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(self, queue: &Receiver<Job>) {
        let mut next = None;
        while let Some(job) = next.take().or_else(|| self.next(queue)) {
            if !catch_and_log("what was being written was answered 500", || self.take(job, queue, &mut next))
            {
                self.deadline.end();
                roll_back(&self.connection);
            }
        }
        // Closing the connection does not move the log into the file if another process has the database open.
        if self.shared.memory_lock.is_none() {
            let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /// Waits for the next job, and checks the files meanwhile.
    fn next(&self, queue: &Receiver<Job>) -> Option<Job> {
        if !self.shared.files.exist() {
            return queue.recv().ok();
        }
        loop {
            match queue.recv_timeout(PAUSE) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                // A failed check is logged, and later reads and writes get its error.
                Err(RecvTimeoutError::Timeout) => drop(self.shared.files.check()),
            }
        }
    }

    fn take(&self, job: Job, queue: &Receiver<Job>, next: &mut Option<Job>) {
        match job {
            Job::Write(first) if !first.claim.begin() => forget(first),
            Job::Write(first) => {
                let mut waiting = vec![first];
                // This takes more than one round only if SQLite rolls a group back before its last write.
                while !waiting.is_empty() {
                    waiting = self.group(waiting, queue, next);
                }
            }
            Job::Transaction(job) => serve(&self.connection, &self.shared, job, &self.deadline),
        }
    }

    /// Makes these writes and all that are queued by then in one transaction, up to the next job that is no single
    /// write, which is put into `next`. Returns the writes that it did not attempt.
    fn group(&self, mut jobs: Vec<WriteJob>, queue: &Receiver<Job>, next: &mut Option<Job>) -> Vec<WriteJob> {
        let guard = self.shared.writing();
        let begun = self.shared.files.check_if_gone().and_then(|()| self.begin());
        // If no transaction can be begun, all queued writes fail at once. Otherwise each group would wait for the busy
        // timeout again, one after the other.
        let most = if begun.is_ok() { self.most } else { usize::MAX };
        while next.is_none() && jobs.len() < most {
            match queue.try_recv() {
                Ok(Job::Write(job)) if job.claim.begin() => jobs.push(job),
                Ok(Job::Write(job)) => forget(job),
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
            End::Completed => {}
            End::Undone if several => outcomes = self.one_by_one(&mut jobs),
            End::Failed(error) if several && is_of_one_write(&error) => outcomes = self.one_by_one(&mut jobs),
            End::Undone => outcomes.fill_with(|| Err(undone())),
            End::Failed(error) => {
                outcomes = jobs.iter().map(|job| Err(uncommitted(&error, &job.write))).collect();
            }
        }
        // The file may have been deleted during the commit, which SQLite does not notice.
        if let Err(gone) = self.shared.files.check() {
            outcomes.iter_mut().filter(|outcome| outcome.is_ok()).for_each(|outcome| {
                *outcome = Err(gone.clone().maybe_committed());
            });
        }
        drop(guard);
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            job.answer(outcome);
        }
        waiting
    }

    /// Makes each write in a transaction of its own, after the group as a whole was rolled back: a deferred foreign key
    /// fails only at the commit of the whole group, and a write that lacks room, or that a trigger rolls back, undoes
    /// the whole group.
    fn one_by_one(&self, jobs: &mut [WriteJob]) -> Vec<Outcome> {
        let mut begun = Ok(());
        let one = |WriteJob { write, sink, .. }: &mut WriteJob| {
            self.shared.counting.retry();
            // If no transaction can be begun, the others fail at once, as in a group.
            begun = begun.clone().and_then(|()| self.begin());
            begun.clone()?;
            let outcome = attempt(&self.connection, &self.shared, write, &mut **sink);
            match self.end(false, std::slice::from_ref(&outcome)) {
                End::Completed => outcome,
                End::Failed(error) => Err(uncommitted(&error, write)),
                End::Undone => Err(undone()),
            }
        };
        jobs.iter_mut().map(one).collect()
    }

    fn end(&self, several: bool, done: &[Outcome]) -> End {
        let last = done.last().and_then(|outcome| outcome.as_ref().err());
        if self.connection.is_autocommit() {
            // After some errors, such as a full disk, SQLite rolls back the whole transaction.
            return match last {
                Some(_) if !several => End::Completed,
                _ => End::Undone,
            };
        }
        let commits = several || last.is_none();
        let commit = self.shared.counting.commit();
        match run_text(&self.connection, if commits { "COMMIT" } else { "ROLLBACK" }) {
            Ok(()) => {
                if commits {
                    commit.done(done.len());
                }
                End::Completed
            }
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
    /// It was committed, or rolled back after its only write failed, so the outcome of each write is right.
    Completed,
    /// The commit failed, and nothing was written.
    Failed(rusqlite::Error),
    /// SQLite rolled it back before the commit, and nothing was written.
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

    /// If an error makes SQLite roll back the whole transaction, the writes before it are made once more, each by
    /// itself, and those after it get a transaction of their own.
    #[test]
    fn a_group_that_sqlite_undoes_is_not_acknowledged() {
        let setup = "CREATE TRIGGER stop BEFORE INSERT ON t WHEN NEW.key = 2
                     BEGIN SELECT RAISE(ROLLBACK, 'stopped'); END";
        assert_eq!(
            outcomes(setup, &[(1, 1), (1, 1), (2, 1), (1, 1), (1, 1)]),
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
            outcomes("PRAGMA max_page_count = 20", &[(1, 1), (2, 1_000_000), (3, 1)]),
            ["written", "the disk is full", "written"]
        );
    }

    /// Neither the first of a group nor a later one is made or answered.
    #[test]
    fn what_was_withdrawn_is_dropped() {
        let writes = [(1, 1), (2, 1), (1, 1), (2, 1)];
        let found = outcomes_of("", &writes, |index| index < 2 || index == 3);
        assert_eq!(found, ["dropped", "dropped", "written", "dropped"]);
    }

    /// The outcomes of writes with these keys and sizes that are all queued before the thread starts.
    fn outcomes(setup: &str, writes: &[(i64, usize)]) -> Vec<String> {
        outcomes_of(setup, writes, |_| false)
    }

    /// The same, where some are withdrawn by then.
    fn outcomes_of(
        setup: &str,
        writes: &[(i64, usize)],
        is_withdrawn: impl Fn(usize) -> bool,
    ) -> Vec<String> {
        let column = |name, role, kind| TableColumn { role, ..TableColumn::new(name, kind) };
        let columns = vec![
            column("key", Role::Key, ColumnType::Integer),
            column("filling", Role::Plain, ColumnType::Text),
        ];
        let table = Table { name: "t", columns, key: 0, visible: vec![0], indexes: &[], tenant: None };
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
        for (index, &(key, size)) in writes.iter().enumerate() {
            let values = vec![(0, Value::Integer(key)), (1, Value::Text("x".repeat(size)))];
            let (reply, answer) = oneshot::channel();
            let permit = Backlog::new(99, 9_999_999).permit(0).expect("a place");
            let write = Write {
                table: 0,
                columns: Columns::All,
                action: Action::Insert { values },
                conditions: Scope::all().into(),
            };
            let claim = Claim::default();
            assert!(!is_withdrawn(index) || claim.withdraw());
            let job = WriteJob { write, sink: Box::new(Ignores), reply, permit, claim };
            jobs.send(Job::Write(job)).expect("a queue");
            answers.push(answer);
        }
        drop(jobs);
        Writer { connection, shared, most: 512, deadline }.run(&queue);
        let outcomes = answers.into_iter().map(|answer| match answer.blocking_recv() {
            Ok(Ok(_)) => "written".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "dropped".to_owned(),
        });
        outcomes.collect()
    }
}
