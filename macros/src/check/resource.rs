//! The rules of a resource as a whole.

use proc_macro2::Span;

use super::{
    access, constraints, distinct_members, indexes, listing, not_null, opaque, option_of_option, presence,
    roles, tenants,
};
use crate::diag::Errors;
use crate::model::{Field, Inputs, Kind, Operation, Resource};
use crate::names::{LONGEST_IDENTIFIER, RESERVED_PREFIXES, SYSTEM_COLUMNS};

pub(crate) fn resource(resource: &Resource, errors: &mut Errors) {
    let derived = path(resource, errors);
    if let Some(span) = resource.table_span.or(derived) {
        identifier(&resource.table, TABLE, span, errors);
    }
    deny_unknown(resource, errors);
    one_key(resource, errors);
    addressed(resource, errors);
    overwriting(resource, errors);
    unserved(resource, errors);
    one_of_each(resource, "created_at", |field| field.roles.created_at, errors);
    one_of_each(resource, "updated_at", |field| field.roles.updated_at, errors);
    one_of_each(resource, "owner", |field| field.roles.owner, errors);
    one_of_each(resource, "tenant", |field| field.roles.tenant, errors);
    distinct_members(&resource.object, errors);
    distinct_columns(resource, errors);
    renamed_columns(resource, errors);
    listing::check(resource, errors);
    indexes::check(resource, errors);
    access::check(resource, errors);
    tenants::check(resource, errors);
    for field in &resource.object.fields {
        names(field, errors);
        presence(field, errors);
        option_of_option(field, errors);
        opaque(field, errors);
        not_null(field, errors);
        constraints::check(field, errors);
        roles::check(field, errors);
    }
}

/// The path of a collection must consist of segments without parameters, and without characters that a URL has to
/// encode. crewed adds the segment of the key itself.
///
/// Returns the span of a valid path, whose last segment is the default name of the table.
fn path(resource: &Resource, errors: &mut Errors) -> Option<Span> {
    let literal = &resource.path;
    let path = literal.value();
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    let wrong = if path.is_empty() || path == "/" {
        "a collection has a name in its path: `\"/users\"`".to_owned()
    } else if !path.starts_with('/') {
        format!("a path starts with `/`; write `\"/{path}\"`")
    } else if path.contains(['<', '{']) {
        "the path is that of the collection, without parameters; the key's segment is added by crewed"
            .to_owned()
    } else if path.contains(['?', '#']) {
        "a path has no query; crewed adds the parameters of its operations".to_owned()
    } else if path.ends_with('/') {
        format!("a path ends without `/`; write `\"{}\"`", path.trim_end_matches('/'))
    } else if path.contains("//") {
        "a segment of the path is empty; remove one `/`".to_owned()
    } else if path.split('/').any(|segment| segment == "." || segment == "..") {
        "`.` and `..` are resolved away before a path arrives; name the segment".to_owned()
    } else if let Some(c) = path.chars().find(|c| !kept(*c)) {
        format!(
            "`{c}` would be escaped in an address; a path is made of letters, digits, `-`, `_`, `.`, `~` and `/`"
        )
    } else {
        return Some(literal.span());
    };
    errors.at(literal, wrong);
    None
}

/// What has a name, and how to declare another one.
#[derive(Clone, Copy)]
struct Named {
    what: &'static str,
    instead: &'static str,
}

const TABLE: Named = Named { what: "a table", instead: "; give another by `table = \"..\"`" };
const COLUMN: Named = Named { what: "a column", instead: "; give another by `column = \"..\"`" };
const FORMER_COLUMN: Named = Named { what: "a column", instead: ", and never did; name the one that it had" };

