//! Dependencies: how an operation's are asked for their values before it is called.
//!
//! The order is FastAPI's: what the API and the routers declare comes first, then the operation and its arguments, and
//! each dependency after those of its own. The inputs of a dependency are taken from the same request, and their issues
//! go into the one 422. A dependency with issues is not called, while all others are; one that fails ends the request
//! at once, whatever issues there were before.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use rocket::http::Status;
use rocket::route::Outcome as Routed;

use super::background::{Work, finally};
use super::body::{RocketBody, head};
use super::error_response::answers;
use super::exchange::Refusal;
use super::function::Call;
use super::gate::refused;
use super::headers::has;
use super::rates::Rates;
use super::solving::{AnyValue, CloneValue, Slot, Solving};
use crate::endpoint;
use crate::error::Error;
use crate::function::{DependencyMeta, DependencyUse, Node, Plan, TypeProbe};
use crate::input::{Described, RequestInputs};
use crate::resource::ResourceMeta;

/// A function under [`#[depends]`](macro@crate::depends), which gives a value to the operations that depend on it; or a
/// type that is such a value itself, as [`Bearer`](crate::Bearer) is.
#[diagnostic::on_unimplemented(
    message = "this is no dependency",
    label = "write `#[crewed::depends]` above this function",
    note = "a dependency is a function under `#[crewed::depends]`, and is named by its path: `depends(current_user)`"
)]
pub trait Dependency: Sized + 'static {
    /// The type of the value.
    type Value: Send + Sync + 'static;

    /// The description of the dependency.
    #[doc(hidden)]
    const META: &'static DependencyMeta;

    /// Asks it for its value; `None` if an input is invalid, whose issues are kept.
    #[doc(hidden)]
    fn ask<'r>(
        call: &mut Call<'r, '_>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Refused<'r>>> + Send;
}

/// Is implemented for the type `V` of a dependency's value alone, for its error message: an argument takes the value, and
/// has another type.
#[diagnostic::on_unimplemented(
    message = "the value of this dependency is a `{V}`, and no `{Self}`",
    label = "gives a `{V}`",
    note = "an argument has the type that the function under `#[crewed::depends]` returns, without the `Result`"
)]
pub trait ValueOf<V> {}

impl<V> ValueOf<V> for V {}

/// The answer to a request that a dependency ends. It is in a box, as it is large and rarely there.
pub struct Refused<'r>(pub(super) Box<Routed<'r>>);

impl<'r> From<Routed<'r>> for Refused<'r> {
    fn from(answer: Routed<'r>) -> Self {
        Refused(Box::new(answer))
    }
}

type Asking<'a, 'r> = Pin<Box<dyn Future<Output = Result<Option<AnyValue>, Refused<'r>>> + Send + 'a>>;

/// How a dependency is asked, in its description.
type Ask = for<'a, 'r, 'q> fn(&'a mut Call<'r, 'q>) -> Asking<'a, 'r>;

struct Asked<D>(PhantomData<D>);

impl<D: Dependency> Asked<D> {
    const ASK: Ask = |call| {
        Box::pin(async move {
            let value = D::ask(call).await?;
            Ok(value.map(|value| Box::new(value) as AnyValue))
        })
    };
}

struct Cloned<T>(PhantomData<T>);

impl<T: Clone + Send + Sync + 'static> Cloned<T> {
    const CLONE: CloneValue =
        |value| value.downcast_ref::<T>().map(|value| Box::new(value.clone()) as AnyValue);
}

impl<T: Clone + Send + Sync + 'static> TypeProbe<T> {
    /// How a value is cloned.
    pub const CLONED: Described = Described::new(&Cloned::<T>::CLONE);
}

/// The description of a dependency with this name.
#[must_use]
pub const fn described<D: Dependency>(name: &'static str) -> DependencyMeta {
    DependencyMeta::new::<D, D::Value>(name, Described::new(&Asked::<D>::ASK))
}

/// The use of a dependency.
#[must_use]
pub const fn used<D: Dependency>() -> DependencyUse {
    DependencyUse::new(|| D::META)
}

/// The use of a dependency whose value an argument of the type `T` takes.
#[must_use]
pub const fn given<D: Dependency, T: ValueOf<D::Value>>() -> DependencyUse {
    used::<D>()
}

/// The dependencies of a resource, in its description.
pub struct Dependencies(pub &'static [DependencyUse]);

/// The dependencies that a resource declares.
pub(crate) fn dependencies_of(meta: &ResourceMeta) -> &'static [DependencyUse] {
    meta.dependencies.to::<Dependencies>().map_or(&[], |dependencies| dependencies.0)
}

/// What is done with a value when an answer of this status was sent, in the description of its dependency.
#[derive(Clone, Copy)]
pub struct After(pub fn(AnyValue, Status) -> Option<Work>);

