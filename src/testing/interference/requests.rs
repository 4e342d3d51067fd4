//! Random requests over all routes of a resource.

use rocket::http::Method;
use serde_json::{Map, Value as Json};

use super::twins::Twins;
use crate::http::encode;
use crate::resource::{ExportFormat, FieldFilter, Operation, Operator, ResourceMeta};
use crate::testing::judge::Judge;
use crate::testing::maker::Maker;
use crate::testing::program::Sent;
use crate::testing::random::Random;
use crate::testing::{key_text, values};
use crate::wire::{Constraints, Shape};

/// Media types of bodies: those that are meant, and one that is not.
const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";
const TEXT: &str = "text/plain";

/// Makes random requests.
pub(super) struct Requests<'a> {
    meta: &'static ResourceMeta,
    path: String,
    maker: &'a Maker,
    twins: &'a Twins,
    /// The fields that not everybody sees.
    masked: Vec<usize>,
    /// Whether answers have times that are not compared.
    has_times: bool,
}

/// A request, whose key is one of the store's that it is sent to.
pub(super) struct Wanted {
    sent: Sent,
    /// The position of the key among those of a store.
    key: Option<usize>,
    query: String,
    /// Whether the body has a value that a hidden row may have.
    pub(super) tells: bool,
}

impl Wanted {
    /// The request to a store with these keys.
    pub(super) fn sent(&self, keys: &[String]) -> Sent {
        let mut address = self.sent.address.clone();
        if let Some(key) = self.key.and_then(|key| keys.get(key)) {
            address.push('/');
            address.push_str(&encode(key));
        }
        address.push_str(&self.query);
        Sent { address, ..self.sent.clone() }
    }
}

impl<'a> Requests<'a> {
    pub(super) fn of(judge: &Judge<'_>, maker: &'a Maker, twins: &'a Twins, has_times: bool) -> Self {
        let fields = judge.served.access.fields.iter().filter(|field| field.read.is_some());
        let masked = fields.map(|field| field.column).collect();
        Requests { meta: judge.meta(), path: judge.served.path(), maker, twins, masked, has_times }
    }

    /// A read.
    pub(super) fn read(&self, random: &mut Random) -> Result<Wanted, String> {
        self.read_of(random, &self.twins.keys)
    }

    /// A read, of one of these keys or of a list.
    pub(super) fn read_of(&self, random: &mut Random, keys: &[String]) -> Result<Wanted, String> {
        let method = if random.percent(10) { Method::Head } else { Method::Get };
        if random.percent(35) {
            let query = match self.meta.list.sparse {
                true if random.percent(30) => format!("?fields={}", self.some_fields(random)),
                _ if random.percent(5) => "?unknown=1".to_owned(),
                _ => String::new(),
            };
            return Ok(self.on_key(random, method, keys, query));
        }
        // A table does not tell which of its cells are times, which are not compared in all cases.
        let accept = match random.pick(self.meta.list.export) {
            Some(ExportFormat::Csv) if self.has_times => None,
            Some(format) if random.percent(30) => Some(format.media_type()),
            _ => None,
        };
        let query = self.query(random)?;
        let sent = Sent { method, accept, ..Sent::get(self.path.clone()) };
        Ok(Wanted { sent, key: None, query, tells: false })
    }

    fn on_key(&self, random: &mut Random, method: Method, keys: &[String], query: String) -> Wanted {
        let mut sent = Sent { method, ..Sent::get(self.path.clone()) };
        let mut key = None;
        match random.below(12) {
            0 => sent.address.push_str("/no%20key"),
            1 => sent.address.push_str("/99999999999999999999"),
            _ => key = Some(random.below(keys.len())),
        }
        Wanted { sent, key, query, tells: false }
    }

    /// A write, on one of these keys.
    pub(super) fn write(&self, random: &mut Random, keys: &[String]) -> Result<Wanted, String> {
        let operation =
            [Operation::Create, Operation::Replace, Operation::Patch, Operation::Patch, Operation::Delete]
                [random.below(5)];
        let method = match operation {
            Operation::Create => Method::Post,
            Operation::Replace => Method::Put,
            Operation::Patch => Method::Patch,
            _ => Method::Delete,
        };
        let mut wanted = match operation {
            Operation::Create => Wanted {
                sent: Sent { method, ..Sent::get(self.path.clone()) },
                key: None,
                query: String::new(),
                tells: false,
            },
            _ => self.on_key(random, method, keys, String::new()),
        };
        if operation.has_body() {
            let (body, tells) = self.maker.body(random, operation, &self.twins.secret)?;
            let media_type = match operation {
                _ if random.percent(3) => TEXT,
                Operation::Patch if random.percent(50) => MERGE,
                _ => JSON,
            };
            wanted.sent.body = Some((media_type, self.spoilt(random, body)?));
            wanted.tells = tells;
        }
        Ok(wanted)
    }

