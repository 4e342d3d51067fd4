//! What is read and written, as statements: for every engine that speaks SQL.
//!
//! Names are quoted, and values never become text: a statement has numbered parameters, and says which type each
//! has. Its text depends on its shape alone, so that an engine prepares it once. The usual shapes are written when
//! a store is opened, and cost nothing later.

use std::borrow::Cow;

use super::draft::{Draft, Names, Parameter};
use super::scope::Filter;
use super::sql::{listed, quoted};
use super::write::is_so;
use super::{Action, Columns, Predicate, Scope, Select, Sink, StoreError, TableId, Write};
use crate::issue::Issues;
use crate::resource::{ColumnType, Compute, ComputeError, DecodeError, Role, Row, Table, TableColumn};
use crate::value::{Value, ValueRef};

/// A statement, and what its parameters stand for.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// The types of the columns that its rows have.
    pub(super) types: Cow<'a, [ColumnType]>,
    /// Whether the last of them says whether the row is permitted.
    checks: bool,
}

impl<'a> Statement<'a> {
    fn without_columns(draft: Draft<'a>) -> Self {
        Statement {
            text: draft.text.into(),
            parameters: draft.parameters,
            types: [].as_slice().into(),
            checks: false,
        }
    }

    /// Passes a row on to a sink.
    ///
    /// # Errors
    /// A row that is not permitted, or that does not mean what it should.
    pub(super) fn show(&self, row: &dyn Row, sink: &mut dyn Sink) -> Result<(), NotShown> {
        if !self.checks {
            return sink.row(row).map_err(NotShown::Undecodable);
        }
        let check = self.types.len() - 1;
        sink.row(&WithoutCheck { row, check }).map_err(NotShown::Undecodable)?;
        match is_so(row, check).map_err(NotShown::Undecodable)? {
            true => Ok(()),
            false => Err(NotShown::NotPermitted),
        }
    }
}

/// A row without its last column, which says whether the row is permitted.
struct WithoutCheck<'a> {
    row: &'a dyn Row,
    check: usize,
}

impl Row for WithoutCheck<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        self.row.get(index)
    }

    fn width(&self) -> usize {
        self.check
    }
}

/// What inserts a row and shows nothing of it, and where each value of the row is, which is known without a look.
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
pub(super) struct Insert<'a> {
    pub(super) statement: Statement<'a>,
    /// The columns of the row, as positions in the table.
    columns: &'a [usize],
    /// For each column of the table, the parameter it is in an insert; a counted key is none.
    inserted: &'a [Option<usize>],
    /// The key of the row, where the engine counts it.
    pub(super) counted: i64,
}

impl Row for Insert<'_> {
    fn get(&self, index: usize) -> Result<ValueRef<'_>, DecodeError> {
        match self.columns.get(index).map(|column| self.inserted[*column]) {
            Some(Some(position)) => Ok(match self.statement.parameters[position - 1].value {
                // An engine may store no sign of a zero.
                ValueRef::Real(real) => ValueRef::Real(real + 0.0),
                value => value,
            }),
            Some(None) => Ok(ValueRef::Integer(self.counted)),
            None => Err(DecodeError(format!("there is no column {index}"))),
        }
    }

    fn width(&self) -> usize {
        self.columns.len()
    }
}

/// Why a row was not passed on.
pub(super) enum NotShown {
    NotPermitted,
    Undecodable(DecodeError),
}

impl NotShown {
    /// What it is to whoever asked; `undecodable` tells of the table.
    pub(super) fn error(self, undecodable: impl FnOnce(DecodeError) -> StoreError) -> StoreError {
        match self {
            NotShown::NotPermitted => StoreError::NotPermitted,
            NotShown::Undecodable(found) => undecodable(found),
        }
    }
}

