//! Parses one field: `#[field(..)]`, serde's attributes, doc comments and the type.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Expr, Ident, LitStr};

use super::access::field_rule;
use super::serde::{self, Place};
use super::words::{Duplicates, Value, Word, unknown, words};
use super::{DeclarationKind, docs};
use crate::diag::{Errors, did_you_mean, display, list};
use crate::model::case::Case;
use crate::model::{Constraints, DefaultValue, Field, Filter, Format, Kind, Roles, TypeInfo, ungroup};
use crate::names;

/// The settings of a struct that apply to all of its fields.
pub(crate) struct Around {
    pub(crate) declaration: DeclarationKind,
    pub(crate) rename_all: Option<Case>,
    pub(crate) default: bool,
    /// Whether the struct has lifetimes, which is reported separately.
    pub(crate) lifetimes: bool,
}

pub(crate) fn field(field: &syn::Field, ident: &Ident, around: &Around, errors: &mut Errors) -> Field {
    field_and_words(field, ident, around, errors).0
}

/// Parses a field, and returns it with all words of its attributes.
pub(crate) fn field_and_words(
    field: &syn::Field,
    ident: &Ident,
    around: &Around,
    errors: &mut Errors,
) -> (Field, Vec<Word>) {
    conditional(field, errors);
    let serde = match around.declaration {
        DeclarationKind::Param => serde::Member::default(),
        _ => serde::member(&field.attrs, Place::Field, errors),
    };
    let info = TypeInfo::of(&field.ty);
    let rust = ident.unraw().to_string();
    let (wire, wire_span) = match &serde.rename {
        Some(name) => (name.value(), name.span()),
        None => (around.rename_all.map_or_else(|| rust.clone(), |case| case.field(&rust)), ident.span()),
    };
    let (doc, docs) = docs(&field.attrs);
    let mut parsed = Field {
        ident: ident.clone(),
        vis: field.vis.clone(),
        docs,
        ty: field.ty.clone(),
        info,
        wire,
        wire_span,
        doc,
        constraints: Constraints::default(),
        default: around.default.then_some(DefaultValue::OfStruct),
        default_span: None,
        example: None,
        examples: Vec::new(),
        title: None,
        hidden: None,
        deprecated: field.attrs.iter().any(|a| a.path().is_ident("deprecated")),
        required: None,
        not_null: None,
        opaque: None,
        skip: serde.skip,
        roles: Roles::default(),
        most_indexed: None,
    };
    if let Some((span, path)) = serde.default {
        parsed.default_span = Some(span);
        parsed.default = Some(path.map_or(DefaultValue::OfType, DefaultValue::Call));
    }
    let (mut seen, mut all_words) = (Duplicates::default(), Vec::new());
    let own = if around.declaration == DeclarationKind::Param { "param" } else { "field" };
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident(own)) {
        let Some(list) = errors.ok(attribute.meta.require_list()) else { continue };
        for word in words(list.tokens.clone(), errors) {
            if seen.first(&word.key, errors) {
                parsed.take(&word, around.declaration, errors);
                all_words.push(word);
            }
        }
    }
    // Such fields never come from the struct's default; a key from it would be the same for all rows.
    if let (Some(_), Some(other)) =
        (&parsed.example, all_words.iter().find(|word: &&Word| word.key == "examples"))
    {
        errors.at(&other.key, "examples stand in one place: keep `example` or `examples`");
    }
    let roles = &parsed.roles;
    if parsed.default_span.is_none() && roles.key.or(roles.created_at).or(roles.updated_at).is_some() {
        parsed.default = None;
    }
    if let Kind::Never(instead) = parsed.info.kind.leaf()
        && parsed.opaque.is_none()
        && parsed.skip.is_none()
        && !around.lifetimes
        && around.declaration != DeclarationKind::Param
    {
        let ty = display(&field.ty);
        errors.at(&field.ty, format!("`{ty}` cannot cross the wire: {instead}"));
    }
    (parsed, all_words)
}

/// Refuses `cfg` on a field: an attribute macro runs before it removes the field.
fn conditional(field: &syn::Field, errors: &mut Errors) {
    for attribute in &field.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            errors.at(
                attribute,
                "fields under conditions are not supported: the API would depend on how it was built; put the \
                 condition on the whole struct",
            );
        }
    }
}

