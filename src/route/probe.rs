//! What a function's code asks of the types of its arguments, which a macro does not see.

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

use super::body::broke_off;
use super::function::{Call, failed};
use crate::error_format::HttpError;
use crate::input::{Place, RequestInputs, extractor};
use crate::wire::{Model, Object, Shape, Wire};

/// Why there is nothing to call a function with.
pub enum Failure<E> {
    /// A guard forwards the request.
    Forward(Status),
    /// A guard fails.
    Error(Status, E),
}

/// What an argument is whose place is not said: the body, where it is a model, and else what a guard
/// makes of the request.
///
/// A macro sees no types. An inherent method goes before that of a trait, and stands only where its
/// bounds hold; and one that takes the value goes before one that takes a reference.
pub struct ArgumentProbe<T>(PhantomData<fn() -> T>);

impl<T> ArgumentProbe<T> {
    /// Asks for a `T`.
    #[allow(clippy::new_without_default, reason = "only macros ask")]
    #[must_use]
    pub const fn new() -> Self {
        ArgumentProbe(PhantomData)
    }
}

impl<T: Model> ArgumentProbe<T> {
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

/// A type that is a body and a request guard, or a body and a data guard, or a body and a form: what an
/// argument of it means has to be said. Read in silence from the body, a guard would be whatever the client
/// writes there.
///
/// Each question stands on its own, since two impls cannot have a method of one name.
impl<'r, T: Wire + FromRequest<'r>> ArgumentProbe<T> {
    #[must_use]
    pub const fn no_guard(self) -> Self
    where
        T: BodyOrGuard,
    {
        self
    }
}

impl<'r, T: Model + FromData<'r>> ArgumentProbe<T> {
    #[must_use]
    pub const fn no_data_guard(self) -> Self
    where
        T: BodyOrGuard,
    {
        self
    }
}

impl<'r, T: Object + FromForm<'r>> ArgumentProbe<T> {
    #[must_use]
    pub const fn no_form(self) -> Self
    where
        T: BodyOrForm,
    {
        self
    }
}

impl<'r, T: Object + FromForm<'r>> ArgumentProbe<Option<T>> {
    #[must_use]
    pub const fn no_form(self) -> Self
    where
        T: BodyOrForm,
    {
        self
    }
}

/// What no type implements: the message where a type is a model and a guard.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a model and a guard, and nothing says which of them this argument is",
    label = "write `#[param(guard)]` or `#[param(body)]` before it",
    note = "`#[param(guard)]` asks the guard for it: a current user, a session, whatever a client must not choose",
    note = "`#[param(body)]` reads it from the body, as the client wrote it, and asks no guard"
)]
pub trait BodyOrGuard {}

/// What no type implements: the message where a type is a model and a form.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a model and a form, and nothing says which of them this argument is",
    label = "write `#[param(body)]` or `#[param(form)]` before it",
    note = "`#[param(body)]` reads it from a body of JSON",
    note = "`#[param(form)]` reads it from a form, by the rules of `#[model]`; to have it read by its own `FromForm`, \
            write `data = \"<name>\"` in the attribute, and Rocket's `Form<{Self}>` for its type"
)]
pub trait BodyOrForm {}

/// An argument whose type has one meaning.
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

impl<T> OneMeaning for ArgumentProbe<T> {}

/// An argument that is said to be a guard: a request guard, or under `data = "<..>"` a data guard.
pub struct Guarded<T>(PhantomData<fn() -> T>);

impl<T> Guarded<T> {
    pub const SHAPE: fn() -> Shape = || Shape::Any;

    /// Asks for a `T`.
    #[allow(clippy::new_without_default, reason = "only macros ask")]
    #[must_use]
    pub const fn new() -> Self {
        Guarded(PhantomData)
    }
}

impl<'r, T: FromRequest<'r>> ProbeGuard<'r, T> for Guarded<T> {}

impl<'r, T: FromData<'r>> ProbeData<'r, T> for Guarded<T> {}

/// What no type implements: the message where something is said to be a request guard, or is lent as only
/// guards are, and is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no request guard",
    label = "does not implement Rocket's `FromRequest`",
    note = "implement it for `{Self}`, with an `Error` that becomes an `HttpError`, as in docs/from-fastapi.md",
    note = "what the rocket manages is taken as `&State<..>`; values of the request are owned, and taken without `&`"
)]
pub trait RequestGuard {}

/// What no type implements: the message where something is said to be a data guard and is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no data guard",
    label = "does not implement Rocket's `FromData`",
    note = "without `#[param(guard)]` it is a body of JSON, where it is a model"
)]
pub trait DataGuard {}

/// An argument that is said to be a guard and is none.
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

/// What an argument is that is no model.
pub trait NoModel {
    const PLACE: Place = Place::Guard;
    const DATA: Place = Place::Data;
    const SHAPE: fn() -> Shape = || Shape::Any;
}

impl<T> NoModel for ArgumentProbe<T> {}

/// An argument that is a request guard.
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

impl<'r, T: FromRequest<'r>> ProbeGuard<'r, T> for ArgumentProbe<T> {}

/// An argument that a guard has made before the inputs are looked at.
pub trait ProbeBefore<T>: Sized {
    fn after(self, made: Option<T>, _: &mut RequestInputs<'_>, _: usize) -> Option<T> {
        made
    }
}

impl<T> ProbeBefore<T> for &ArgumentProbe<T> {}

/// An argument under `data = "<..>"` that is a data guard.
pub trait ProbeData<'r, T: FromData<'r>>: Sized {
    fn before_data(
        self,
        call: &mut Call<'r, '_>,
    ) -> impl Future<Output = Result<Option<T>, Failure<T::Error>>> + Send {
        let (request, data) = (call.request, call.data.take());
        async move {
            let Some(mut data) = data else { return Err(Failure::Forward(Status::InternalServerError)) };
            // The guard would take what came for the whole.
            if broke_off(&mut data).await {
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

impl<'r, T: FromData<'r>> ProbeData<'r, T> for ArgumentProbe<T> {}

/// What can be an argument of a function without being in its path or query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a body nor a request guard",
    label = "where does this come from?",
    note = "a value of the path or the query is named in the route: `#[get(\"/items/<id>?<q>\")]`",
    note = "other places are said: `#[param(header)]`, `#[param(cookie)]`, `#[param(form)]`, `#[param(body)]`",
    note = "a body is a struct of your own under `#[model]`; a request guard implements Rocket's `FromRequest`",
    note = "a `#[resource]` has models of its own for bodies: `HeroCreate`, `HeroReplace` and `HeroPatch` of a `Hero`"
)]
pub trait Argument {}

/// An argument that is neither a model nor a guard.
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

impl<T> ProbeNothing<T> for &ArgumentProbe<T> {}

/// Why a guard failed, on its way to an answer.
pub struct GuardError<E>(pub Failure<E>);

impl<E: Into<HttpError>> GuardError<E> {
    /// The guard's own answer.
    pub fn routed<'r>(self, call: &mut Call<'r, '_>) -> Routed<'r> {
        match self.0 {
            Failure::Forward(status) => call.forward(status),
            Failure::Error(_, error) => {
                Routed::Success(failed(call.request, call.context.format, &error.into()))
            }
        }
    }
}

/// A guard that has no answer of its own: the catchers have it.
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

/// What `routes![..]` makes of a function's name, which is none of Rocket's.
#[diagnostic::on_unimplemented(
    message = "one of crewed's operations is no route of Rocket's",
    label = "not mounted with `routes![..]`",
    note = "hand it to the API: `Api::new().operations(operations![..])`"
)]
pub trait RocketRoute {
    fn none() -> Self;
}
