//! The same in code of the user's own: what a `Repository` of a caller's does, which shows structs in place of JSON.

use serde_json::{Map, Value as Json};

use super::Oracle;
use crate::error::Error;
use crate::operation::{Command, Connection, Context, List, Request, SentValues, Values, execute};
use crate::resource::Operation;
use crate::store::{self, Columns};
use crate::testing::judge::Row;
use crate::testing::maker::json;
use crate::testing::program::{Answer, Caller};
use crate::value::Value;
use crate::wire::Body;

impl Oracle<'_> {
    /// What comes of an operation, as a status and rows in JSON.
    pub(super) async fn in_code(
        &self,
        caller: &Caller,
        operation: Operation,
        key: &str,
        body: &str,
    ) -> Answer {
        let service = self.judge.served.service;
        let command = match operation {
            Operation::List => Ok(Command::List(Box::new(List::of(0, u64::MAX)))),
            _ => service.command(operation, key, "", Body { bytes: body.as_bytes(), json: true }, None),
        };
        self.coverage.borrow_mut().requests += 1;
        match self.executed(caller, operation, key, command, body).await {
            Ok(rows) => {
                let status = match operation {
                    Operation::Create => 201,
                    Operation::Delete => 204,
                    _ => 200,
                };
                Answer { status, headers: Vec::new(), body: Json::from(rows).to_string() }
            }
            Err(error) => {
                let status = match error {
                    Error::NotFound => self.absent(),
                    Error::Unauthorized => 401,
                    Error::NotPermitted | Error::FieldsNotPermitted(_) => 403,
                    Error::Conflict(_) => 409,
                    Error::Invalid(_) => 422,
                    _ => 500,
                };
                Answer { status, headers: Vec::new(), body: error.to_string() }
            }
        }
    }

    async fn executed(
        &self,
        caller: &Caller,
        operation: Operation,
        key: &str,
        command: Result<Command, Error>,
        body: &str,
    ) -> Result<Vec<Json>, Error> {
        let service = self.judge.served.service;
        let permissions = service.permissions(operation, caller.value())?;
        let command = service.of_permitted_row(operation, key, command, permissions.as_ref()).await?;
        let connection = Connection::Store(service.store());
        let mut context =
            Context { service, connection, columns: Columns::All, permissions: permissions.as_ref() };
        let request = Request { command, sent: SentValues::Body(body.as_bytes()) };
        let reply = execute(&mut context, request, Box::<Values>::default()).await?;
        let rows = store::unboxed::<Values>(reply.rows);
        let rows = rows.map_err(|error| Error::Internal(error.to_string()))?.0;
        let members = |row: Vec<Value>| {
            let cells = row.iter().enumerate();
            cells.map(|(column, value)| self.member(column, value)).collect::<Map<_, _>>().into()
        };
        Ok(rows.into_iter().map(members).collect())
    }

    /// A row as a caller has it in code: what they do not see is `None`.
    pub(super) fn in_struct(&self, row: &Row, caller: &Caller) -> Json {
        let cells = row.values.iter().enumerate();
        let members = cells.map(|(column, value)| match self.judge.shows(column, row, caller) {
            true => self.member(column, value),
            false => self.member(column, &Value::Null),
        });
        members.collect::<Map<_, _>>().into()
    }

    fn member(&self, column: usize, value: &Value) -> (String, Json) {
        let meta = self.judge.meta();
        (meta.object.fields[column].name.to_owned(), json(meta, column, value))
    }
}
