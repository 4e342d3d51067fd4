//! Queries in code: rows that are found by predicates, and changes of all of them.

use std::fmt;

use futures_util::stream::{self, Stream, TryStreamExt as _};

use super::{Asker, Repository, Transaction, answer, failed};
use crate::error::Error;
use crate::error_format::HttpError;
use crate::operation::{AnyRow, Command, List, Request, SentValues, Service, Structs, Values};
use crate::resource::{Condition, Operation, Resource, Sort};
use crate::store;

/// How many rows are read at once where they are read one after another.
const PAGE: u64 = 500;

/// A query of rows: [`Repository::find`]. Nothing is read before one of the methods that end it is awaited.
#[must_use = "a query reads nothing before `all`, `first`, `count`, `exists` or `stream`"]
pub struct Find<'r, R> {
    repository: &'r Repository<R>,
    filter: Condition,
    /// The columns that the rows are sorted by, each with whether it is descending.
    sorts: Vec<(usize, bool)>,
    skip: u64,
    limit: u64,
}

impl<R: Resource> fmt::Debug for Find<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Find<{}>", R::RESOURCE.object.name)
    }
}

impl<'r, R: Resource + Send> Find<'r, R> {
    pub(super) fn new(repository: &'r Repository<R>, filter: Condition) -> Self {
        Find { repository, filter, sorts: Vec::new(), skip: 0, limit: u64::MAX }
    }

    /// Sorts by a field. Rows that are equal in it are sorted by the field of the next call, and at last by the key, in
    /// the direction of the last field.
    pub fn sort(mut self, sort: Sort<R>) -> Self {
        self.sorts.push((sort.column, sort.descending));
        self
    }

    /// Passes over this many rows.
    pub fn skip(self, skip: u64) -> Self {
        Find { skip, ..self }
    }

    /// Returns at most this many rows.
    pub fn limit(self, limit: u64) -> Self {
        Find { limit, ..self }
    }

    /// Returns the rows: all of them, unless there is a [limit](Find::limit).
    ///
    /// # Errors
    /// 503.
    pub async fn all(self) -> Result<Vec<R>, HttpError> {
        let list = self.list();
        self.repository.rows(Operation::List, Ok(Command::List(Box::new(list))), SentValues::Nothing).await
    }

    /// Returns the first row, if there is any.
    ///
    /// # Errors
    /// 503.
    pub async fn first(self) -> Result<Option<R>, HttpError> {
        let limit = self.limit.min(1);
        Ok(self.limit(limit).all().await?.pop())
    }

    /// Returns how many rows there are, whatever the limit.
    ///
    /// # Errors
    /// 503.
    pub async fn count(self) -> Result<u64, HttpError> {
        let list = List { counts: true, limit: 0, skip: 0, ..self.list() };
        let command = Ok(Command::List(Box::new(list)));
        let reply = self
            .repository
            .execute(Operation::List, command, SentValues::Nothing, Box::new(AnyRow::default()))
            .await?;
        Ok(reply.total.unwrap_or_default())
    }

    /// Whether there is any row.
    ///
    /// # Errors
    /// 503.
    pub async fn exists(self) -> Result<bool, HttpError> {
        let list = List { limit: 1, skip: 0, ..List::matching(R::RESOURCE, self.filter, []) };
        let command = Ok(Command::List(Box::new(list)));
        let reply = self
            .repository
            .execute(Operation::List, command, SentValues::Nothing, Box::<AnyRow>::default())
            .await?;
        Ok(reply.rows.count() > 0)
    }

