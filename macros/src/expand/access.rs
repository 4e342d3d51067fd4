//! Expands access rules into data, and into the same as Rust.
//!
//! Each expression of the user's is a function of its own that returns the type it must have, so that it is compiled
//! once, and each of its mistakes is told once.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, UnOp};

use super::located;
use crate::model::{Access, Comparison, Field, Kind, Operand, Resource, Rule, caller_in, ungroup};

/// What access rules add to a resource.
pub(super) struct Rules {
    /// The rules, as the constant `__CREWED_ACCESS`.
    pub(super) items: TokenStream,
    /// The type of the caller.
    pub(super) caller: TokenStream,
    /// The type that says whether there are rules.
    pub(super) kind: TokenStream,
}

pub(super) fn access(resource: &Resource) -> Rules {
    let (caller, kind) = kind(resource);
    let items = resource.access.as_ref().map(|access| Code::new(resource, access).constant());
    Rules { items: items.unwrap_or_default(), caller, kind }
}

/// The types of the caller, and of whether there are rules.
pub(super) fn kind(resource: &Resource) -> (TokenStream, TokenStream) {
    let caller = resource.access.as_ref().and_then(|access| access.caller.as_ref());
    let caller = caller.map_or_else(|| quote!(__crewed::NoCaller), ToTokens::to_token_stream);
    (caller, if resource.access.is_some() { quote!(Ruled) } else { quote!(Open) })
}

/// The code of the rules of a resource, as far as it is written.
struct Code<'a> {
    ident: &'a Ident,
    fields: &'a [Field],
    access: &'a Access,
    /// The field that tells whose a row is.
    owner: Option<&'a Field>,
    /// The functions of the expressions in the rules.
    functions: Vec<TokenStream>,
}

/// A rule as data, and as an expression over a row and the caller, if one is known. Its value is an `Option<bool>`: what
/// compares with a caller who is not known is neither true nor false.
struct Written {
    rule: TokenStream,
    holds: TokenStream,
}

impl<'a> Code<'a> {
    fn new(resource: &'a Resource, access: &'a Access) -> Self {
        let fields = &*resource.object.fields;
        Code {
            ident: &resource.object.head.ident,
            fields,
            access,
            owner: fields.iter().find(|field| field.roles.owner.is_some()),
            functions: Vec::new(),
        }
    }