/// A function that is called with the value of a dependency when the answer was sent: it takes the value itself or a
/// reference to it, and may take the status of the answer too and be `async`. `M` tells these forms apart.
#[diagnostic::on_unimplemented(
    message = "`after` names a function that does not take the value of its dependency",
    label = "takes no `{T}`, or returns something",
    note = "it is a function, `async` or not, that takes the value and returns nothing: `async fn close(value: {T})`",
    note = "it may take the status of the answer too: `async fn close(value: {T}, status: Status)`"
)]
pub trait AfterFunction<T, M>: Send {
    /// Calls it.
    fn finish(self, value: T, status: Status) -> impl Future<Output = ()> + Send;
}

impl<T: Send, F: FnOnce(T) -> O + Send, O: Future<Output = ()> + Send> AfterFunction<T, (T, O)> for F {
    async fn finish(self, value: T, _: Status) {
        self(value).await;
    }
}

impl<T: Send, F: FnOnce(T, Status) -> O + Send, O: Future<Output = ()> + Send>
    AfterFunction<T, (T, Status, O)> for F
{
    async fn finish(self, value: T, status: Status) {
        self(value, status).await;
    }
}

impl<T: Send, F: FnOnce(T) + Send> AfterFunction<T, (T,)> for F {
    async fn finish(self, value: T, _: Status) {
        self(value);
    }
}

impl<T: Send, F: FnOnce(T, Status) + Send> AfterFunction<T, ((T,), Status)> for F {
    async fn finish(self, value: T, status: Status) {
        self(value, status);
    }
}

impl<T: Send + Sync, F: FnOnce(&T) + Send> AfterFunction<T, ()> for F {
    async fn finish(self, value: T, _: Status) {
        self(&value);
    }
}

impl<T: Send + Sync, F: FnOnce(&T, Status) + Send> AfterFunction<T, Status> for F {
    async fn finish(self, value: T, status: Status) {
        self(&value, status);
    }
}

/// The future that calls an `after` with a value whose type is erased.
pub fn finish<T: Send + 'static, M>(
    function: impl AfterFunction<T, M> + 'static,
    value: AnyValue,
    status: Status,
) -> Option<Work> {
    let value = value.downcast::<T>().ok()?;
    Some(Box::pin(async move { function.finish(*value, status).await }))
}

