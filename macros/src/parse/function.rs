//! A function and its attribute: `#[get("/items/<item_id>?<q>", status = 200)]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, GenericParam, Ident, ItemFn, Lifetime, LitStr, Pat, Path,
    PathArguments, ReturnType, Token, Type, parse_quote,
};

use super::arguments::{krate, name};
use super::field::{self, Around};
use super::words::{Seen, Value, Word, number, unknown, words};
use super::{Kin, docs};
use crate::diag::Errors;
use crate::model::{Argument, Function, Method, Number, Place, Response, Returned};
use crate::names;

/// What stands in the parentheses of the attribute.
struct Arguments {
    route: Option<LitStr>,
    krate: Path,
    name: Option<LitStr>,
    summary: Option<LitStr>,
    tags: Vec<LitStr>,
    status: Option<(u16, Span)>,
    deprecated: bool,
    hidden: bool,
    responses: Vec<Response>,
    data: Option<(Ident, LitStr)>,
    /// Whether what `data` says is a mistake.
    data_fails: bool,
}

pub(crate) fn function(
    method: Method,
    arguments: TokenStream,
    item: &ItemFn,
    errors: &mut Errors,
) -> Function {
    let arguments = parse_arguments(method, arguments, errors);
    let route = match &arguments.route {
        Some(route) => Route::of(route, errors),
        None => Route::default(),
    };
    signature(item, errors);
    let parsed = inputs(item, &route, &arguments, errors);
    let claimed = unclaimed(&route, &arguments, item, errors);
    let (returns, returns_nothing) = returned(&item.sig.output);
    let rust = item.sig.ident.unraw().to_string();
    Function {
        krate: arguments.krate,
        method,
        path: route.path,
        ident: item.sig.ident.clone(),
        vis: item.vis.clone(),
        is_async: item.sig.asyncness.is_some(),
        name: arguments.name.map_or(rust, |name| name.value()),
        summary: arguments.summary.map_or_else(String::new, |summary| summary.value()),
        doc: docs(&item.attrs).0,
        tags: arguments.tags,
        status: arguments.status.map_or(200, |(status, _)| status),
        status_span: arguments.status.map(|(_, span)| span),
        deprecated: arguments.deprecated,
        hidden: arguments.hidden,
        responses: arguments.responses,
        arguments: parsed,
        returns,
        returns_nothing,
        returns_span: match &item.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty.span()),
        },
        is_routed: claimed && arguments.route.is_some() && !arguments.data_fails,
        is_method: item.sig.receiver().is_some(),
    }
}

