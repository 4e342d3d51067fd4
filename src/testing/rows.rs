//! The rows of a resource as they are, without its rules.

use crate::error::Error;
use crate::operation::{
    Command, Connection, Context, Permissions, Request, SentValues, Service, Values, execute,
};
use crate::resource::{AccessMeta, AnyCaller, Changes, JudgedRule, Operation, Role, Rule};
use crate::store::{self, Action, Columns, Scope, Select, StoreError, Write};
use crate::value::Value;

/// All rows, in the order of their keys.
pub(super) async fn all(service: &Service) -> Result<Vec<Vec<Value>>, StoreError> {
    let select = Select::page(service.table(), Columns::All, 0, u64::MAX, Scope::all());
    service.store().fetch(select, Values::default()).await.map(|rows| rows.0)
}

/// Adds a row, and returns it with its key.
pub(super) async fn insert(service: &Service, row: &[Value]) -> Result<Vec<Value>, StoreError> {
    let columns = row.iter().zip(service.meta().columns).enumerate();
    let given = columns.filter(|(_, (_, column))| !matches!(column.role, Role::AutoIncrementKey));
    let values = given.map(|(index, (value, _))| (index, value.clone())).collect();
    let mut written = write(service, Action::Insert { values }).await?;
    written.pop().ok_or_else(|| StoreError::Internal("the store did not return the new row".to_owned()))
}

/// Removes the row of a key.
pub(super) async fn remove(service: &Service, key: &Value) -> Result<(), StoreError> {
    write(service, Action::Delete { key: key.clone() }).await.map(drop)
}

async fn write(service: &Service, action: Action) -> Result<Vec<Vec<Value>>, StoreError> {
    let conditions = Scope::all().into();
    let write = Write { table: service.table(), columns: Columns::All, action, conditions };
    service.store().execute(write, Values::default()).await.map(|rows| rows.0)
}

/// What is done before a command is foretold, and undone with it.
#[derive(Default)]
pub(super) struct Before<'a> {
    /// The columns of the row of a patch that are NULL then.
    pub(super) blank: &'a [usize],
    /// The keys of the rows that are gone then.
    pub(super) gone: &'a [&'a Value],
}

/// The row that a command would make for a caller, if everybody could do everything. Nothing is written.
pub(super) async fn foretold(
    service: &Service,
    access: &AccessMeta,
    command: Command,
    caller: Option<&AnyCaller>,
    before: Before<'_>,
) -> Result<Option<Vec<Value>>, Error> {
    // A new row has values of whoever creates it.
    let public = JudgedRule::new(Rule::Public, |_, _| Some(true));
    let open = AccessMeta {
        read: public,
        create: public,
        update: public,
        delete: public,
        check: None,
        fields: &[],
        ..*access
    };
    let permissions = match &command {
        Command::Create(_) => Some(Permissions::of(service.meta(), &open, Operation::Create, caller)?),
        _ => None,
    };
    let refused = |error: StoreError| Error::Internal(error.to_string());
    let gone = before.gone.iter().map(|key| Command::Delete((*key).clone()));
    let mut commands: Vec<Command> = gone.collect();
    if let (Command::Patch(key, _), false) = (&command, before.blank.is_empty()) {
        let mut changes = Changes::new(service.meta());
        before.blank.iter().for_each(|column| changes.put(*column, Value::Null));
        commands.push(Command::Patch(key.clone(), changes));
    }
    commands.push(command);
    let mut transaction = service.store().begin().await.map_err(refused)?;
    let mut outcome = Err(Error::NotFound);
    for command in commands {
        let connection = Connection::Transaction(&mut *transaction);
        let permissions = permissions.as_ref();
        let mut context = Context { service, connection, columns: Columns::All, permissions };
        let request = Request { command, sent: SentValues::Nothing };
        outcome = execute(&mut context, request, Box::<Values>::default()).await;
        if outcome.is_err() {
            break;
        }
    }
    transaction.roll_back().await.map_err(refused)?;
    store::unboxed::<Values>(outcome?.rows).map(|mut rows| rows.0.pop()).map_err(refused)
}
