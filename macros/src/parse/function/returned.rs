//! What is returned, taken apart for the document.

use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type};

use super::{Anonymous, inner};
use crate::model::{Returned, arguments, bare, segment};

/// The parts of what is returned, and whether that is nothing.
pub(super) fn returned(output: &ReturnType) -> (Vec<Returned>, bool) {
    let ReturnType::Type(_, ty) = output else { return (vec![], true) };
    let mut ty = (**ty).clone();
    Anonymous.visit_type_mut(&mut ty);
    let nothing = matches!(&ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    let mut parts = Vec::new();
    take_apart(ty, &mut parts);
    (parts, nothing)
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
