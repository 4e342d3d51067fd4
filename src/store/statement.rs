//! The SQL statements of reads and writes, for every engine that speaks SQL.
//!
//! Names are quoted, and values never become text: a statement has numbered, typed parameters. The text depends only on
//! the shape of the read or write, so that an engine prepares it once. The texts of the usual shapes are built when a
//! store is opened; the others, with scopes, conditions or a subset of columns, are built for each use.

mod read;
mod refused;

pub(super) use self::read::with_values;

use super::draft::{Draft, Names, Parameter, RowDialect};
use super::prepared::{Checks, Insert, Statement};
use super::scope::{Filter, write_column, write_condition};
use super::sql::{Dialect, listed, quoted};
use super::{Action, Columns, Mask, Scope, StoreError, TableId, Write};
use crate::issue::Issues;
use crate::resource::sabotage::{self, Site};
use crate::resource::{
    ColumnType, Compute, ComputeError, Condition, DecodeError, Role, Row, Table, TableColumn,
};
use crate::value::{Value, ValueRef};

/// The statements of one table.
#[derive(Debug)]
pub(super) struct Statements {
    name: &'static str,
    names: Names,
    visible: Shape,
    all: Shape,
    /// An `INSERT`, up to its `ON CONFLICT` or `RETURNING`.
    insert: String,
    /// The `ON CONFLICT` clause of an upsert.
    overwrite: String,
    /// For each column, the number of its parameter in an insert. An auto-increment key has none.
    inserted: Vec<Option<usize>>,
}

/// The usual statements that return the same columns.
#[derive(Debug)]
struct Shape {
    types: Vec<ColumnType>,
    /// The positions of the columns in the table.
    positions: Vec<usize>,
    columns: String,
    by_key: String,
    page: String,
    insert: String,
    insert_or_nothing: String,
    upsert: String,
    delete: String,
}

impl Statements {
    /// Builds the statements for a table, in the dialect of an engine.
    pub(super) fn of<D: Dialect>(table: &Table) -> Self {
        let parameter = D::parameter;
        let names = Names {
            table: quoted(table.name),
            key: table.key,
            columns: table.columns.iter().map(|column| quoted(column.name)).collect(),
            types: table.columns.iter().map(|column| column.kind).collect(),
            nullable: table.columns.iter().map(|column| column.nullable).collect(),
            dialect: RowDialect::of::<D>(),
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
            // `DO NOTHING` would return no row, so the update must set something.
            set = format!("{key} = excluded.{key}");
        }
        let overwrite = format!(" ON CONFLICT ({key}) DO UPDATE SET {set}");
        let shape = |columns: &[usize]| Shape::of(&names, columns, &insert, &overwrite);
        let (visible, all) = (shape(&table.visible), shape(&(0..table.columns.len()).collect::<Vec<_>>()));
        Statements { name: table.name, visible, all, names, insert, overwrite, inserted }
    }

    /// The types of the result columns.
    pub(super) fn types(&self, columns: Columns) -> &[ColumnType] {
        match columns {
            Columns::Count => &[ColumnType::Integer],
            columns => &self.shape(columns).types,
        }
    }

    fn shape(&self, columns: Columns) -> &Shape {
        match columns {
            Columns::Visible => &self.visible,
            Columns::All | Columns::Count => &self.all,
        }
    }