/// Names of tables and columns must be identifiers, so that they are the same on every engine. They must not be longer
/// than PostgreSQL's limit, nor begin with a prefix that the engines or crewed reserve.
fn identifier(name: &str, named: Named, span: Span, errors: &mut Errors) {
    let Named { what, instead } = named;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) || name.starts_with(|c: char| c.is_ascii_digit()) {
        errors.span(
            span,
            format!("`{name}` cannot name {what}: letters, digits and `_`, not first a digit{instead}"),
        );
    } else if name.len() > LONGEST_IDENTIFIER {
        errors.span(
            span,
            format!(
                "`{name}` cannot name {what}: it has {} bytes, of which PostgreSQL keeps \
                 {LONGEST_IDENTIFIER}{instead}",
                name.len()
            ),
        );
    }
    let lower = name.to_ascii_lowercase();
    if let Some(prefix) = RESERVED_PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
        errors.span(
            span,
            format!("`{name}` cannot name {what}: names that begin with `{prefix}` are reserved{instead}"),
        );
    }
}

/// A column must not have the name of a system column of PostgreSQL.
fn system_column(name: &str, span: Span, errors: &mut Errors) {
    if SYSTEM_COLUMNS.iter().any(|system| system.eq_ignore_ascii_case(name)) {
        errors.span(
            span,
            format!(
                "`{name}` cannot name a column: every table of PostgreSQL's has a column of that name already{}",
                COLUMN.instead
            ),
        );
    }
}

/// `deny_unknown_fields` is refused, as a resource refuses unknown members anyway.
fn deny_unknown(resource: &Resource, errors: &mut Errors) {
    if let Some(span) = resource.object.deny_unknown {
        errors.span(span, "a resource always refuses unknown members; remove `deny_unknown_fields`");
    }
}

/// Values in a URL are single texts, and can describe only one row.
fn addressed(resource: &Resource, errors: &mut Errors) {
    let (Inputs::Path | Inputs::Query, Some(span)) = (resource.inputs, resource.inputs_span) else { return };
    let style = if resource.inputs == Inputs::Path { "path" } else { "query" };
    let many = resource.operations.iter().flatten().any(|operation| !Operation::OF_ONE.contains(operation));
    if many {
        errors.span(
            span,
            format!(
                "under `inputs = \"{style}\"` there are `create`, `read`, `replace` and `delete`, each of one row; leave \
                 the others out of `operations(..)`"
            ),
        );
    }
    for field in resource.object.fields.iter().filter(|field| field.settable() || field.roles.key.is_some()) {
        let listed =
            matches!(&field.info.kind, Kind::List(item) if item.is_scalar() || **item == Kind::Other);
        let fits = match resource.inputs {
            Inputs::Query => field.roles.json.is_none() || (listed && field.opaque.is_none()),
            _ => field.roles.json.is_none(),
        };
        if !fits {
            let list = if resource.inputs == Inputs::Query { ", or a list of texts" } else { "" };
            errors.at(
                &field.ty,
                format!(
                    "a value in the {style} is a text{list}, and this is more; write `inputs = \"json\"`"
                ),
            );
        }
        let kept = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        if let (Inputs::Path, Some(c)) = (resource.inputs, field.wire.chars().find(|c| !kept(*c))) {
            errors
                .span(field.wire_span, format!("`{c}` would be escaped in the path, where this name stands"));
        }
    }
}

/// Words about how a resource is served have no effect if it is not served.
fn unserved(resource: &Resource, errors: &mut Errors) {
    if resource.operations.as_ref().is_some_and(Vec::is_empty) {
        let rate_limit = resource.rate_limit.map(|rate| rate.span);
        let words = [resource.tag_span, resource.inputs_span, resource.replies_status, rate_limit];
        for span in words.into_iter().flatten() {
            errors.span(span, "no operation is served; remove this, or name some in `operations(..)`");
        }
    }
}

/// A create can overwrite only if clients choose the key, and if it is served at all.
fn overwriting(resource: &Resource, errors: &mut Errors) {
    let Some(span) = resource.create_replaces else { return };
    let is_served = resource.operations.as_ref().is_none_or(|operations| !operations.is_empty());
    if is_served && !resource.serves(Operation::Create) {
        errors.span(span, "no create is served; remove this, or add `create` to `operations(..)`");
    } else if resource.object.fields.iter().any(|field| field.roles.generated.is_some()) {
        errors.span(span, "a generated key is always new, so that nothing is overwritten; remove this");
    }
}

