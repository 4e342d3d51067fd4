//! Expands one field: its type, its default and its description.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Generics, Ident, Lit};

use super::constraints::constraints;
use super::located;
use super::object::{VisitMethod, VisitedField};
use crate::model::{DefaultValue, Example, Field, Kind, Target, ungroup};

/// A field, with the struct it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) field: &'a Field,
    /// Its position among all fields of the declaration.
    pub(super) index: usize,
    /// The struct's name.
    pub(super) owner: &'a Ident,
    pub(super) generics: &'a Generics,
}

impl Place<'_> {
    /// The span of the type, which lints do not treat as code of the user's.
    pub(super) fn span(&self) -> Span {
        located(self.field.ty.span())
    }

    /// The type that implements `Wire`: the field's own, or the wrapper of a foreign one.
    pub(super) fn wire(&self) -> TokenStream {
        let (ty, inner) = (&self.field.ty, &self.field.info.inner);
        match (self.field.opaque, self.field.info.option) {
            (None, _) => quote!(#ty),
            (Some(_), false) => quote!(__crewed::Opaque<#ty>),
            (Some(_), true) => quote!(__crewed::Option<__crewed::Opaque<#inner>>),
        }
    }

    /// Converts a value of the field's type into the type that implements `Wire`.
    pub(super) fn to_wire(self, value: TokenStream) -> TokenStream {
        match (self.field.opaque, self.field.info.option) {
            (None, _) => value,
            (Some(_), false) => quote!(__crewed::Opaque(#value)),
            (Some(_), true) => quote!((#value).map(__crewed::Opaque)),
        }
    }

    /// How a visitor visits the field.
    pub(super) fn visited(&self) -> VisitedField {
        let (ident, ty) = (self.field.ident.clone(), &self.field.ty);
        match (self.field.opaque, self.field.info.within_patched()) {
            (None, Some(inner)) => VisitedField { ident, ty: quote!(#inner), method: VisitMethod::Patched },
            (None, None) => VisitedField { ident, ty: quote!(#ty), method: VisitMethod::Value },
            (Some(_), _) => VisitedField { ident, ty: quote!(#ty), method: VisitMethod::Opaque },
        }
    }

    /// The line that requires `Default` of the type, if the field uses it.
    pub(super) fn has_default(&self) -> TokenStream {
        let (ty, span) = (&self.field.ty, self.span());
        match self.field.default {
            Some(DefaultValue::OfType) => quote_spanned!(span=> <__crewed::Known<#ty>>::has_default();),
            _ => TokenStream::new(),
        }
    }

    /// The empty slot of a draft. This is the only line that requires `Wire` of the type, so that the compiler reports
    /// a missing implementation once.
    pub(super) fn open(&self) -> TokenStream {
        let (wire, inner, span) = (self.wire(), &self.field.info.inner, self.span());
        match self.field.opaque {
            None => quote_spanned!(span=> <__crewed::Known<#wire>>::open()),
            Some(_) => {
                let is_opaque = quote_spanned!(span=> <__crewed::Known<#inner>>::is_opaque());
                quote!({ #is_opaque; __crewed::None })
            }
        }
    }

    /// Loads the field from its column.
    pub(super) fn taken(&self) -> TokenStream {
        let (ident, index) = (&self.field.ident, Literal::usize_unsuffixed(self.index));
        let codec = known(self.field, &self.wire());
        let value = quote!(#codec.take(Self::RESOURCE, row, #index)?);
        let value = match (self.field.opaque, self.field.info.option) {
            (None, _) => value,
            (Some(_), false) => quote!(#value.0),
            (Some(_), true) => quote!(#value.map(|value| value.0)),
        };
        quote!(#ident: #value)
    }

    /// The default as a function.
    pub(super) fn default(&self) -> Option<TokenStream> {
        let (owner, ident) = (self.owner, &self.field.ident);
        let (_, arguments, _) = self.generics.split_for_impl();
        Some(match self.field.default.as_ref()? {
            DefaultValue::OfType => {
                let ty = &self.field.ty;
                quote!(<__crewed::Known<#ty>>::default_of)
            }
            DefaultValue::OfStruct => {
                quote!(|| <#owner #arguments as __crewed::Default>::default().#ident)
            }
            DefaultValue::Call(path) => quote!(#path),
            DefaultValue::Is(_) => {
                let function = self.default_function();
                let arguments = arguments.as_turbofish();
                quote!(#function #arguments)
            }
        })
    }

    /// The function with the expression of the default, so that it is compiled once.
    pub(super) fn default_item(&self) -> TokenStream {
        let Some(DefaultValue::Is(value)) = &self.field.default else { return TokenStream::new() };
        let (function, ty) = (self.default_function(), &self.field.ty);
        let (generics, _, bounds) = self.generics.split_for_impl();
        let value = self.literal(value);
        quote!(fn #function #generics() -> #ty #bounds { #value })
    }

    fn default_function(&self) -> Ident {
        format_ident!("__crewed_default_{}", self.index)
    }

    /// Converts a literal into the field's type: `"x"` into a `String`, `1` into an `Option<i32>`.
    fn literal(&self, value: &Expr) -> TokenStream {
        let text = matches!(ungroup(value), Expr::Lit(lit) if matches!(lit.lit, Lit::Str(_)));
        let literal = matches!(ungroup(value), Expr::Lit(_) | Expr::Unary(_));
        let info = &self.field.info;
        let value = match info.kind {
            Kind::Text if text && !info.boxed => {
                quote!(<__crewed::String as __crewed::From<&__crewed::str>>::from(#value))
            }
            _ => quote!(#value),
        };
        if info.option && literal { quote!(__crewed::Some(#value)) } else { value }
    }

    /// The value of the field from its slot in a draft.
    pub(super) fn finished(&self) -> TokenStream {
        let (field, ident) = (self.field, &self.field.ident);
        let slot = match (field.opaque, field.info.option) {
            (None, _) => quote!(__crewed_draft.#ident),
            (Some(_), false) => quote!(__crewed_draft.#ident.map(|value| value.0)),
            (Some(_), true) => quote!(__crewed_draft.#ident.map(|value| value.map(|value| value.0))),
        };
        match self.default() {
            Some(default) => quote!(#slot.unwrap_or_else(#default)),
            None if self.optional() => quote!(#slot.unwrap_or_default()),
            None => quote!(#slot?),
        }
    }

    /// Whether it may be left out although it has no declared default.
    fn optional(&self) -> bool {
        let field = self.field;
        (field.info.option && field.required.is_none()) || field.info.patched
    }

    /// `FieldMeta::new(..)` with the declaration of the field.
    pub(super) fn meta(&self, target: Target) -> TokenStream {
        let ty = self.wire();
        self.meta_of(&quote!(<__crewed::Known<#ty>>::SHAPE), target)
    }

    /// The same with another shape than that of the type.
    pub(super) fn meta_of(&self, shape: &TokenStream, target: Target) -> TokenStream {
        let field = self.field;
        let (name, doc, ty) = (&field.wire, &field.doc, self.wire());
        let mut meta = quote!(__crewed::FieldMeta::new(#name, #shape));
        if !doc.is_empty() {
            meta.extend(quote!(.doc(#doc)));
        }
        meta.extend(constraints(field, target));
        if let Some(default) = self.default() {
            let value = match field.default {
                Some(DefaultValue::OfStruct) => quote!((#default)()),
                _ => quote!(#default()),
            };
            let value = self.to_wire(value);
            meta.extend(quote!(.default(|| <__crewed::Known<#ty>>::json(#value))));
        } else if self.optional() {
            meta.extend(quote!(.optional()));
        }
        if let Some(example) = &field.example {
            let value = self.to_wire(self.literal(example));
            meta.extend(quote!(.example(|| <__crewed::Known<#ty>>::json(#value))));
        }
        meta.extend(examples(&field.examples));
        if let Some(title) = &field.title {
            meta.extend(quote!(.title(#title)));
        }
        if field.hidden.is_some() {
            meta.extend(quote!(.hidden()));
        }
        if field.deprecated {
            meta.extend(quote!(.deprecated()));
        }
        if !field.settable() {
            meta.extend(quote!(.read_only()));
        }
        if field.roles.write_only.is_some() {
            meta.extend(quote!(.write_only()));
        }
        meta
    }
}

/// The call that declares several examples, if there are some.
pub(super) fn examples(examples: &[Example]) -> TokenStream {
    if examples.is_empty() {
        return TokenStream::new();
    }
    let examples = examples.iter().map(
        |Example { name, value }| quote!(__crewed::Example::new(#name, || __crewed::example_of(&#value))),
    );
    quote!(.examples(&[#(#examples),*]))
}

/// The codec of the field's column, or a stand-in if the type has none.
pub(super) fn known(field: &Field, ty: &TokenStream) -> TokenStream {
    match field.roles.json {
        Some(_) => quote!(<__crewed::Known<#ty>>::JSON_CODEC),
        None => quote!(<__crewed::Known<#ty>>::CODEC),
    }
}

/// The codec of the field's column. This is the only line that requires it of the type, so that the compiler reports a
/// missing implementation once. For a key it is required where the type of keys is named, and for a foreign type where
/// a row is loaded.
pub(super) fn codec(field: &Field, ty: &TokenStream) -> TokenStream {
    match (field.roles.json, field.roles.key, field.opaque) {
        (_, Some(_), _) | (_, _, Some(_)) => known(field, ty),
        (Some(_), ..) => quote!(__crewed::json_codec::<#ty>()),
        (None, ..) => quote!(__crewed::codec::<#ty>()),
    }
}

/// Whether a patch of it is merged into the stored value, and does not replace it.
pub(super) fn is_merged(field: &Field) -> bool {
    field.roles.json.is_some() && !matches!(field.info.kind, Kind::List(_))
}
