//! Parses `access(caller = Me, read(public), write(owner))`, and the rules of fields.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Token, Type, parenthesized, token};

use super::foreign::is_foreign;
use super::rule::rule;
use super::words::{Duplicates, Value, Word, unknown, unquoted};
use crate::diag::{Errors, display};
use crate::model::{Access, Field, FieldAccess, FieldRule, Rule, TypeInfo, segment};
use crate::names;

/// The operations that have a rule, in the order of [`Access::operations`].
const OPERATIONS: [&str; 4] = ["read", "create", "update", "delete"];

/// `access(..)` before the fields are known that its rules name.
pub(crate) struct AccessWords {
    span: Span,
    caller: Option<Type>,
    /// `public` or `owner` for all operations.
    short: Option<Ident>,
    /// The rules of operations, and that of `with_check`.
    rules: Vec<(Ident, Expr)>,
    is_whole: bool,
}

/// A word of `access(..)`: `public`, `caller = Me` or `read(..)`.
struct Item {
    key: Ident,
    value: ItemValue,
}

enum ItemValue {
    Nothing,
    Is(TokenStream),
    List(TokenStream),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let alone = "a rule stands in the operation that it is for: `access(read(public), write(owner))`";
        if !input.peek(Ident::peek_any) {
            return Err(input.error(alone));
        }
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) && !input.peek(Token![==]) {
            input.parse::<Token![=]>()?;
            ItemValue::Is(assigned(input)?)
        } else if input.peek(token::Paren) {
            let list;
            parenthesized!(list in input);
            ItemValue::List(list.parse()?)
        } else {
            ItemValue::Nothing
        };
        match input.is_empty() || input.peek(Token![,]) {
            true => Ok(Item { key, value }),
            false => Err(input.error(alone)),
        }
    }
}

