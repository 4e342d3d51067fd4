//! Parses `#[caller]` and `#[caller(depends(current_user))]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ItemStruct, Member, Meta, parse_quote};

use super::arguments::krate;
use super::depends::depends;
use super::oauth2::derives_clone;
use super::words::{Duplicates, Word, unknown, words};
use crate::diag::Errors;
use crate::model::{Caller, CallerField, Depends, TypeInfo, named_in};
use crate::names;

pub(crate) fn caller(arguments: TokenStream, item: &ItemStruct, errors: &mut Errors) -> Caller {
    let mut found = Caller {
        krate: parse_quote!(::crewed),
        ident: item.ident.clone(),
        depends: None,
        id: None,
        tenant: None,
        all_tenants: None,
        is_generic: !item.generics.params.is_empty(),
    };
    for (position, field) in item.fields.iter().enumerate() {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(position.into()),
        };
        found.take_field(field, &member, errors);
    }
    let mut seen = Duplicates::default();
    for word in words(arguments, errors) {
        if seen.first(&word.key, errors) {
            found.take(&word, errors);
        }
    }
    if found.is_generic {
        errors.at(&item.generics, "a caller is one type and cannot be generic");
    }
    found
}

impl Caller {
    fn take(&mut self, word: &Word, errors: &mut Errors) {
        let key = word.key.to_string();
        match key.as_str() {
            "depends" => self.depends = one_dependency(word, errors),
            "all_tenants" => self.all_tenants = self.all_tenants(word, errors),
            "crate" => {
                if let Some(path) = krate(word, errors) {
                    self.krate = path;
                }
            }
            _ if names::LATER_CALLER.contains(&&*key) => {
                errors.at(&word.key, format!("`{key}` is not supported yet; remove it for now"));
            }
            "guard" => errors.at(&word.key, "a caller without `depends(..)` is a request guard; remove this"),
            "id" | "tenant" => errors.at(
                &word.key,
                format!("`{key}` stands above the field that has it: write `#[caller({key})]` there"),
            ),
            _ => unknown(&word.key, "in `#[crewed::caller(..)]`", names::CALLER, errors),
        }
    }

    /// `all_tenants = self.is_admin`.
    fn all_tenants(&self, word: &Word, errors: &mut Errors) -> Option<Expr> {
        let value = word.expression("self.is_admin", errors)?;
        if self.tenant.is_none() {
            errors.at(
                &word.key,
                "this caller has no tenant; mark its field by `#[caller(tenant)]`, or remove this",
            );
        } else if named_in(value.to_token_stream(), "self").is_none() {
            errors.at(
                &value,
                "this is the same for all callers; say of which one it is true by `self`: \
                 `all_tenants = self.is_admin`",
            );
        }
        Some(value)
    }

    fn take_field(&mut self, field: &syn::Field, member: &Member, errors: &mut Errors) {
        let mut seen = Duplicates::default();
        for attribute in field.attrs.iter().filter(|attribute| is_caller(attribute)) {
            let Meta::List(list) = &attribute.meta else {
                errors.at(attribute, "say what the field is: `#[caller(id)]` or `#[caller(tenant)]`");
                continue;
            };
            for word in words(list.tokens.clone(), errors) {
                if seen.first(&word.key, errors) {
                    self.take_role(&word, field, member, errors);
                }
            }
        }
    }

    fn take_role(&mut self, word: &Word, field: &syn::Field, member: &Member, errors: &mut Errors) {
        let key = word.key.to_string();
        let place = match key.as_str() {
            "id" => &mut self.id,
            "tenant" => &mut self.tenant,
            "owner" | "key" => {
                errors.at(&word.key, "what tells a caller from others is their `id`: write `#[caller(id)]`");
                return;
            }
            "scopes" => {
                errors.at(&word.key, "`scopes` is not supported yet; remove it for now");
                return;
            }
            _ => {
                unknown(&word.key, "in `#[caller(..)]` on a field", names::CALLER_FIELD, errors);
                return;
            }
        };
        if word.flag(errors).is_none() {
            return;
        }
        if place.is_some() {
            errors.at(&word.key, format!("another field is marked `{key}` already; a caller has one"));
            return;
        }
        // `None` would own all rows without an owner.
        if TypeInfo::of(&field.ty).option {
            errors.at(
                &field.ty,
                format!(
                    "every caller has this `{key}`; remove the `Option`: who has none is no caller, or another type"
                ),
            );
        }
        *place = Some(CallerField { member: member.clone(), ty: field.ty.clone() });
    }
}

/// `depends(current_user)`.
fn one_dependency(word: &Word, errors: &mut Errors) -> Option<Depends> {
    let mut all = depends(word, errors).into_iter();
    let depends = all.next()?;
    if let Some(other) = all.next() {
        errors.at(other.dependency, "one dependency gives the caller; remove the others");
    }
    if let Some(scope) = depends.scopes.first() {
        errors
            .at(scope, "scopes are required where a dependency is used, and a caller is the same everywhere");
    }
    if depends.fresh {
        errors.at(&depends.dependency, "a caller is asked for once in a request; remove `fresh`");
    }
    Some(depends)
}

fn is_caller(attribute: &Attribute) -> bool {
    attribute.path().is_ident("caller")
}

/// The struct without crewed's attributes. A caller is cloned where several take it, so that it derives that.
pub(crate) fn cleaned_caller(item: &ItemStruct) -> TokenStream {
    let mut item = item.clone();
    let derives = (!derives_clone(&item)).then(|| quote!(#[derive(::core::clone::Clone)]));
    item.fields.iter_mut().for_each(|field| field.attrs.retain(|attribute| !is_caller(attribute)));
    quote!(#derives #item)
}
