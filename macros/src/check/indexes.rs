//! Checks the indexes over several fields.

use syn::ext::IdentExt;

use crate::diag::{Errors, did_you_mean, list};
use crate::model::{Field, IndexList, Kind, Resource, position, tenant, unique_with};
use crate::names::{MEANT_EVERYWHERE, WIDEST_INDEX};

pub(super) fn check(resource: &Resource, errors: &mut Errors) {
    let fields = &resource.object.fields;
    for (position, field) in fields.iter().enumerate() {
        let is_unique = unique_with(fields, position).is_some_and(|all| all == [position]);
        if let Some(index) = field.roles.index.filter(|_| is_unique) {
            errors.span(index, "what is unique has an index already; remove `index`");
        }
    }
    let mut before: Vec<&IndexList> = Vec::new();
    for index in &resource.indexes {
        // One mistake may lead to others, so that there is one message for each index.
        if named(index, fields, errors)
            && several(index, fields, errors)
            && fits(index, fields, errors)
            && serves(index, &before, fields, errors)
        {
            before.push(index);
        }
    }
}

/// The index of a single field is declared on it.
fn several(index: &IndexList, fields: &[Field], errors: &mut Errors) -> bool {
    let ([name], word) = (&*index.fields, &index.word) else { return true };
    let is_key = position(fields, name).is_some_and(|position| fields[position].roles.key.is_some());
    errors.at(
        name,
        match (is_key, index.unique) {
            (true, true) => "a key is unique already; remove this".to_owned(),
            (true, false) => "rows are found by the key already; remove this".to_owned(),
            _ => {
                let everywhere = if index.everywhere.is_some() { "(everywhere)" } else { "" };
                format!(
                    "an index of a single field is declared on the field: write `#[field({word}{everywhere})]` on \
                     `{name}`"
                )
            }
        },
    );
    false
}

/// Each name is that of a field, and is there once.
fn named(index: &IndexList, fields: &[Field], errors: &mut Errors) -> bool {
    for (i, name) in index.fields.iter().enumerate() {
        if position(fields, name).is_none() && name == "everywhere" {
            errors.at(
                name,
                match index.unique {
                    true => "`everywhere` is given twice; keep one",
                    false => "`everywhere` is a word of `unique(..)`; an index finds the rows of all tenants",
                },
            );
            return false;
        }
        if position(fields, name).is_none() {
            let all: Vec<String> = fields.iter().map(|field| field.ident.unraw().to_string()).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let near = match index.unique && MEANT_EVERYWHERE.contains(&&*name.to_string()) {
                true => "; did you mean `everywhere`?".to_owned(),
                false => did_you_mean(&name.unraw().to_string(), &all),
            };
            errors.at(name, format!("there is no field `{name}`{near}\nthe fields are {}", list(&all)));
            return false;
        }
        if index.fields[..i].contains(name) {
            errors.at(name, format!("`{name}` is in this index already; keep one"));
            return false;
        }
    }
    if index.fields.len() > WIDEST_INDEX {
        errors.at(&index.word, format!("an index has at most {WIDEST_INDEX} fields"));
        return false;
    }
    true
}

/// Each field has values that an index can order.
fn fits(index: &IndexList, fields: &[Field], errors: &mut Errors) -> bool {
    for (name, position) in index.fields.iter().zip(index.named(fields)) {
        let field = &fields[position];
        let is_json = field.roles.json.is_some() || field.opaque.is_some();
        if is_json || field.info.kind == Kind::Bytes {
            let what = if is_json {
                "JSON has no order to be found by"
            } else {
                "bytes are not indexed with others"
            };
            errors.at(name, format!("{what}; remove `{name}`, or keep the value in a field of its own"));
            return false;
        }
    }
    true
}

/// The index does what no other does.
fn serves(index: &IndexList, before: &[&IndexList], fields: &[Field], errors: &mut Errors) -> bool {
    let positions = index.positions(fields);
    let word = &index.word;
    for (place, (name, position)) in index.fields.iter().zip(index.named(fields)).enumerate() {
        let roles = &fields[position].roles;
        // What is unique within each tenant may nevertheless be unique with others over all tenants.
        let unique =
            unique_with(fields, position).filter(|all| all.iter().all(|one| positions.contains(one)));
        let wrong = match (roles.key, unique, index.unique) {
            (Some(_), _, true) => "the key is unique by itself; remove it, or write `index`",
            (Some(_), _, false) if place == 0 => {
                "rows are found by the key already; begin the index with another field"
            }
            (_, Some(_), true) => "this field is unique by itself; remove it, or its own `unique`",
            _ => continue,
        };
        errors.at(name, wrong);
        return false;
    }
    let within = tenant(fields).filter(|_| !index.unique);
    if let Some(tenant) = within
        && let [first, second] = *positions
        && first == tenant
        && unique_with(fields, second).is_some_and(|all| all.len() > 1)
    {
        errors.at(word, "what is unique has an index already, which begins with the tenant; remove this one");
        return false;
    }
    for other in before {
        let others = other.positions(fields);
        let same_fields =
            others.len() == positions.len() && others.iter().all(|other| positions.contains(other));
        let same = match (other.unique, index.unique) {
            // The order does not matter for what is unique.
            (true, true) => same_fields,
            _ => others == positions,
        };
        if same {
            let wrong = match (other.unique, index.unique) {
                (true, false) => "what is unique has an index already; remove this one".to_owned(),
                (false, true) => {
                    "what is unique has an index already; remove the `index` of these fields".to_owned()
                }
                _ => format!("there is the same `{word}` already; keep one"),
            };
            errors.at(word, wrong);
            return false;
        }
    }
    true
}
