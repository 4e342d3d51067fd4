//! Parses the serde attributes that crewed supports, and proposes alternatives to the others.

use proc_macro2::Span;
use syn::{Attribute, ExprPath, LitStr};

use super::words::{Duplicates, Word, words};
use crate::diag::{Errors, did_you_mean, list};
use crate::model::case::{CASES, Case};

/// serde's attributes on a struct or an enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) rename: Option<LitStr>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) deny_unknown: Option<Span>,
    pub(crate) default: Option<Span>,
}

/// serde's attributes on a field or a variant.
#[derive(Default)]
pub(crate) struct Member {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<(Span, Option<ExprPath>)>,
    pub(crate) skip: Option<Span>,
}

/// The kind of item that has the attributes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Struct,
    Enum,
    Field,
    Variant,
}

pub(crate) fn container(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Container {
    let mut found = Container::default();
    for word in serde_words(attributes, errors) {
        match (word.key.to_string().as_str(), place) {
            ("rename", _) => found.rename = one_name(&word, errors),
            ("rename_all", _) => found.rename_all = case(&word, errors),
            ("deny_unknown_fields", Place::Struct) => found.deny_unknown = word.flag(errors),
            ("default", Place::Struct) => found.default = word.flag(errors),
            _ => refuse(&word, place, errors),
        }
    }
    found
}

pub(crate) fn member(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Member {
    let mut found = Member::default();
    for word in serde_words(attributes, errors) {
        match (word.key.to_string().as_str(), place) {
            ("rename", _) => found.rename = one_name(&word, errors),
            ("default", Place::Field) => found.default = default(&word, errors),
            ("skip", Place::Field) => found.skip = word.flag(errors),
            _ => refuse(&word, place, errors),
        }
    }
    found
}

fn serde_words(attributes: &[Attribute], errors: &mut Errors) -> Vec<Word> {
    let mut seen = Duplicates::default();
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        if let Some(list) = errors.ok(attribute.meta.require_list()) {
            found.extend(words(list.tokens.clone(), errors));
        }
    }
    found.retain(|word| seen.first(&word.key, errors));
    found
}

/// The name of a `rename`, which must be the same for parsing and serializing.
fn one_name(word: &Word, errors: &mut Errors) -> Option<LitStr> {
    if let super::words::Value::List(_) = word.value {
        errors.at(
            &word.key,
            format!(
                "two names for one thing are not honoured by crewed, which reads and writes by the same; write \
                 `{} = \"..\"`",
                word.key
            ),
        );
        return None;
    }
    let name = word.text(errors)?;
    if name.value().is_empty() {
        errors.at(&name, "a name on the wire has at least one character");
        return None;
    }
    Some(name)
}

fn case(word: &Word, errors: &mut Errors) -> Option<Case> {
    let name = one_name(word, errors)?;
    let case = Case::named(&name.value());
    if case.is_none() {
        let near = did_you_mean(&name.value(), CASES);
        errors.at(&name, format!("unknown case{near}\nthe cases are {}", list(CASES)));
    }
    case
}

fn default(word: &Word, errors: &mut Errors) -> Option<(Span, Option<ExprPath>)> {
    if let super::words::Value::Nothing = word.value {
        return Some((word.key.span(), None));
    }
    let path = word.text(errors)?;
    match path.parse::<ExprPath>() {
        Ok(function) => Some((word.key.span(), Some(function))),
        Err(_) => {
            errors.at(
                &path,
                "serde's `default` takes the path of a function; for a value, write `#[field(default = ..)]`",
            );
            None
        }
    }
}

/// serde's attributes that crewed does not support, with the alternatives.
const REFUSED: &[(&str, &str)] = &[
    ("alias", "a field has one name; write `rename = \"..\"` for it"),
    ("borrow", "models own their values; write `String`"),
    ("bound", "type parameters are bound to types of the wire; remove it"),
    ("content", "enums have no data here; remove it"),
    ("crate", "no derive of serde's is used; remove it"),
    ("deserialize_with", "give the field a type that reads itself, and mark it `#[field(opaque)]`"),
    ("expecting", "what is expected is told in FastAPI's words; remove it"),
    ("flatten", "write the fields here, or keep the struct nested"),
    ("from", "declare the form on the wire as a model, and convert in your code"),
    ("getter", "declare the struct itself with `#[model]`"),
    ("into", "declare the form on the wire as a model, and convert in your code"),
    ("other", "a name that is no variant is always refused"),
    ("remote", "mark a field of a foreign type `#[field(opaque)]`"),
    ("rename_all_fields", "enums have no data here; remove it"),
    ("serialize_with", "give the field a type that writes itself, and mark it `#[field(opaque)]`"),
    ("skip", "every variant is on the wire; remove it, or the variant"),
    (
        "skip_deserializing",
        "in a model, `skip` leaves a field out of both directions; in a resource, write `#[field(read_only)]`",
    ),
    (
        "skip_serializing",
        "in a model, `skip` leaves a field out of both directions; in a resource, write `#[field(write_only)]`",
    ),
    (
        "skip_serializing_if",
        "every field is written, a `None` as null; one of `Patched<..>` is left out where it is absent",
    ),
    ("tag", "enums have no data here; remove it"),
    ("transparent", "use the inner type itself"),
    ("try_from", "declare the form on the wire as a model, and check in your code"),
    ("untagged", "enums have no data here; remove it"),
    ("with", "give the field a type that reads and writes itself, and mark it `#[field(opaque)]`"),
];

fn refuse(word: &Word, place: Place, errors: &mut Errors) {
    let key = word.key.to_string();
    let (on, honoured): (_, &[&str]) = match place {
        Place::Struct => ("a struct", &["rename", "rename_all", "deny_unknown_fields", "default"]),
        Place::Enum => ("an enum", &["rename", "rename_all"]),
        Place::Field => ("a field", &["rename", "default", "skip"]),
        Place::Variant => ("a variant", &["rename"]),
    };
    match REFUSED.iter().find(|(refused, _)| *refused == key) {
        Some((_, instead)) => {
            errors.at(&word.key, format!("serde's `{key}` is not honoured by crewed: {instead}"));
        }
        None => {
            let (near, all) = (did_you_mean(&key, honoured), list(honoured));
            errors.at(
                &word.key,
                format!("unknown serde attribute `{key}`{near}\nthose that crewed honours on {on} are {all}"),
            );
        }
    }
}