/// The tokens after `=`: a type, or whatever comes before the next comma.
fn assigned(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let fork = input.fork();
    if fork.parse::<Type>().is_ok() && (fork.is_empty() || fork.peek(Token![,])) {
        return Ok(input.parse::<Type>()?.into_token_stream());
    }
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// `access(..)`.
pub(crate) fn access(word: &Word, errors: &mut Errors) -> AccessWords {
    let span = word.key.span();
    let mut found = AccessWords { span, caller: None, short: None, rules: Vec::new(), is_whole: false };
    let Value::List(tokens) = &word.value else {
        errors.at(
            &word.key,
            "`access` takes rules: `access(public)`, or `access(caller = Me, read(public), write(owner))`",
        );
        return found;
    };
    let tokens = unquoted(tokens.clone(), errors);
    let parser = Punctuated::<Item, Token![,]>::parse_terminated;
    let Some(items) = errors.ok(parser.parse2(tokens)) else { return found };
    if items.is_empty() {
        errors.at(&word.key, "say who may do what: `access(public)`, or `access(caller = Me, owner)`");
        return found;
    }
    found.is_whole = true;
    let mut seen = Duplicates::default();
    for item in &items {
        if seen.first(&item.key, errors) {
            found.take(item, errors);
        }
    }
    found.consistent(errors);
    found
}

impl AccessWords {
    fn take(&mut self, item: &Item, errors: &mut Errors) {
        let key = &item.key;
        match (key.to_string().as_str(), &item.value) {
            ("caller", value) => {
                self.caller = caller(key, value, errors);
                self.is_whole &= self.caller.is_some();
            }
            ("public" | "owner", ItemValue::Nothing) => match &self.short {
                Some(other) => errors.at(key, format!("`{other}` says it for all operations; keep one")),
                None => self.short = Some(key.clone()),
            },
            ("public" | "owner", _) => {
                self.is_whole = false;
                errors.at(key, format!("write `{key}` alone for all operations, or `read({key})` for one"));
            }
            ("read" | "create" | "update" | "delete" | "write" | "with_check", value) => {
                let rule = match value {
                    ItemValue::List(tokens) => rule_of(key, tokens, errors),
                    ItemValue::Nothing | ItemValue::Is(_) => {
                        errors.at(key, format!("`{key}` takes a rule: `{key}(owner)`"));
                        None
                    }
                };
                self.is_whole &= rule.is_some();
                self.rules.extend(rule.map(|rule| (key.clone(), rule)));
            }
            _ => {
                self.is_whole = false;
                unknown_word(key, errors);
            }
        }
    }

    /// What is said for all operations is not said again for some.
    fn consistent(&self, errors: &mut Errors) {
        let named = |names: &[&str]| {
            self.rules.iter().map(|(key, _)| key).find(|key| names.contains(&&*key.to_string()))
        };
        if let (Some(short), Some(other)) = (&self.short, self.rules.first()) {
            let other = &other.0;
            errors.at(
                short,
                format!(
                    "`{short}` alone is for all operations; write `read({short})`, or remove `{other}(..)`"
                ),
            );
        }
        if named(&["write"]).is_some()
            && let Some(other) = named(&["create", "update", "delete"])
        {
            errors.at(
                other,
                "`write(..)` is the rule of create, update and delete in one; beside one of these write out the others: `create(..), update(..), delete(..)`",
            );
        }
        let any = self.short.is_some() || named(&OPERATIONS).or(named(&["write"])).is_some();
        if self.is_whole && !any {
            errors.span(
                self.span,
                "nobody may do anything; write `read(..)` and `write(..)` with who may, or `public` for everybody",
            );
        }
    }

    /// The rules, with the fields that they name.
    pub(crate) fn resolved(self, fields: &[Field], errors: &mut Errors) -> Access {
        let (mut rules, mut operations, mut check) = (Vec::new(), [None; 4], None);
        match &self.short {
            Some(short) if short == "owner" => {
                rules.extend([Rule::Owner(short.clone()), Rule::Caller(short.clone())]);
                // Whoever creates a row becomes its owner.
                operations = OPERATIONS.map(|operation| Some(usize::from(operation == "create")));
            }
            Some(_) => {
                rules.push(Rule::Public);
                operations = [Some(0); 4];
            }
            None => {}
        }
        for (key, expression) in &self.rules {
            let position = Some(rules.len());
            rules.push(rule(expression, fields, errors).unwrap_or(Rule::Never));
            match key.to_string().as_str() {
                "with_check" => check = position,
                "write" => operations[1..].fill(position),
                name => {
                    let operation = OPERATIONS.iter().position(|operation| *operation == name);
                    operations[operation.unwrap_or_default()] = position;
                }
            }
        }
        let of_fields = fields.iter().enumerate().filter_map(|(position, field)| {
            let mut of = |word: &Option<FieldRule>| {
                let word = word.as_ref()?;
                Some(rule(&word.rule, fields, errors).unwrap_or(Rule::Never))
            };
            let (read, write) = (of(&field.roles.read), of(&field.roles.write));
            (read.is_some() || write.is_some()).then_some(FieldAccess { field: position, read, write })
        });
        let of_fields = of_fields.collect();
        let AccessWords { caller, is_whole, .. } = self;
        Access { caller, rules, operations, check, fields: of_fields, is_whole }
    }
}

/// `caller = Me`.
fn caller(key: &Ident, value: &ItemValue, errors: &mut Errors) -> Option<Type> {
    let wrong = "the caller is a struct under `#[crewed::caller]`, named by its type: `caller = Me`";
    let tokens = match value {
        ItemValue::Is(tokens) if !tokens.is_empty() => tokens,
        ItemValue::Nothing => {
            errors.at(key, format!("{wrong}; a rule for all who are known is `read(caller)`"));
            return None;
        }
        _ => {
            errors.at(key, wrong);
            return None;
        }
    };
    let Ok(ty) = syn::parse2::<Type>(tokens.clone()) else {
        errors.at(tokens, wrong);
        return None;
    };
    if TypeInfo::of(&ty).option {
        errors
            .at(&ty, "a caller may always be missing, and rules say what is shown then; remove the `Option`");
        return None;
    }
    let Some(name) = segment(&ty).map(|segment| &segment.ident) else {
        errors.at(&ty, wrong);
        return None;
    };
    // A function is no type: the dependency is named by the caller.
    if name.unraw().to_string().starts_with(|c: char| c.is_ascii_lowercase()) {
        errors.at(
            &ty,
            format!(
                "{wrong}; if `{}` is a dependency, its caller is declared by `#[crewed::caller(depends({0}))]`",
                display(&ty)
            ),
        );
        return None;
    }
    Some(ty)
}

/// The rule of a field: `read(owner)`.
pub(super) fn field_rule(word: &Word, errors: &mut Errors) -> Option<FieldRule> {
    let key = &word.key;
    let Value::List(tokens) = &word.value else {
        let may = if key == "read" { "see" } else { "set" };
        errors.at(key, format!("`{key}` takes a rule about who may {may} the field: `{key}(owner)`"));
        return None;
    };
    Some(FieldRule { word: key.clone(), rule: rule_of(key, tokens, errors)? })
}

/// The expression in the parentheses of a word.
fn rule_of(key: &Ident, tokens: &TokenStream, errors: &mut Errors) -> Option<Expr> {
    if tokens.is_empty() {
        errors.at(
            key,
            format!(
                "say who: `{key}(owner)`, `{key}(caller)` for all who are known, `{key}(public)` or `{key}(never)`"
            ),
        );
        return None;
    }
    if is_foreign(tokens, errors) {
        return None;
    }
    let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
    let mut all = errors.ok(parser.parse2(tokens.clone()))?.into_iter();
    let rule = all.next();
    if let Some(other) = all.next() {
        errors.at(
            other,
            format!(
                "`{key}` takes one rule; join them by `||` if one of them is enough, or by `&&` if all have to hold"
            ),
        );
        return None;
    }
    rule
}

/// The error for an unknown word in `access(..)`, which may be that of another framework.
fn unknown_word(key: &Ident, errors: &mut Errors) {
    let instead = match key.to_string().as_str() {
        "list" | "get" | "select" | "view" | "show" => {
            "whoever may read a row also finds it in lists: both are `read(..)`"
        }
        "replace" | "patch" | "put" | "change" => "replace and patch have one rule: `update(..)`",
        "post" | "insert" | "add" => "who may create rows is said by `create(..)`",
        "remove" | "destroy" => "who may delete rows is said by `delete(..)`",
        "policy" | "policies" | "permission" | "permissions" | "allow" | "rule" | "rules" => {
            "a rule is written in the operation that it is for: `read(..)`, `create(..)`, `update(..)`, `delete(..)`"
        }
        "using" => {
            "the rows that an operation reaches are those of its rule: `read(..)`, `update(..)`, `delete(..)`"
        }
        "check" => "what a row must be after a write is said by `with_check(..)`",
        "deny" | "forbid" | "never" => "nothing is allowed unless it is named; remove this",
        "tenant" => "the tenant is a field of the rows, and part of every rule: `#[field(tenant)]`",
        _ => return unknown(key, "in `access(..)`", names::ACCESS, errors),
    };
    errors.at(key, instead);
}
