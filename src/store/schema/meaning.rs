//! The meaning of a column's values, as a text that is recorded in the database.
//!
//! An SQL type says less than a declaration: an `INTEGER` of SQLite may be a number, a timestamp, or a decimal of any
//! scale. If only types were compared, a program would misread values that another version wrote with another meaning.
//! So the table `_crewed_schema` has a row with the meaning of each column, in the same words on every engine.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::issue::Choices;
use crate::resource::{ColumnType, TableColumn};
use crate::store::sql;
use crate::wire::{FieldMeta, ObjectMeta, Presence, Shape};

/// The version of the texts. A text of a later version is kept unchanged, and equals no meaning.
const VERSION: u64 = 1;

/// The meaning of a column's values, or of a part of JSON values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Meaning {
    /// An integer within these bounds.
    Integer {
        min: i64,
        max: i64,
    },
    Boolean,
    /// A floating-point number that is read with this many bits.
    Real {
        bits: u64,
    },
    Decimal {
        scale: u32,
    },
    /// A text. Within JSON it may have a format.
    Text {
        format: String,
    },
    /// One of these texts.
    Names(Vec<String>),
    /// One of these numbers.
    Numbers(Vec<i64>),
    Bytes,
    Uuid,
    Moment,
    Date,
    Time,
    /// JSON, with the meaning of its content.
    Json(Box<Meaning>),
    /// Within JSON: anything.
    Any,
    /// Within JSON: this or null.
    Nullable(Box<Meaning>),
    /// Within JSON: a list of these.
    List(Box<Meaning>),
    /// Within JSON: an object whose members all have this meaning.
    Map(Box<Meaning>),
    /// Within JSON: an object with these members.
    Object(Vec<Member>),
    /// Within JSON: a recursive reference to an enclosing object, this many objects further out.
    Again(usize),
    /// The text of another version of crewed.
    Unknown(String),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Member {
    name: String,
    /// Whether every object must have it.
    required: bool,
    meaning: Meaning,
}

impl Meaning {
    /// Any integer that a column can store.
    pub(in crate::store) const INTEGER: Meaning = Meaning::Integer { min: i64::MIN, max: i64::MAX };

    /// Any text.
    pub(in crate::store) const TEXT: Meaning = Meaning::Text { format: String::new() };

    /// The number of decimal digits that a 64-bit floating-point number always distinguishes.
    pub(in crate::store) const EXACT_DIGITS: u32 = 15;

    /// The declared meaning of a column.
    pub(in crate::store) fn of(column: &TableColumn) -> Self {
        let shape = match column.shape {
            Some(Shape::Nullable(inner)) => Some(inner()),
            shape => shape,
        };
        match column.kind {
            ColumnType::Integer => match shape {
                Some(shape @ (Shape::Integer { .. } | Shape::UnitEnum(_))) => {
                    Self::within(shape, &mut Vec::new())
                }
                _ => Meaning::INTEGER,
            },
            ColumnType::Boolean => Meaning::Boolean,
            ColumnType::Real => match shape {
                Some(shape @ Shape::Number { .. }) => Self::within(shape, &mut Vec::new()),
                _ => Meaning::Real { bits: 64 },
            },
            ColumnType::Decimal { scale } => Meaning::Decimal { scale },
            ColumnType::Text => Meaning::TEXT,
            ColumnType::UnitEnum(meta) => Self::one_of(meta.choices),
            ColumnType::Bytes => Meaning::Bytes,
            ColumnType::Uuid => Meaning::Uuid,
            ColumnType::Timestamp => Meaning::Moment,
            ColumnType::Date => Meaning::Date,
            ColumnType::Time => Meaning::Time,
            ColumnType::Json => {
                let of = shape.map_or(Meaning::Any, |shape| Self::within(shape, &mut Vec::new()));
                Meaning::Json(Box::new(of))
            }
        }
    }

