//! What is described: functions and resources, with what stands around them.

use std::collections::HashMap;

use crate::function::{Answer, FunctionMeta, Plan};
use crate::resource::{Operation, ResourceDescriptor};

/// What the routers around an operation declare.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    /// The path before that of the operation, without the base of the API.
    pub(crate) prefix: String,
    /// Tags before those of the operation.
    pub(crate) tags: Vec<String>,
    /// Answers, the outermost first.
    pub(crate) answers: Vec<Answer>,
    /// Whether clients should stop using it.
    pub(crate) deprecated: bool,
    /// Whether it is left out of the document.
    pub(crate) hidden: bool,
}

/// A function in the document.
#[derive(Debug)]
pub(crate) struct DescribedFunction {
    pub(crate) meta: &'static FunctionMeta,
    pub(crate) around: Around,
    /// Its dependencies, if it has some.
    pub(crate) plan: Option<Plan>,
}

/// A resource in the document.
#[derive(Debug)]
pub(crate) struct DescribedResource {
    pub(crate) descriptor: ResourceDescriptor,
    pub(crate) around: Around,
    /// The dependencies of those operations that have some.
    pub(crate) plans: HashMap<Operation, Plan>,
}