    /// Returns the rows one after another. They are read some hundred at a time, so that any number of them takes little
    /// memory. What is written meanwhile may or may not be seen, and a row that stays as it is comes once.
    ///
    /// ```
    /// # use crewed::prelude::*;
    /// # #[resource("/heroes")]
    /// # struct Hero {
    /// #     #[field(key, generated)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// use crewed::rocket::futures::TryStreamExt;
    ///
    /// async fn letters(heroes: &Repository<Hero>) -> Result<usize, HttpError> {
    ///     let mut rows = std::pin::pin!(heroes.find(Predicate::all()).stream());
    ///     let mut letters = 0;
    ///     while let Some(hero) = rows.try_next().await? {
    ///         letters += hero.name.chars().count();
    ///     }
    ///     Ok(letters)
    /// }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<R, HttpError>> + Send + 'r {
        let (list, repository) = (self.list(), self.repository);
        let kept = list.sorted_by(R::RESOURCE);
        let pages = stream::try_unfold(Some(list), move |list| {
            let kept = kept.clone();
            async move {
                let Some(list) = list.filter(|list| list.limit > 0) else { return Ok(None) };
                let page = List { limit: list.limit.min(PAGE), ..list.clone() };
                let wanted = page.limit;
                let rows = Box::new(Structs::<R>::after(kept));
                let reply = repository
                    .execute(Operation::List, Ok(Command::List(Box::new(page))), SentValues::Nothing, rows)
                    .await?;
                let Structs { rows, last, .. } =
                    store::unboxed::<Structs<R>>(reply.rows).map_err(|error| failed(error.to_string()))?;
                let is_full = rows.len() as u64 == wanted;
                let next = is_full.then(|| List { limit: list.limit - wanted, ..list.after(last) });
                Ok::<_, HttpError>(Some((stream::iter(rows.into_iter().map(Ok)), next)))
            }
        });
        pages.try_flatten()
    }

    fn list(&self) -> List {
        let list = List::matching(R::RESOURCE, self.filter.clone(), self.sorts.iter().copied());
        List { skip: self.skip, limit: self.limit, ..list }
    }
}

/// What is done to each of several rows.
pub(super) enum Every<'a> {
    /// A patch is merged into it, from this JSON body.
    Patch(&'a [u8]),
    /// It is deleted.
    Delete,
}

/// Does the same to all rows for which a condition is true, within a transaction. Returns how many there are.
pub(super) async fn each(
    service: &Service,
    transaction: &Transaction,
    asker: &Asker,
    filter: Condition,
    every: &Every<'_>,
) -> Result<u64, HttpError> {
    let meta = service.meta();
    let failed = |error| answer(error, meta.missing);
    // Who may do this to no row at all is told so, also where none is found.
    let operation = match every {
        Every::Patch(_) => Operation::Patch,
        Every::Delete => Operation::Delete,
    };
    asker.permissions(service, operation).map_err(failed)?;
    let (mut count, mut after) = (0, None);
    loop {
        let list = List { limit: PAGE, ..List::matching(meta, filter.clone(), []) };
        let list = match after.take() {
            Some(key) => list.after(vec![key]),
            None => list,
        };
        let request = Request { command: Command::List(Box::new(list)), sent: SentValues::Nothing };
        let rows = Box::new(Values::default());
        let reply = asker.execute(service, Some(transaction), request, rows).await.map_err(failed)?;
        let rows = store::unboxed::<Values>(reply.rows).map_err(|error| super::failed(error.to_string()))?;
        let is_last = (rows.0.len() as u64) < PAGE;
        for mut row in rows.0 {
            let key = row.swap_remove(meta.key);
            after = Some(key.clone());
            let (command, sent) = match every {
                Every::Delete => (Command::Delete(key), SentValues::Nothing),
                Every::Patch(body) => {
                    let (command, key) = (service.patch_of_value(key, body), || after.clone());
                    let command = asker.of_permitted_row(service, Some(transaction), operation, key, command);
                    (command.await.map_err(failed)?, SentValues::Struct(body))
                }
            };
            let request = Request { command, sent };
            match asker.execute(service, Some(transaction), request, Box::<AnyRow>::default()).await {
                Ok(_) => count += 1,
                // A reference of the database's own has deleted the row together with one before it.
                Err(Error::NotFound) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        if is_last {
            return Ok(count);
        }
    }
}