/// The statements of one table.
#[derive(Debug)]
pub(super) struct Statements {
    name: &'static str,
    names: Names,
    visible: Shape,
    all: Shape,
    /// Inserts a row, up to what becomes of one that is there.
    insert: String,
    /// Overwrites the row that has the key: what follows an insert.
    overwrite: String,
    /// For each column, the parameter it is in an insert; a counted key is none.
    inserted: Vec<Option<usize>>,
}

/// The usual statements, of rows with these columns.
#[derive(Debug)]
struct Shape {
    types: Vec<ColumnType>,
    /// The positions of the columns in the table.
    positions: Vec<usize>,
    columns: String,
    by_key: String,
    page: String,
    insert: String,
    insert_free: String,
    upsert: String,
    delete: String,
}

impl Statements {
    /// The statements of an engine that writes its parameters so, counted from 1.
    pub(super) fn of(table: &Table, parameter: fn(usize) -> String) -> Self {
        let names = Names {
            table: quoted(table.name),
            key: table.key,
            columns: table.columns.iter().map(|column| quoted(column.name)).collect(),
            types: table.columns.iter().map(|column| column.kind).collect(),
            parameter,
        };
        let mut count = 0;
        let mut position = |column: &TableColumn| match column.role {
            Role::AutoIncrementKey => None,
            _ => {
                count += 1;
                Some(count)
            }
        };
        let inserted: Vec<_> = table.columns.iter().map(&mut position).collect();
        let given = || inserted.iter().enumerate().filter_map(|(i, at)| Some((&names.columns[i], (*at)?)));
        let insert = match count {
            0 => format!("INSERT INTO {} DEFAULT VALUES", names.table),
            _ => format!(
                "INSERT INTO {} ({}) VALUES ({})",
                names.table,
                listed(given().map(|(column, _)| column)),
                listed(given().map(|(_, position)| parameter(position))),
            ),
        };
        let key = &names.columns[table.key];
        let replaced = table.columns.iter().zip(&names.columns);
        let replaced = replaced.filter(|(column, name)| !column.preserved && *name != key);
        let mut set = listed(replaced.map(|(_, column)| format!("{column} = excluded.{column}")));
        if set.is_empty() {
            // Else nothing is shown of a row that stays as it is.
            set = format!("{key} = excluded.{key}");
        }
        let overwrite = format!(" ON CONFLICT ({key}) DO UPDATE SET {set}");
        let shape = |columns: &[usize]| Shape::of(&names, columns, &insert, &overwrite);
        let (visible, all) = (shape(&table.visible), shape(&(0..table.columns.len()).collect::<Vec<_>>()));
        Statements { name: table.name, visible, all, names, insert, overwrite, inserted }
    }

    /// The types of the columns of a row.
    pub(super) fn types(&self, columns: Columns) -> &[ColumnType] {
        &self.shape(columns).types
    }

    fn shape(&self, columns: Columns) -> &Shape {
        match columns {
            Columns::Visible => &self.visible,
            Columns::All => &self.all,
        }
    }

    /// What reads these rows.
    pub(super) fn select<'a>(&'a self, select: &'a Select) -> Statement<'a> {
        let shape = self.shape(select.columns);
        let is_usual = select.scope.is_all();
        let draft = match &select.filter {
            Predicate::Key(key) if is_usual => return shape.usual(&shape.by_key, vec![self.key(key)]),
            filter if is_usual && filter.is_true() => {
                return shape.usual(&shape.page, vec![count(select.limit), count(select.skip)]);
            }
            filter => {
                let mut draft = Draft::after(format!("SELECT {}", shape.columns), Vec::new());
                select.scope.from(&self.names, &[Filter::Is(filter)], &mut draft);
                draft.push(" ORDER BY ");
                draft.column(&self.names, self.names.key);
                draft.push(" LIMIT ");
                draft.bind(&self.names, count(select.limit));
                draft.push(" OFFSET ");
                draft.bind(&self.names, count(select.skip));
                draft
            }
        };
        shape.drawn(draft)
    }