/// The function without the attributes that are ours to read.
pub(crate) fn cleaned_function(item: &ItemFn) -> TokenStream {
    let mut item = item.clone();
    for argument in &mut item.sig.inputs {
        let attributes = match argument {
            FnArg::Typed(typed) => &mut typed.attrs,
            FnArg::Receiver(receiver) => &mut receiver.attrs,
        };
        attributes.retain(|attribute| {
            !["param", "doc", "field", "serde"].iter().any(|own| attribute.path().is_ident(own))
        });
    }
    quote!(#item)
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

fn parse_arguments(method: Method, tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut found = Arguments {
        route: None,
        krate: parse_quote!(::crewed),
        name: None,
        summary: None,
        tags: Vec::new(),
        status: None,
        deprecated: false,
        hidden: false,
        responses: Vec::new(),
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
    let mut seen = Seen::default();
    for word in words(parsed.rest, errors) {
        // There may be several answers.
        if word.key != "response" && !seen.first(&word.key, errors) {
            continue;
        }
        match word.key.to_string().as_str() {
            "status" => found.status = status(&word, errors).zip(Some(word.key.span())),
            "tags" | "tag" => found.tags = tags(&word, errors),
            "summary" => found.summary = word.text(errors),
            "deprecated" => found.deprecated = word.flag(errors).is_some(),
            "name" => found.name = name(&word, errors),
            "hidden" => found.hidden = word.flag(errors).is_some(),
            "response" => found.responses.extend(response(&word, errors)),
            "data" => {
                found.data = data(&word, errors);
                found.data_fails = found.data.is_none();
            }
            "crate" => found.krate = krate(&word, errors).unwrap_or(found.krate),
            other => stranger(other, &word, attribute, errors),
        }
    }
    found
}

/// A word that operations do not have, with what to write where FastAPI or Rocket has it.
fn stranger(other: &str, word: &Word, attribute: &str, errors: &mut Errors) {
    let instead = match other {
        "rank" => "routes need no rank: of two that match, the one whose path says more goes first",
        "format" => "bodies are judged by their content: JSON by its media type, forms by theirs; remove it",
        "status_code" => "write `status = 201`",
        "response_model" => "the type that the function returns is the model: `-> Json<Item>`",
        "responses" => "write `response(404, \"No such item.\")`, once for each answer",
        "operation_id" => "write `name = \"..\"`",
        "description" => "an operation is described by the function's doc comment: `/// ..`",
        "include_in_schema" => "write `hidden`",
        "dependencies" => "a dependency is a request guard: take it as an argument",
        _ => {
            let place = format!("in `#[{attribute}(..)]`");
            return unknown(&word.key, &place, names::OPERATION, errors);
        }
    };
    errors.at(&word.key, format!("unknown word `{other}`: {instead}"));
}

fn status(word: &Word, errors: &mut Errors) -> Option<u16> {
    match &word.value {
        Value::Is(value) => match number(value) {
            Some(Number::Int(status @ 200..=599)) => Some(status as u16),
            _ => {
                errors.at(value, "the status of an answer is a number from 200 to 599");
                None
            }
        },
        _ => {
            errors.at(&word.key, "`status` takes a number: `status = 201`");
            None
        }
    }
}

struct Texts(Vec<LitStr>);

impl Parse for Texts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let list = input.parse_terminated(<LitStr as Parse>::parse, Token![,])?;
        Ok(Texts(list.into_iter().collect()))
    }
}

/// `tags("items", "users")`, or `tag = "items"`.
fn tags(word: &Word, errors: &mut Errors) -> Vec<LitStr> {
    match &word.value {
        Value::List(tokens) => match syn::parse2::<Texts>(tokens.clone()) {
            Ok(Texts(tags)) => tags,
            Err(error) => {
                errors.push(error);
                Vec::new()
            }
        },
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

fn response(word: &Word, errors: &mut Errors) -> Option<Response> {
    let Value::List(tokens) = &word.value else {
        errors.at(&word.key, "`response` takes a list: `response(404, \"No such item.\")`");
        return None;
    };
    let parts = errors.ok(syn::parse2::<ResponseParts>(tokens.clone()))?;
    match parts.status.base10_parse::<u16>() {
        Ok(status @ 200..=599) => Some(Response {
            status,
            description: parts.description.map_or_else(String::new, |text| text.value()),
            model: parts.model,
        }),
        _ => {
            errors.at(&parts.status, "the status of an answer is a number from 200 to 599");
            None
        }
    }
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

/// The path and the query of a route.
#[derive(Default)]
struct Route {
    path: String,
    /// What is taken, by name, and from where.
    taken: Vec<(Ident, Place)>,
}

impl Route {
    fn of(literal: &LitStr, errors: &mut Errors) -> Self {
        let whole = literal.value();
        let (path, query) = match whole.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (whole.as_str(), None),
        };
        let mut route = Route { path: path.to_owned(), taken: Vec::new() };
        if !path.starts_with('/') {
            errors.at(literal, format!("a path starts with `/`; write `\"/{whole}\"`"));
        }
        if path.contains("//") {
            errors.at(literal, "a segment of the path is empty; remove one `/`");
        }
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        for (position, segment) in segments.iter().enumerate() {
            let last = position + 1 == segments.len();
            route.segment(segment, position, last, literal, errors);
        }
        for part in query.into_iter().flat_map(|query| query.split('&')) {
            route.query(part, literal, errors);
        }
        route
    }

    fn segment(&mut self, segment: &str, position: usize, last: bool, literal: &LitStr, errors: &mut Errors) {
        match inside(segment) {
            Inside::Fixed => {
                let kept = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
                if segment.contains(['{', '}']) {
                    let name = segment.trim_matches(['{', '}']);
                    let name = name.strip_suffix(":path").map_or(name.to_owned(), |n| format!("{n}.."));
                    errors
                        .at(literal, format!("a parameter of the path is written `<{name}>`, as in Rocket"));
                    self.take(name.trim_end_matches(".."), Place::Path(position), literal, errors);
                } else if segment.contains(['<', '>']) {
                    errors.at(literal, "a parameter is a whole segment of the path: `/items/<item_id>`");
                    let name = segment.split(['<', '>']).nth(1).unwrap_or("_");
                    self.take(name, Place::Path(position), literal, errors);
                } else if segment == "." || segment == ".." {
                    errors.at(
                        literal,
                        "`.` and `..` are resolved away before a path arrives; name the segment",
                    );
                } else if let Some(c) = segment.chars().find(|c| !kept(*c)) {
                    errors.at(
                        literal,
                        format!(
                            "`{c}` would be escaped in an address; a path is made of letters, digits, `-`, `_`, `.`, \
                             `~` and `/`"
                        ),
                    );
                }
            }
            Inside::Rest(name) if !last => {
                errors
                    .at(literal, format!("`{segment}` takes all that is left of the path, so it comes last"));
                self.take(name, Place::Rest(position), literal, errors);
            }
            Inside::One(name) => self.take(name, Place::Path(position), literal, errors),
            Inside::Rest(name) => self.take(name, Place::Rest(position), literal, errors),
        }
    }

    fn query(&mut self, part: &str, literal: &LitStr, errors: &mut Errors) {
        match inside(part) {
            Inside::One(name) => self.take(name, Place::Query, literal, errors),
            Inside::Rest(name) => self.take(name, Place::QueryModel, literal, errors),
            Inside::Fixed => {
                let name = part.split('=').next().unwrap_or_default();
                let name = if name.is_empty() { "q" } else { name };
                errors.at(
                    literal,
                    format!("a query is no part of the match; name its parameters: `?<{name}>&<short>`"),
                );
            }
        }
    }

    fn take(&mut self, name: &str, place: Place, literal: &LitStr, errors: &mut Errors) {
        if name == "_" {
            return;
        }
        let Some(ident) = identifier(name, literal.span()) else {
            errors.at(literal, format!("`{name}` cannot name an argument: write the argument's own name"));
            return;
        };
        if self.taken.iter().any(|(other, _)| *other == ident) {
            errors.at(literal, format!("`{name}` is taken twice; an argument has one place"));
            return;
        }
        self.taken.push((ident, place));
    }

    fn place(&self, ident: &Ident) -> Option<Place> {
        let same = |(name, _): &&(Ident, Place)| name.unraw() == ident.unraw();
        self.taken.iter().find(same).map(|(_, place)| *place)
    }
}

enum Inside<'a> {
    Fixed,
    One(&'a str),
    Rest(&'a str),
}

fn inside(part: &str) -> Inside<'_> {
    match part.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        Some(name) => match name.strip_suffix("..") {
            Some(name) => Inside::Rest(name),
            None => Inside::One(name),
        },
        None => Inside::Fixed,
    }
}

fn identifier(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))).ok()?;
    ident.set_span(span);
    Some(ident)
}

