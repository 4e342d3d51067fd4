//! Two stores that agree in all that a caller may see.

use super::Interference;
use crate::resource::Role;
use crate::testing::coverage::Part;
use crate::testing::failure::Failure;
use crate::testing::judge::Row;
use crate::testing::maker::{Secret, Taken, json};
use crate::testing::program::Caller;
use crate::testing::random::Random;
use crate::testing::{key_text, rows, store_failed};
use crate::value::Value;

/// How many keys there are in all.
const KEYS: usize = 12;

/// How often a row is made anew that is not hidden, or not visible, as it should be.
const TRIES: usize = 25;

/// How often the keys of the stores are counted up to be alike.
const MOST_COUNTED: usize = 100_000;

/// What the two stores have.
pub(super) struct Twins {
    /// The keys of rows that are visible, hidden, or not there any more.
    pub(super) keys: Vec<String>,
    /// For each column, the values of rows in either store.
    pub(super) values: Vec<Vec<serde_json::Value>>,
    /// Values that bodies must not have.
    pub(super) secret: Secret,
    /// The rows that are in one store alone, or are otherwise in the other.
    pub(super) differing: [Vec<Row>; 2],
    pub(super) hides_rows: bool,
    pub(super) hidden_fields: Vec<usize>,
}

/// What is to become of a key.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Visible,
    /// In the stores for which this is true.
    Hidden([bool; 2]),
    Gone,
}