    /// What writes, but for values that are computed from stored ones, which are given. `free` does nothing where a
    /// unique value is taken.
    ///
    /// # Errors
    /// A column that cannot be given.
    pub(super) fn write<'a>(
        &'a self,
        write: &'a Write,
        computed: &'a [(usize, Value)],
        free: bool,
    ) -> Result<Statement<'a>, StoreError> {
        let (shape, conditions) = (self.shape(write.columns), &write.conditions);
        let is_usual = conditions.are_none();
        let mut draft = match &write.action {
            Action::Insert { values } => {
                let parameters = self.row(values)?;
                match (conditions.after.is_true(), free) {
                    (true, false) => return Ok(shape.usual(&shape.insert, parameters)),
                    (true, true) => return Ok(shape.usual(&shape.insert_free, parameters)),
                    (false, _) => Draft::after(&self.insert, parameters),
                }
            }
            Action::Upsert { values } => {
                let parameters = self.row(values)?;
                if is_usual {
                    return Ok(shape.usual(&shape.upsert, parameters));
                }
                let mut draft = Draft::after(format!("{}{}", self.insert, self.overwrite), parameters);
                conditions.scope.filter(&self.names, &filters(write, None), &mut draft);
                draft
            }
            Action::Update { key, .. } => {
                let values: Vec<_> = write.given_and(computed).collect();
                if values.is_empty() {
                    return Ok(shape.drawn(self.unchanged(write, key, shape)));
                }
                self.update(write, key, values)?
            }
            Action::Delete { key } => {
                if is_usual {
                    return Ok(shape.usual(&shape.delete, vec![self.key(key)]));
                }
                let mut draft = Draft::after("DELETE", Vec::new());
                conditions.scope.from(&self.names, &filters(write, Some(key)), &mut draft);
                draft
            }
        };
        draft.push(" RETURNING ");
        draft.push(&shape.columns);
        if conditions.after.is_true() || matches!(write.action, Action::Delete { .. }) {
            return Ok(shape.drawn(draft));
        }
        draft.push(", ");
        conditions.after.write(&self.names, &mut draft);
        let mut statement = shape.drawn(draft);
        statement.types.to_mut().push(ColumnType::Boolean);
        statement.checks = true;
        Ok(statement)
    }

    /// What inserts a row alone, where nothing is to be looked at afterwards: for an engine to which showing a row is
    /// more work than writing it.
    ///
    /// # Errors
    /// A column that cannot be given.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(super) fn insert<'a>(&'a self, write: &'a Write) -> Result<Option<Insert<'a>>, StoreError> {
        let Action::Insert { values } = &write.action else { return Ok(None) };
        if !write.conditions.after.is_true() {
            return Ok(None);
        }
        let shape = self.shape(write.columns);
        let statement = Statement {
            text: self.insert.as_str().into(),
            parameters: self.row(values)?,
            types: [].as_slice().into(),
            checks: false,
        };
        Ok(Some(Insert { statement, columns: &shape.positions, inserted: &self.inserted, counted: 0 }))
    }

    /// What a write computes of stored values, by column.
    pub(super) fn computed<'w>(&self, write: &'w Write) -> Result<Vec<(usize, &'w Compute)>, StoreError> {
        let Action::Update { changes, .. } = &write.action else { return Ok(Vec::new()) };
        let computed = changes.iter().filter_map(|(column, change)| Some((*column, change.compute()?)));
        computed.map(|(column, compute)| self.known(column).map(|()| (column, compute))).collect()
    }

    /// The stored values that new ones are computed from, in the order of these columns.
    pub(super) fn stored<'a>(
        &'a self,
        write: &'a Write,
        columns: impl Iterator<Item = usize>,
    ) -> Statement<'a> {
        let columns = listed(columns.map(|column| &self.names.columns[column]));
        self.of_row(write, Draft::after(format!("SELECT {columns}"), Vec::new()))
    }

    /// What says which condition on the row as it is does not hold, where there are some: a row of truth values, if
    /// the row is there at all.
    pub(super) fn refusal<'a>(&'a self, write: &'a Write) -> Option<Statement<'a>> {
        if write.conditions.before.is_empty() {
            return None;
        }
        let mut draft = Draft::after("SELECT ", Vec::new());
        for (index, (predicate, _)) in write.conditions.before.iter().enumerate() {
            draft.push(if index > 0 { ", " } else { "" });
            predicate.write(&self.names, &mut draft);
        }
        Some(self.of_row(write, draft))
    }

    /// A row that has this value, and where it is to be another row's, not this key.
    pub(super) fn taken<'a>(
        &'a self,
        column: usize,
        value: &'a Value,
        own: Option<&'a Value>,
    ) -> Result<Statement<'a>, StoreError> {
        self.known(column)?;
        let mut draft = Draft::after("SELECT 1", Vec::new());
        Scope::CONSTRAINT.from(&self.names, &[Filter::Apart(column, value, own)], &mut draft);
        draft.push(" LIMIT 1");
        Ok(Statement::without_columns(draft))
    }

    /// What changes the row of a key to these values.
    fn update<'a>(
        &'a self,
        write: &'a Write,
        key: &'a Value,
        mut values: Vec<(usize, &'a Value)>,
    ) -> Result<Draft<'a>, StoreError> {
        // One text for the same columns, however they were given.
        values.sort_by_key(|(column, _)| *column);
        let mut draft = Draft::after(format!("UPDATE {} SET ", self.names.table), Vec::new());
        for (index, (column, value)) in values.into_iter().enumerate() {
            self.known(column)?;
            draft.push(if index > 0 { ", " } else { "" });
            draft.push(&self.names.columns[column]);
            draft.push(" = ");
            draft.parameter(&self.names, column, value);
        }
        write.conditions.scope.filter(&self.names, &filters(write, Some(key)), &mut draft);
        Ok(draft)
    }

    /// What shows the row of a key, where nothing of it is changed.
    fn unchanged<'a>(&'a self, write: &'a Write, key: &'a Value, shape: &'a Shape) -> Draft<'a> {
        let mut draft = Draft::after(format!("SELECT {}", shape.columns), Vec::new());
        write.conditions.scope.from(&self.names, &filters(write, Some(key)), &mut draft);
        draft
    }

    /// A statement on the row of a write, as far as it is there for whoever writes.
    fn of_row<'a>(&'a self, write: &'a Write, mut draft: Draft<'a>) -> Statement<'a> {
        let key: Vec<_> = write.key(self.names.key).map(Filter::Key).into_iter().collect();
        write.conditions.scope.from(&self.names, &key, &mut draft);
        Statement::without_columns(draft)
    }

    /// The parameters of an insert.
    fn row<'a>(&'a self, values: &'a [(usize, Value)]) -> Result<Vec<Parameter<'a>>, StoreError> {
        let kinds = self.inserted.iter().zip(&self.names.types).filter(|(position, _)| position.is_some());
        let nulls = kinds.map(|(_, kind)| Parameter { value: ValueRef::Null, kind: *kind });
        let mut parameters: Vec<_> = nulls.collect();
        for (column, value) in values {
            match self.inserted.get(*column) {
                Some(Some(position)) => parameters[position - 1].value = value.as_ref(),
                _ => return Err(self.not_given(*column)),
            }
        }
        Ok(parameters)
    }

    fn key<'a>(&self, value: &'a Value) -> Parameter<'a> {
        Parameter { value: value.as_ref(), kind: self.names.types[self.names.key] }
    }

    fn known(&self, column: usize) -> Result<(), StoreError> {
        if column < self.names.columns.len() { Ok(()) } else { Err(self.not_given(column)) }
    }

    fn not_given(&self, column: usize) -> StoreError {
        StoreError::Internal(format!("table `{}`: column {column} cannot be given", self.name))
    }
}