impl Field {
    fn take(&mut self, word: &Word, declaration: DeclarationKind, errors: &mut Errors) {
        let key = word.key.to_string();
        let constraints = &mut self.constraints;
        match key.as_str() {
            "ge" => constraints.ge = word.bound(errors),
            "gt" => constraints.gt = word.bound(errors),
            "le" => constraints.le = word.bound(errors),
            "lt" => constraints.lt = word.bound(errors),
            "multiple_of" => constraints.multiple_of = word.bound(errors),
            "min_length" => constraints.min_length = word.count(errors),
            "max_length" => constraints.max_length = word.count(errors),
            "min_items" => constraints.min_items = word.count(errors),
            "max_items" => constraints.max_items = word.count(errors),
            "pattern" => constraints.pattern = word.text(errors).map(|text| (word.key.clone(), text)),
            "format" => constraints.format = format(word, errors).map(|format| (word.key.clone(), format)),
            "default" => self.take_default(word, errors),
            "example" => self.example = word.expression("..", errors),
            "examples" => self.examples = word.examples(errors),
            "title" => self.title = word.text(errors),
            "hidden" if declaration == DeclarationKind::Param => self.hidden = word.flag(errors),
            "deprecated" => self.deprecated = word.flag(errors).is_some(),
            // The words for the place and the name of an argument do not apply to fields.
            _ if declaration == DeclarationKind::Param && names::PARAMETER.contains(&&*key) => {}
            "required" | "opaque" | "not_null" if declaration == DeclarationKind::Param => {
                unknown_word(word, declaration, errors)
            }
            "required" => self.required = word.flag(errors),
            "opaque" => self.opaque = word.flag(errors),
            "not_null" => self.not_null = word.flag(errors),
            "write_only" => self.roles.write_only = word.flag(errors),
            _ if declaration == DeclarationKind::Resource => self.take_role(word, errors),
            _ if names::ROLES.contains(&&*key) || names::LATER_FIELD.contains(&&*key) => {
                let this = if declaration == DeclarationKind::Param { "an argument" } else { "a `#[model]`" };
                let message = format!("`{key}` is a word of resources, which are stored; {this} is not");
                errors.at(&word.key, message);
            }
            _ => unknown_word(word, declaration, errors),
        }
    }

    fn take_default(&mut self, word: &Word, errors: &mut Errors) {
        if self.default_span.is_some() {
            errors.at(&word.key, "the default is given twice, once by serde's `default`; keep one");
            return;
        }
        self.default_span = Some(word.key.span());
        self.default = match &word.value {
            Value::Nothing => Some(DefaultValue::OfType),
            _ => word.expression("..", errors).map(DefaultValue::Is),
        };
    }

    fn take_role(&mut self, word: &Word, errors: &mut Errors) {
        let key = word.key.to_string();
        let roles = &mut self.roles;
        match key.as_str() {
            "key" => roles.key = word.flag(errors),
            "generated" => roles.generated = word.flag(errors),
            "unique" => {
                roles.everywhere = everywhere(word, errors);
                roles.unique = Some(word.key.span());
            }
            "index" => roles.index = word.flag(errors),
            "read_only" => roles.read_only = word.flag(errors),
            "created_at" => roles.created_at = word.flag(errors),
            "updated_at" => roles.updated_at = word.flag(errors),
            "json" => roles.json = word.flag(errors),
            "column" => roles.column = word.text(errors),
            "was" => roles.was = word.text(errors),
            "scale" => roles.scale = word.count(errors),
            "filter" => roles.filter = filter(word, errors),
            "sort" => roles.sort = word.flag(errors),
            "search" => roles.search = word.flag(errors),
            "owner" => roles.owner = word.flag(errors),
            "tenant" => roles.tenant = word.flag(errors),
            "read" => roles.read = field_rule(word, errors),
            "write" => roles.write = field_rule(word, errors),
            // The error proposes the right word. The field still counts as the key, so that a missing key is not
            // reported as well.
            "primary_key" => {
                roles.key = Some(word.key.span());
                unknown_word(word, DeclarationKind::Resource, errors);
            }
            _ if names::LATER_FIELD.contains(&&*key) => {
                errors.at(&word.key, format!("`{key}` is not supported yet; remove it for now"));
            }
            _ => unknown_word(word, DeclarationKind::Resource, errors),
        }
    }
}

