//! How an argument whose place is not declared gets its value: from the body if its type is a model, else from a guard.
//!
//! The macro cannot decide this, since it sees the tokens of a type and not what the type implements; and one trait
//! cannot either, since an implementation for all models and another for all guards would overlap. So the code that the
//! macro expands to calls a method of [`ArgumentProbe`], and method resolution decides ("autoref specialisation"): an
//! inherent method is preferred to that of a trait but exists only where its bounds hold, and a method that takes
//! `self` by value is preferred to one for a reference. In this order come the model, the guard, and last an argument
//! that is neither, which is an error: of its own where it is a caller.
//!
//! These errors are the reason for the traits that no type implements (`BodyOrGuard`, `RequestGuard`, `Argument`, ..):
//! a method requires one of them exactly where a declaration is wrong, so that the compiler prints its
//! `on_unimplemented` message instead of an error about the methods of a probe.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;

use rocket::data::{FromData, Outcome as DataOutcome};
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::FromRequest;
use rocket::route::Outcome as Routed;

use super::body::is_truncated;
use super::function::Call;
use super::repository::requested;
use crate::error_format::HttpError;
use crate::input::{Place, RequestInputs, extractor};
use crate::repository::{Asker, Repository};
use crate::resource::{AccessKind, Caller, Resource};
use crate::wire::{Model, Object, Shape, Wire};

/// Why a guard gave no value to call the function with.
pub enum Failure<E> {
    /// The guard forwards the request.
    Forward(Status),
    /// The guard fails.
    Error(Status, E),
}

/// Finds the place of an argument that declares none. `before` runs its guard, if it is one, before any input is
/// parsed; `before_data` does so for an argument under `data = "<..>"`; `after` gives the value.
///
/// `K` is [`OfFunction`] or [`OfDependency`].
pub struct ArgumentProbe<T, K>(PhantomData<fn() -> (T, K)>);

/// The argument is one of an operation. What its route does not name is the body, if it is a model.
pub struct OfFunction;

/// The argument is one of a dependency, which has no route. Any type of requests is an input, by its name.
pub struct OfDependency;

impl<T, K> ArgumentProbe<T, K> {
    /// A probe of `T`.
    #[allow(clippy::new_without_default, reason = "only macros call this")]
    #[must_use]
    pub const fn new() -> Self {
        ArgumentProbe(PhantomData)
    }
}

impl<T: Model> ArgumentProbe<T, OfFunction> {
    pub const PLACE: Place = Place::Body { embed: false };
    pub const DATA: Place = Self::PLACE;
    pub const SHAPE: fn() -> Shape = T::shape;

    pub async fn before(self, _: &mut Call<'_, '_>) -> Result<Option<T>, Failure<Infallible>> {
        Ok(None)
    }

    pub async fn before_data(self, _: &mut Call<'_, '_>) -> Result<Option<T>, Failure<Infallible>> {
        Ok(None)
    }

    pub fn after(self, _: Option<T>, examined: &mut RequestInputs<'_>, index: usize) -> Option<T> {
        examined.take(index, &extractor())
    }
}

impl<T: Wire> ArgumentProbe<T, OfDependency> {
    pub const PLACE: Place = Place::ByName;
    pub const SHAPE: fn() -> Shape = T::shape;

    pub async fn before(self, _: &mut Call<'_, '_>) -> Result<Option<T>, Failure<Infallible>> {
        Ok(None)
    }

    pub fn after(self, _: Option<T>, examined: &mut RequestInputs<'_>, index: usize) -> Option<T> {
        examined.take(index, &extractor())
    }
}

/// A repository is a request guard, but only of a resource: an argument of one of another struct is an error that names
/// that struct, and not an argument without a place.
impl<R, K> ArgumentProbe<Repository<R>, K> {
    pub fn before(self, call: &mut Call<'_, '_>) -> Ready<Result<Option<Repository<R>>, Failure<HttpError>>>
    where
        R: Resource,
    {
        // That of a resource with access rules is given by a dependency.
        ready(match requested(call.request, Asker::default()) {
            _ if R::Access::IS_RULED => Ok(None),
            Ok(repository) => Ok(Some(repository)),
            Err((status, error)) => Err(Failure::Error(status, error)),
        })
    }
}

/// Refuses a type that is both a body and a request guard, so that the argument has to declare which of them it is. If
/// it were silently read from the body, a guard such as the current user would be whatever the client wrote there.
///
/// Data guards and forms are refused by methods of other names, since an inherent method may exist only once.
impl<'r, T: Wire + FromRequest<'r>, K> ArgumentProbe<T, K> {
    #[must_use]
    pub const fn no_guard(self) -> Self
    where
        T: BodyOrGuard,
    {
        self
    }
}

impl<'r, T: Model + FromData<'r>, K> ArgumentProbe<T, K> {
    #[must_use]
    pub const fn no_data_guard(self) -> Self
    where
        T: BodyOrGuard,
    {
        self
    }
}