impl Shape {
    fn of(names: &Names, columns: &[usize], insert: &str, overwrite: &str) -> Self {
        let (types, positions) =
            (columns.iter().map(|column| names.types[*column]).collect(), columns.to_vec());
        let columns = match columns {
            [] => "NULL".to_owned(),
            columns => listed(columns.iter().map(|column| &names.columns[*column])),
        };
        // Of every row: these are for whoever may see all.
        let mut from = Draft::after("", Vec::new());
        Scope::CONSTRAINT.from(names, &[], &mut from);
        let (key, from) = (&names.columns[names.key], from.text);
        let parameter = names.parameter;
        Shape {
            by_key: format!("SELECT {columns}{from} WHERE {key} = {}", parameter(1)),
            page: format!(
                "SELECT {columns}{from} ORDER BY {key} LIMIT {} OFFSET {}",
                parameter(1),
                parameter(2)
            ),
            insert: format!("{insert} RETURNING {columns}"),
            insert_free: format!("{insert} ON CONFLICT DO NOTHING RETURNING {columns}"),
            upsert: format!("{insert}{overwrite} RETURNING {columns}"),
            delete: format!("DELETE{from} WHERE {key} = {} RETURNING {columns}", parameter(1)),
            columns,
            types,
            positions,
        }
    }

