//! Checks the roles of a resource's field against its type and against each other.

use super::refuse;
use crate::diag::Errors;
use crate::model::{Field, Kind};

pub(super) fn check(field: &Field, errors: &mut Errors) {
    on_the_wire(field, errors);
    if field.roles.key.is_some() {
        key(field, errors);
    }
    generated(field, errors);
    moments(field, errors);
    directions(field, errors);
    indexes(field, errors);
    column_type(field, errors);
    scale(field, errors);
}

/// A column must be in JSON in at least one direction, so it cannot be skipped.
fn on_the_wire(field: &Field, errors: &mut Errors) {
    if let Some(skip) = field.skip {
        errors.span(
            skip,
            "every field of a resource is on the wire; write `#[field(write_only)]` to keep it from answers, or \
             `#[field(read_only)]` to keep clients from setting it",
        );
    }
}

/// The key is in URLs, so it must be a short single value that always exists and that clients can see.
fn key(field: &Field, errors: &mut Errors) {
    if field.info.option {
        errors.at(&field.ty, "a key is always there; remove the `Option`");
    } else if !matches!(field.info.kind, Kind::Other | Kind::Never(_)) && !field.info.kind.is_key() {
        errors.at(&field.ty, "a key is an integer, a `String` or a `Uuid`");
    }
    let roles = &field.roles;
    let refused = [
        (roles.json, "a key is a value of its own, not JSON; remove `json`"),
        (roles.write_only, "a key is in every address; remove `write_only`"),
        (roles.read_only, "who chooses the key is said by `generated`; write that, or remove `read_only`"),
        (roles.index, "rows are found by the key already; remove `index`"),
        (
            field.default_span,
            "a key has no default: two rows would get the same; remove it, or write `generated`",
        ),
        (field.opaque, "a key is an integer, a `String` or a `Uuid`; remove `opaque`"),
    ];
    refuse(&refused, errors);
    if let (Some(span), None) = (roles.created_at.or(roles.updated_at), roles.json) {
        errors.span(span, "a key does not tell the time; use a field of its own");
    }
}

/// Only integers, which the store counts, and UUIDs can be generated.
fn generated(field: &Field, errors: &mut Errors) {
    let Some(generated) = field.roles.generated else { return };
    if field.roles.key.is_none() {
        errors.span(generated, "only a key is generated; write `#[field(key, generated)]`");
        return;
    }
    let fits = matches!(field.info.kind, Kind::Int("i64", ..) | Kind::Uuid | Kind::Other | Kind::Never(_));
    if !fits && field.info.kind.is_key() {
        errors.at(&field.ty, "a generated key is an `i64`, counted up, or a `Uuid` of version 7");
    }
    let constraints = &field.constraints;
    let counts = [&constraints.min_length, &constraints.max_length];
    let keys = constraints.bounds().map(|b| &b.key).chain(counts.into_iter().flatten().map(|c| &c.key));
    for key in keys {
        errors.at(key, format!("nobody sends a generated key; remove `{key}`"));
    }
}

/// crewed sets these times itself, in UTC with microseconds, so only their type fits.
fn moments(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    let word = match (roles.created_at, roles.updated_at) {
        (Some(_), Some(updated)) => {
            errors.span(updated, "`created_at` and `updated_at` are two fields; keep one here");
            return;
        }
        (Some(_), None) => "created_at",
        (None, Some(_)) => "updated_at",
        (None, None) => return,
    };
    if roles.key.is_some() {
        return;
    }
    if field.info.option || field.info.boxed || field.info.kind != Kind::Moment {
        errors.at(&field.ty, format!("`{word}` is a `DateTime<Utc>`, which crewed sets itself"));
    }
    let refused = [
        (field.default_span, "crewed sets this field itself; remove the default"),
        (roles.write_only, "crewed sets this field itself; remove `write_only`"),
        (roles.read_only, "crewed sets this field itself, so that clients never do; remove `read_only`"),
        (roles.json, "this is a moment, not JSON; remove `json`"),
    ];
    refuse(&refused, errors);
}

/// Clients must be able to see or to set a field, and a field that they cannot set needs a default.
fn directions(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    let (Some(read_only), None) = (roles.read_only, roles.key) else { return };
    if roles.created_at.or(roles.updated_at).or(roles.of_caller()).is_some() {
        return;
    }
    if let Some(write_only) = roles.write_only {
        errors.span(write_only, "`read_only` and `write_only` contradict each other; keep one");
    } else if field.default.is_none() && !field.info.option {
        errors.span(
            read_only,
            "nobody could ever set this field; give it a default (`default = ..`), or make it an `Option`",
        );
    }
}

/// An index must be declared on a column whose values have an order.
fn indexes(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    if roles.json.is_some() && roles.key.is_none() {
        let refused = [
            (
                roles.unique,
                "JSON has no order to be unique by; remove `unique`, or keep the value in a field of its own",
            ),
            (
                roles.index,
                "JSON has no order to be found by; remove `index`, or keep the value in a field of its own",
            ),
        ];
        refuse(&refused, errors);
    }
}

/// A type with a column type of its own must not be declared as `json`, and any other type must be.
fn column_type(field: &Field, errors: &mut Errors) {
    let (info, json) = (&field.info, field.roles.json);
    if field.opaque.is_some() {
        if json.is_none() && field.roles.key.is_none() {
            errors.at(&field.ty, "a foreign type is stored as JSON; write `#[field(opaque, json)]`");
        }
        return;
    }
    if info.patched {
        errors.at(&field.ty, "a column holds a value, and `Patched` is for bodies; write `Option<..>`");
        return;
    }
    match (&info.kind, json) {
        (Kind::List(_), None) => errors.at(&field.ty, "a list is stored as JSON; write `#[field(json)]`"),
        (Kind::Map(_), None) => errors.at(&field.ty, "a map is stored as JSON; write `#[field(json)]`"),
        (Kind::OtherMoment, None) if field.roles.created_at.or(field.roles.updated_at).is_none() => {
            errors.at(&field.ty, "a moment is stored in UTC; write `DateTime<Utc>`");
        }
        (kind, Some(json)) if kind.is_scalar() && field.roles.key.is_none() && !moment(field) => {
            errors.span(json, "a column holds this type by itself; remove `json`");
        }
        (kind, None) if kind.is_scalar() && info.boxed => {
            errors.at(&field.ty, "a column needs no `Box`; remove it");
        }
        _ => {}
    }
}

fn moment(field: &Field) -> bool {
    field.roles.created_at.is_some() || field.roles.updated_at.is_some()
}

/// A decimal is stored as an integer in units of its last place, so its scale must be declared.
fn scale(field: &Field, errors: &mut Errors) {
    let decimal = field.info.kind == Kind::Decimal && field.opaque.is_none();
    match &field.roles.scale {
        Some(scale) if !decimal => errors.at(&scale.key, "`scale` is for `Decimal`, and this is none"),
        Some(scale) if scale.count > 18 => {
            errors.at(&scale.value, "a decimal has at most 18 places after the point");
        }
        None if decimal => errors
            .at(&field.ty, "a decimal is stored with a fixed number of places; write `#[field(scale = 2)]`"),
        _ => {}
    }
}
