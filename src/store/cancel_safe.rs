//! Transactions that cannot be committed after one of their operations was cancelled.
//!
//! A future can be dropped at any `await`, for example by a timeout around one operation. Whether the engine executed
//! that operation is then unknown, so a commit could keep a part of what the code intended.

use super::{Answer, BoxedSink, Ended, Select, StoreError, Transaction, Write};
use crate::value::Value;

/// A transaction that refuses everything but a rollback once the future of one of its operations was dropped before its
/// end.
pub(super) struct CancelSafe {
    inner: Box<dyn Transaction>,
    /// Whether an operation has begun and not ended. If that is so when the next one begins, the former was cancelled.
    unfinished: bool,
}

impl CancelSafe {
    pub(super) fn of(inner: impl Transaction + 'static) -> Box<dyn Transaction> {
        Box::new(CancelSafe { inner: Box::new(inner), unfinished: false })
    }

    fn run<'a>(
        &'a mut self,
        operation: impl FnOnce(&'a mut dyn Transaction) -> Answer<'a> + Send + 'a,
    ) -> Answer<'a> {
        let CancelSafe { inner, unfinished } = self;
        Box::pin(async move {
            if *unfinished {
                return Err(abandoned());
            }
            *unfinished = true;
            let outcome = operation(&mut **inner).await;
            *unfinished = false;
            outcome
        })
    }
}

fn abandoned() -> StoreError {
    let why = "an operation of the transaction was not waited for, and all of it was undone";
    StoreError::Unavailable(why.to_owned())
}

impl Transaction for CancelSafe {
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        self.run(move |inner| inner.read(select, sink))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        self.run(move |inner| inner.write(write, sink))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        self.run(move |inner| inner.query(text, values, sink))
    }

    fn commit(self: Box<Self>) -> Ended {
        match self.unfinished {
            // Dropping the transaction rolls it back.
            true => Box::pin(async move {
                drop(self);
                Err(abandoned())
            }),
            false => self.inner.commit(),
        }
    }

    fn roll_back(self: Box<Self>) -> Ended {
        match self.unfinished {
            true => Box::pin(async move {
                drop(self);
                Ok(())
            }),
            false => self.inner.roll_back(),
        }
    }
}