    /// The constant, and the functions that it needs.
    fn constant(mut self) -> TokenStream {
        let access = self.access;
        // A rule may be that of several operations, and is compiled once.
        let names: Vec<_> =
            (0..access.rules.len()).map(|index| format_ident!("__crewed_rule_{index}")).collect();
        let rules: Vec<_> = access.rules.iter().map(|rule| self.judged(rule)).collect();
        let operations = access.operations.map(|rule| match rule {
            Some(rule) => names[rule].to_token_stream(),
            None => {
                quote!(__crewed::JudgedRule::new(__crewed::Rule::Never, |_, _| __crewed::Some(false)))
            }
        });
        let caller = access.caller.as_ref().map(|caller| quote!(.caller(__crewed::caller::<#caller>())));
        let check = access.check.map(|rule| {
            let rule = &names[rule];
            quote!(.check(#rule))
        });
        let (columns, fields) = (self.columns(), self.of_fields());
        let owner = self.own_id();
        let functions = &self.functions;
        quote! {
            #owner
            #(#functions)*
            const __CREWED_ACCESS: __crewed::AccessMeta = {
                #(let #names = #rules;)*
                __crewed::AccessMeta::new(#(#operations),*) #caller #check #columns #fields
            };
        }
    }

    /// The columns that have a value of the caller.
    fn columns(&self) -> TokenStream {
        let Some(caller) = &self.access.caller else { return TokenStream::new() };
        let resource = self.ident;
        let columns = self.fields.iter().enumerate().map(|(position, field)| {
            let (column, name, span) =
                (Literal::usize_unsuffixed(position), &field.ident, located(field.ty.span()));
            if field.roles.owner.is_some() {
                quote! {
                    .owner(#column, |caller| __crewed::caller_operand::<#resource, #caller, _>(
                        caller,
                        #resource::FIELDS.#name,
                        __crewed_owner,
                    ))
                }
            } else if field.roles.tenant.is_some() {
                let value = quote_spanned!(span=> |caller| __crewed::tenant_of::<#resource, #caller, _>(
                    caller,
                    #resource::FIELDS.#name,
                ));
                quote!(.tenant(#column, #value, |caller| __crewed::is_everywhere::<#caller>(caller)))
            } else {
                TokenStream::new()
            }
        });
        columns.collect()
    }

    /// The function that gives the caller's id as a value of the owner's field.
    fn own_id(&self) -> Option<TokenStream> {
        let (ty, caller) = (&self.owner?.ty, self.access.caller.as_ref()?);
        let id = quote_spanned!(located(ty.span())=> __crewed::id_as(caller));
        Some(quote!(fn __crewed_owner(caller: &#caller) -> #ty { #id }))
    }

    /// The fields with rules of their own.
    fn of_fields(&mut self) -> TokenStream {
        let access = self.access;
        if access.fields.is_empty() {
            return TokenStream::new();
        }
        let mut fields = Vec::new();
        for field in &access.fields {
            let column = Literal::usize_unsuffixed(field.field);
            let mut written = quote!(__crewed::FieldAccess::new(#column));
            if let Some(rule) = &field.read {
                let rule = self.judged(rule);
                written.extend(quote!(.read(#rule)));
            }
            if let Some(rule) = &field.write {
                let rule = self.judged(rule);
                written.extend(quote!(.write(#rule)));
            }
            fields.push(written);
        }
        quote!(.fields(&[#(#fields),*]))
    }

    /// A rule with the same as Rust.
    fn judged(&mut self, rule: &Rule) -> TokenStream {
        let Written { rule, holds } = self.written(rule);
        let resource = self.ident;
        let judge = match &self.access.caller {
            Some(caller) => quote! {
                |row, caller| __crewed::judged::<#resource, #caller>(
                    row,
                    caller,
                    |__crewed_row, __crewed_caller| #holds,
                )
            },
            None => quote!(|row, _| __crewed::judged_alone::<#resource>(row, |__crewed_row| #holds)),
        };
        quote!(__crewed::JudgedRule::new(#rule, #judge))
    }

    fn written(&mut self, rule: &Rule) -> Written {
        match rule {
            Rule::Public => Written { rule: quote!(__crewed::Rule::Public), holds: known(&quote!(true)) },
            Rule::Never => Written { rule: quote!(__crewed::Rule::Never), holds: known(&quote!(false)) },
            Rule::Caller(_) => {
                let holds = match &self.access.caller {
                    Some(_) => known(&quote!(__crewed_caller.is_some())),
                    None => known(&quote!(false)),
                };
                Written { rule: quote!(__crewed::Rule::Caller), holds }
            }
            Rule::Owner(_) => self.owner(),
            Rule::All(rules) => self.joined(rules, &quote!(All), &quote!(and)),
            Rule::Any(rules) => self.joined(rules, &quote!(Any), &quote!(or)),
            Rule::Not(inner) => {
                let Written { rule, holds } = self.written(inner);
                let holds = match **inner {
                    Rule::IsNull(field) => {
                        let name = &self.fields[field].ident;
                        known(&quote!(__crewed_row.#name.is_some()))
                    }
                    _ => quote!(__crewed::not(#holds)),
                };
                Written { rule: quote!(__crewed::Rule::Not(&#rule)), holds }
            }
            Rule::Is(field) => {
                let (resource, column, name) =
                    (self.ident, Literal::usize_unsuffixed(*field), &self.fields[*field].ident);
                Written {
                    rule: quote! {
                        __crewed::Rule::Row(
                            #column,
                            __crewed::Comparison::Equal,
                            || __crewed::operand(#resource::FIELDS.#name, true),
                        )
                    },
                    holds: known(&quote!(__crewed_row.#name)),
                }
            }
            Rule::IsNull(field) => {
                let (column, name) = (Literal::usize_unsuffixed(*field), &self.fields[*field].ident);
                Written {
                    rule: quote!(__crewed::Rule::IsNull(#column)),
                    holds: known(&quote!(__crewed_row.#name.is_none())),
                }
            }
            Rule::Compared(field, comparison, operand) => self.compared(*field, *comparison, operand),
            Rule::OfCaller(asked) => self.of_caller(asked),
        }
    }

    /// Several rules. As in Rust, one after another is looked at until the truth is known.
    fn joined(&mut self, rules: &[Rule], kind: &TokenStream, operator: &TokenStream) -> Written {
        let parts: Vec<_> = rules.iter().map(|rule| self.written(rule)).collect();
        let data = parts.iter().map(|part| &part.rule);
        let rule = quote!(__crewed::Rule::#kind(&[#(#data),*]));
        let joined = |later: Option<TokenStream>, part: &Written| {
            let holds = &part.holds;
            Some(match later {
                Some(later) => quote!(__crewed::#operator(#holds, || #later)),
                None => holds.clone(),
            })
        };
        let holds = parts.iter().rev().fold(None, joined).unwrap_or_else(|| known(&quote!(false)));
        Written { rule, holds }
    }

    /// The caller is the owner of the row. Without an owner or a caller, which were reported, nobody is.
    fn owner(&self) -> Written {
        let holds = match (self.owner, &self.access.caller) {
            (Some(owner), Some(_)) => {
                let name = &owner.ident;
                of_caller(&quote!(__crewed::same(&__crewed_row.#name, &__crewed_owner(__crewed_caller))))
            }
            _ => known(&quote!(false)),
        };
        Written { rule: quote!(__crewed::Rule::Owner), holds }
    }

    fn compared(&mut self, position: usize, comparison: Comparison, operand: &Operand) -> Written {
        let (resource, field) = (self.ident, &self.fields[position]);
        let (column, name, ty) = (Literal::usize_unsuffixed(position), &field.ident, &field.ty);
        let function = self.function();
        let variant = variant(comparison);
        // The type of the field is written out, so that the compiler tells at it where it has no order.
        let ordered = comparison
            .is_order()
            .then(|| quote_spanned!(located(ty.span())=> const _: () = __crewed::ordered::<#ty>();));
        let (rule, value, is_of_caller) = match (operand, &self.access.caller) {
            (Operand::OfCaller(expression), Some(caller)) => {
                let (parameter, value) = (parameter(expression), owned(expression));
                self.functions.push(quote! {
                    #[allow(clippy::clone_on_copy)]
                    fn #function(#parameter: &#caller) -> #ty {
                        #[allow(unused_imports)]
                        use __crewed::Clone as _;
                        #ordered
                        #value
                    }
                });
                let data = quote! {
                    __crewed::Rule::Compared(
                        #column,
                        __crewed::Comparison::#variant,
                        |caller| __crewed::caller_operand::<#resource, #caller, _>(
                            caller,
                            #resource::FIELDS.#name,
                            #function,
                        ),
                    )
                };
                (data, quote!(#function(__crewed_caller)), true)
            }
            (Operand::Constant(expression) | Operand::OfCaller(expression), _) => {
                let value = constant(expression, field);
                self.functions.push(quote!(fn #function() -> #ty { #ordered #value }));
                let data = quote! {
                    __crewed::Rule::Row(
                        #column,
                        __crewed::Comparison::#variant,
                        || __crewed::operand(#resource::FIELDS.#name, #function()),
                    )
                };
                (data, quote!(#function()), false)
            }
        };
        let holds = match comparison {
            Comparison::Equal => quote!(__crewed::same(&__crewed_row.#name, &#value)),
            Comparison::NotEqual => quote!(!__crewed::same(&__crewed_row.#name, &#value)),
            _ => quote! {
                __crewed::precedes::<#ty>(&__crewed_row.#name, __crewed::Comparison::#variant, &#value)
            },
        };
        let holds = if is_of_caller { of_caller(&holds) } else { known(&holds) };
        Written { rule, holds }
    }

    fn of_caller(&mut self, asked: &Expr) -> Written {
        let Some(caller) = &self.access.caller else {
            return Written { rule: quote!(__crewed::Rule::Never), holds: known(&quote!(false)) };
        };
        let (function, parameter) = (self.function(), parameter(asked));
        let bool = quote_spanned!(located(asked.span())=> ::core::primitive::bool);
        self.functions.push(quote!(fn #function(#parameter: &#caller) -> #bool { #asked }));
        Written {
            rule: quote!(__crewed::Rule::OfCaller(|caller| __crewed::asked_of::<#caller>(caller, #function))),
            holds: of_caller(&quote!(#function(__crewed_caller))),
        }
    }

    /// The name of the next function.
    fn function(&self) -> Ident {
        format_ident!("__crewed_of_rule_{}", self.functions.len())
    }
}

/// What is true or false, whoever asks.
fn known(holds: &TokenStream) -> TokenStream {
    quote!(__crewed::Some(#holds))
}

/// What is true or false of a caller who is known.
fn of_caller(holds: &TokenStream) -> TokenStream {
    quote!(__crewed_caller.map(|__crewed_caller| #holds))
}

fn variant(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Equal => quote!(Equal),
        Comparison::NotEqual => quote!(NotEqual),
        Comparison::Less => quote!(Less),
        Comparison::LessOrEqual => quote!(LessOrEqual),
        Comparison::Greater => quote!(Greater),
        Comparison::GreaterOrEqual => quote!(GreaterOrEqual),
    }
}

/// The parameter that an expression calls `caller`: the user's own token, which may come from a macro.
fn parameter(expression: &Expr) -> Ident {
    caller_in(expression.to_token_stream()).unwrap_or_else(|| format_ident!("caller"))
}

/// The value of an expression; a part of the caller is cloned. The clone has the place of the user's tokens, so that the
/// compiler says of them what does not fit.
fn owned(expression: &Expr) -> TokenStream {
    let inner = ungroup(expression);
    let span = match inner {
        Expr::Field(field) => field.member.span(),
        Expr::Index(index) => index.bracket_token.span.close(),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
            return quote_spanned!(unary.expr.span()=> (#inner).clone());
        }
        _ => return inner.to_token_stream(),
    };
    let clone = quote_spanned!(span=> .clone());
    quote!(#inner #clone)
}

/// A constant, where a text is one of the field's type.
fn constant(expression: &Expr, field: &Field) -> TokenStream {
    let text = |value: &Expr| match ungroup(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if field.info.kind == Kind::Text => {
            Some(quote!(<__crewed::String as __crewed::From<&__crewed::str>>::from(#text)))
        }
        _ => None,
    };
    let inner = ungroup(expression);
    let written = match inner {
        Expr::Call(call) if field.info.option && call.args.len() == 1 => {
            call.args.first().and_then(text).map(|text| {
                let function = &call.func;
                quote!(#function(#text))
            })
        }
        _ if !field.info.option => text(inner),
        _ => None,
    };
    written.unwrap_or_else(|| inner.to_token_stream())
}
