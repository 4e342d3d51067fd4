//! Checks what clients may ask of a list: filters, sorts, the search, and the form of the answer.

use proc_macro2::Span;

use crate::diag::Errors;
use crate::model::{Field, Filter, Kind, Operation, Resource};
use crate::names::LIST_PARAMETERS;

pub(super) fn check(resource: &Resource, errors: &mut Errors) {
    if !resource.serves(Operation::List) {
        unserved(resource, errors);
        return;
    }
    for field in &resource.object.fields {
        of_field(field, errors);
    }
    own_filters(resource, errors);
}

/// Words about lists have no effect if there is none.
fn unserved(resource: &Resource, errors: &mut Errors) {
    let mut all: Vec<(Span, &str)> = Vec::new();
    for roles in resource.object.fields.iter().map(|field| &field.roles) {
        all.extend(roles.filter.as_ref().map(|filter| (filter.span, "filter")));
        all.extend(roles.sort.map(|span| (span, "sort")));
        all.extend(roles.search.map(|span| (span, "search")));
    }
    let listing = &resource.listing;
    all.extend(listing.filters.first().map(|filter| (filter.name.span(), "filters")));
    all.extend(listing.envelope.map(|span| (span, "list")));
    all.extend(listing.export.as_ref().map(|(_, span)| (*span, "export")));
    if !resource.serves(Operation::Read) {
        all.extend(listing.sparse.map(|span| (span, "sparse")));
    }
    for (span, word) in all {
        errors.span(
            span,
            format!(
                "`{word}` is about lists, and none is served; remove it, or add `list` to `operations(..)`"
            ),
        );
    }
}

fn of_field(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    let words = [
        (roles.filter.as_ref().map(|filter| filter.span), "filter"),
        (roles.sort, "sort"),
        (roles.search, "search"),
    ];
    if roles.write_only.is_some() {
        for (span, word) in words {
            if let Some(span) = span {
                errors.span(
                    span,
                    format!("clients could guess a `write_only` value by `{word}`; remove one of the two"),
                );
            }
        }
        return;
    }
    if let Some(filter) = &roles.filter {
        reserved(field, filter.span, errors);
        filtered(field, filter, errors);
    }
    if let Some(span) = roles.sort {
        let wrong = match &field.info.kind {
            _ if roles.json.is_some() || field.opaque.is_some() => Some("JSON has no order"),
            Kind::Bytes => Some("bytes have no order"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            errors.span(span, format!("{wrong} that clients could sort by; remove `sort`"));
        }
        if roles.key.is_some() {
            errors.span(span, "rows can always be sorted by the key; remove `sort`");
        }
    }
    if let Some(span) = roles.search
        && (!matches!(field.info.kind, Kind::Text | Kind::Other) || roles.json.is_some())
    {
        errors.span(span, "words are looked for in texts, and this is none; remove `search`");
    }
}

/// A parameter of a list has the name already.
fn reserved(field: &Field, span: Span, errors: &mut Errors) {
    if LIST_PARAMETERS.contains(&&*field.wire) {
        errors.span(
            span,
            format!(
                "`{0}` is a parameter of every list, so that no filter can have the name; remove `filter`, or rename the \
                 field: `#[serde(rename = \"..\")]`",
                field.wire
            ),
        );
    }
}

fn filtered(field: &Field, filter: &Filter, errors: &mut Errors) {
    let kind = &field.info.kind;
    let is_json = field.roles.json.is_some() || field.opaque.is_some();
    let is_list = matches!(kind, Kind::List(item) if item.is_scalar() || **item == Kind::Other);
    if field.opaque.is_some() || (is_json && !is_list) {
        errors.span(
            filter.span,
            "only a list of texts, numbers or truth values can be filtered by in JSON, by `has`; remove `filter`",
        );
        return;
    }
    if *kind == Kind::Bytes {
        errors.span(filter.span, "bytes cannot be filtered by; remove `filter`");
        return;
    }
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    const CHOICES: &[&str] = &["eq", "ne", "in", "not_in"];
    const ORDERS: &[&str] = &["gt", "gte", "lt", "lte"];
    const TEXTS: &[&str] = &["contains", "icontains", "startswith", "endswith"];
    let mut known = match kind {
        _ if is_list => names(&["has"]),
        Kind::Int(..) | Kind::Float | Kind::Decimal | Kind::Moment | Kind::Date | Kind::Time => {
            names(&[CHOICES, ORDERS].concat())
        }
        Kind::Text => names(&[CHOICES, TEXTS, ORDERS].concat()),
        Kind::Bool => names(&["eq", "ne"]),
        Kind::Uuid => names(CHOICES),
        // An enum, or another name for any type: what fits is known when the rocket ignites.
        _ => return,
    };
    if field.info.option {
        known.push("isnull".to_owned());
    }
    for operator in filter.operators.iter().flatten() {
        let name = operator.to_string();
        if !known.contains(&name) {
            let why = match &*name {
                "isnull" => "the field is never null".to_owned(),
                _ => format!("this type has {}", listed(&known)),
            };
            errors.at(operator, format!("`{name}` is no comparison of this field: {why}"));
        }
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    crate::diag::list(&names)
}

fn own_filters(resource: &Resource, errors: &mut Errors) {
    for filter in &resource.listing.filters {
        let name = filter.name.to_string();
        let is_field = resource.object.fields.iter().any(|field| field.wire == name);
        if is_field {
            errors.at(&filter.name, format!("`{name}` is a field; a filter of one's own has another name"));
        } else if LIST_PARAMETERS.contains(&&*name) {
            errors.at(&filter.name, format!("`{name}` is a parameter of every list; take another name"));
        } else if name.contains("__") {
            errors.at(&filter.name, "`__` in a name means an operator in queries; write one `_`");
        }
    }
}
