//! Parses the arguments of `#[model(..)]` and `#[resource(..)]`.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitStr, Path, Token, parse_quote};

use super::access::{AccessWords, access};
use super::depends::depends;
use super::rate::rate;
use super::words::{Duplicates, Value, Word, unknown, unquoted, words, words_but};
use crate::diag::{Errors, did_you_mean, list};
use crate::model::{
    Depends, Example, Export, IndexList, Inputs, Listing, Missing, Operation, OwnFilter, Rate, ungroup,
};
use crate::names;

/// The arguments, with the defaults of those that are missing.
pub(crate) struct Arguments {
    pub(crate) krate: Path,
    pub(crate) name: Option<LitStr>,
    pub(crate) title: Option<LitStr>,
    pub(crate) examples: Vec<Example>,
    pub(crate) literal: Option<Span>,
    pub(crate) int: Option<Span>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) table: Option<LitStr>,
    pub(crate) operations: Option<Vec<Operation>>,
    pub(crate) missing: Option<Missing>,
    pub(crate) inputs: Option<(Inputs, Span)>,
    pub(crate) create_replaces: Option<Span>,
    pub(crate) replies_status: Option<Span>,
    pub(crate) listing: Listing,
    pub(crate) indexes: Vec<IndexList>,
    pub(crate) depends: Vec<Depends>,
    pub(crate) access: Option<AccessWords>,
    pub(crate) rate_limit: Option<Rate>,
}

impl Arguments {
    fn none() -> Self {
        Arguments {
            krate: parse_quote!(::crewed),
            name: None,
            title: None,
            examples: Vec::new(),
            literal: None,
            int: None,
            tag: None,
            table: None,
            operations: None,
            missing: None,
            inputs: None,
            create_replaces: None,
            replies_status: None,
            listing: Listing::default(),
            indexes: Vec::new(),
            depends: Vec::new(),
            access: None,
            rate_limit: None,
        }
    }
}

/// `#[model(name = "..", literal, int, crate = path)]`.
pub(crate) fn model(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut found = Arguments::none();
    let mut seen = Duplicates::default();
    let meant = |value: &Lit| matches!(value, Lit::Str(_)).then_some("name");
    for word in words_but(tokens, meant, errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "name" => found.name = name(&word, errors),
            "title" => found.title = word.text(errors),
            "examples" => found.examples = word.examples(errors),
            "literal" => found.literal = word.flag(errors),
            "int" => found.int = word.flag(errors),
            "crate" => found.krate = krate(&word, errors).unwrap_or(found.krate),
            "rename_all" | "rename" | "deny_unknown_fields" => errors.at(
                &word.key,
                format!(
                    "write this with serde's attribute, on a line of its own: `#[serde({} ..)]`",
                    word.key
                ),
            ),
            _ => unknown(&word.key, "in `#[model(..)]`", names::MODEL, errors),
        }
    }
    found
}

/// `#[resource("/path", ..)]`.
pub(crate) fn resource(tokens: TokenStream, errors: &mut Errors) -> (LitStr, Arguments) {
    let mut found = Arguments::none();
    let (path, rest) = match errors.ok(syn::parse2::<PathThenWords>(tokens)) {
        Some(PathThenWords { path: Some(path), rest }) => (path, rest),
        Some(PathThenWords { path: None, rest }) => {
            let (later, rest) = without_text(rest);
            match later {
                Some(later) => errors.at(later, "the path comes first: `#[resource(\"/users\", ..)]`"),
                None => errors.span(
                    Span::call_site(),
                    "a resource begins with the path of its collection: `#[resource(\"/users\")]`",
                ),
            }
            (LitStr::new("/unnamed", Span::call_site()), rest)
        }
        None => (LitStr::new("/unnamed", Span::call_site()), TokenStream::new()),
    };
    let mut seen = Duplicates::default();
    for word in words(rest, errors) {
        let key = word.key.to_string();
        // There may be several indexes and dependencies.
        if !matches!(&*key, "index" | "unique" | "depends") && !seen.first(&word.key, errors) {
            continue;
        }
        match key.as_str() {
            "operations" => found.operations = operations(&word, errors),
            "depends" => found.depends.extend(depends(&word, errors)),
            "access" => found.access = Some(access(&word, errors)),
            "rate_limit" => found.rate_limit = rate(&word, errors),
            "name" => found.name = name(&word, errors),
            "tag" => found.tag = word.text(errors),
            "table" => found.table = word.text(errors),
            "missing" => found.missing = missing(&word, errors),
            "inputs" => {
                let styles = [("json", Inputs::Json), ("path", Inputs::Path), ("query", Inputs::Query)];
                found.inputs = one_of(&word, &styles, errors).zip(Some(word.key.span()));
            }
            "create" => {
                let replaces = one_of(&word, &[("new", false), ("replace", true)], errors);
                found.create_replaces = replaces.filter(|replaces| *replaces).map(|_| word.key.span());
            }
            "replies" => {
                let status = one_of(&word, &[("row", false), ("status", true)], errors);
                found.replies_status = status.filter(|status| *status).map(|_| word.key.span());
            }
            "index" | "unique" => found.indexes.extend(index_list(&word, errors)),
            "filters" => found.listing.filters = own_filters(&word, errors),
            "list" => {
                let page = one_of(&word, &[("array", false), ("page", true)], errors);
                found.listing.envelope = page.filter(|page| *page).map(|_| word.key.span());
            }
            "sparse" => found.listing.sparse = word.flag(errors),
            "export" => found.listing.export = exports(&word, errors).zip(Some(word.key.span())),
            "crate" => found.krate = krate(&word, errors).unwrap_or(found.krate),
            "page" => errors.at(&word.key, "rows are in an object, with the next page, by `list = \"page\"`"),
            "path" => errors.at(&word.key, "the path comes first, alone: `#[resource(\"/users\", ..)]`"),
            "policy" | "policies" | "permission" | "permissions" | "auth" | "authorize" => {
                errors.at(&word.key, "who may do what is said by `access(read(..), write(..))`");
            }
            "methods" => errors.at(&word.key, "what is served is listed as `operations(list, read, ..)`"),
            _ if names::LATER_RESOURCE.contains(&&*key) => {
                errors.at(&word.key, format!("`{key}` is not supported yet; remove it for now"));
            }
            _ => unknown(&word.key, "in `#[resource(..)]`", names::RESOURCE, errors),
        }
    }
    (path, found)
}