/// The error for an unknown word on a field or an argument.
fn unknown_word(word: &Word, declaration: DeclarationKind, errors: &mut Errors) {
    let key = word.key.to_string();
    if declaration == DeclarationKind::Param {
        return unknown_on_argument(word, &key, errors);
    }
    let (place, known) = match declaration {
        DeclarationKind::Resource => {
            ("on a field of a resource", [names::MODEL_FIELD, names::ROLES].concat())
        }
        _ => ("on a field of a model", names::MODEL_FIELD.to_vec()),
    };
    match key.as_str() {
        "alias" | "rename" => errors.at(
            &word.key,
            format!("`{key}` is no word of fields; give the name on the wire by `#[serde(rename = \"..\")]`"),
        ),
        "skip" => errors.at(&word.key, "write `#[serde(skip)]`"),
        "description" => errors.at(&word.key, "a field is described by its doc comment: `/// ..`"),
        "regex" => errors.at(&word.key, "a regular expression is given by `pattern = \"..\"`"),
        "nullable" | "optional" => {
            errors.at(&word.key, "what may be left out or null is said by the type: write `Option<..>`");
        }
        "exclude" if declaration == DeclarationKind::Model => {
            errors.at(&word.key, "what is neither read nor written is marked `#[serde(skip)]`");
        }
        "exclude" => errors.at(&word.key, "what is never shown is marked `write_only`"),
        "primary_key" | "autoincrement" if declaration == DeclarationKind::Resource => errors
            .at(&word.key, "rows are found by `key`; where the store counts it up it is `key, generated`"),
        "foreign_key" if declaration == DeclarationKind::Resource => errors.at(
            &word.key,
            "references are not supported yet: keep the key of the other row, and look it up by its `Repository`",
        ),
        "policy" | "permission" | "permissions" if declaration == DeclarationKind::Resource => errors
            .at(&word.key, "who may see and set a field is said by `read(..)` and `write(..)`, each with a rule"),
        _ if names::PARAMETER.contains(&&*key) => errors.at(
            &word.key,
            format!("`{key}` is a word of `#[param(..)]`, which stands on the arguments of operations"),
        ),
        _ => unknown(&word.key, place, &known, errors),
    }
}

fn unknown_on_argument(word: &Word, key: &str, errors: &mut Errors) {
    match key {
        "required" => errors.at(
            &word.key,
            "an argument that is no `Option` and has no default is required; remove `required`, or the `Option`",
        ),
        "not_null" => errors.at(
            &word.key,
            "an argument has a value, or is an `Option` that is left out; remove `not_null`",
        ),
        "opaque" => errors.at(
            &word.key,
            "an input is read by crewed's rules; take a foreign type by a guard, or declare a model",
        ),
        "rename" => errors.at(&word.key, "another name is given by `alias = \"..\"`"),
        "regex" => errors.at(&word.key, "a regular expression is given by `pattern = \"..\"`"),
        "embed" => errors.at(&word.key, "a member of the body is `body(embed)`"),
        "dependency" => errors.at(&word.key, "the value of a dependency is `depends(current_user)`"),
        "scopes" => errors.at(
            &word.key,
            "scopes are required of a dependency: `depends(current_user, scopes(\"items\"))`",
        ),
        "description" => errors.at(&word.key, "an argument is described by its doc comment: `/// ..`"),
        "openapi_examples" => errors.at(&word.key, "write `examples(\"name\" = value, ..)`"),
        "include_in_schema" => errors.at(&word.key, "write `hidden`"),
        "convert_underscores" => {
            errors.at(&word.key, "a header of another spelling is named by `alias = \"x_token\"`");
        }
        "file" => errors.at(&word.key, "a file is a field of a form, of the type `Upload`: `#[param(form)]`"),
        _ => {
            let known = [names::MODEL_FIELD, names::PARAMETER].concat();
            let known: Vec<&str> = known.into_iter().filter(|w| !["required", "opaque", "not_null"].contains(w)).collect();
            unknown(&word.key, "in `#[param(..)]`", &known, errors);
        }
    }
}

