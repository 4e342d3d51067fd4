//! Parses the arguments of the attribute: the path, and words.

use std::ops::RangeInclusive;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitStr, Path, Token, Type, parse_quote};

use super::route::identifier;
use crate::diag::Errors;
use crate::model::{Depends, Method, Rate, Response};
use crate::names;
use crate::parse::arguments::{krate, name};
use crate::parse::depends::depends;
use crate::parse::rate::rate;
use crate::parse::words::{Duplicates, Value, Word, unknown, words_but};

/// The statuses of answers.
const STATUSES: RangeInclusive<u16> = 200..=599;
/// What a dependency may answer, which ends the request.
pub(super) const FAILURES: RangeInclusive<u16> = 300..=599;
const STATUS: &str = "the status of an answer is a number";

/// The arguments of the attribute.
pub(super) struct Arguments {
    pub(super) route: Option<LitStr>,
    pub(super) krate: Path,
    pub(super) name: Option<LitStr>,
    pub(super) summary: Option<LitStr>,
    pub(super) tags: Vec<LitStr>,
    pub(super) status: Option<(u16, Span)>,
    pub(super) deprecated: bool,
    pub(super) hidden: bool,
    pub(super) blocking: Option<Span>,
    pub(super) rate_limit: Option<Rate>,
    pub(super) responses: Vec<Response>,
    pub(super) depends: Vec<Depends>,
    pub(super) data: Option<(Ident, LitStr)>,
    /// Whether `data` has a mistake.
    pub(super) data_fails: bool,
}

pub(super) fn attribute(method: Method, tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut found = Arguments {
        route: None,
        krate: parse_quote!(::crewed),
        name: None,
        summary: None,
        tags: Vec::new(),
        status: None,
        deprecated: false,
        hidden: false,
        blocking: None,
        rate_limit: None,
        responses: Vec::new(),
        depends: Vec::new(),
        data: None,
        data_fails: false,
    };
    let (attribute, _) = method.names();
    let Some(parsed) = errors.ok(syn::parse2::<RouteThenWords>(tokens)) else { return found };
    if parsed.route.is_none() {
        errors.span(
            Span::call_site(),
            format!("an operation begins with its path: `#[{attribute}(\"/items/<item_id>\")]`"),
        );
    }
    found.route = parsed.route;
    let mut seen = Duplicates::default();
    let meant = |value: &Lit| match value {
        Lit::Int(_) => Some("status"),
        Lit::Str(_) => Some("summary"),
        _ => None,
    };
    for word in words_but(parsed.rest, meant, errors) {
        // There may be several answers and dependencies.
        if word.key != "response" && word.key != "depends" && !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "status" => {
                let status = word.status(STATUSES, 201, STATUS, errors);
                found.status = status.zip(Some(word.key.span()));
            }
            "tags" | "tag" => found.tags = tags(&word, errors),
            "summary" => found.summary = word.text(errors),
            "deprecated" => found.deprecated = word.flag(errors).is_some(),
            "name" => found.name = name(&word, errors),
            "hidden" => found.hidden = word.flag(errors).is_some(),
            "blocking" => found.blocking = word.flag(errors),
            "rate_limit" => found.rate_limit = rate(&word, errors),
            "response" => found.responses.extend(response(&word, STATUSES, errors)),
            "depends" => found.depends.extend(depends(&word, errors)),
            "data" => {
                found.data = data(&word, errors);
                found.data_fails = found.data.is_none();
            }
            "crate" => found.krate = krate(&word, errors).unwrap_or(found.krate),
            other => unknown_word(other, &word, attribute, errors),
        }
    }
    found
}

struct RouteThenWords {
    route: Option<LitStr>,
    rest: TokenStream,
}

impl Parse for RouteThenWords {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let route = if input.peek(LitStr) { Some(input.parse()?) } else { None };
        if route.is_some() && !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(RouteThenWords { route, rest: input.parse()? })
    }
}

/// The error for an unknown word, with the alternative if FastAPI or Rocket has that word.
fn unknown_word(other: &str, word: &Word, attribute: &str, errors: &mut Errors) {
    let instead = match other {
        "rank" => "routes need no rank: of two that match, the one whose path says more goes first",
        "format" => "bodies are judged by their content: JSON by its media type, forms by theirs; remove it",
        "status_code" => "write `status = 201`",
        "response_model" => "the type that the function returns is the model: `-> Json<Item>`",
        "responses" => "write `response(404, \"No such item.\")`, once for each answer",
        "operation_id" => "write `name = \"..\"`",
        "description" => "an operation is described by the function's doc comment: `/// ..`",
        "include_in_schema" => "write `hidden`",
        "dependencies" | "dependency" => "write `depends(require_key)`",
        _ => {
            let place = format!("in `#[{attribute}(..)]`");
            return unknown(&word.key, &place, names::OPERATION, errors);
        }
    };
    errors.at(&word.key, format!("unknown word `{other}`: {instead}"));
}

/// `tags("items", "users")`, or `tag = "items"`.
fn tags(word: &Word, errors: &mut Errors) -> Vec<LitStr> {
    match &word.value {
        Value::List(tokens) => {
            let tags = Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(tokens.clone());
            errors.ok(tags).into_iter().flatten().collect()
        }
        Value::Is(Expr::Array(_)) => {
            errors.at(&word.key, "write `tags(\"items\", \"users\")`");
            Vec::new()
        }
        _ => word.text(errors).into_iter().collect(),
    }
}

struct ResponseParts {
    status: syn::LitInt,
    description: Option<LitStr>,
    model: Option<Type>,
}

impl Parse for ResponseParts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut parts = ResponseParts { status: input.parse()?, description: None, model: None };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            if input.peek(LitStr) {
                parts.description = Some(input.parse()?);
                continue;
            }
            let key: Ident = input.call(Ident::parse_any)?;
            if key != "model" {
                return Err(syn::Error::new(
                    key.span(),
                    "an answer has a status, a description and a model: `response(404, \"No such item.\", model = \
                     Missing)`",
                ));
            }
            input.parse::<Token![=]>()?;
            parts.model = Some(input.parse()?);
        }
        Ok(parts)
    }
}

/// `response(404, "..", model = T)`, with one of these statuses.
pub(super) fn response(word: &Word, statuses: RangeInclusive<u16>, errors: &mut Errors) -> Option<Response> {
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`response` takes a list: `response(404, \"No such item.\")`");
        return None;
    };
    let parts = errors.ok(syn::parse2::<ResponseParts>(tokens.clone()))?;
    let Some(status) = parts.status.base10_parse().ok().filter(|status| statuses.contains(status)) else {
        errors.at(&parts.status, format!("{STATUS} from {} to {}", statuses.start(), statuses.end()));
        return None;
    };
    let description = parts.description.map_or_else(String::new, |text| text.value());
    Some(Response { status, description, model: parts.model })
}

/// `data = "<item>"`.
fn data(word: &Word, errors: &mut Errors) -> Option<(Ident, LitStr)> {
    let text = word.text(errors)?;
    let value = text.value();
    let named = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    match named.and_then(|named| identifier(named, text.span())) {
        Some(ident) => Some((ident, text)),
        None => {
            errors.at(&text, "`data` names the argument that is the body: `data = \"<item>\"`");
            None
        }
    }
}