    /// The meaning of a part of JSON; `around` are the enclosing objects.
    fn within(shape: Shape, around: &mut Vec<&'static ObjectMeta>) -> Self {
        match shape {
            Shape::Any => Meaning::Any,
            Shape::Boolean => Meaning::Boolean,
            Shape::Integer { min, max, .. } => Meaning::Integer { min, max },
            Shape::Number { format } => Meaning::Real { bits: if format == "float" { 32 } else { 64 } },
            Shape::Text { format } => Meaning::Text { format: format.to_owned() },
            Shape::List(of) => Meaning::List(Box::new(Self::within(of(), around))),
            Shape::Map(of) => Meaning::Map(Box::new(Self::within(of(), around))),
            Shape::Nullable(of) => match Self::within(of(), around) {
                nullable @ (Meaning::Any | Meaning::Nullable(_)) => nullable,
                of => Meaning::Nullable(Box::new(of)),
            },
            Shape::UnitEnum(meta) => Self::one_of(meta.choices),
            Shape::Object(meta) => {
                // A struct may be recursive.
                if let Some(out) = around.iter().rev().position(|known| std::ptr::eq(*known, meta)) {
                    return Meaning::Again(out);
                }
                around.push(meta);
                let member = |field: &FieldMeta| Member {
                    name: field.name.to_owned(),
                    required: matches!(field.presence, Presence::Required),
                    meaning: Self::within(field.shape(), around),
                };
                let members = meta.fields.iter().map(member).collect();
                around.pop();
                Meaning::Object(members)
            }
        }
    }

    fn one_of(choices: Choices) -> Self {
        match choices {
            Choices::Names(names) => Meaning::Names(names.iter().map(|name| (*name).to_owned()).collect()),
            Choices::Numbers(numbers) => Meaning::Numbers(numbers.to_vec()),
        }
    }

    /// The type of a column with this meaning.
    pub(in crate::store) fn column_type(&self) -> Option<ColumnType> {
        Some(match self {
            Meaning::Integer { .. } | Meaning::Numbers(_) => ColumnType::Integer,
            Meaning::Boolean => ColumnType::Boolean,
            Meaning::Real { .. } => ColumnType::Real,
            Meaning::Decimal { scale } => ColumnType::Decimal { scale: *scale },
            Meaning::Text { .. } | Meaning::Names(_) => ColumnType::Text,
            Meaning::Bytes => ColumnType::Bytes,
            Meaning::Uuid => ColumnType::Uuid,
            Meaning::Moment => ColumnType::Timestamp,
            Meaning::Date => ColumnType::Date,
            Meaning::Time => ColumnType::Time,
            Meaning::Json(_) => ColumnType::Json,
            _ => return None,
        })
    }

    /// The condition that a column's values must meet, if its SQL type permits others too.
    pub(in crate::store) fn holds(&self, column: &str) -> Option<String> {
        match self {
            Meaning::Integer { min, max } if *self != Meaning::INTEGER => {
                Some(format!("{column} BETWEEN {min} AND {max}"))
            }
            // A larger number would become infinity in 32 bits, which is refused when it is read.
            Meaning::Real { bits } if *bits < 64 => {
                let most = f64::from(f32::MAX);
                Some(format!("{column} BETWEEN -{most:e} AND {most:e}"))
            }
            Meaning::Numbers(numbers) => {
                Some(format!("{column} IN ({})", sql::listed(numbers.iter().map(i64::to_string))))
            }
            Meaning::Names(names) => Some(format!(
                "{column} IN ({})",
                sql::listed(names.iter().map(|name| sql::text_literal(name)))
            )),
            _ => None,
        }
    }

