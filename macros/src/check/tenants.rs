//! Checks what is unique within each tenant, and what is unique over all of them.
//!
//! A value that must be unique tells whoever writes it that it is taken: 409. Over all tenants it so tells of rows that
//! the caller must not know of, which nobody should have without having said so.

use crate::diag::Errors;
use crate::model::{Field, IndexList, Resource, tenant};

pub(super) fn check(resource: &Resource, errors: &mut Errors) {
    let fields = &resource.object.fields;
    match tenant(fields) {
        // The tenant is a mistake without rules, which was reported.
        Some(_) if resource.access.is_none() => {}
        Some(position) => {
            fields.iter().for_each(|field| within(field, errors));
            resource.indexes.iter().for_each(|index| within_together(index, &fields[position], errors));
        }
        None => {
            fields.iter().for_each(|field| without(field, errors));
            resource.indexes.iter().for_each(|index| without_together(index, errors));
        }
    }
}

/// `everywhere` would say nothing where there is no tenant.
fn without(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    match (roles.key, roles.unique, roles.everywhere) {
        (Some(_), Some(_), Some(everywhere)) => {
            errors.span(
                everywhere,
                "a key is unique already, and its rows have no tenant; remove `unique(..)`",
            );
        }
        (Some(_), Some(unique), None) => errors.span(unique, "a key is unique already; remove `unique`"),
        (None, _, Some(everywhere)) => errors.span(everywhere, NO_TENANT),
        _ => {}
    }
}

fn without_together(index: &IndexList, errors: &mut Errors) {
    if let Some(everywhere) = &index.everywhere {
        errors.at(everywhere, NO_TENANT);
    }
}

const NO_TENANT: &str = "rows have no tenant here, so that `unique` holds everywhere; remove `everywhere`, or mark the \
                         field of the tenant by `#[field(tenant)]`";

/// A key that clients choose is unique over all tenants, and so tells them of other tenants' rows.
fn within(field: &Field, errors: &mut Errors) {
    let roles = &field.roles;
    if let Some(key) = roles.key {
        match (roles.generated, roles.unique, roles.everywhere) {
            (Some(_), Some(unique), _) => {
                errors.span(unique, "a generated key is new in every tenant; remove `unique`");
            }
            (None, _, None) => errors.span(
                key,
                "a key that another tenant has is taken (409), so that whoever creates rows can find out which keys \
                 others have\nwrite `#[field(key, unique(everywhere))]` if they may, or `#[field(key, generated)]`",
            ),
            _ => {}
        }
    } else if let (Some(_), Some(everywhere)) = (roles.tenant, roles.everywhere) {
        errors.span(everywhere, "a tenant that is unique has one row; write `unique` alone");
    }
}

fn within_together(index: &IndexList, tenant: &Field, errors: &mut Errors) {
    if let Some(everywhere) = index.everywhere.as_ref().filter(|_| index.fields.contains(&tenant.ident)) {
        errors.at(
            everywhere,
            format!(
                "`{0}` is one of these fields, so that they are unique within each tenant; remove `everywhere`, or \
                 `{0}`",
                tenant.ident
            ),
        );
    }
}
