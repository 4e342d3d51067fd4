//! How the caller of a request is found, for resources with access rules: by a dependency, which is asked before anything
//! of the resource.

use std::marker::PhantomData;

use rocket::outcome::Outcome;
use rocket::request::FromRequest;
use rocket::{Request, Response};

use super::dependency::{Dependency, Refused, described, used};
use super::exchange::exchange;
use super::function::Call;
use super::headers::all;
use super::rates::TellCaller;
use super::solving::AnyValue;
use crate::error_format::HttpError;
use crate::function::{DependencyMeta, DependencyUse, TypeProbe};
use crate::input::Described;
use crate::resource::{AnyCaller, Caller, LoggedId, ResourceMeta};
use rocket::route::Outcome as Routed;

/// A caller without their type.
pub(super) type Found = Box<AnyCaller>;

/// How the caller of a request is found, in the declaration of the caller.
#[derive(Clone, Copy)]
pub(crate) struct CallerUse {
    /// The dependency that gives the caller.
    pub(crate) used: DependencyUse,
    /// The caller in its value, if somebody is known. The error is a value of another type.
    pub(super) found: fn(AnyValue) -> Result<Option<Found>, AnyValue>,
    /// Tells the caller in its value from others. Returns whether there is one who has an id.
    pub(crate) tell: TellCaller,
    /// The id of the caller for the log.
    pub(super) logged_id: Option<LoggedId>,
}

/// How the caller of a resource is found, if it has rules that ask for one.
pub(crate) fn caller_of(meta: &ResourceMeta) -> Option<&'static CallerUse> {
    meta.access?.caller.to::<CallerUse>()
}

/// A value of a dependency that is a caller of the type `C`, or nobody.
#[diagnostic::on_unimplemented(
    message = "this dependency gives a `{Self}`, and no `{C}`",
    label = "gives a `{Self}`",
    note = "the dependency of a caller gives the caller, or an `Option` that is `None` where nobody is known"
)]
pub trait GivesCaller<C>: Send + Sync + 'static {
    /// The caller, if somebody is known.
    fn into_caller(self) -> Option<C>;

    /// A look at the caller, if somebody is known.
    fn caller(&self) -> Option<&C>;
}

impl<C: Caller> GivesCaller<C> for C {
    fn into_caller(self) -> Option<C> {
        Some(self)
    }

    fn caller(&self) -> Option<&C> {
        Some(self)
    }
}

impl<C: Caller> GivesCaller<C> for Option<C> {
    fn into_caller(self) -> Option<C> {
        self
    }

    fn caller(&self) -> Option<&C> {
        self.as_ref()
    }
}

struct Giving<C, D>(PhantomData<(C, D)>);

impl<C: Caller, D: Dependency> Giving<C, D>
where
    D::Value: GivesCaller<C>,
{
    const USE: CallerUse = CallerUse {
        used: used::<D>(),
        found: |value| {
            let value = value.downcast::<D::Value>()?;
            Ok(value.into_caller().map(|caller| Box::new(caller) as Found))
        },
        tell: |value, hasher| {
            let caller = value.downcast_ref::<D::Value>().and_then(GivesCaller::caller);
            caller.is_some_and(|caller| caller.tell(hasher))
        },
        logged_id: C::LOGGED_ID,
    };
}

/// The caller is what a dependency gives.
#[must_use]
pub const fn giving<C: Caller, D: Dependency>() -> Described
where
    D::Value: GivesCaller<C>,
{
    Described::new(&Giving::<C, D>::USE)
}

/// The caller is a request guard of Rocket's. One that forwards the request knows nobody, and one that fails has found
/// credentials that are wrong.
#[must_use]
pub const fn guarding<C: GuardsAsCaller>() -> Described {
    Described::new(&Giving::<C, Guarding<C>>::USE)
}