/// The value of `key = "one"`, which must be one of these.
fn one_of<T: Copy>(word: &Word, all: &[(&str, T)], errors: &mut Errors) -> Option<T> {
    let text = word.text(errors)?;
    let value = text.value();
    let found = all.iter().find(|(name, _)| *name == value);
    if found.is_none() {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let near = did_you_mean(&value, &names);
        errors.at(&text, format!("`{}` is one of {}{near}", word.key, list(&names)));
    }
    found.map(|(_, value)| *value)
}

struct PathThenWords {
    path: Option<LitStr>,
    rest: TokenStream,
}

impl Parse for PathThenWords {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = match input.peek(LitStr) {
            true => Some(input.parse()?),
            false => None,
        };
        if path.is_some() && !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(PathThenWords { path, rest: input.parse()? })
    }
}

/// Separates a text literal that was written in the place of a word.
fn without_text(tokens: TokenStream) -> (Option<Literal>, TokenStream) {
    let mut found = None;
    let mut start = true;
    let kept = tokens
        .into_iter()
        .filter(|token| {
            let word_starts = std::mem::replace(
                &mut start,
                matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','),
            );
            match token {
                TokenTree::Literal(literal) if word_starts && found.is_none() => {
                    found = Some(literal.clone());
                    false
                }
                // The comma after the literal is removed with it.
                TokenTree::Punct(_) if word_starts => false,
                _ => true,
            }
        })
        .collect();
    (found, kept)
}

/// The name in the document, which becomes a part of references, so that not all characters are allowed.
pub(super) fn name(word: &Word, errors: &mut Errors) -> Option<LitStr> {
    let name = word.text(errors)?;
    let text = name.value();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.is_empty() || !text.chars().all(fits) {
        errors.at(&name, "a name in the document consists of letters, digits, `.`, `-` and `_`");
        return None;
    }
    Some(name)
}

pub(super) fn krate(word: &Word, errors: &mut Errors) -> Option<Path> {
    let value = match &word.value {
        Value::Is(value) => ungroup(value),
        _ => {
            errors.at(&word.key, "`crate` takes the path of crewed: `crate = some::path`");
            return None;
        }
    };
    match value {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        _ => {
            errors.at(value, "`crate` takes the path of crewed, without quotes: `crate = some::path`");
            None
        }
    }
}

fn operations(word: &Word, errors: &mut Errors) -> Option<Vec<Operation>> {
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`operations` takes a list: `operations(list, read)`");
        return None;
    };
    let mut found = Vec::new();
    let mut seen = Duplicates::default();
    // An empty list is allowed: the resource is stored, and only code accesses it.
    for word in words(unquoted(tokens.clone(), errors), errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        let name = word.key.to_string();
        let operation = match name.as_str() {
            "list" => Operation::List,
            "read" => Operation::Read,
            "create" => Operation::Create,
            "replace" => Operation::Replace,
            "patch" => Operation::Patch,
            "delete" => Operation::Delete,
            other => {
                let near = match other {
                    "get" => "; did you mean `read`?".to_owned(),
                    "post" => "; did you mean `create`?".to_owned(),
                    "put" | "update" => "; did you mean `replace` or `patch`?".to_owned(),
                    _ => did_you_mean(other, names::OPERATIONS),
                };
                let all = list(names::OPERATIONS);
                errors.at(&word.key, format!("unknown operation `{other}`{near}\nthe operations are {all}"));
                continue;
            }
        };
        if let Some(_alone) = word.flag(errors) {
            found.push(operation);
        }
    }
    Some(found)
}

