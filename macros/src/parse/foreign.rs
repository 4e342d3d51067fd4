//! Finds words of other languages in a rule, which syn would only call unexpected.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::diag::Errors;

/// Whether there are such words. Adds an error for each.
pub(super) fn is_foreign(tokens: &TokenStream, errors: &mut Errors) -> bool {
    let mut found = false;
    let mut before: Option<TokenTree> = None;
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(ident) => {
                let follows = before.as_ref().is_some_and(is_value);
                let (precedes, at_start) =
                    (tokens.peek().is_some_and(is_value), before.as_ref().is_none_or(is_operator));
                if let Some(instead) = instead(&ident.to_string(), follows, precedes && at_start) {
                    errors.span(ident.span(), instead);
                    found = true;
                }
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                found |= is_foreign(&group.stream(), errors);
            }
            _ => {}
        }
        before = Some(token);
    }
    found
}

/// What to write instead of a word that follows a value, or that stands at the start of one.
fn instead(word: &str, follows: bool, starts: bool) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "and" if follows => "rules are joined as in Rust: write `&&`",
        "or" if follows => "rules are joined as in Rust: write `||`",
        "not" if starts => "a rule is negated as in Rust: write `!`",
        "is" if follows => "write `==`, or `.is_none()` of a field that may be null",
        "in" if follows => "a field is compared with one value at a time: write `field == a || field == b`",
        "like" if follows => "texts are compared as a whole: write `==`",
        _ => return None,
    })
}

/// Whether a value may end or begin with a token.
fn is_value(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(_) | TokenTree::Literal(_) => true,
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Punct(_) => false,
    }
}

/// Whether a value may begin after a token, which is not so after the `.` or `::` before a name.
fn is_operator(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if !matches!(punct.as_char(), '.' | ':'))
        || matches!(token, TokenTree::Ident(ident) if *ident == "and" || *ident == "or" || *ident == "not")
}