impl<'r, T: Object + FromForm<'r>, K> ArgumentProbe<T, K> {
    #[must_use]
    pub const fn no_form(self) -> Self
    where
        T: BodyOrForm,
    {
        self
    }
}

impl<'r, T: Object + FromForm<'r>, K> ArgumentProbe<Option<T>, K> {
    #[must_use]
    pub const fn no_form(self) -> Self
    where
        T: BodyOrForm,
    {
        self
    }
}

/// A trait that no type implements, for its error message: a type is both a model and a guard.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a model and a guard, and nothing says which of them this argument is",
    label = "write `#[param(guard)]` or `#[param(body)]` before it",
    note = "`#[param(guard)]` asks the guard for it: a current user, a session, whatever a client must not choose",
    note = "`#[param(body)]` reads it from the body, as the client wrote it, and asks no guard"
)]
pub trait BodyOrGuard {}

/// A trait that no type implements, for its error message: a type is both a model and a form.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a model and a form, and nothing says which of them this argument is",
    label = "write `#[param(body)]` or `#[param(form)]` before it",
    note = "`#[param(body)]` reads it from a body of JSON",
    note = "`#[param(form)]` reads it from a form, by the rules of `#[model]`; to have it read by its own `FromForm`, \
            write `data = \"<name>\"` in the attribute, and Rocket's `Form<{Self}>` for its type"
)]
pub trait BodyOrForm {}

/// The methods that do nothing, which are called where a type has only one meaning.
pub trait OneMeaning: Sized {
    #[must_use]
    fn no_guard(self) -> Self {
        self
    }

    #[must_use]
    fn no_data_guard(self) -> Self {
        self
    }

    #[must_use]
    fn no_form(self) -> Self {
        self
    }
}

impl<T, K> OneMeaning for ArgumentProbe<T, K> {}

/// The probe of an argument that is declared to be a guard: a request guard, or under `data = "<..>"` a data guard.
pub struct Guarded<T>(PhantomData<fn() -> T>);

impl<T> Guarded<T> {
    pub const SHAPE: fn() -> Shape = || Shape::Any;

    /// A probe of `T`.
    #[allow(clippy::new_without_default, reason = "only macros call this")]
    #[must_use]
    pub const fn new() -> Self {
        Guarded(PhantomData)
    }
}

impl<'r, T: FromRequest<'r>> ProbeGuard<'r, T> for Guarded<T> {}

impl<'r, T: FromData<'r>> ProbeData<'r, T> for Guarded<T> {}

/// A trait that no type implements, for its error message: an argument is declared to be a request guard, or is a
/// reference, which only guards can be, but its type is no guard.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no request guard",
    label = "does not implement Rocket's `FromRequest`",
    note = "implement it for a type of your own, with an `Error` that becomes an `HttpError`, as in README.md",
    note = "the status, headers and cookies of the answer are set by `Reply<_>`, or by an argument `parts: ResponseParts`",
    note = "what the rocket manages is taken as `&State<..>`; values of the request are owned, and taken without `&`"
)]
pub trait RequestGuard {}

/// A trait that no type implements, for its error message: an argument is declared to be a data guard, but its type is
/// none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no data guard",
    label = "does not implement Rocket's `FromData`",
    note = "without `#[param(guard)]` it is a body of JSON, where it is a model"
)]
pub trait DataGuard {}

