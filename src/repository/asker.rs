//! Who asks for rows in code of the user's own, and what is done for them.

use std::sync::Arc;

use super::Transaction;
use super::transaction::ended;
use crate::error::Error;
use crate::operation::{Connection, Context, Permissions, Reply, Request, Service, execute};
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
        match transaction {
            None => {
                let connection = Connection::Store(service.store());
                execute(&mut Context { service, connection, columns, permissions }, request, rows).await
            }
            Some(transaction) => {
                let mut open = transaction.lock().await;
                let connection = Connection::Transaction(open.as_mut().ok_or_else(ended)?);
                execute(&mut Context { service, connection, columns, permissions }, request, rows).await
            }
        }
    }

    /// Asks whether something may be done to the row of a key, in the transaction if there is one.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotPermitted`] and [`Error::Unauthorized`].
    pub(super) async fn permit(
        &self,
        service: &Service,
        transaction: Option<&Transaction>,
        operation: Operation,
        key: Value,
    ) -> Result<(), Error> {
        let Some(permissions) = self.permissions(service, operation)? else { return Ok(()) };
        match transaction {
            None => {
                let connection = Connection::Store(service.store());
                service.permit(connection, operation, key, &permissions).await
            }
            Some(transaction) => {
                let mut open = transaction.lock().await;
                let connection = Connection::Transaction(open.as_mut().ok_or_else(ended)?);
                service.permit(connection, operation, key, &permissions).await
            }
        }
    }
}