/// What a signature can be: crewed calls the function itself.
fn signature(item: &ItemFn, errors: &mut Errors) {
    let sig = &item.sig;
    for parameter in &sig.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.at(parameter, "an operation cannot be generic: nobody says what it would be called with");
        }
    }
    if let Some(unsafety) = &sig.unsafety {
        errors.at(unsafety, "an operation is called by requests, and cannot be `unsafe`");
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "an operation is called by crewed, and has no ABI of its own");
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic, "an operation has a fixed number of arguments");
    }
}

fn inputs(item: &ItemFn, route: &Route, arguments: &Arguments, errors: &mut Errors) -> Vec<Argument> {
    let mut found = Vec::new();
    for argument in &item.sig.inputs {
        let typed = match argument {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(receiver) => {
                errors.at(receiver, "an operation is a function by itself, not a method");
                continue;
            }
        };
        let ident = match &*typed.pat {
            Pat::Ident(pat) if pat.subpat.is_none() && pat.by_ref.is_none() => &pat.ident,
            other => {
                errors
                    .at(other, "an argument is a name: its input goes by it; take it apart in the function");
                continue;
            }
        };
        let named = route.place(ident);
        let by_data = arguments.data.as_ref().is_some_and(|(data, _)| data.unraw() == ident.unraw());
        found.extend(self::argument(&typed.attrs, ident, &typed.ty, named, by_data, errors));
    }
    found
}

