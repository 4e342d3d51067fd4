//! Who asks for rows in code of the user's own, and what is done for them.

use std::sync::Arc;

use tokio::sync::MutexGuard;

use super::Transaction;
use super::transaction::{Watched, ended};
use crate::error::Error;
use crate::operation::{Command, Connection, Context, Permissions, Reply, Request, Service, execute};
use crate::resource::{AnyCaller, Operation};
use crate::store::{BoxedSink, Columns};
use crate::value::Value;

/// Who asks for rows.
#[derive(Clone, Default)]
pub(crate) enum Asker {
    /// Nobody is known to ask, which the rules of a resource decide about.
    #[default]
    Nobody,
    /// This caller.
    Caller(Arc<AnyCaller>),
    /// The program itself, which is above the rules.
    Unscoped,
}

impl Asker {
    /// What may be done by an operation.
    pub(super) fn permissions(
        &self,
        service: &Service,
        operation: Operation,
    ) -> Result<Option<Permissions>, Error> {
        match self {
            Asker::Unscoped => Ok(None),
            Asker::Nobody => service.permissions(operation, None),
            Asker::Caller(caller) => service.permissions(operation, Some(&**caller)),
        }
    }

    /// Carries out an operation, in the transaction if there is one. It has no type parameter, so it is compiled once for
    /// all resources.
    pub(super) async fn execute(
        &self,
        service: &Service,
        transaction: Option<&Transaction>,
        request: Request<'_>,
        rows: BoxedSink,
    ) -> Result<Reply, Error> {
        let columns = Columns::All;
        let permissions = self.permissions(service, request.command.operation())?;
        let permissions = permissions.as_ref();
        let mut open = opened(transaction).await;
        let connection = connection(service, &mut open)?;
        execute(&mut Context { service, connection, columns, permissions }, request, rows).await
    }

    /// The command of a write to the row of a key, in the transaction if there is one. What is wrong with its values is told
    /// to those who may do it to the row, as on the routes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotPermitted`] and [`Error::Unauthorized`], or else those of the command.
    pub(super) async fn of_permitted_row(
        &self,
        service: &Service,
        transaction: Option<&Transaction>,
        operation: Operation,
        key: impl FnOnce() -> Option<Value>,
        command: Result<Command, Error>,
    ) -> Result<Command, Error> {
        if matches!(command, Err(Error::Invalid(_)))
            && let Some(permissions) = self.permissions(service, operation)?
            && let Some(key) = key()
        {
            let mut open = opened(transaction).await;
            service.permit(connection(service, &mut open)?, operation, key, &permissions).await?;
        }
        command
    }
}

/// The transaction of the store, while it is asked something.
type Opened<'a> = Option<MutexGuard<'a, Option<Watched>>>;

async fn opened(transaction: Option<&Transaction>) -> Opened<'_> {
    match transaction {
        Some(transaction) => Some(transaction.lock().await),
        None => None,
    }
}

/// The transaction, or the store itself where there is none.
fn connection<'a>(service: &'a Service, open: &'a mut Opened<'_>) -> Result<Connection<'a>, Error> {
    Ok(match open {
        Some(open) => Connection::Transaction(open.as_mut().ok_or_else(ended)?),
        None => Connection::Store(service.store()),
    })
}