/// `index(team, age)` or `unique(team, name)`.
fn index_list(word: &Word, errors: &mut Errors) -> Option<IndexList> {
    let key = &word.key;
    let Value::List(tokens) = &word.value else {
        errors.at(
            key,
            format!(
                "`{key}` takes the fields of an index: `{key}(team, name)`; that of a single field is declared on it: \
                 `#[field({key})]`"
            ),
        );
        return None;
    };
    let fields = words(unquoted(tokens.clone(), errors), errors).into_iter();
    let fields: Vec<Ident> =
        fields.filter(|field| field.flag(errors).is_some()).map(|field| field.key).collect();
    match &*fields {
        // What stands there is no list of names, and was reported, or nothing does.
        [] => {
            if tokens.is_empty() {
                errors.at(key, format!("name the fields of the index: `{key}(team, name)`"));
            }
            None
        }
        _ => Some(IndexList { word: key.clone(), unique: key == "unique", everywhere: None, fields }),
    }
}

/// `filters(adult = Hero::adult)`.
fn own_filters(word: &Word, errors: &mut Errors) -> Vec<OwnFilter> {
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`filters` takes a list of names and functions: `filters(adult = Hero::adult)`");
        return Vec::new();
    };
    let (mut found, mut seen) = (Vec::new(), Duplicates::default());
    for word in words(tokens.clone(), errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match &word.value {
            Value::Is(function) => {
                found.push(OwnFilter { name: word.key.clone(), function: ungroup(function).clone() });
            }
            _ => errors
                .at(&word.key, format!("a filter of one's own is a function: `{0} = Hero::{0}`", word.key)),
        }
    }
    found
}

/// `export("jsonl", "csv")`.
fn exports(word: &Word, errors: &mut Errors) -> Option<Vec<Export>> {
    let wrong = "`export` takes a list of formats: `export(\"jsonl\", \"csv\")`";
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, wrong);
        return None;
    };
    let parser = Punctuated::<LitStr, Token![,]>::parse_terminated;
    let Ok(names) = parser.parse2(tokens.clone()) else {
        errors.at(tokens, wrong);
        return None;
    };
    let mut found = Vec::new();
    for name in &names {
        let text = name.value();
        let format = match &*text {
            "jsonl" => Export::JsonLines,
            "csv" => Export::Csv,
            other => {
                let near = match other {
                    "json" | "ndjson" | "jsonlines" => "; did you mean `jsonl`?".to_owned(),
                    other => did_you_mean(other, names::EXPORTS),
                };
                errors.at(
                    name,
                    format!("unknown format `{text}`{near}\nthe formats are {}", list(names::EXPORTS)),
                );
                continue;
            }
        };
        match found.contains(&format) {
            true => errors.at(name, format!("`{text}` is given twice; keep one")),
            false => found.push(format),
        }
    }
    if names.is_empty() {
        errors.at(&word.key, wrong);
    }
    Some(found)
}

fn missing(word: &Word, errors: &mut Errors) -> Option<Missing> {
    let mut missing = Missing { status: 404, detail: "Not Found".to_owned() };
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`missing` takes a list: `missing(status = 404, detail = \"No such user.\")`");
        return None;
    };
    let mut seen = Duplicates::default();
    for word in words(tokens.clone(), errors) {
        if !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "status" => {
                let what = "a missing row is answered with a status";
                missing.status = word.status(400..=499, 404, what, errors).unwrap_or(missing.status);
            }
            "detail" => missing.detail = word.text(errors).map_or(missing.detail, |text| text.value()),
            _ => unknown(&word.key, "in `missing(..)`", names::MISSING, errors),
        }
    }
    Some(missing)
}

/// `#[launch(crate = path, own_logger)]`: where crewed is, and whether the program sets a logger itself.
pub(crate) fn launch(tokens: TokenStream, errors: &mut Errors) -> (Path, bool) {
    let mut found = Arguments::none();
    let mut has_logger = false;
    let mut seen = Duplicates::default();
    for word in words(tokens, errors) {
        match word.key.to_string().as_str() {
            "crate" if seen.first(&word.key, errors) => {
                found.krate = krate(&word, errors).unwrap_or(found.krate)
            }
            "own_logger" if seen.first(&word.key, errors) => has_logger = word.flag(errors).is_some(),
            "crate" | "own_logger" => {}
            _ => unknown(&word.key, "in `#[launch(..)]`", &["crate", "own_logger"], errors),
        }
    }
    (found.krate, has_logger)
}