/// `unique`, or `unique(everywhere)`, whose word it returns.
fn everywhere(word: &Word, errors: &mut Errors) -> Option<Span> {
    let Value::List(tokens) = &word.value else {
        word.flag(errors);
        return None;
    };
    let listed = words(super::words::unquoted(tokens.clone(), errors), errors);
    if tokens.is_empty() {
        errors.at(&word.key, "the list has no word; write `unique` alone, or `unique(everywhere)`");
    }
    let (mut found, mut seen) = (None, Duplicates::default());
    for word in listed {
        if !seen.first(&word.key, errors) {
            continue;
        }
        let name = word.key.to_string();
        match &*name {
            "everywhere" => found = word.flag(errors),
            "tenant" | "per_tenant" | "within_tenant" => errors.at(
                &word.key,
                "what is `unique` is so within each tenant, where rows have one; write `unique` alone",
            ),
            _ => {
                let near = match names::MEANT_EVERYWHERE.contains(&&*name) {
                    true => "; did you mean `everywhere`?".to_owned(),
                    false => did_you_mean(&name, &["everywhere"]),
                };
                errors.at(
                    &word.key,
                    format!(
                        "unknown word `{name}` in `unique(..)`{near}\nwrite `unique`, or `unique(everywhere)` for all \
                         tenants; several fields are unique together by `#[resource(.., unique(team, name))]`"
                    ),
                );
            }
        }
    }
    found
}

/// `filter`, or `filter(eq, gte)`.
fn filter(word: &Word, errors: &mut Errors) -> Option<Filter> {
    let span = word.key.span();
    let tokens = match &word.value {
        Value::Nothing => return Some(Filter { span, operators: None }),
        Value::List(tokens) => tokens.clone(),
        Value::Is(value) => {
            errors.at(value, "`filter` stands alone, or takes a list of comparisons: `filter(eq, gte)`");
            return None;
        }
    };
    let (mut operators, mut seen) = (Vec::new(), Duplicates::default());
    let listed = words(super::words::unquoted(tokens, errors), errors);
    if listed.is_empty() {
        errors.at(&word.key, "the list has no comparison; write `filter` alone for those of the type");
    }
    for word in listed {
        if !seen.first(&word.key, errors) {
            continue;
        }
        let name = word.key.to_string();
        if !names::OPERATORS.contains(&&*name) {
            let near = match &*name {
                "equals" | "equal" => "; did you mean `eq`?".to_owned(),
                "ge" | "min" => "; did you mean `gte`?".to_owned(),
                "le" | "max" => "; did you mean `lte`?".to_owned(),
                "like" => "; did you mean `contains`?".to_owned(),
                "ilike" => "; did you mean `icontains`?".to_owned(),
                "null" | "is_null" => "; did you mean `isnull`?".to_owned(),
                other => did_you_mean(other, names::OPERATORS),
            };
            let all = list(names::OPERATORS);
            errors.at(&word.key, format!("unknown comparison `{name}`{near}\nthe comparisons are {all}"));
        } else if word.flag(errors).is_some() {
            operators.push(word.key);
        }
    }
    Some(Filter { span, operators: Some(operators) })
}

/// `format("email")`, or `format = "email"`.
fn format(word: &Word, errors: &mut Errors) -> Option<Format> {
    let name: LitStr = match &word.value {
        Value::List(tokens) => errors.ok(syn::parse2(tokens.clone()))?,
        Value::Is(value) if let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) = ungroup(value) => {
            name.clone()
        }
        _ => {
            errors.at(&word.key, "`format` takes the name of a format: `format(\"email\")`");
            return None;
        }
    };
    match name.value().as_str() {
        "email" => Some(Format::Email),
        "uri" => Some(Format::Uri),
        "ipv4" => Some(Format::Ipv4),
        "ipv6" => Some(Format::Ipv6),
        other => {
            let instead = match other {
                "uuid" => "; give the field the type `Uuid`".to_owned(),
                "date" => "; give the field the type `NaiveDate`".to_owned(),
                "time" => "; give the field the type `NaiveTime`".to_owned(),
                "date-time" => "; give the field the type `DateTime<Utc>`".to_owned(),
                "byte" | "base64" => "; give the field the type `Vec<u8>`".to_owned(),
                "url" => "; did you mean `uri`?".to_owned(),
                _ => did_you_mean(other, names::FORMATS),
            };
            errors.at(&name, format!("unknown format{instead}\nthe formats are {}", list(names::FORMATS)));
            None
        }
    }
}