/// A resource must have exactly one key.
fn one_key(resource: &Resource, errors: &mut Errors) {
    let mut keys = resource.object.fields.iter().filter(|field| field.roles.key.is_some());
    let Some(first) = keys.next() else {
        errors.at(
            &resource.object.head.ident,
            "a resource needs a key: mark the field that rows are found by with `#[field(key)]`, or add \
             `#[field(key, generated)] id: i64`",
        );
        return;
    };
    for other in keys {
        if let Some(span) = other.roles.key {
            errors.span(span, format!("the field `{}` is the key already; a resource has one", first.ident));
        }
    }
}

/// Only one field can have the time of creation, and only one that of the last update.
fn one_of_each(resource: &Resource, word: &str, span: fn(&Field) -> Option<Span>, errors: &mut Errors) {
    let mut marked = resource.object.fields.iter().filter(|field| span(field).is_some());
    let Some(first) = marked.next() else { return };
    for other in marked {
        if let Some(span) = span(other) {
            errors.span(
                span,
                format!("the field `{}` is marked `{word}` already; a resource has one", first.ident),
            );
        }
    }
}

/// The names of two columns must differ by more than case, as not every engine distinguishes case.
fn distinct_columns(resource: &Resource, errors: &mut Errors) {
    let fields = &resource.object.fields;
    for (i, field) in fields.iter().enumerate() {
        let column = field.column();
        if let Some(other) = fields[..i].iter().find(|other| other.column().eq_ignore_ascii_case(&column)) {
            let span = field.roles.column.as_ref().map_or(field.ident.span(), syn::LitStr::span);
            errors.span(
                span,
                format!(
                    "`{column}` is the column of `{}` already, whatever the case of its letters; give another by \
                     `column = \"..\"`",
                    other.ident
                ),
            );
        }
    }
}

/// The former name of a renamed column must not be the present or former name of another.
fn renamed_columns(resource: &Resource, errors: &mut Errors) {
    let fields = &resource.object.fields;
    for (i, field) in fields.iter().enumerate() {
        let Some(was) = &field.roles.was else { continue };
        let name = was.value();
        let same = |other: &str| other.eq_ignore_ascii_case(&name);
        if same(&field.column()) {
            errors.at(was, "the column has this name; remove `was`, or name the one that it had");
        } else if let Some(other) = fields.iter().find(|other| same(&other.column())) {
            errors.at(
                was,
                format!("`{name}` is the column of `{}` now, and can only go to one field", other.ident),
            );
        } else if let Some(other) =
            fields[..i].iter().find(|other| other.roles.was.as_ref().is_some_and(|was| same(&was.value())))
        {
            errors.at(was, format!("`{name}` goes to `{}` already; one column becomes one", other.ident));
        }
    }
}

/// A name must not have `__`, which would be ambiguous in queries of the form `field__op=value`.
fn names(field: &Field, errors: &mut Errors) {
    let column = field.column();
    let column_span = field.roles.column.as_ref().map_or(field.ident.span(), syn::LitStr::span);
    let wrong = "`__` in a name means an operator in queries; write one `_`";
    if field.wire.contains("__") {
        errors.span(field.wire_span, wrong);
    }
    if column.contains("__") && (field.roles.column.is_some() || !field.wire.contains("__")) {
        errors.span(column_span, wrong);
    }
    identifier(&column, COLUMN, column_span, errors);
    system_column(&column, column_span, errors);
    // On SQLite an existing column may have the name of a system column of PostgreSQL, so that is allowed as a former
    // name.
    if let Some(was) = &field.roles.was {
        identifier(&was.value(), FORMER_COLUMN, was.span(), errors);
    }
}
