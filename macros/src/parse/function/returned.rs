//! Splits the returned type into its parts, for the document.

use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type};

use super::{Anonymous, inner};
use crate::model::{Inside, Returned, arguments, bare, segment};

/// The returned type.
pub(super) struct ReturnedParts {
    pub(super) parts: Vec<Returned>,
    /// Whether a part of it cannot be named.
    pub(super) hidden: bool,
    /// Whether it is `()`.
    pub(super) nothing: bool,
    /// The type of the value, which of a `Result` is that in `Ok`.
    pub(super) value: Type,
    /// The error, if it is a `Result`.
    pub(super) error: Option<Type>,
}

/// The parts of the returned type.
pub(super) fn returned(output: &ReturnType) -> ReturnedParts {
    let ReturnType::Type(_, ty) = output else {
        let value = syn::parse_quote!(());
        return ReturnedParts { parts: Vec::new(), hidden: false, nothing: true, value, error: None };
    };
    let mut ty = (**ty).clone();
    Anonymous.visit_type_mut(&mut ty);
    let nothing = matches!(&ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    let (mut parts, hidden) = (Vec::new(), is_hidden(&ty));
    let error = inner(&ty, "Result")
        .and_then(|_| segment(bare(&ty)).and_then(|result| arguments(result).get(1).map(|ty| (*ty).clone())));
    let value = error.as_ref().and_then(|_| inner(&ty, "Result")).unwrap_or_else(|| ty.clone());
    take_apart(ty, &mut parts);
    ReturnedParts { parts, hidden, nothing, value, error: error.filter(|error| !is_hidden(error)) }
}

fn take_apart(ty: Type, parts: &mut Vec<Returned>) {
    let ty = bare(&ty).clone();
    if let Some(some) = inner(&ty, "Option") {
        take_apart(some, parts);
        parts.push(Returned::NotFound);
        return;
    }
    if let Some(ok) = inner(&ty, "Result") {
        take_apart(ok, parts);
        let error = segment(&ty).and_then(|result| arguments(result).get(1).map(|ty| (*ty).clone()));
        parts.extend(error.filter(|error| !is_hidden(error)).map(Returned::Error));
        return;
    }
    if let Some(either) = segment(&ty).filter(|segment| segment.ident == "Either")
        && let [left, right] = arguments(either)[..]
    {
        take_apart(left.clone(), parts);
        parts.push(Returned::Or);
        take_apart(right.clone(), parts);
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
        _ => {
            let inside = Box::new(inside(&ty));
            parts.push(Returned::Responder(ty, inside));
        }
    }
}

/// The type inside a responder, if it is recognized by its name.
fn inside(ty: &Type) -> Inside {
    const AROUND: &[&str] = &[
        "Created",
        "Accepted",
        "BadRequest",
        "Unauthorized",
        "Forbidden",
        "NotFound",
        "Conflict",
        "Custom",
        "Flash",
    ];
    if let Some(json) = inner(ty, "Json") {
        return Inside::Json(written(json));
    }
    let answer = match ty {
        Type::Tuple(tuple) => tuple.elems.last(),
        _ => {
            let around = segment(ty).filter(|segment| AROUND.iter().any(|name| segment.ident == name));
            around.and_then(|segment| arguments(segment).last().copied())
        }
    };
    answer.map_or(Inside::Nothing, |ty| Inside::Answer(ty.clone()))
}

/// The type in a list, a map, a box or an option.
fn written(ty: Type) -> Type {
    let holder = segment(&ty).filter(|segment| {
        ["Vec", "Option", "Box", "HashMap", "BTreeMap"].iter().any(|name| segment.ident == name)
    });
    match holder.map(arguments).and_then(|arguments| arguments.last().map(|ty| (*ty).clone())) {
        Some(inside) => written(inside),
        None => ty,
    }
}

/// Whether a type cannot be named, as a part of it is an `impl Trait`.
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
