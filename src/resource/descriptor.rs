//! The declaration of a resource without its types, for code that handles all resources alike.

use super::{Operation, Resource, ResourceMeta};
use crate::wire::{Fields, ObjectMeta};

/// The declarations of a resource and of the bodies of its operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceDescriptor {
    /// The declaration of the resource.
    pub meta: &'static ResourceMeta,
    /// The body of a create, if that is served.
    pub create: Option<&'static ObjectMeta>,
    /// The body of a replace, if that is served.
    pub replace: Option<&'static ObjectMeta>,
    /// The body of a patch, if that is served.
    pub patch: Option<&'static ObjectMeta>,
}

impl ResourceDescriptor {
    /// The description of a resource.
    #[must_use]
    pub(crate) fn of<R: Resource>() -> Self {
        let meta = R::RESOURCE;
        let served = |operation, body| meta.operations.contains(operation).then_some(body);
        ResourceDescriptor {
            meta,
            create: served(Operation::Create, <R::Create as Fields>::META),
            replace: served(Operation::Replace, <R::Replace as Fields>::META),
            patch: served(Operation::Patch, <R::Patch as Fields>::META),
        }
    }
}
