//! The common grammar of crewed's attributes: words, words with a value, and words with a list.

use std::ops::RangeInclusive;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitStr, Token, parenthesized, token};

use crate::diag::{Errors, did_you_mean, list};
use crate::model::{Bound, Count, Example, Number, number, ungroup};

/// `key`, `key = value` or `key(list)`.
pub(crate) struct Word {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// The value of a word.
pub(crate) enum Value {
    Nothing,
    Is(Expr),
    List(TokenStream),
}

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Is(input.parse()?)
        } else if input.peek(Token![:]) {
            return Err(input.error(format!("a value stands after `=`: write `{key} = ..`")));
        } else if input.peek(token::Paren) {
            let list;
            parenthesized!(list in input);
            Value::List(list.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Word { key, value })
    }
}

/// The tokens of a list of bare words, with those that are quoted, which is an error, as words.
pub(crate) fn unquoted(tokens: TokenStream, errors: &mut Errors) -> TokenStream {
    let bare = |token: TokenTree| {
        let TokenTree::Literal(literal) = &token else { return token };
        let text = syn::parse_str::<LitStr>(&literal.to_string()).ok();
        let Some(mut word) = text.and_then(|text| text.parse_with(Ident::parse_any).ok()) else {
            return token;
        };
        errors.span(literal.span(), format!("`{word}` is a word and no text; write it without quotes"));
        word.set_span(literal.span());
        word.into()
    };
    tokens.into_iter().map(bare).collect()
}

/// Parses a list of words. If it is none, there is one error, and no words.
pub(crate) fn words(tokens: TokenStream, errors: &mut Errors) -> Vec<Word> {
    words_but(tokens, |_| None, errors)
}

/// The same; `meant` returns the word that was likely meant for a value without one.
pub(crate) fn words_but(
    tokens: TokenStream,
    meant: fn(&Lit) -> Option<&'static str>,
    errors: &mut Errors,
) -> Vec<Word> {
    let mut found = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            match input.peek(Lit) {
                true => {
                    let value: Lit = input.parse()?;
                    let (display, word) = (crate::diag::display(&value), meant(&value).unwrap_or("word"));
                    errors.at(
                        &value,
                        format!("`{display}` stands without its word; write `{word} = {display}`"),
                    );
                    // The value counts for the proposed word, so that the word is not reported as missing as well.
                    if let Some(word) = meant(&value) {
                        let key = Ident::new(word, value.span());
                        found.push(Word { key, value: Value::Is(syn::parse_quote!(#value)) });
                    }
                }
                false => found.push(input.parse()?),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
        found.clear();
    }
    found
}

/// The words so far, to find one that is repeated.
#[derive(Default)]
pub(crate) struct Duplicates(Vec<String>);

impl Duplicates {
    /// Whether the word has occurred.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.iter().any(|seen| seen == word)
    }

    /// Whether the word occurs for the first time. Adds an error otherwise.
    pub(crate) fn first(&mut self, key: &Ident, errors: &mut Errors) -> bool {
        let word = key.to_string();
        let first = !self.0.contains(&word);
        if first {
            self.0.push(word);
        } else {
            errors.at(key, format!("`{word}` is given twice; keep one"));
        }
        first
    }
}

/// Adds an error for an unknown word, with the known ones.
pub(crate) fn unknown(key: &Ident, place: &str, known: &[&str], errors: &mut Errors) {
    let near = did_you_mean(&key.to_string(), known);
    errors.at(key, format!("unknown word `{key}` {place}{near}\nthe words are {}", list(known)));
}

/// An example in a list: a value, or `"name" = value`.
impl Parse for Example {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(LitStr) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name: LitStr = input.parse()?;
            input.parse::<Token![=]>()?;
            name.value()
        } else {
            String::new()
        };
        Ok(Example { name, value: input.parse()? })
    }
}

impl Word {
    /// `examples(a, b)`, or with names `examples("one" = a, "two" = b)`.
    pub(crate) fn examples(&self, errors: &mut Errors) -> Vec<Example> {
        let Value::List(tokens) = &self.value else {
            errors.at(&self.key, "`examples` takes a list: `examples(1, 2)`, or `examples(\"one\" = 1)`");
            return Vec::new();
        };
        let examples = Punctuated::<Example, Token![,]>::parse_terminated.parse2(tokens.clone());
        errors.ok(examples).into_iter().flatten().collect()
    }

    /// The span of a word without a value.
    pub(crate) fn flag(&self, errors: &mut Errors) -> Option<Span> {
        match &self.value {
            Value::Nothing => {}
            Value::Is(value) => {
                errors.at(value, format!("`{0}` takes no value; write `{0}` alone", self.key));
            }
            Value::List(value) => {
                errors.at(value, format!("`{0}` takes no list; write `{0}` alone", self.key));
            }
        }
        Some(self.key.span())
    }

    /// `key = "text"`.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        match &self.value {
            Value::Is(value) => match ungroup(value) {
                Expr::Lit(literal) if let Lit::Str(text) = &literal.lit => Some(text.clone()),
                _ => self.wants(value, "a text: `{} = \"..\"`", errors),
            },
            _ => self.wants(&self.key, "a text: `{} = \"..\"`", errors),
        }
    }

    /// `key = expression`.
    pub(crate) fn expression(&self, example: &str, errors: &mut Errors) -> Option<Expr> {
        match &self.value {
            Value::Is(value) => Some(value.clone()),
            _ => self.wants(&self.key, &format!("a value: `{{}} = {example}`"), errors),
        }
    }

    /// `key = 3`, not negative.
    pub(crate) fn count(&self, errors: &mut Errors) -> Option<Count> {
        let count = |value: &Expr| match number(value) {
            Some(Number::Int(i)) => usize::try_from(i).ok(),
            _ => None,
        };
        match &self.value {
            Value::Is(value) => match count(value) {
                Some(count) => Some(Count { count, key: self.key.clone(), value: value.clone() }),
                None => self.wants(value, "a whole number that is not negative: `{} = 1`", errors),
            },
            _ => self.wants(&self.key, "a number: `{} = 1`", errors),
        }
    }

    /// `key = -1.5`.
    pub(crate) fn bound(&self, errors: &mut Errors) -> Option<Bound> {
        match &self.value {
            Value::Is(value) => match number(value) {
                Some(number) => Some(Bound { number, key: self.key.clone(), value: value.clone() }),
                None => self.wants(value, "a number, as a literal: `{} = 1`", errors),
            },
            _ => self.wants(&self.key, "a number: `{} = 1`", errors),
        }
    }

    /// `key = 404`, within a range; `what` describes the status in the error.
    pub(crate) fn status(
        &self,
        all: RangeInclusive<u16>,
        example: u16,
        what: &str,
        errors: &mut Errors,
    ) -> Option<u16> {
        let Value::Is(value) = &self.value else {
            return self.wants(&self.key, &format!("a number: `{{}} = {example}`"), errors);
        };
        let status = match number(value) {
            Some(Number::Int(status)) => u16::try_from(status).ok().filter(|status| all.contains(status)),
            _ => None,
        };
        if status.is_none() {
            errors.at(value, format!("{what} from {} to {}", all.start(), all.end()));
        }
        status
    }

    fn wants<T>(&self, at: impl quote::ToTokens, what: &str, errors: &mut Errors) -> Option<T> {
        let what = what.replace("{}", &self.key.to_string());
        errors.at(at, format!("`{}` takes {what}", self.key));
        None
    }
}
