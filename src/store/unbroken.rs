//! Transactions of which nothing is left half done.

use super::{Answer, BoxedSink, Ended, Select, StoreError, Transaction, Write};
use crate::value::Value;

/// A transaction that takes nothing more once an operation of it was not waited for to its end: nobody knows how
/// far that came, so none of the transaction is committed.
pub(super) struct Unbroken {
    inner: Box<dyn Transaction>,
    /// Whether an operation has begun and not ended.
    broken: bool,
}

impl Unbroken {
    pub(super) fn of(inner: impl Transaction + 'static) -> Box<dyn Transaction> {
        Box::new(Unbroken { inner: Box::new(inner), broken: false })
    }

    fn whole<'a>(
        &'a mut self,
        ask: impl FnOnce(&'a mut dyn Transaction) -> Answer<'a> + Send + 'a,
    ) -> Answer<'a> {
        let Unbroken { inner, broken } = self;
        Box::pin(async move {
            if *broken {
                return Err(undone());
            }
            *broken = true;
            let outcome = ask(&mut **inner).await;
            *broken = false;
            outcome
        })
    }
}

fn undone() -> StoreError {
    let why = "an operation of the transaction was not waited for, and all of it was undone";
    StoreError::Unavailable(why.to_owned())
}

impl Transaction for Unbroken {
    fn read(&mut self, select: Select, sink: BoxedSink) -> Answer<'_> {
        self.whole(move |inner| inner.read(select, sink))
    }

    fn write(&mut self, write: Write, sink: BoxedSink) -> Answer<'_> {
        self.whole(move |inner| inner.write(write, sink))
    }

    fn query(&mut self, text: String, values: Vec<Value>, sink: BoxedSink) -> Answer<'_> {
        self.whole(move |inner| inner.query(text, values, sink))
    }

    fn commit(self: Box<Self>) -> Ended {
        match self.broken {
            // What was begun with it is undone with it.
            true => Box::pin(async move {
                drop(self);
                Err(undone())
            }),
            false => self.inner.commit(),
        }
    }

    fn roll_back(self: Box<Self>) -> Ended {
        match self.broken {
            true => Box::pin(async move {
                drop(self);
                Ok(())
            }),
            false => self.inner.roll_back(),
        }
    }
}