    /// Whether every value that was written with this meaning is valid with the other one, and means the same.
    pub(in crate::store) fn is_within(&self, other: &Meaning) -> bool {
        match (self, other) {
            _ if self == other => true,
            (Meaning::Integer { min, max }, Meaning::Integer { min: least, max: most }) => {
                min >= least && max <= most
            }
            (Meaning::Numbers(numbers), Meaning::Integer { min, max }) => {
                numbers.iter().all(|number| (min..=max).contains(&number))
            }
            (Meaning::Numbers(old), Meaning::Numbers(new)) => old.iter().all(|number| new.contains(number)),
            (Meaning::Names(old), Meaning::Names(new)) => old.iter().all(|name| new.contains(name)),
            (Meaning::Names(_), Meaning::Text { format }) => format.is_empty(),
            (Meaning::Text { .. }, Meaning::Text { format }) => format.is_empty(),
            (Meaning::Real { bits }, Meaning::Real { bits: more }) => bits <= more,
            (Meaning::Json(old), Meaning::Json(new)) => old.is_within(new),
            // JSON is encoded differently from a column's own type.
            (Meaning::Json(_) | Meaning::Unknown(_), _) | (_, Meaning::Json(_)) => false,
            (Meaning::Nullable(old), Meaning::Nullable(new)) => old.is_within(new),
            (_, Meaning::Any) => true,
            (old, Meaning::Nullable(new)) => old.is_within(new),
            (Meaning::List(old), Meaning::List(new)) | (Meaning::Map(old), Meaning::Map(new)) => {
                old.is_within(new)
            }
            (Meaning::Object(old), Meaning::Object(new)) => {
                let same = |member: &Member| new.iter().find(|other| other.name == member.name);
                // A member that is not declared any more would be lost by the next write.
                let kept = old.iter().all(|member| {
                    same(member).is_some_and(|other| {
                        (member.required || !other.required) && member.meaning.is_within(&other.meaning)
                    })
                });
                let added = |member: &&Member| !old.iter().any(|other| other.name == member.name);
                kept && new.iter().filter(added).all(|member| !member.required)
            }
            _ => false,
        }
    }

    /// The text to record.
    pub(in crate::store) fn text(&self) -> String {
        if let Meaning::Unknown(text) = self {
            return text.clone();
        }
        let mut words = self.words();
        if let Some(words) = words.as_object_mut() {
            words.insert("version".to_owned(), VERSION.into());
        }
        words.to_string()
    }

    /// Parses a recorded text.
    pub(in crate::store) fn read(text: &str) -> Self {
        let read = || {
            let mut words: Json = serde_json::from_str(text).ok()?;
            let version = words.as_object_mut()?.remove("version")?;
            (version == VERSION).then(|| Self::of_words(&words)).flatten()
        };
        read().unwrap_or_else(|| Meaning::Unknown(text.to_owned()))
    }

    fn words(&self) -> Json {
        match self {
            Meaning::Integer { min, max } if *self != Meaning::INTEGER => {
                json!({"is": "integer", "min": min, "max": max})
            }
            Meaning::Integer { .. } => json!({"is": "integer"}),
            Meaning::Boolean => json!({"is": "boolean"}),
            Meaning::Real { bits } => json!({"is": "real", "bits": bits}),
            Meaning::Decimal { scale } => json!({"is": "decimal", "scale": scale}),
            Meaning::Text { format } if format.is_empty() => json!({"is": "text"}),
            Meaning::Text { format } => json!({"is": "text", "format": format}),
            Meaning::Names(names) => json!({"is": "enum", "names": names}),
            Meaning::Numbers(numbers) => json!({"is": "enum", "numbers": numbers}),
            Meaning::Bytes => json!({"is": "bytes"}),
            Meaning::Uuid => json!({"is": "uuid"}),
            Meaning::Moment => json!({"is": "moment"}),
            Meaning::Date => json!({"is": "date"}),
            Meaning::Time => json!({"is": "time"}),
            Meaning::Json(of) => json!({"is": "json", "of": of.words()}),
            Meaning::Any => json!({"is": "any"}),
            Meaning::Nullable(of) => json!({"is": "nullable", "of": of.words()}),
            Meaning::List(of) => json!({"is": "list", "of": of.words()}),
            Meaning::Map(of) => json!({"is": "map", "of": of.words()}),
            Meaning::Object(members) => {
                let member = |member: &Member| json!({"name": member.name, "required": member.required, "of": member.meaning.words()});
                json!({"is": "object", "members": members.iter().map(member).collect::<Vec<_>>()})
            }
            Meaning::Again(out) => json!({"is": "again", "out": out}),
            Meaning::Unknown(text) => json!({"is": text}),
        }
    }