/// What `#[param(..)]` says of the place.
struct Said {
    place: Place,
    key: Ident,
}

fn argument(
    attributes: &[Attribute],
    ident: &Ident,
    ty: &Type,
    named: Option<Place>,
    by_data: bool,
    errors: &mut Errors,
) -> Option<Argument> {
    if let Type::ImplTrait(_) = ty {
        errors.at(ty, "an input has a type that can be named; write it");
        return None;
    }
    let mut ty = ty.clone();
    Anonymous.visit_type_mut(&mut ty);
    let (json, ty) = match inner(&ty, "Json").filter(|_| named.is_none()) {
        Some(inner) => (true, inner),
        None => (false, ty),
    };
    let around = Around { kin: Kin::Param, rename_all: None, default: false, lifetimes: false };
    let field: syn::Field = syn::Field {
        attrs: attributes.to_vec(),
        vis: syn::Visibility::Inherited,
        mutability: syn::FieldMutability::None,
        ident: Some(ident.clone()),
        colon_token: None,
        ty,
    };
    let mut field = field::field(&field, ident, &around, errors);
    let (said, alias, any) = said(attributes, errors);
    let place = match (named, said, by_data) {
        (Some(named), None, false) => named,
        (None, None, true) if json => Place::Body { embed: false },
        (None, None, true) => Place::Data,
        (None, Some(said), false) => said.place,
        (None, None, false) if json || any => Place::Body { embed: false },
        (None, None, false) if matches!(field.ty, Type::Reference(_)) => Place::Guard,
        (None, None, false) => Place::Unsaid,
        (Some(named), Some(said), _) => {
            let part = if let Place::Path(_) | Place::Rest(_) = named { "path" } else { "query" };
            errors.at(&said.key, format!("the route takes `{ident}` from the {part}; say it in one place"));
            named
        }
        (Some(named), None, true) => {
            errors.at(ident, format!("the route takes `{ident}` from its path or query, and from `data`"));
            named
        }
        (None, Some(said), true) => {
            errors.at(&said.key, format!("`data` says that `{ident}` is the body; remove `{}`", said.key));
            said.place
        }
    };
    if json && !matches!(place, Place::Body { .. }) {
        errors.at(&field.ty, "`Json<..>` is a body; write the type without it");
    }
    match alias {
        Some(alias) => {
            if let Place::Path(_) | Place::Rest(_) | Place::QueryModel = place {
                errors.at(&alias, "this has no name of its own to be another; remove `alias`");
            }
            field.wire_span = alias.span();
            field.wire = alias.value();
        }
        None if place == Place::Header => field.wire = field.wire.replace('_', "-").to_ascii_lowercase(),
        None => {}
    }
    Some(Argument { field, place, json })
}

/// The place and the alias of `#[param(..)]`, and whether it says anything at all.
fn said(attributes: &[Attribute], errors: &mut Errors) -> (Option<Said>, Option<LitStr>, bool) {
    let (mut place, mut alias, mut any) = (None::<Said>, None, false);
    for attribute in attributes {
        let path = attribute.path();
        if path.is_ident("field") {
            errors.at(path, "`#[field(..)]` stands on the fields of structs; write `#[param(..)]`");
        } else if path.is_ident("serde") {
            errors.at(path, "serde's attributes are for fields; another name is `#[param(alias = \"..\")]`");
        }
        if !path.is_ident("param") {
            continue;
        }
        let Ok(list) = attribute.meta.require_list() else { continue };
        // What is no list of words was told when the field's own words were read.
        let Ok(words) = syn::parse2::<WordList>(list.tokens.clone()) else { continue };
        for word in words.0 {
            any = true;
            let this = match word.key.to_string().as_str() {
                "alias" => {
                    alias = word.text(errors);
                    continue;
                }
                "header" => Place::Header,
                "cookie" => Place::Cookie,
                "form" => Place::Form,
                "body" => Place::Body { embed: embed(&word, errors) },
                _ => continue,
            };
            if !matches!(this, Place::Body { .. }) {
                word.flag(errors);
            }
            match &place {
                Some(first) => errors.at(
                    &word.key,
                    format!("an input comes from one place; keep `{}` or `{}`", first.key, word.key),
                ),
                None => place = Some(Said { place: this, key: word.key }),
            }
        }
    }
    (place, alias, any)
}

