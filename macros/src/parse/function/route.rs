//! Parses the path and the query of a route, in Rocket's notation: `/items/<item_id>?<q>`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::diag::Errors;
use crate::model::Place;

/// The path and the query of a route.
#[derive(Default)]
pub(super) struct Route {
    pub(super) path: String,
    /// The parameters by name, with their places.
    pub(super) taken: Vec<(Ident, Place)>,
}

impl Route {
    pub(super) fn of(literal: &LitStr, errors: &mut Errors) -> Self {
        let whole = literal.value();
        let (path, query) = match whole.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (whole.as_str(), None),
        };
        let mut route = Route { path: path.to_owned(), taken: Vec::new() };
        // Without a path it is that of the router that the function stands in.
        if !path.starts_with('/') && !path.is_empty() {
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
            errors.at(literal, "a parameter is in the document by its name; write one for `_`");
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

    pub(super) fn place(&self, ident: &Ident) -> Option<Place> {
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

pub(super) fn identifier(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))).ok()?;
    ident.set_span(span);
    Some(ident)
}