impl Interference<'_> {
    /// Fills the stores.
    pub(super) async fn twins(&self, random: &mut Random, caller: &Caller) -> Result<Twins, Failure> {
        let meta = self.judge().meta();
        let counts = matches!(meta.columns[meta.key].role, Role::AutoIncrementKey);
        let mut next = if counts { Some(self.level(random).await?) } else { None };
        let mut twins = Twins {
            keys: Vec::new(),
            values: vec![Vec::new(); meta.columns.len()],
            secret: Secret::default(),
            differing: [Vec::new(), Vec::new()],
            hides_rows: false,
            hidden_fields: Vec::new(),
        };
        let mut taken = Taken::default();
        for index in 0..KEYS {
            let kind = match random.below(20) {
                // The greatest key is hidden, and the same in both stores.
                _ if index + 1 == KEYS => Kind::Hidden([true, true]),
                0..8 => Kind::Visible,
                8..11 => Kind::Hidden([true, false]),
                11..14 => Kind::Hidden([false, true]),
                14..18 => Kind::Hidden([true, true]),
                _ => Kind::Gone,
            };
            next = next.map(|next| next + 1);
            if !self.fill(random, caller, kind, next, &mut taken, &mut twins).await? {
                break;
            }
        }
        Ok(twins)
    }

    /// Fills one key. Returns whether there were enough values for it.
    async fn fill(
        &self,
        random: &mut Random,
        caller: &Caller,
        kind: Kind,
        next: Option<i64>,
        taken: &mut Taken,
        twins: &mut Twins,
    ) -> Result<bool, Failure> {
        let is_visible = matches!(kind, Kind::Visible);
        let key = next.map(Value::Integer);
        let made = self.candidate(random, caller, is_visible, key.as_ref(), taken)?;
        let Some((row, is_visible)) = made else { return Ok(false) };
        let key = self.judge().key(&row).clone();
        let (mut stands, mut second) = ([true, true], row.values.clone());
        match kind {
            Kind::Gone => stands = [false, false],
            _ if is_visible => {
                for column in self.masked(&row, caller) {
                    if let Some(value) =
                        self.maker.other(random, &row.values, column, taken).map_err(Failure::Unfit)?
                    {
                        second[column] = value;
                        twins.hidden_fields.push(column);
                    }
                }
            }
            Kind::Visible => {}
            Kind::Hidden(which) => {
                stands = which;
                if which == [true, true]
                    && let Some((other, false)) = self.candidate(random, caller, false, Some(&key), taken)?
                {
                    second = other.values;
                }
            }
        }
        twins.hides_rows |= !is_visible && stands.contains(&true);
        let pair = [row.values, second];
        let differs = pair[0] != pair[1] || stands[0] != stands[1];
        for (side, values) in pair.into_iter().enumerate() {
            let judge = &self.sides[side].1;
            let service = judge.served.service;
            // The stores count alike, if the rows of one stood in the other for a moment.
            if !stands[side] && next.is_none() {
                continue;
            }
            let row = rows::insert(service, &values).await.map_err(store_failed)?;
            let row = judge.row(row)?;
            if *judge.key(&row) != key {
                return Err(Failure::Launch("the two stores count their keys differently".to_owned()));
            }
            if !stands[side] {
                rows::remove(service, &key).await.map_err(store_failed)?;
                continue;
            }
            self.note(&row, is_visible, twins);
            if differs {
                twins.differing[side].push(row);
            }
        }
        let meta = self.judge().meta();
        twins.keys.push(key_text(&json(meta, meta.key, &key)));
        Ok(true)
    }

    /// A row that is visible to a caller, or hidden, as far as one is found; and which of the two it is.
    fn candidate(
        &self,
        random: &mut Random,
        caller: &Caller,
        is_visible: bool,
        key: Option<&Value>,
        taken: &mut Taken,
    ) -> Result<Option<(Row, bool)>, Failure> {
        let mut last = None;
        for _ in 0..TRIES {
            let mut after = taken.clone();
            let Some(mut values) = self.maker.row(random, &mut after).map_err(Failure::Unfit)? else { break };
            if let Some(key) = key {
                values[self.judge().meta().key] = key.clone();
            }
            let row = self.judge().row(values)?;
            let visible = self.judge().would_hold(Part::Read, &row, caller);
            last = Some((row, visible, after));
            if visible == is_visible {
                break;
            }
        }
        Ok(last.map(|(row, visible, after)| {
            *taken = after;
            (row, visible)
        }))
    }

    /// The columns of a visible row that a caller does not see, and that may be otherwise for that.
    fn masked(&self, row: &Row, caller: &Caller) -> Vec<usize> {
        let judge = self.judge();
        let fields = judge.served.access.fields.iter().filter(|field| field.read.is_some());
        let hidden = fields.map(|field| field.column).filter(|column| {
            let field = &judge.meta().object.fields[*column];
            !judge.would_hold(Part::FieldRead(*column), row, caller)
                && !self.deciding.contains(column)
                && !field.write_only
        });
        hidden.collect()
    }

    /// Notes the values of a row.
    fn note(&self, row: &Row, is_visible: bool, twins: &mut Twins) {
        let meta = self.judge().meta();
        for (column, value) in row.values.iter().enumerate() {
            twins.values[column].push(json(meta, column, value));
        }
        let masked = &twins.hidden_fields;
        if !is_visible {
            self.maker.hide(&row.values, None, &mut twins.secret);
        } else if !masked.is_empty() {
            self.maker.hide(&row.values, Some(masked), &mut twins.secret);
        }
    }

    /// Makes both stores count their next key alike, and returns the last one.
    async fn level(&self, random: &mut Random) -> Result<i64, Failure> {
        let mut counted = [i64::MIN; 2];
        let too_few = || Failure::Launch("the two stores count their keys differently".to_owned());
        for _ in 0..MOST_COUNTED {
            let behind = match counted[0].cmp(&counted[1]) {
                std::cmp::Ordering::Equal if counted[0] > i64::MIN => return Ok(counted[0]),
                std::cmp::Ordering::Greater => 1,
                _ => 0,
            };
            let service = self.sides[behind].1.served.service;
            let row = self.maker.row(random, &mut Taken::default()).map_err(Failure::Unfit)?;
            let row = rows::insert(service, &row.ok_or_else(too_few)?).await.map_err(store_failed)?;
            let key = &row[service.meta().key];
            rows::remove(service, key).await.map_err(store_failed)?;
            match key {
                Value::Integer(key) => counted[behind] = *key,
                _ => return Err(too_few()),
            }
        }
        Err(too_few())
    }
}
