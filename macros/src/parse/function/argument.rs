//! Parses one argument: its type, `#[param(..)]`, and the place that it comes from.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Ident, LitStr, Type};

use super::{Anonymous, inner};
use crate::diag::Errors;
use crate::model::{Argument, Depends, Field, KeyPlace, Kind, Place, bare};
use crate::names;
use crate::parse::DeclarationKind;
use crate::parse::depends::depends;
use crate::parse::field::{self, Around};
use crate::parse::words::{Value, Word};

/// What an argument is one of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Operation,
    Dependency,
}

pub(super) fn argument(
    attributes: &[Attribute],
    ident: &Ident,
    ty: &Type,
    named: Option<Place>,
    by_data: bool,
    of: Of,
    errors: &mut Errors,
) -> Option<Argument> {
    let ty = bare(ty);
    if let Type::ImplTrait(_) = ty {
        errors.at(ty, "an input has a type that can be named; write it");
        return None;
    }
    let mut ty = ty.clone();
    Anonymous.visit_type_mut(&mut ty);
    if let Some(inside) = inner(&ty, "Option").and_then(|inside| inner(&inside, "Json")) {
        let inner = crate::diag::display(&inside);
        errors.at(&ty, format!("a body that may be left out stands without `Json`: write `Option<{inner}>`"));
        return None;
    }
    let (json, ty) = match inner(&ty, "Json").filter(|_| named.is_none()) {
        Some(inner) => (true, inner),
        None => (false, ty),
    };
    let around =
        Around { declaration: DeclarationKind::Param, rename_all: None, default: false, lifetimes: false };
    let field: syn::Field = syn::Field {
        attrs: attributes.to_vec(),
        vis: syn::Visibility::Inherited,
        mutability: syn::FieldMutability::None,
        ident: Some(ident.clone()),
        colon_token: None,
        ty,
    };
    field_attributes(attributes, errors);
    let (mut field, words) = field::field_and_words(&field, ident, &around, errors);
    let DeclaredPlaces { place: declared, alias, depends } = declared_place(&words, errors);
    // An unknown word may have been meant to declare the place.
    let has_unknown_word = words.iter().any(|word| !is_known(word));
    // A list or a map can only be a body.
    let many = matches!(field.info.kind, Kind::List(_) | Kind::Map(_));
    let is_explicit = json || by_data || many || named.is_some() || declared.is_some();
    let place = match (named, declared, by_data) {
        (Some(named), None, false) => named,
        (None, None, true) if json => Place::Body { embed: false },
        (None, None, true) => Place::Data,
        (None, Some(declared), false) => declared.place,
        (None, None, false) if json || many => Place::Body { embed: false },
        (None, None, false) if of == Of::Dependency && is_named_value(&field, &words) => Place::ByName,
        (None, None, false) if !words.is_empty() => Place::Body { embed: false },
        (None, None, false) if matches!(field.ty, Type::Reference(_)) => Place::Guard,
        (None, None, false) => Place::Unstated,
        (Some(named), Some(declared), _) => {
            let part = if let Place::Path(_) | Place::Rest(_) = named { "path" } else { "query" };
            errors
                .at(&declared.key, format!("the route takes `{ident}` from the {part}; say it in one place"));
            named
        }
        (Some(named), None, true) => {
            errors.at(ident, format!("the route takes `{ident}` from its path or query, and from `data`"));
            named
        }
        // `data` declares which argument is the body, and the word how the body is parsed.
        (None, Some(DeclaredPlace { place: Place::Guard, .. }), true) => Place::DataGuard,
        (None, Some(declared), true) => {
            if !matches!(declared.place, Place::Body { embed: false } | Place::Form) {
                errors.at(
                    &declared.key,
                    format!("`data` says that `{ident}` is the body; remove `{}`", declared.key),
                );
            }
            declared.place
        }
    };
    if place.is_guard() {
        valueless(&words, "a guard makes its value itself", errors);
    }
    if place == Place::Depends {
        valueless(&words, "a dependency makes its value itself", errors);
    }
    if let Place::Key(_) = place {
        key_alone(&field, &words, errors);
    }
    if json && !matches!(place, Place::Body { .. }) {
        errors.at(&field.ty, "`Json<..>` is a body; write the type without it");
    }
    match alias {
        Some(alias) => {
            if let Place::Path(_) | Place::Rest(_) | Place::QueryModel = place {
                errors.at(&alias, "this has no name of its own to be another; remove `alias`");
            }
            field.wire_span = alias.span();
            field.wire = alias.value();
        }
        None if matches!(place, Place::Header | Place::Key(KeyPlace::Header)) => {
            field.wire = field.wire.replace('_', "-").to_ascii_lowercase()
        }
        None => {}
    }
    Some(Argument { field, place, explicit: is_explicit, has_unknown_word, json, depends })
}

/// Whether an argument of a dependency is a value that a name finds, as its type or its words say.
fn is_named_value(field: &Field, words: &[Word]) -> bool {
    let kind = &field.info.kind;
    !matches!(field.ty, Type::Reference(_))
        && (kind.is_scalar() || *kind == Kind::OtherMoment || !words.is_empty())
}