/// The error for an argument that is declared to be a guard, but whose type is none.
pub trait NoGuard<T>: Sized {
    fn before(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: RequestGuard,
    {
        ready(Ok(None))
    }

    fn before_data(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: DataGuard,
    {
        ready(Ok(None))
    }
}

impl<T> NoGuard<T> for &Guarded<T> {}

/// The place of an argument that is no model.
pub trait NoModel {
    const PLACE: Place = Place::Guard;
    const DATA: Place = Place::Data;
    const SHAPE: fn() -> Shape = || Shape::Any;
}

impl<T, K> NoModel for ArgumentProbe<T, K> {}

/// Runs the guard of an argument that is a request guard.
pub trait ProbeGuard<'r, T: FromRequest<'r>>: Sized {
    fn before(
        self,
        call: &mut Call<'r, '_>,
    ) -> impl Future<Output = Result<Option<T>, Failure<T::Error>>> + Send {
        let request = call.request;
        async move {
            match T::from_request(request).await {
                Outcome::Success(guard) => Ok(Some(guard)),
                Outcome::Error((status, error)) => Err(Failure::Error(status, error)),
                Outcome::Forward(status) => Err(Failure::Forward(status)),
            }
        }
    }
}

impl<'r, T: FromRequest<'r>, K> ProbeGuard<'r, T> for ArgumentProbe<T, K> {}

/// Gives the value of an argument whose guard has run before the inputs were parsed.
pub trait ProbeBefore<T>: Sized {
    fn after(self, made: Option<T>, _: &mut RequestInputs<'_>, _: usize) -> Option<T> {
        made
    }
}

impl<T, K> ProbeBefore<T> for &ArgumentProbe<T, K> {}

/// Runs the guard of an argument under `data = "<..>"` that is a data guard.
pub trait ProbeData<'r, T: FromData<'r>>: Sized {
    fn before_data(
        self,
        call: &mut Call<'r, '_>,
    ) -> impl Future<Output = Result<Option<T>, Failure<T::Error>>> + Send {
        let (request, data) = (call.request, call.data.take());
        async move {
            let Some(mut data) = data else { return Err(Failure::Forward(Status::InternalServerError)) };
            // The guard would take the part of the body that arrived for the whole.
            if is_truncated(&mut data).await {
                return Err(Failure::Forward(Status::BadRequest));
            }
            match T::from_data(request, data).await {
                DataOutcome::Success(guard) => Ok(Some(guard)),
                DataOutcome::Error((status, error)) => Err(Failure::Error(status, error)),
                DataOutcome::Forward((_, status)) => Err(Failure::Forward(status)),
            }
        }
    }
}

impl<'r, T: FromData<'r>, K> ProbeData<'r, T> for ArgumentProbe<T, K> {}

/// A trait that no type implements, for its error message: an argument is neither in the path or query nor a body or a
/// guard.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a body nor a request guard",
    label = "where does this come from?",
    note = "a value of the path or the query is named in the route: `#[get(\"/items/<id>?<q>\")]`",
    note = "other places are declared: `#[param(header)]`, `#[param(cookie)]`, `#[param(form)]`, `#[param(body)]`",
    note = "a body is a struct of your own under `#[model]`; a request guard implements Rocket's `FromRequest`",
    note = "a `#[resource]` has models of its own for bodies: `HeroCreate`, `HeroReplace` and `HeroPatch` of a `Hero`"
)]
pub trait Argument {}

/// The error for an argument that is neither a model nor a guard.
pub trait ProbeNothing<T>: Sized {
    fn before(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: Argument,
    {
        ready(Ok(None))
    }

    fn before_data(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: Argument,
    {
        ready(Ok(None))
    }
}

impl<T, K> ProbeNothing<T> for &mut ArgumentProbe<T, K> {}

/// A trait that no type implements, for its error message: an argument is the caller, whom a dependency gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is whoever asks, and nothing says what gives it to this argument",
    label = "write `#[param(depends(current_user))]` before it, with the dependency of the caller",
    note = "it is the one that `#[crewed::caller(depends(..))]` names; what that returns, without the `Result`, is the type \
            of the argument: `Me`, or `Option<Me>`",
    note = "a caller under `#[crewed::caller]` alone implements Rocket's `FromRequest`, and is asked as a request guard"
)]
pub trait GivenCaller {}

/// The error for an argument that is a caller and no request guard.
pub trait ProbeCaller<T>: Sized {
    fn before(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: GivenCaller,
    {
        ready(Ok(None))
    }

    fn before_data(self, _: &mut Call<'_, '_>) -> Ready<Result<Option<T>, Failure<Infallible>>>
    where
        T: GivenCaller,
    {
        ready(Ok(None))
    }
}

impl<T: Caller, K> ProbeCaller<T> for &ArgumentProbe<T, K> {}

impl<T: Caller, K> ProbeCaller<Option<T>> for &ArgumentProbe<Option<T>, K> {}

/// The failure of a guard, to be turned into a response.
pub struct GuardError<E>(pub Failure<E>);

impl<E: Into<HttpError>> GuardError<E> {
    /// The response that the guard's error describes.
    pub fn routed<'r>(self, call: &mut Call<'r, '_>) -> Routed<'r> {
        match self.0 {
            Failure::Forward(status) => call.forward(status),
            Failure::Error(_, error) => Routed::Success(call.http_error(error.into())),
        }
    }
}

/// The outcome for a guard whose error does not become an [`HttpError`]: the rocket's catchers answer by its status.
pub trait GuardErrorFallback<E>: Sized {
    fn routed<'r>(self, call: &mut Call<'r, '_>) -> Routed<'r>;
}

impl<E> GuardErrorFallback<E> for GuardError<E> {
    fn routed<'r>(self, call: &mut Call<'r, '_>) -> Routed<'r> {
        match self.0 {
            Failure::Forward(status) => call.forward(status),
            Failure::Error(status, _) => Routed::Error(status),
        }
    }
}

/// A trait that no type implements, for its error message: one of crewed's functions is listed in Rocket's
/// `routes![..]`.
#[diagnostic::on_unimplemented(
    message = "one of crewed's operations is no route of Rocket's",
    label = "not mounted with `routes![..]`",
    note = "hand it to the API: `Api::new().operations(operations![..])`"
)]
pub trait RocketRoute {
    fn none() -> Self;
}