    /// The statement of a write. `computed` are the values that were computed from stored ones. With `skip_conflicts`
    /// an insert does nothing if a unique value exists already.
    ///
    /// # Errors
    /// The write has a value for a column that does not exist or cannot be set.
    pub(super) fn write<'a>(
        &'a self,
        write: &'a Write,
        computed: &'a [(usize, Value)],
        skip_conflicts: bool,
    ) -> Result<Statement<'a>, StoreError> {
        let (shape, conditions) = (self.shape(write.columns), &*write.conditions);
        let is_usual = write.conditions.are_none();
        let mut draft = match &write.action {
            Action::Insert { values } => {
                let parameters = self.row(values)?;
                match (conditions.are_none_after(), skip_conflicts) {
                    (true, false) => return Ok(shape.usual(&shape.insert, parameters)),
                    (true, true) => return Ok(shape.usual(&shape.insert_or_nothing, parameters)),
                    (false, _) => {
                        let skips = if skip_conflicts { " ON CONFLICT DO NOTHING" } else { "" };
                        Draft::after(format!("{}{skips}", self.insert), parameters)
                    }
                }
            }
            Action::Upsert { values } => {
                let parameters = self.row(values)?;
                if is_usual {
                    return Ok(shape.usual(&shape.upsert, parameters));
                }
                let mut draft = Draft::after(format!("{}{}", self.insert, self.overwrite), parameters);
                draft.at(Site::Upsert);
                conditions.scope.filter(&self.names, &filters(write, None, &[]), &mut draft);
                draft
            }
            Action::Update { key, .. } => {
                let values: Vec<_> = write.given_and(computed).collect();
                if values.is_empty() {
                    return Ok(self.unchanged(write, key, shape));
                }
                self.update(write, key, values)?
            }
            Action::Delete { key } => {
                if is_usual {
                    return Ok(shape.usual(&shape.delete, vec![self.key(key)]));
                }
                let mut draft = Draft::after("DELETE", Vec::new());
                draft.at(Site::Delete);
                conditions.scope.from(&self.names, &filters(write, Some(key), &[]), &mut draft);
                draft
            }
        };
        draft.push(" RETURNING ");
        let mut flags =
            self.columns(Site::MaskedReturning, shape, write.columns, &conditions.scope, &mut draft);
        if matches!(write.action, Action::Delete { .. }) {
            return Ok(shape.with_flags(draft, flags));
        }
        let mut ask = |condition| {
            draft.push(", ");
            write_condition(condition, &self.names, &mut draft);
            flags += 1;
        };
        if write.columns == Columns::Visible && !conditions.shown.is_true() {
            ask(unless(Site::Shown, &conditions.shown));
        }
        let mut checks = Checks { row: !conditions.after.is_true(), columns: Vec::new() };
        if checks.row {
            ask(unless(Site::After, &conditions.after));
        }
        if matches!(write.action, Action::Insert { .. }) {
            for (column, settable, _) in conditions.required() {
                ask(unless(Site::SettableInNew, settable));
                checks.columns.push(column);
            }
        }
        Ok(Statement { checks, ..shape.with_flags(draft, flags) })
    }

    /// The insert without `RETURNING`, unless it is another action or has a condition on the new row. It serves an
    /// engine to which returning a row is more work than inserting it.
    ///
    /// # Errors
    /// The write has a value for a column that does not exist or cannot be set.
    pub(super) fn insert<'a>(&'a self, write: &'a Write) -> Result<Option<Insert<'a>>, StoreError> {
        let Action::Insert { values } = &write.action else { return Ok(None) };
        if !write.conditions.are_none_after() {
            return Ok(None);
        }
        let shape = self.shape(write.columns);
        let statement = Statement::new(&self.insert, self.row(values)?, &[]);
        Ok(Some(Insert { statement, columns: &shape.positions, inserted: &self.inserted, auto_increment: 0 }))
    }

    /// The functions by which a write computes new values from stored ones, by column.
    pub(super) fn computed<'w>(&self, write: &'w Write) -> Result<Vec<(usize, &'w Compute)>, StoreError> {
        let Action::Update { changes, .. } = &write.action else { return Ok(Vec::new()) };
        let computed = changes.iter().filter_map(|(column, change)| Some((*column, change.compute()?)));
        computed.map(|(column, compute)| self.check_column(column).map(|()| (column, compute))).collect()
    }

    /// The statement that reads the stored values of these columns, from which new ones are computed. A value that the
    /// caller may not see counts as absent, and there is no row where the caller may write none, so that the issues of a
    /// new value tell nothing of it.
    pub(super) fn stored<'a>(
        &'a self,
        write: &'a Write,
        columns: impl Iterator<Item = usize>,
    ) -> Statement<'a> {
        let mut draft = Draft::after("SELECT ", Vec::new());
        draft.masks = masks(Site::MaskedStored, &write.conditions.scope);
        for (index, column) in columns.enumerate() {
            draft.push(if index > 0 { ", " } else { "" });
            write_column(&self.names, column, &mut draft);
        }
        draft.masks = &[];
        let values: Vec<_> = write.given().collect();
        let filters = filters(write, write.key(self.names.key), &values);
        draft.at(Site::Stored);
        write.conditions.scope.from(&self.names, &filters, &mut draft);
        Statement::without_columns(draft)
    }

    /// Writes the new value of a column, which keeps its value in rows where the caller may not set it.
    fn new_value<'a>(&'a self, write: &'a Write, column: usize, value: &'a Value, draft: &mut Draft<'a>) {
        let Some(set_in) = write.conditions.set_in(column) else {
            return draft.parameter(&self.names, column, value);
        };
        draft.push("CASE WHEN ");
        write_condition(unless(Site::Kept, set_in), &self.names, draft);
        draft.push(" THEN ");
        draft.parameter(&self.names, column, value);
        draft.push(" ELSE ");
        draft.name(&self.names, column);
        draft.push(" END");
    }

    /// The statement that finds a row with the same values in these columns as the row of a write. `given` are the new
    /// values, and `own` is the key of the row, if it may have existed before: then it keeps its other values, and does
    /// not conflict with itself. It is `None` if the write cannot cause a conflict in these columns.
    pub(super) fn conflicting_row<'a>(
        &'a self,
        columns: &[usize],
        given: &[(usize, &'a Value)],
        own: Option<&'a Value>,
    ) -> Option<Statement<'a>> {
        let value = |column: usize| given.iter().find(|(known, _)| *known == column).map(|(_, value)| *value);
        if !columns.iter().any(|column| value(*column).is_some()) {
            return None;
        }
        let mut filters = Vec::with_capacity(columns.len() + 1);
        for column in columns {
            self.check_column(*column).ok()?;
            filters.push(match (value(*column), own) {
                (Some(Value::Null), _) | (None, None) => return None,
                (Some(value), _) => Filter::Value(*column, value),
                (None, Some(own)) => Filter::ValueOf(*column, own),
            });
        }
        filters.extend(own.map(Filter::Other));
        let mut draft = Draft::after("SELECT 1", Vec::new());
        Scope::CONSTRAINT.from(&self.names, &filters, &mut draft);
        draft.push(" LIMIT 1");
        Some(Statement::without_columns(draft))
    }

    /// The `UPDATE` of the row with a key, without `RETURNING`.
    fn update<'a>(
        &'a self,
        write: &'a Write,
        key: &'a Value,
        mut values: Vec<(usize, &'a Value)>,
    ) -> Result<Draft<'a>, StoreError> {
        // The columns are sorted, so that the text does not depend on the order in which they were set.
        values.sort_by_key(|(column, _)| *column);
        let mut draft = Draft::after(format!("UPDATE {} SET ", self.names.table), Vec::new());
        for (index, (column, value)) in values.iter().enumerate() {
            self.check_column(*column)?;
            draft.push(if index > 0 { ", " } else { "" });
            draft.push(&self.names.columns[*column]);
            draft.push(" = ");
            self.new_value(write, *column, value, &mut draft);
        }
        draft.at(Site::Update);
        write.conditions.scope.filter(&self.names, &filters(write, Some(key), &values), &mut draft);
        Ok(draft)
    }

    /// The `SELECT` that stands in for an update of no column: it returns the row under the same conditions.
    fn unchanged<'a>(&'a self, write: &'a Write, key: &'a Value, shape: &'a Shape) -> Statement<'a> {
        let mut draft = Draft::after("SELECT ", Vec::new());
        let conditions = &*write.conditions;
        let mut flags =
            self.columns(Site::MaskedUnchanged, shape, write.columns, &conditions.scope, &mut draft);
        if write.columns == Columns::Visible && !conditions.shown.is_true() {
            draft.push(", ");
            write_condition(&conditions.shown, &self.names, &mut draft);
            flags += 1;
        }
        draft.at(Site::Unchanged);
        conditions.scope.from(&self.names, &filters(write, Some(key), &[]), &mut draft);
        shape.with_flags(draft, flags)
    }

    /// Writes the columns of a result row. Where some are masked, a truth value for each of these that clients see says
    /// at the end of the row whether it is shown. Returns how many of them there are.
    fn columns<'a>(
        &'a self,
        site: Site,
        shape: &'a Shape,
        columns: Columns,
        scope: &'a Scope,
        draft: &mut Draft<'a>,
    ) -> usize {
        if scope.masks().is_empty() {
            draft.push(&shape.columns);
            return 0;
        }
        draft.masks = masks(site, scope);
        for (index, column) in shape.positions.iter().enumerate() {
            draft.push(if index > 0 { ", " } else { "" });
            write_column(&self.names, *column, draft);
        }
        draft.masks = &[];
        if columns != Columns::Visible {
            return 0;
        }
        let mut flags = 0;
        for mask in scope.masks().iter().filter(|mask| shape.positions.contains(&mask.column)) {
            draft.push(", ");
            write_condition(unless(Site::MaskFlags, &mask.shown), &self.names, draft);
            flags += 1;
        }
        flags
    }

    /// The parameters of an insert.
    fn row<'a>(&'a self, values: &'a [(usize, Value)]) -> Result<Vec<Parameter<'a>>, StoreError> {
        let kinds = self.inserted.iter().zip(&self.names.types).filter(|(position, _)| position.is_some());
        let nulls = kinds.map(|(_, kind)| Parameter { value: ValueRef::Null, kind: *kind });
        let mut parameters: Vec<_> = nulls.collect();
        for (column, value) in values {
            match self.inserted.get(*column) {
                Some(Some(position)) => parameters[position - 1].value = value.as_ref(),
                _ => return Err(self.unknown_column(*column)),
            }
        }
        Ok(parameters)
    }

    fn key<'a>(&self, value: &'a Value) -> Parameter<'a> {
        Parameter { value: value.as_ref(), kind: self.names.types[self.names.key] }
    }

    fn check_column(&self, column: usize) -> Result<(), StoreError> {
        if column < self.names.columns.len() { Ok(()) } else { Err(self.unknown_column(column)) }
    }

    fn unknown_column(&self, column: usize) -> StoreError {
        StoreError::Internal(format!("table `{}`: column {column} cannot be set", self.name))
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
        // The usual statements are for callers that may see all rows.
        let mut from = Draft::after("", Vec::new());
        Scope::CONSTRAINT.from(names, &[], &mut from);
        let (key, from) = (&names.columns[names.key], from.text);
        let parameter = names.dialect.parameter;
        Shape {
            by_key: format!("SELECT {columns}{from} WHERE {key} = {}", parameter(1)),
            page: format!(
                "SELECT {columns}{from} ORDER BY {key} LIMIT {} OFFSET {}",
                parameter(1),
                parameter(2)
            ),
            insert: format!("{insert} RETURNING {columns}"),
            insert_or_nothing: format!("{insert} ON CONFLICT DO NOTHING RETURNING {columns}"),
            upsert: format!("{insert}{overwrite} RETURNING {columns}"),
            delete: format!("DELETE{from} WHERE {key} = {} RETURNING {columns}", parameter(1)),
            columns,
            types,
            positions,
        }
    }

    fn usual<'a>(&'a self, text: &'a str, parameters: Vec<Parameter<'a>>) -> Statement<'a> {
        Statement::new(text, parameters, &self.types)
    }

    /// A statement with this many truth values after the columns.
    fn with_flags<'a>(&'a self, draft: Draft<'a>, flags: usize) -> Statement<'a> {
        let mut statement = self.built(draft);
        if flags > 0 {
            statement.types.to_mut().extend(std::iter::repeat_n(ColumnType::Boolean, flags));
        }
        statement
    }

    fn built<'a>(&'a self, draft: Draft<'a>) -> Statement<'a> {
        Statement::new(draft.text, draft.parameters, &self.types)
    }
}

