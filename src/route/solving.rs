//! The state of a request whose dependencies are being asked.

use std::any::Any;
use std::mem;

use crate::function::Plan;
use crate::input::RequestInputs;
use crate::issue::MOST_ISSUES;

/// A value without its type.
pub(super) type AnyValue = Box<dyn Any + Send + Sync>;

/// How a value is cloned, in the description of its dependency.
pub(super) type CloneValue = fn(&(dyn Any + Send + Sync)) -> Option<AnyValue>;

/// The dependencies of a request, while they are asked, and afterwards the values that they gave.
pub(super) struct Solving<'r> {
    pub(super) plan: &'r Plan,
    /// The inputs, until the operation itself takes them.
    pub(super) inputs: Option<RequestInputs<'r>>,
    pub(super) slots: Vec<Slot>,
    /// The dependency that is being asked, by its position; `None` for the operation.
    pub(super) current: Option<usize>,
    /// How many issues there were when it began.
    pub(super) issues: usize,
}

/// What is known of the value of a dependency.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) value: Option<AnyValue>,
    /// How many receivers have not taken it yet.
    pub(super) waiting: usize,
    /// Whether the dependency was asked and gave a value, which may have been taken since.
    pub(super) is_valid: bool,
    /// Whether the dependency was asked.
    pub(super) is_asked: bool,
}

impl Solving<'_> {
    pub(super) fn begin(&mut self, node: usize) {
        self.current = Some(node);
        if let Some(inputs) = &mut self.inputs {
            inputs.hand_to(&self.plan.nodes[node].inputs);
            self.issues = inputs.issue_count();
        }
    }

    /// Puts the issues of the dependency that was asked last in order.
    pub(super) fn sort_issues(&mut self) {
        if let Some(inputs) = &mut self.inputs {
            inputs.sort_issues(self.issues);
        }
    }

    /// Whether each dependency of the operation has given a value, or there are issues that tell why not.
    pub(super) fn is_answered(&self) -> bool {
        let mut roots = self.plan.roots.iter().flatten();
        roots.all(|root| self.slots[*root].is_valid)
            || self.inputs.as_ref().is_some_and(RequestInputs::are_refused)
    }

    /// Whether there are as many issues as an answer tells, so that no dependency has to be asked again.
    pub(super) fn is_full(&self) -> bool {
        self.inputs.as_ref().is_some_and(|inputs| inputs.issue_count() >= MOST_ISSUES)
    }

    /// The value of a dependency for one of its receivers: a clone, or for the last one the value itself.
    pub(super) fn value_of(&mut self, node: usize) -> Option<AnyValue> {
        let slot = &mut self.slots[node];
        slot.waiting = slot.waiting.saturating_sub(1);
        if slot.waiting == 0 {
            return mem::take(&mut slot.value);
        }
        let clone = self.plan.nodes[node].meta.cloned.to::<CloneValue>()?;
        clone(&**slot.value.as_ref()?)
    }
}