/// A caller that is a request guard. It has the request with it, so that the compiler asks for one bound and tells one
/// mistake.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a caller, and no request guard that finds one",
    label = "no `FromRequest` whose `Error` becomes an `HttpError`",
    note = "implement Rocket's `FromRequest` for it, with `type Error = HttpError`; or name the dependency that gives it: \
            `#[crewed::caller(depends(current_user))]`"
)]
pub trait GuardsAsCaller: Caller {
    /// The caller of a request, nobody, or what is wrong.
    fn ask(request: &Request<'_>) -> impl Future<Output = Result<Option<Self>, HttpError>> + Send;
}

#[diagnostic::do_not_recommend]
impl<C> GuardsAsCaller for C
where
    C: Caller + for<'r> FromRequest<'r>,
    for<'r> <C as FromRequest<'r>>::Error: Into<HttpError>,
{
    async fn ask(request: &Request<'_>) -> Result<Option<Self>, HttpError> {
        match C::from_request(request).await {
            Outcome::Success(caller) => Ok(Some(caller)),
            Outcome::Forward(_) => Ok(None),
            Outcome::Error((_, error)) => Err(error.into()),
        }
    }
}

/// A request guard as a dependency.
struct Guarding<C>(PhantomData<C>);

impl<C: GuardsAsCaller> Dependency for Guarding<C> {
    type Value = Option<C>;
    const META: &'static DependencyMeta =
        &described::<Self>(C::META.name).cloned(TypeProbe::<Option<C>>::CLONED);

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Option<C>>, Refused<'r>> {
        match C::ask(call.request).await {
            Ok(caller) => Ok(Some(caller)),
            Err(error) => Err(Refused::from(Routed::Success(call.http_error(error)))),
        }
    }
}

impl Call<'_, '_> {
    /// Whoever asks, after the dependencies were asked: the value of the last one of those around the operation. `Err` is
    /// a caller that cannot be told, which no declaration that compiles leads to.
    pub(super) fn caller(&mut self, used: &CallerUse) -> Result<Option<Found>, ()> {
        let solving = self.solving.as_mut().ok_or(())?;
        // The last of those around the operation.
        let node = solving.plan.roots.get(solving.plan.levels.wrapping_sub(1)).copied().flatten().ok_or(())?;
        let value = solving.value_of(node).ok_or(())?;
        self.found(used, value)
    }

    /// Whoever asks, for a dependency whose first own dependency gives the caller.
    pub(super) fn given_caller(&mut self, used: &CallerUse) -> Result<Option<Found>, ()> {
        let solving = self.solving.as_mut().ok_or(())?;
        let node =
            solving.plan.nodes[solving.current.ok_or(())?].children.first().copied().flatten().ok_or(())?;
        let value = solving.value_of(node).ok_or(())?;
        self.found(used, value)
    }

    /// The caller in a value, who is noted for the log.
    fn found(&self, used: &CallerUse, value: AnyValue) -> Result<Option<Found>, ()> {
        let found = (used.found)(value).map_err(drop)?;
        if let (Some(caller), Some(logged_id)) = (&found, used.logged_id) {
            exchange(self.request).notes().asked_by(|| logged_id(&**caller));
        }
        Ok(found)
    }
}

/// Keeps an answer that depends on the caller from being given to others, whatever a function or a dependency has said of
/// caches: only what may be stored nowhere is stricter.
pub(super) fn keep_private(response: &mut Response<'_>) {
    if !all(response.headers(), "Cache-Control").any(forbids_storing) {
        response.set_raw_header("Cache-Control", "private, no-cache");
    }
    response.adjoin_raw_header("Vary", "Authorization, Cookie, X-API-Key");
}

/// Whether a `Cache-Control` has the word `no-store`. What stands in quotes is another word's.
fn forbids_storing(control: &str) -> bool {
    !control.contains('"') && control.split(',').any(|word| word.trim().eq_ignore_ascii_case("no-store"))
}