/// Refuses words about a value on a key that proves who asks.
fn key_alone(field: &Field, words: &[Word], errors: &mut Errors) {
    if field.info.kind != Kind::Text {
        errors.at(&field.ty, "a key is a text: `String`, or `Option<String>` for one that may be missing");
    }
    let known = ["security", "header", "query", "cookie", "alias"];
    for word in words.iter().filter(|word| known.iter().all(|known| word.key != known)) {
        let key = &word.key;
        errors.at(key, format!("a key is compared, and not checked; remove `{key}`"));
    }
}

/// The place that `#[param(..)]` declares.
struct DeclaredPlace {
    place: Place,
    key: Ident,
}

/// Refuses attributes that are for fields.
fn field_attributes(attributes: &[Attribute], errors: &mut Errors) {
    for path in attributes.iter().map(Attribute::path) {
        if path.is_ident("field") {
            errors.at(path, "`#[field(..)]` stands on the fields of structs; write `#[param(..)]`");
        } else if path.is_ident("serde") {
            errors.at(path, "serde's attributes are for fields; another name is `#[param(alias = \"..\")]`");
        }
    }
}

fn is_known(word: &Word) -> bool {
    let (key, excluded) = (word.key.to_string(), ["required", "opaque"]);
    let mut known = names::MODEL_FIELD.iter().chain(names::PARAMETER);
    known.any(|known| *known == key) && !excluded.contains(&key.as_str())
}

/// Refuses words about a single value of the request on an argument whose value is `made` otherwise.
fn valueless(words: &[Word], made: &str, errors: &mut Errors) {
    let place = |word: &&Word| {
        let places = ["guard", "header", "cookie", "form", "body", "query", "path", "depends", "security"];
        places.iter().any(|place| word.key == place)
    };
    for word in words.iter().filter(|word| !place(word)) {
        let key = &word.key;
        errors.at(key, format!("{made}, and `{key}` is for values of the request; remove it"));
    }
}

/// What `#[param(..)]` says of the place.
struct DeclaredPlaces {
    place: Option<DeclaredPlace>,
    alias: Option<LitStr>,
    depends: Option<Depends>,
}

/// The place, the alias and the dependency of `#[param(..)]`.
fn declared_place(words: &[Word], errors: &mut Errors) -> DeclaredPlaces {
    let (mut place, mut alias, mut depended) = (None::<DeclaredPlace>, None, None);
    let mut security = None;
    for word in words {
        let this = match word.key.to_string().as_str() {
            "alias" => {
                alias = word.text(errors);
                continue;
            }
            "security" => {
                security = word.flag(errors);
                continue;
            }
            "header" => {
                if let Value::List(list) = &word.value {
                    errors.at(
                        list,
                        "`header` stands alone; a name of another spelling is `alias = \"x_token\"`",
                    );
                    place.get_or_insert(DeclaredPlace { place: Place::Header, key: word.key.clone() });
                    continue;
                }
                Place::Header
            }
            "cookie" => Place::Cookie,
            "form" => Place::Form,
            "guard" => Place::Guard,
            "query" => Place::QueryByType,
            "path" => Place::PathByName,
            "depends" => {
                let mut named = depends(word, errors).into_iter();
                depended = named.next();
                if let Some(other) = named.next() {
                    errors.at(&other.dependency, "an argument has the value of one dependency");
                }
                Place::Depends
            }
            "body" => Place::Body { embed: embed(word, errors) },
            _ => continue,
        };
        if !matches!(this, Place::Body { .. } | Place::Depends) {
            word.flag(errors);
        }
        match &place {
            Some(first) => errors.at(
                &word.key,
                format!("an input comes from one place; keep `{}` or `{}`", first.key, word.key),
            ),
            None => place = Some(DeclaredPlace { place: this, key: word.key.clone() }),
        }
    }
    if let Some(span) = security {
        let key = match place.as_ref().map(|place| place.place) {
            Some(Place::Header) => Some(KeyPlace::Header),
            Some(Place::QueryByType) => Some(KeyPlace::Query),
            Some(Place::Cookie) => Some(KeyPlace::Cookie),
            _ => None,
        };
        match (key, &mut place) {
            (Some(key), Some(place)) => place.place = Place::Key(key),
            (_, place) => {
                errors.span(
                    span,
                    "a key is in a header, the query or a cookie: `#[param(header, alias = \"X-Key\", security)]`",
                );
                // Nothing else is wrong with it.
                let key = Ident::new("security", span);
                *place = Some(DeclaredPlace { place: Place::Key(KeyPlace::Header), key });
            }
        }
    }
    DeclaredPlaces { place, alias, depends: depended }
}

/// `body`, or `body(embed)`.
fn embed(word: &Word, errors: &mut Errors) -> bool {
    match &word.value {
        Value::Nothing => false,
        Value::List(tokens) if tokens.to_string() == "embed" => true,
        _ => {
            errors
                .at(&word.key, "`body` stands alone, or is `body(embed)`: a member of the body, by its name");
            false
        }
    }
}
