//! What each caller changes.

use rocket::http::Method;
use serde_json::{Map, Value as Json};

use super::{About, Oracle};
use crate::error::Error;
use crate::operation::Command;
use crate::resource::{Operation, Role};
use crate::testing::coverage::Part;
use crate::testing::failure::Failure;
use crate::testing::judge::Row;
use crate::testing::maker::{Secret, json};
use crate::testing::program::{Answer, Caller, Sent};
use crate::testing::random::Random;
use crate::testing::rows::{self, Before};
use crate::testing::{key_text, values};
use crate::value::Value;
use crate::wire::{Body, Presence};

const JSON: &str = "application/json";

/// What should come of a write.
enum Expected {
    /// One of these statuses, and nothing else has changed.
    Refused(Vec<u16>, Part, &'static str),
    /// The row is there like this, or is not there any more.
    Done(Option<Row>),
}

/// A write to try.
struct Attempt<'r> {
    operation: Operation,
    /// The row that it is done to, if there is one.
    row: Option<&'r Row>,
    key: Option<Value>,
    /// The body, or nothing where the operation has none.
    body: String,
}

impl Oracle<'_> {
    /// Tries a random write of a caller.
    pub(super) async fn write(
        &self,
        random: &mut Random,
        caller: &Caller,
        gone: Option<&Value>,
    ) -> Result<(), Failure> {
        let writes = self.judge.meta().operations.iter();
        let writes: Vec<Operation> =
            writes.filter(|operation| !matches!(operation, Operation::List | Operation::Read)).collect();
        let Some(operation) = random.pick(&writes).copied() else { return Ok(()) };
        let known = self.rows().await?;
        let own: Vec<&Row> =
            known.iter().filter(|row| !self.standing.contains(self.judge.key(row))).collect();
        // What nobody sees is refused for that alone, so that rows which are seen are tried more often.
        let seen = own.iter().copied().filter(|row| self.judge.would_hold(Part::Read, row, caller));
        let seen: Vec<&Row> = seen.collect();
        let some = if seen.is_empty() || random.percent(40) { &own } else { &seen };
        let row = random.pick(some).copied().filter(|_| operation.is_on_key() && random.percent(90));
        let key = row.map(|row| self.judge.key(row)).or(gone).filter(|_| operation.is_on_key()).cloned();
        // What is gone may have been created again, by a client that chooses its keys.
        let row = known.iter().find(|row| Some(self.judge.key(row)) == key.as_ref());
        if operation.is_on_key() && key.is_none() {
            return Ok(());
        }
        let mut attempt = Attempt { operation, row, key, body: String::new() };
        if operation.has_body() {
            attempt.body = self.body(random, &attempt, &known)?;
        }
        let method = match operation {
            Operation::Create => Method::Post,
            Operation::Replace => Method::Put,
            Operation::Patch => Method::Patch,
            _ => Method::Delete,
        };
        let address = attempt.key.as_ref().map_or_else(|| self.judge.served.path(), |key| self.address(key));
        let body = operation.has_body().then(|| (JSON, attempt.body.clone()));
        let mut sent = Sent { method, body, ..Sent::get(address) };
        let expected = self.expected(caller, &attempt).await?;
        sent.in_code = random.percent(30);
        let answer = match sent.in_code {
            true => self.in_code(caller, operation, &self.key_of(&attempt), &attempt.body).await,
            false => self.ask(caller, &sent).await,
        };
        let now = self.rows().await?;
        self.compare(caller, &attempt, &sent, expected, &answer, (&known, &now))
    }

    /// A body, which may have what clients do not set or what is taken, or be wrong.
    fn body(&self, random: &mut Random, attempt: &Attempt<'_>, known: &[Row]) -> Result<String, Failure> {
        let meta = self.judge.meta();
        let body = self.maker.body(random, attempt.operation, &Secret::default());
        let (mut body, _) = body.map_err(Failure::Unfit)?;
        let fields = meta.object.fields;
        for access in self.judge.served.access.fields {
            let name = fields[access.column].name;
            if attempt.operation == Operation::Replace && random.percent(40) {
                body.shift_remove(name);
            }
            // The value that stands may be sent by whoever sees it.
            if let Some(row) = attempt.row.filter(|_| random.percent(30)) {
                body.insert(name.to_owned(), json(meta, access.column, &row.values[access.column]));
            }
        }
        if let Some((row, columns)) = random.pick(known).zip(random.pick(self.maker.unique()))
            && random.percent(10)
        {
            let set = columns.iter().filter(|column| !fields[**column].read_only);
            body.extend(
                set.map(|column| {
                    (fields[*column].name.to_owned(), json(meta, *column, &row.values[*column]))
                }),
            );
        }
        if random.percent(20) {
            let not_set = (0..fields.len()).filter(|column| {
                fields[*column].read_only && !matches!(meta.columns[*column].role, Role::Key)
            });
            let not_set: Vec<usize> = not_set.collect();
            if let Some(column) = random.pick(&not_set) {
                let value = self.maker.value(random, *column).unwrap_or_default();
                body.insert(fields[*column].name.to_owned(), value);
            }
        }
        if attempt.operation == Operation::Patch && random.percent(12) {
            body.clear();
        }
        if random.percent(12) {
            self.spoil(random, &mut body);
        }
        Ok(Json::from(body).to_string())
    }

    /// Makes a body one that is refused, mostly.
    fn spoil(&self, random: &mut Random, body: &mut Map<String, Json>) {
        let names: Vec<String> = body.keys().cloned().collect();
        let Some(name) = random.pick(&names).filter(|_| random.percent(80)) else {
            body.insert("unknown".to_owned(), Json::Null);
            return;
        };
        let field = self.judge.meta().object.fields.iter().find(|field| field.name == name);
        if let Some(field) = field {
            body.insert(name.clone(), values::wrong(random, field.shape()));
        }
    }

    /// What should come of a write.
    async fn expected(&self, caller: &Caller, attempt: &Attempt<'_>) -> Result<Expected, Failure> {
        let expected = self.expected_of_row(caller, attempt).await?;
        let refused = vec![Oracle::refused(caller)];
        // Of a refusal it is told at once, where no row at all would do.
        Ok(match expected {
            Expected::Refused(_, part, _) if self.judge.refuses(attempt.operation, caller) => {
                Expected::Refused(refused, part, "this caller may do it to no row")
            }
            expected => expected,
        })
    }

    /// The same by the closures alone.
    async fn expected_of_row(&self, caller: &Caller, attempt: &Attempt<'_>) -> Result<Expected, Failure> {
        let Attempt { operation, row, .. } = *attempt;
        let (judge, part) = (&self.judge, Part::of(operation));
        if operation != Operation::Create {
            // What a rule says of a row that is hidden shows in nothing, and yet it has been asked.
            let may = row.is_some_and(|row| judge.holds(part, row, caller));
            if !row.is_some_and(|row| judge.holds(Part::Read, row, caller)) {
                let absent = vec![self.absent()];
                return Ok(Expected::Refused(absent, Part::Read, "there is no such row for this caller"));
            }
            if !may {
                return Ok(Expected::Refused(vec![403], part, "this caller may not do it to the row"));
            }
            if operation == Operation::Delete {
                return Ok(Expected::Done(None));
            }
        }
        self.expected_of_body(caller, attempt).await
    }

    /// What should come of a write with a body, by somebody who may make some.
    async fn expected_of_body(&self, caller: &Caller, attempt: &Attempt<'_>) -> Result<Expected, Failure> {
        let Attempt { operation, row, .. } = *attempt;
        let (judge, part) = (&self.judge, Part::of(operation));
        let body: Map<String, Json> = serde_json::from_str(&attempt.body).unwrap_or_default();
        let command = || self.command(caller, attempt, &body);
        let Ok(is_unchanged) =
            command().map(|command| matches!(command, Command::Patch(_, changes) if changes.is_empty()))
        else {
            return Ok(Expected::Refused(vec![422], part, "the body is not valid"));
        };
        let access = judge.served.access;
        let ruled = access.fields.iter().map(|field| field.column);
        let sent: Vec<usize> = ruled.filter(|column| body.contains_key(self.name(*column))).collect();
        // What is not seen counts as absent, when a patch is merged into it.
        let unseen = |row| sent.iter().copied().filter(|column| !judge.shows(*column, row, caller)).collect();
        let blank: Vec<usize> = row.map(unseen).unwrap_or_default();
        let before = Before { blank: &blank, gone: &[] };
        let mut foretold = self.foretold(caller, command(), before).await;
        let is_taken = matches!(foretold, Err(Error::Conflict(_)));
        if is_taken {
            // Who may not make the row anyway is told that, and nothing of other rows.
            let known = self.rows().await?;
            let others =
                known.iter().map(|row| judge.key(row)).filter(|key| Some(*key) != attempt.key.as_ref());
            let gone: Vec<&Value> = others.collect();
            let alone = self.foretold(caller, command(), Before { blank: &blank, gone: &gone }).await;
            foretold = alone.or(foretold);
        }
        let made = match foretold {
            Ok(Some(made)) => judge.row(made)?,
            Ok(None) => return Err(Failure::Launch("a row vanished while the rules were proven".to_owned())),
            Err(Error::Internal(why) | Error::Unavailable(why)) => return Err(Failure::Launch(why)),
            Err(Error::Unauthorized | Error::NotPermitted) => {
                self.coverage.borrow_mut().saw(judge.served.name(), part, false);
                return Ok(Expected::Refused(vec![403], part, "this caller may create no row"));
            }
            Err(error) => {
                let (status, why) = match error {
                    Error::Conflict(_) => (409, "a unique value is taken"),
                    _ => (422, "the row would not be valid"),
                };
                // What the row would have been is not known, so that it may as well be refused for that.
                let is_unset = |row| sent.iter().any(|column| !self.sets(*column, row, caller));
                let statuses = match status == 409 || row.is_none_or(is_unset) {
                    true => vec![status, 403],
                    false => vec![status],
                };
                return Ok(Expected::Refused(statuses, part, why));
            }
        };
        for column in sent {
            let (judged, stands) = match row {
                Some(row) => (row, row.values[column].clone()),
                None => (&made, self.default(column)),
            };
            let keeps = judge.shows(column, judged, caller) && made.values[column] == stands;
            if !self.sets(column, judged, caller) && !keeps {
                let part = Part::FieldWrite(column);
                return Ok(Expected::Refused(vec![403], part, "this caller may not set the field"));
            }
        }
        // A row that stays as it is need not pass, unless none would.
        let is_checked = !is_unchanged || judge.refuses(operation, caller);
        if is_checked && !judge.passes(operation, &made, caller) {
            let part = if access.check.is_some() { Part::Check } else { part };
            return Ok(Expected::Refused(
                vec![403],
                part,
                "the row would not be one that the caller may make",
            ));
        }
        if is_taken {
            return Ok(Expected::Refused(vec![409], part, "a unique value is taken"));
        }
        Ok(Expected::Done(Some(made)))
    }

    /// Whether a caller may set a field of a row.
    fn sets(&self, column: usize, row: &Row, caller: &Caller) -> bool {
        match self.judge.rule(Part::FieldWrite(column)) {
            Some(_) => self.judge.holds(Part::FieldWrite(column), row, caller),
            None => true,
        }
    }

    fn name(&self, column: usize) -> &'static str {
        self.judge.meta().object.fields[column].name
    }

    /// The value of a field that is not sent in a create.
    fn default(&self, column: usize) -> Value {
        match self.judge.meta().object.fields[column].presence {
            Presence::Default(default) => self.maker.stored(column, &default()).unwrap_or(Value::Null),
            _ => Value::Null,
        }
    }

    /// The command of a write, as it is carried out for this caller.
    fn command(
        &self,
        caller: &Caller,
        attempt: &Attempt<'_>,
        body: &Map<String, Json>,
    ) -> Result<Command, Error> {
        let (service, meta) = (self.judge.served.service, self.judge.meta());
        let key = self.key_of(attempt);
        let mut body = body.clone();
        if let (Operation::Replace, Some(row)) = (attempt.operation, attempt.row) {
            // What the caller does not see or set, and does not send, stays as it is.
            for access in self.judge.served.access.fields {
                let column = access.column;
                if !(self.judge.shows(column, row, caller) && self.sets(column, row, caller)) {
                    let stands = json(meta, column, &row.values[column]);
                    body.entry(self.name(column)).or_insert(stands);
                }
            }
        }
        let text = Json::from(body).to_string();
        service.command(attempt.operation, &key, "", Body { bytes: text.as_bytes(), json: true }, None)
    }

    /// The key of a write in a path, before it is encoded.
    fn key_of(&self, attempt: &Attempt<'_>) -> String {
        let meta = self.judge.meta();
        attempt.key.as_ref().map(|key| key_text(&json(meta, meta.key, key))).unwrap_or_default()
    }

    async fn foretold(
        &self,
        caller: &Caller,
        command: Result<Command, Error>,
        before: Before<'_>,
    ) -> Result<Option<Vec<Value>>, Error> {
        let served = &self.judge.served;
        rows::foretold(served.service, served.access, command?, caller.value(), before).await
    }

    /// Compares what has come of a write with what should have.
    fn compare(
        &self,
        caller: &Caller,
        attempt: &Attempt<'_>,
        sent: &Sent,
        expected: Expected,
        answer: &Answer,
        (before, after): (&[Row], &[Row]),
    ) -> Result<(), Failure> {
        let own: Vec<&Row> = attempt.row.into_iter().collect();
        let others = |rows: &[Row], key: Option<&Value>| {
            let others = rows.iter().filter(|row| key != Some(self.judge.key(row)));
            others.map(|row| row.values.clone()).collect::<Vec<_>>()
        };
        let made = match expected {
            Expected::Refused(statuses, part, why) => {
                let about = About { part, rows: &own };
                let wanted: Vec<String> = statuses.iter().map(u16::to_string).collect();
                let wanted = format!("{}, since {why}, and nothing changed", wanted.join(" or "));
                if !statuses.contains(&answer.status) {
                    return Err(self.refute(caller, sent, wanted, answer, about));
                }
                if others(before, None) != others(after, None) {
                    let found = format!("{}, and the rows have changed", answer.status);
                    return Err(self.refute_found(caller, sent, wanted, found, about));
                }
                return Ok(());
            }
            Expected::Done(made) => made,
        };
        let operation = attempt.operation;
        let about = About { part: Part::of(operation), rows: &own };
        let status = match operation {
            Operation::Create => 201,
            Operation::Delete => 204,
            _ => 200,
        };
        if answer.status != status {
            let wanted = format!("{status}, since this caller may do it");
            return Err(self.refute(caller, sent, wanted, answer, about));
        }
        let new =
            after.iter().find(|row| before.iter().all(|old| self.judge.key(old) != self.judge.key(row)));
        let key = attempt.key.clone().or_else(|| new.map(|row| self.judge.key(row).clone()));
        if others(before, key.as_ref()) != others(after, key.as_ref()) {
            let found = "other rows have changed as well".to_owned();
            return Err(self.refute_found(caller, sent, "one row changes".to_owned(), found, about));
        }
        let stands = after.iter().find(|row| Some(self.judge.key(row)) == key.as_ref());
        match (made, stands) {
            (None, None) => Ok(()),
            (Some(made), Some(stands)) if self.is_alike(operation, &made, stands) => {
                self.answered(caller, sent, answer, stands, about)
            }
            (made, stands) => {
                let text = |row: Option<&Row>| row.map_or("no row".to_owned(), |row| self.judge.text(row));
                let (wanted, found) = (text(made.as_ref()), text(stands));
                Err(self.refute_found(caller, sent, format!("in the store, {wanted}"), found, about))
            }
        }
    }

    /// Whether two rows are alike but for their times, and for the generated key of a new one.
    fn is_alike(&self, operation: Operation, one: &Row, other: &Row) -> bool {
        let columns = self.judge.meta().columns.iter().zip(one.values.iter().zip(&other.values));
        let is_new = operation == Operation::Create;
        let mut compared = columns.filter(|(column, _)| match column.role {
            Role::UpdatedAt => false,
            Role::CreatedAt | Role::AutoIncrementKey | Role::ServerGeneratedKey(_) => !is_new,
            Role::Plain | Role::Key => true,
        });
        compared.all(|(_, (one, other))| one == other)
    }

    /// The answer shows the row as the caller may see it, or its key alone.
    fn answered(
        &self,
        caller: &Caller,
        sent: &Sent,
        answer: &Answer,
        row: &Row,
        about: About<'_>,
    ) -> Result<(), Failure> {
        let meta = self.judge.meta();
        if sent.in_code {
            let shown = Json::from(vec![self.in_struct(row, caller)]).to_string();
            return match answer.body == shown {
                true => Ok(()),
                false => Err(self.refute(caller, sent, shown, answer, about)),
            };
        }
        let shown = match self.judge.holds(Part::Read, row, caller) {
            true => self.judge.shown(row, caller),
            false => {
                let key = json(meta, meta.key, self.judge.key(row));
                Json::from(Map::from_iter([(self.name(meta.key).to_owned(), key)]))
            }
        };
        match serde_json::from_str::<Json>(&answer.body) {
            Ok(body) if body == shown => Ok(()),
            _ => Err(self.refute(caller, sent, shown.to_string(), answer, about)),
        }
    }
}