/// The conditions of a write on the former row, in the order in which it is told that one is false. `values` are the new
/// values by column, as far as they are known.
fn before<'a>(write: &'a Write, values: &[(usize, &'a Value)]) -> Vec<Filter<'a>> {
    let value = |column: usize| values.iter().find(|(set, _)| *set == column).map(|(_, value)| *value);
    let rows = write.conditions.before.iter().map(|(condition, _)| Filter::Is(condition));
    let fields = write.conditions.required();
    rows.chain(fields.map(|(column, settable, seen)| Filter::Settable {
        column,
        settable,
        seen,
        value: value(column),
    }))
    .collect()
}

/// The filters of a write: the row with the key, if it meets all conditions on the former row.
fn filters<'a>(write: &'a Write, key: Option<&'a Value>, values: &[(usize, &'a Value)]) -> Vec<Filter<'a>> {
    let before = before(write, values).into_iter().filter(|filter| match filter {
        Filter::Settable { .. } => !sabotage::drops(Site::Settable),
        _ => !sabotage::drops(Site::Before),
    });
    key.map(Filter::Key).into_iter().chain(before).collect()
}

/// A condition, unless a test leaves it out.
#[inline]
fn unless(site: Site, condition: &Condition) -> &Condition {
    const TRUE: &Condition = &Condition::TRUE;
    if sabotage::drops(site) { TRUE } else { condition }
}

/// The masks of a scope, unless a test leaves them out.
#[inline]
fn masks(site: Site, scope: &Scope) -> &[Mask] {
    if sabotage::drops(site) { &[] } else { scope.masks() }
}

/// Computes new values from the stored ones in a row.
///
/// # Errors
/// All issues of the new values, or a stored value that cannot be decoded.
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

/// The error for the caller if a value could not be computed; `undecodable` adds the table's name.
pub(super) fn compute_error(
    error: ComputeError,
    undecodable: impl FnOnce(DecodeError) -> StoreError,
) -> StoreError {
    match error {
        ComputeError::Invalid(issues) => StoreError::Invalid(issues),
        ComputeError::Decode(found) => undecodable(found),
    }
}

/// The entry of a table that the store was opened with.
pub(super) fn table_of<T>(tables: &[T], id: TableId) -> Result<&T, StoreError> {
    tables.get(id).ok_or_else(|| StoreError::Internal(format!("there is no table {id}")))
}