impl<'r> Call<'r, '_> {
    /// Reads the body, if anything takes a part of it, and asks all dependencies. What the function itself takes from
    /// the request is taken later.
    pub(super) async fn prepare(&mut self, plan: &'r Plan) -> Result<(), Refused<'r>> {
        let request = self.request;
        let mut body = RocketBody { request, data: self.data.take(), timeouts: self.context.limits.timeouts };
        let examined = endpoint::examine(&plan.all, head(request), &mut body, &self.context).await;
        // A guard that forwards the request needs the body, if nothing has read it.
        self.data = body.data;
        let mut inputs = examined.map_err(|error| self.failed(error))?;
        inputs.embed(plan.embedded);
        inputs.beside(&plan.keys);
        inputs.hide_body(plan.hides_body);
        if plan.nodes.is_empty() {
            inputs.hand_to(&plan.inputs);
        } else {
            inputs.share_form();
            if let Some(issue) = inputs.malformed_body() {
                return Err(self.failed(Error::Invalid(vec![issue])).into());
            }
            inputs.pause();
        }
        let slot = |node: &Node| Slot { waiting: node.receivers, ..Slot::default() };
        let slots = plan.nodes.iter().map(slot).collect();
        self.solving =
            Some(Box::new(Solving { plan, inputs: Some(inputs), slots, current: None, issues: 0 }));
        for root in plan.roots.iter().flatten() {
            if let Err(mut refused) = self.solve(*root).await {
                self.challenge(plan, &mut refused);
                return Err(refused);
            }
        }
        let Some(solving) = &mut self.solving else { return Err(self.lost().into()) };
        solving.current = None;
        if !solving.is_answered() {
            return Err(self.lost().into());
        }
        match solving.inputs.take_if(|inputs| inputs.are_refused() && !plan.has_own_inputs()) {
            Some(refused) => Err(self.refuse(refused).into()),
            None => Ok(()),
        }
    }

    /// Says how to be somebody, where the dependency that was asked last looks for the caller and its 401 does not say it.
    #[cold]
    fn challenge(&self, plan: &Plan, refused: &mut Refused<'_>) {
        let Routed::Success(response) = &mut *refused.0 else { return };
        let failed = self.solving.as_ref().and_then(|solving| solving.current);
        if response.status() == Status::Unauthorized
            && !has(response.headers(), "WWW-Authenticate")
            && failed.is_some_and(|failed| plan.finds_caller(failed))
        {
            response.set_raw_header("WWW-Authenticate", "Bearer");
        }
    }

    /// Asks a dependency, unless its value is known, after those of its own.
    fn solve<'a>(
        &'a mut self,
        node: usize,
    ) -> Pin<Box<dyn Future<Output = Result<(), Refused<'r>>> + Send + 'a>> {
        Box::pin(async move {
            let Some(solving) = &self.solving else { return Err(self.lost().into()) };
            let Slot { is_valid, is_asked, .. } = solving.slots[node];
            if is_valid || (is_asked && solving.is_full()) {
                return Ok(());
            }
            let plan = solving.plan;
            for child in plan.nodes[node].children.iter().flatten() {
                self.solve(*child).await?;
            }
            if let Some(solving) = &mut self.solving {
                solving.begin(node);
            }
            let Some(ask) = plan.nodes[node].meta.asked.to::<Ask>() else { return Err(self.lost().into()) };
            let value = ask(self).await?;
            if let Some(value) = &value {
                self.count_caller(node, &**value)?;
            }
            if value.is_none()
                && let Some(solving) = &mut self.solving
            {
                solving.sort_issues();
            }
            self.keep(node, value);
            Ok(())
        })
    }

    /// Counts the request for its caller, if this dependency gives one.
    fn count_caller(&self, node: usize, value: &(dyn Any + Send + Sync)) -> Result<(), Refused<'r>> {
        let Some(giving) = self.callers.iter().find(|giving| giving.node == node) else { return Ok(()) };
        let rates = self.request.rocket().state::<Arc<Rates>>();
        match rates.and_then(|rates| rates.count_caller(self.request, giving.tell, value)) {
            None => Ok(()),
            Some(refusal) => {
                answers(self.request, &self.context);
                finally(self.request).forget_tasks();
                Err(Routed::Success(refused(self.request, Refusal::Error(refusal))).into())
            }
        }
    }

    /// Keeps the value of a dependency, and what is to be done with it when the answer was sent.
    fn keep(&mut self, node: usize, value: Option<AnyValue>) {
        let request = self.request;
        let Some(solving) = &mut self.solving else { return };
        let slot = &mut solving.slots[node];
        slot.is_asked = true;
        slot.is_valid = value.is_some();
        slot.value = value;
        let after = solving.plan.nodes[node].meta.after.to::<After>();
        if let Some(After(after)) = after
            && let Some(value) = solving.value_of(node)
        {
            let after = *after;
            finally(request).after(Box::new(move |status| after(value, status)));
        }
    }

    /// The inputs of the dependency that is being asked.
    pub async fn inputs(&mut self) -> Result<&mut RequestInputs<'r>, Refused<'r>> {
        let resumed = match self.solving.as_mut().and_then(|solving| solving.inputs.as_mut()) {
            Some(inputs) => inputs.resume().await,
            None => Ok(()),
        };
        if let Err(error) = resumed {
            return Err(self.failed(error).into());
        }
        match self.solving.as_mut().and_then(|solving| solving.inputs.as_mut()) {
            Some(inputs) => Ok(inputs),
            None => Err(Routed::Error(Status::InternalServerError).into()),
        }
    }

    /// Whether the dependency that is being asked may be called: its inputs are valid, and its own dependencies have
    /// given values.
    pub fn may_call(&mut self) -> bool {
        let Some(solving) = &mut self.solving else { return false };
        if let Some(inputs) = &mut solving.inputs {
            inputs.pause();
            if inputs.issue_count() > solving.issues {
                return false;
            }
        }
        let children = solving.current.map(|node| &solving.plan.nodes[node].children);
        children.into_iter().flatten().flatten().all(|child| solving.slots[*child].is_valid)
    }

    /// The value of a dependency, by the position of its use in the declaration; `None` if it gave none.
    pub fn value<T: 'static>(&mut self, used: usize) -> Option<T> {
        let solving = self.solving.as_mut()?;
        let node = match solving.current {
            Some(node) => *solving.plan.nodes[node].children.get(used)?,
            None => *solving.plan.roots.get(solving.plan.levels + used)?,
        };
        let value = solving.value_of(node?)?;
        value.downcast().ok().map(|value| *value)
    }

    /// The scopes that are required where the dependency that is being asked stands, outermost first.
    pub(super) fn scopes(&self) -> &'r [&'static str] {
        let node = self.solving.as_ref().and_then(|solving| Some(&solving.plan.nodes[solving.current?]));
        node.map_or(&[], |node| &node.scopes)
    }

    /// The description of the dependency that is being asked.
    pub(super) fn asked(&self) -> Option<&'static DependencyMeta> {
        let solving = self.solving.as_ref()?;
        Some(solving.plan.nodes[solving.current?].meta)
    }

    /// The inputs for the function itself, after all dependencies were asked.
    pub(super) async fn own_inputs(&mut self) -> Result<RequestInputs<'r>, Routed<'r>> {
        let lost = Routed::Error(Status::InternalServerError);
        let Some(solving) = self.solving.as_mut() else { return Err(lost) };
        let Some(mut inputs) = solving.inputs.take() else { return Err(lost) };
        inputs.hand_to(&solving.plan.inputs);
        match inputs.resume().await {
            Ok(()) => Ok(inputs),
            Err(error) => Err(self.failed(error)),
        }
    }
}
