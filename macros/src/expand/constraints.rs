//! Expands constraints into a constant `Constraints`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Bound, Field, Format, Kind, Number, Target};
use crate::names::MOST_INDEXED;

/// The constraints of a field as setters on `Constraints::NONE`, or no tokens if there are none.
pub(super) fn constraints(field: &Field, target: Target) -> TokenStream {
    let calls = calls(field, target);
    if calls.is_empty() {
        TokenStream::new()
    } else {
        quote!(.constraints(__crewed::Constraints::NONE #calls))
    }
}

fn calls(field: &Field, target: Target) -> TokenStream {
    let constraints = &field.constraints;
    let mut calls = TokenStream::new();
    if target != Target::Nowhere {
        calls.extend(quote!(.stored()));
    }
    let roles = &field.roles;
    match field.most_indexed.filter(|_| target != Target::Nowhere) {
        Some(MOST_INDEXED) => calls.extend(quote!(.indexed())),
        Some(bytes) => {
            let bytes = proc_macro2::Literal::usize_unsuffixed(bytes);
            calls.extend(quote!(.indexed_within(#bytes)));
        }
        None => {}
    }
    if roles.key.is_some() && target == Target::Addressed {
        calls.extend(quote!(.addressed()));
    }
    if roles.key.is_some() && target == Target::InPath {
        calls.extend(quote!(.in_path()));
    }
    if field.not_null.is_some() {
        calls.extend(quote!(.not_null()));
    }
    for rule in constraints.bounds() {
        let (key, bound) = (&rule.key, bound(rule, field.info.kind.leaf()));
        calls.extend(quote!(.#key(#bound)));
    }
    let counts =
        [&constraints.min_length, &constraints.max_length, &constraints.min_items, &constraints.max_items];
    for rule in counts.into_iter().flatten() {
        let (key, count) = (&rule.key, proc_macro2::Literal::usize_unsuffixed(rule.count));
        calls.extend(quote!(.#key(#count)));
    }
    if let Some(rule) = &field.roles.scale {
        let scale = proc_macro2::Literal::usize_unsuffixed(rule.count);
        calls.extend(quote!(.scale(#scale)));
    }
    if let Some((_, source)) = &constraints.pattern {
        calls.extend(quote! {
            .pattern(__crewed::Pattern {
                source: #source,
                regex: || {
                    static COMPILED: __crewed::LazyLock<__crewed::CompiledPattern> =
                        __crewed::LazyLock::new(|| __crewed::Pattern::compile(#source));
                    &COMPILED
                },
            })
        });
    }
    if let Some((_, format)) = &constraints.format {
        let format = match format {
            Format::Email => quote!(Email),
            Format::Uri => quote!(Uri),
            Format::Ipv4 => quote!(Ipv4),
            Format::Ipv6 => quote!(Ipv6),
        };
        calls.extend(quote!(.format(__crewed::Format::#format)));
    }
    calls
}

/// The bound of a number: an integer, a float, or for a decimal the digits that were written.
fn bound(bound: &Bound, kind: &Kind) -> TokenStream {
    match (bound.number, kind) {
        (Number::Int(int), Kind::Float) => float(int as f64),
        (Number::Int(int), _) => {
            // The range was checked.
            let int = proc_macro2::Literal::i64_unsuffixed(int as i64);
            quote!(__crewed::Bound::Int(#int))
        }
        (Number::Float(_, Some((digits, 0))), Kind::Decimal) => {
            let int = proc_macro2::Literal::i64_unsuffixed(digits);
            quote!(__crewed::Bound::Int(#int))
        }
        (Number::Float(_, Some((digits, scale))), Kind::Decimal) => {
            let digits = proc_macro2::Literal::i64_unsuffixed(digits);
            let scale = proc_macro2::Literal::u32_unsuffixed(scale);
            quote!(__crewed::Bound::Decimal { digits: #digits, scale: #scale })
        }
        (Number::Float(value, _), _) => float(value),
    }
}

fn float(value: f64) -> TokenStream {
    let value = proc_macro2::Literal::f64_unsuffixed(value);
    quote!(__crewed::Bound::Float(#value))
}
