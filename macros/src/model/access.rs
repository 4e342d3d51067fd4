//! Access rules: who may do what with the rows of a resource.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Ident, Type};

/// The access rules of a resource: `access(..)`, and what its fields say.
pub(crate) struct Access {
    /// The type of the caller.
    pub(crate) caller: Option<Type>,
    /// The rules, each of which may be that of several operations.
    pub(crate) rules: Vec<Rule>,
    /// The positions of the rules of read, create, update and delete. An operation without one is nobody's.
    pub(crate) operations: [Option<usize>; 4],
    /// The position of the rule of `with_check(..)`.
    pub(crate) check: Option<usize>,
    /// The fields with rules of their own.
    pub(crate) fields: Vec<FieldAccess>,
    /// Whether all of `access(..)` was understood, so that what is missing there was not meant to be.
    pub(crate) is_whole: bool,
}

/// The rules of a field.
pub(crate) struct FieldAccess {
    /// Its position.
    pub(crate) field: usize,
    pub(crate) read: Option<Rule>,
    pub(crate) write: Option<Rule>,
}

/// The word `read(..)` or `write(..)` of a field, with its rule as it was written.
pub(crate) struct FieldRule {
    pub(crate) word: Ident,
    pub(crate) rule: Expr,
}

/// A rule. It keeps the tokens for which a caller or an owner must have been declared.
pub(crate) enum Rule {
    Public,
    Never,
    Caller(Ident),
    Owner(Ident),
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    /// The `bool` field at this position is true.
    Is(usize),
    /// The field at this position is null.
    IsNull(usize),
    /// The field at this position compares so with an operand.
    Compared(usize, Comparison, Operand),
    /// This is true of the caller.
    OfCaller(Expr),
}

/// What a field is compared with.
pub(crate) enum Operand {
    Constant(Expr),
    /// It mentions the caller.
    OfCaller(Expr),
}

/// A comparison, with the field on its left side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The same with the sides exchanged.
    pub(crate) fn turned(self) -> Self {
        match self {
            Comparison::Equal | Comparison::NotEqual => self,
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        }
    }

    /// Whether it is one of order.
    pub(crate) fn is_order(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::NotEqual)
    }
}

impl Access {
    /// All rules, those of fields included.
    pub(crate) fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        let of_fields = self.fields.iter().flat_map(|field| field.read.iter().chain(&field.write));
        self.rules.iter().chain(of_fields)
    }
}

impl Rule {
    /// The tokens for which the caller must be known.
    pub(crate) fn of_caller(&self) -> Option<TokenStream> {
        match self {
            Rule::Caller(word) | Rule::Owner(word) => Some(word.to_token_stream()),
            Rule::All(rules) | Rule::Any(rules) => rules.iter().find_map(Rule::of_caller),
            Rule::Not(rule) => rule.of_caller(),
            Rule::Compared(_, _, Operand::OfCaller(value)) | Rule::OfCaller(value) => {
                Some(value.to_token_stream())
            }
            Rule::Public
            | Rule::Never
            | Rule::Is(_)
            | Rule::IsNull(_)
            | Rule::Compared(_, _, Operand::Constant(_)) => None,
        }
    }

    /// The word `owner`, if it is in the rule.
    pub(crate) fn owner(&self) -> Option<&Ident> {
        match self {
            Rule::Owner(word) => Some(word),
            Rule::All(rules) | Rule::Any(rules) => rules.iter().find_map(Rule::owner),
            Rule::Not(rule) => rule.owner(),
            _ => None,
        }
    }
}

/// The first `caller` among these tokens that names the caller, and no member or path.
pub(crate) fn caller_in(tokens: TokenStream) -> Option<Ident> {
    named_in(tokens, "caller")
}

/// The first word of this name among these tokens that is no member and no part of a path.
pub(crate) fn named_in(tokens: TokenStream, name: &str) -> Option<Ident> {
    // The two characters before a token. A `.` comes before a member, and `..` before a value, as a single
    // `:` does; `::` comes before a part of a path.
    let (mut before, mut last) = (' ', ' ');
    for token in tokens {
        let is_part = (last == '.' && before != '.') || (before == ':' && last == ':');
        let found = match &token {
            TokenTree::Ident(ident) if *ident == name && !is_part => Some(ident.clone()),
            TokenTree::Group(group) => named_in(group.stream(), name),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        before = last;
        last = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
    }
    None
}
