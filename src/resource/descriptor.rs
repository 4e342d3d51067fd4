//! A resource without its types, for what treats all resources alike.

use super::{Operation, Resource, ResourceMeta};
use crate::wire::{Fields, ObjectMeta};

/// What is said of a resource and of the bodies of its operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceDescriptor {
    /// What is said of the resource.
    pub meta: &'static ResourceMeta,
    /// The body of a create, where that is served.
    pub create: Option<&'static ObjectMeta>,
    /// The body of a replace, where that is served.
    pub replace: Option<&'static ObjectMeta>,
    /// The body of a patch, where that is served.
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