struct WordList(Vec<Word>);

impl Parse for WordList {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let list = input.parse_terminated(Word::parse, Token![,])?;
        Ok(WordList(list.into_iter().collect()))
    }
}

/// `body`, or `body(embed)`.
fn embed(word: &Word, errors: &mut Errors) -> bool {
    match &word.value {
        Value::Nothing => false,
        Value::List(tokens) if tokens.to_string() == "embed" => true,
        _ => {
            errors
                .at(&word.key, "`body` stands alone, or is `body(embed)`: a member of the body, by its name");
            false
        }
    }
}

/// Whatever the route names is an argument; returns whether it is.
fn unclaimed(route: &Route, arguments: &Arguments, item: &ItemFn, errors: &mut Errors) -> bool {
    let mut all = true;
    let named = |ident: &Ident| {
        item.sig.inputs.iter().any(|argument| match argument {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pat) => pat.ident.unraw() == ident.unraw(),
                _ => false,
            },
            FnArg::Receiver(_) => false,
        })
    };
    if let Some(literal) = &arguments.route {
        for (ident, _) in route.taken.iter().filter(|(ident, _)| !named(ident)) {
            all = false;
            let (function, name) = (&item.sig.ident, ident.unraw());
            errors.at(literal, format!("`<{name}>` is no argument of `{function}`; add `{name}: ..` to it"));
        }
    }
    if let Some((ident, literal)) = arguments.data.as_ref().filter(|(ident, _)| !named(ident)) {
        all = false;
        let function = &item.sig.ident;
        errors.at(literal, format!("`{ident}` is no argument of `{function}`; add `{ident}: ..` to it"));
    }
    all
}

/// The type inside of `name<..>`.
fn inner(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(list) = &segment.arguments else { return None };
    let mut types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    types.next()
}

/// The parts of what is returned, and whether that is nothing.
fn returned(output: &ReturnType) -> (Vec<Returned>, bool) {
    let ReturnType::Type(_, ty) = output else { return (vec![], true) };
    let mut ty = (**ty).clone();
    Anonymous.visit_type_mut(&mut ty);
    let nothing = matches!(&ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    let mut parts = Vec::new();
    take_apart(ty, &mut parts);
    (parts, nothing)
}

fn take_apart(ty: Type, parts: &mut Vec<Returned>) {
    if let Some(some) = inner(&ty, "Option") {
        take_apart(some, parts);
        parts.push(Returned::NotFound);
        return;
    }
    if let Some(ok) = inner(&ty, "Result") {
        take_apart(ok, parts);
        if let Some(error) = second(&ty).filter(|error| !is_hidden(error)) {
            parts.push(Returned::Error(error));
        }
        return;
    }
    match &ty {
        Type::Macro(stream) => {
            let name = stream.mac.path.segments.last().map(|segment| segment.ident.to_string());
            parts.push(Returned::Media(match name.as_deref() {
                Some("EventStream") => "text/event-stream",
                Some("TextStream") => "text/plain",
                _ => "application/octet-stream",
            }));
        }
        _ if is_hidden(&ty) => {}
        _ => parts.push(Returned::Responder(ty)),
    }
}

fn second(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(list) = &path.path.segments.last()?.arguments else { return None };
    match list.args.iter().nth(1)? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// Whether a type cannot be named, since a part of it is only known by what it does.
fn is_hidden(ty: &Type) -> bool {
    struct Look(bool);
    impl VisitMut for Look {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(_) | Type::Macro(_) = ty {
                self.0 = true;
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut look = Look(false);
    look.visit_type_mut(&mut ty.clone());
    look.0
}

/// Lifetimes of the function's own mean nothing where its types are named besides.
struct Anonymous;

impl VisitMut for Anonymous {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if let Some(lifetime) = reference.lifetime.take_if(|lifetime| lifetime.ident != "static") {
            drop(lifetime);
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }
}

impl Argument {
    /// Where its type stands.
    pub(crate) fn span(&self) -> Span {
        self.field.ty.span()
    }
}