    fn usual<'a>(&'a self, text: &'a str, parameters: Vec<Parameter<'a>>) -> Statement<'a> {
        Statement { text: text.into(), parameters, types: self.types.as_slice().into(), checks: false }
    }

    fn drawn<'a>(&'a self, draft: Draft<'a>) -> Statement<'a> {
        let (text, types) = (draft.text.into(), self.types.as_slice().into());
        Statement { text, parameters: draft.parameters, types, checks: false }
    }
}

/// Which row a write changes: that of the key, where all conditions on it as it is hold.
fn filters<'a>(write: &'a Write, key: Option<&'a Value>) -> Vec<Filter<'a>> {
    let before = write.conditions.before.iter().map(|(predicate, _)| Filter::Is(predicate));
    key.map(Filter::Key).into_iter().chain(before).collect()
}

/// Engines count to 63 bits; SQLite takes a negative limit for none.
fn count(count: u64) -> Parameter<'static> {
    let value = ValueRef::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    Parameter { value, kind: ColumnType::Integer }
}

/// Computes values of the stored ones in a row.
///
/// # Errors
/// Every issue of all of them; or a value that does not mean what it should.
pub(super) fn compute(
    computed: &[(usize, &Compute)],
    row: &dyn Row,
) -> Result<Vec<(usize, Value)>, ComputeError> {
    let (mut values, mut issues) = (Vec::with_capacity(computed.len()), Issues::new());
    for (index, (column, compute)) in computed.iter().enumerate() {
        match compute(row.get(index).map_err(ComputeError::Decode)?) {
            Ok(value) => values.push((*column, value)),
            Err(ComputeError::Invalid(more)) => issues.extend(more),
            Err(error) => return Err(error),
        }
    }
    if issues.is_empty() { Ok(values) } else { Err(ComputeError::Invalid(issues)) }
}

/// What it is to whoever asked that nothing could be computed; `undecodable` tells of the table.
pub(super) fn uncomputed(
    error: ComputeError,
    undecodable: impl FnOnce(DecodeError) -> StoreError,
) -> StoreError {
    match error {
        ComputeError::Invalid(issues) => StoreError::Invalid(issues),
        ComputeError::Decode(found) => undecodable(found),
    }
}

/// A table that a store was opened with.
pub(super) fn table_of<T>(tables: &[T], id: TableId) -> Result<&T, StoreError> {
    tables.get(id).ok_or_else(|| StoreError::Internal(format!("there is no table {id}")))
}