    fn of_words(words: &Json) -> Option<Self> {
        let words = words.as_object()?;
        let of = || words.get("of").and_then(Self::of_words).map(Box::new);
        let (meaning, count) = match words.get("is")?.as_str()? {
            "integer" if words.len() == 1 => (Meaning::INTEGER, 1),
            "integer" => {
                (Meaning::Integer { min: words.get("min")?.as_i64()?, max: words.get("max")?.as_i64()? }, 3)
            }
            "boolean" => (Meaning::Boolean, 1),
            "real" => (Meaning::Real { bits: words.get("bits")?.as_u64()? }, 2),
            "decimal" => (Meaning::Decimal { scale: words.get("scale")?.as_u64()?.try_into().ok()? }, 2),
            "text" => match words.get("format") {
                None => (Meaning::TEXT, 1),
                Some(format) => (Meaning::Text { format: format.as_str()?.to_owned() }, 2),
            },
            "enum" => {
                let meaning = match words.get("names") {
                    Some(names) => Meaning::Names(each(names, |name| name.as_str().map(ToOwned::to_owned))?),
                    None => Meaning::Numbers(each(words.get("numbers")?, Json::as_i64)?),
                };
                (meaning, 2)
            }
            "bytes" => (Meaning::Bytes, 1),
            "uuid" => (Meaning::Uuid, 1),
            "moment" => (Meaning::Moment, 1),
            "date" => (Meaning::Date, 1),
            "time" => (Meaning::Time, 1),
            "json" => (Meaning::Json(of()?), 2),
            "any" => (Meaning::Any, 1),
            "nullable" => (Meaning::Nullable(of()?), 2),
            "list" => (Meaning::List(of()?), 2),
            "map" => (Meaning::Map(of()?), 2),
            "object" => {
                let member = |member: &Json| {
                    Some(Member {
                        name: member.get("name")?.as_str()?.to_owned(),
                        required: member.get("required")?.as_bool()?,
                        meaning: Self::of_words(member.get("of")?)?,
                    })
                };
                (Meaning::Object(each(words.get("members")?, member)?), 2)
            }
            "again" => (Meaning::Again(words.get("out")?.as_u64()?.try_into().ok()?), 2),
            _ => return None,
        };
        // An additional word may change the meaning of the others, so such a text is unknown.
        (words.len() == count).then_some(meaning)
    }
}

fn each<T>(list: &Json, read: impl FnMut(&Json) -> Option<T>) -> Option<Vec<T>> {
    list.as_array()?.iter().map(read).collect()
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Meaning::Integer { min, max } if *self != Meaning::INTEGER => {
                write!(f, "an integer from {min} to {max}")
            }
            Meaning::Integer { .. } => f.write_str("an integer"),
            Meaning::Boolean => f.write_str("a boolean"),
            Meaning::Real { bits } => write!(f, "a floating-point number of {bits} bits"),
            Meaning::Decimal { scale: 1 } => f.write_str("a decimal of 1 place"),
            Meaning::Decimal { scale } => write!(f, "a decimal of {scale} places"),
            Meaning::Text { format } if format.is_empty() => f.write_str("a text"),
            Meaning::Text { format } => write!(f, "a text of the format {format}"),
            Meaning::Names(names) => {
                f.write_str("one of ")?;
                listed(f, names, |f, name| write!(f, "'{name}'"))
            }
            Meaning::Numbers(numbers) => {
                f.write_str("one of ")?;
                listed(f, numbers, |f, number| write!(f, "{number}"))
            }
            Meaning::Bytes => f.write_str("bytes"),
            Meaning::Uuid => f.write_str("a UUID"),
            Meaning::Moment => f.write_str("a moment"),
            Meaning::Date => f.write_str("a day"),
            Meaning::Time => f.write_str("a time of day"),
            Meaning::Json(of) => write!(f, "JSON of {of}"),
            Meaning::Any => f.write_str("any value"),
            Meaning::Nullable(of) => write!(f, "{of} or null"),
            Meaning::List(of) => write!(f, "a list of {of}"),
            Meaning::Map(of) => write!(f, "a map of {of}"),
            Meaning::Object(members) => {
                f.write_str("{")?;
                listed(f, members, |f, Member { name, required, meaning }| {
                    write!(f, "{name}{}: {meaning}", if *required { "" } else { "?" })
                })?;
                f.write_str("}")
            }
            Meaning::Again(_) => f.write_str("the same again"),
            Meaning::Unknown(text) => write!(f, "what another version of crewed calls {text}"),
        }
    }
}

fn listed<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}