    /// A body, which is wrong in some cases.
    fn spoilt(&self, random: &mut Random, mut body: Map<String, Json>) -> Result<String, String> {
        let fields = self.meta.object.fields;
        let names: Vec<String> = body.keys().cloned().collect();
        match random.below(24) {
            0 => return Ok("{".to_owned()),
            1 => return Ok(String::new()),
            2 => return Ok("[]".to_owned()),
            3 | 4 => {
                if let Some(name) = random.pick(&names) {
                    body.shift_remove(name);
                }
            }
            5 | 6 => {
                let field =
                    random.pick(&names).and_then(|name| fields.iter().find(|field| field.name == name));
                if let Some(field) = field {
                    body.insert(field.name.to_owned(), values::wrong(random, field.shape()));
                }
            }
            7 => drop(body.insert("unknown".to_owned(), 1.into())),
            8 | 9 => {
                let not_set: Vec<usize> =
                    (0..fields.len()).filter(|column| fields[*column].read_only).collect();
                if let Some(column) = random.pick(&not_set) {
                    let value = self.known(random, *column)?;
                    body.insert(fields[*column].name.to_owned(), value);
                }
            }
            _ => {}
        }
        Ok(Json::from(body).to_string())
    }

    /// A query of a list.
    fn query(&self, random: &mut Random) -> Result<String, String> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let filters = self.meta.field_filters();
        for _ in 0..[0, 0, 1, 1, 2][random.below(5)] {
            if let Some(filter) = random.pick(&filters) {
                let name = filter.operator.parameter(self.meta.object.fields[filter.field].name);
                let count = if filter.operator.takes_several() { 1 + random.below(3) } else { 1 };
                for _ in 0..count {
                    pairs.push((name.clone(), self.comparand(random, *filter)?));
                }
            }
        }
        if let Some(own) = random.pick(self.meta.list.filters).filter(|_| random.percent(30)) {
            let shape = (own.shape)();
            let shape = if let Shape::List(inner) = shape { inner() } else { shape };
            pairs.push((own.name.to_owned(), key_text(&values::value(random, shape, &Constraints::NONE))));
        }
        let sorts: Vec<usize> = self.meta.sorts().collect();
        if random.percent(45) {
            let mut terms: Vec<String> = Vec::new();
            for position in 0..=random.below(2) {
                // Rows that are alike in one field are told apart by one that may be hidden.
                let hidden = sorts.iter().filter(|column| self.masked.contains(column));
                let hidden: Vec<usize> = hidden.copied().collect();
                let some = if position == 0 || hidden.is_empty() { &sorts } else { &hidden };
                let name = random.pick(some).map(|column| self.meta.object.fields[*column].name);
                let sign = if random.percent(50) { "-" } else { "" };
                terms.extend(name.map(|name| format!("{sign}{name}")));
            }
            pairs.push(("sort".to_owned(), terms.join(",")));
        }
        let searches: Vec<usize> = self.meta.searches().collect();
        if let Some(column) = random.pick(&searches).copied().filter(|_| random.percent(25)) {
            let text = key_text(&self.known(random, column)?);
            pairs.push(("q".to_owned(), part(random, &text)));
        }
        if self.meta.list.sparse && random.percent(20) {
            pairs.push(("fields".to_owned(), self.some_fields(random)));
        }
        for (name, percent, value) in [
            ("count", 35, "true".to_owned()),
            ("limit", 45, random.below(5).to_string()),
            ("skip", 15, random.below(4).to_string()),
            ("cursor", 3, "AQ".to_owned()),
            ("unknown", 4, "1".to_owned()),
        ] {
            if random.percent(percent) {
                pairs.push((name.to_owned(), value));
            }
        }
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        Ok(if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) })
    }

    /// A value that a filter compares with: often one of a row, hidden or not.
    fn comparand(&self, random: &mut Random, filter: FieldFilter) -> Result<String, String> {
        if random.percent(3) {
            return Ok(key_text(&values::wrong(random, filter.shape(self.meta))));
        }
        Ok(match filter.operator {
            Operator::IsNull => ["true", "false"][random.below(2)].to_owned(),
            Operator::Has => match self.known(random, filter.field)? {
                Json::Array(items) if !items.is_empty() => key_text(&items[random.below(items.len())]),
                _ => key_text(&values::value(random, filter.shape(self.meta), &Constraints::NONE)),
            },
            Operator::Contains | Operator::IContains | Operator::StartsWith | Operator::EndsWith => {
                let text = key_text(&self.known(random, filter.field)?);
                part(random, &text)
            }
            _ => key_text(&self.known(random, filter.field)?),
        })
    }

    /// A value of a column, mostly of a row in one of the stores.
    fn known(&self, random: &mut Random, column: usize) -> Result<Json, String> {
        match random.pick(&self.twins.values[column]) {
            Some(value) if random.percent(75) => Ok(value.clone()),
            _ => self.maker.value(random, column),
        }
    }

    /// The names of some fields that are shown.
    fn some_fields(&self, random: &mut Random) -> String {
        let shown = self.meta.object.fields.iter().filter(|field| !field.write_only);
        let mut names: Vec<&str> = shown.map(|field| field.name).collect();
        random.shuffle(&mut names);
        names.truncate(1 + random.below(3));
        names.join(",")
    }
}

/// A part of a text: mostly its beginning, its end or a letter.
fn part(random: &mut Random, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = random.below(letters.len() + 1);
    match random.below(4) {
        0 => letters[..from].iter().collect(),
        1 => letters[from..].iter().collect(),
        2 => letters.get(from).map(char::to_string).unwrap_or_default(),
        _ => text.to_owned(),
    }
}
