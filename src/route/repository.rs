//! How the user's functions, fairings and tasks get a [`Repository`]: as an argument, or from the rocket.

use std::any::TypeId;
use std::marker::PhantomData;
use std::sync::Arc;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::route::Outcome as Routed;
use rocket::{Phase, Request, Rocket, Sentinel};

use super::caller::caller_of;
use super::dependency::{Dependency, Refused, described};
use super::function::Call;
use super::route_tables::RouteTables;
use crate::error_format::HttpError;
use crate::function::{Answer, DependencyMeta, DependencyUse, TypeProbe};
use crate::input::Described;
use crate::repository::{Asker, Repository};
use crate::resource::{Open, Resource, ResourceMeta, Ruled, Ruling, Unruled};

impl<R: Resource> Repository<R> {
    /// The repository of a resource that an [`Api`](crate::Api) of this rocket serves, for fairings that do something
    /// on liftoff and for tasks that outlive a request.
    ///
    /// It is `None` where no API serves the resource, and always while the rocket ignites, since its APIs are assembled
    /// after all other fairings. The database is migrated and opened on liftoff, or when rows are first requested, if
    /// that comes earlier.
    ///
    /// A resource with access rules has [`Repository::as_caller`] and [`Repository::unscoped`] in its place.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Option<Self>
    where
        R::Access: Unruled<R>,
    {
        repository(rocket, Asker::default())
    }

    /// The repository of a resource with access rules as its caller has it: all that it does is done by the rules. It is
    /// `None` where [`Repository::unscoped`] is.
    pub fn as_caller<P: Phase>(rocket: &Rocket<P>, caller: &R::Caller) -> Option<Self>
    where
        R::Access: Ruling<R>,
        R::Caller: Clone + Send + Sync,
    {
        repository(rocket, Asker::Caller(Arc::new(caller.clone())))
    }

    /// The repository of a resource with access rules for the program itself, without the rules. It is `None` where no API
    /// serves the resource, and always while the rocket ignites, since its APIs are assembled after all other fairings.
    pub fn unscoped<P: Phase>(rocket: &Rocket<P>) -> Option<Self>
    where
        R::Access: Ruling<R>,
    {
        repository(rocket, Asker::Unscoped)
    }

    /// The same repository without the rules, for a function that does something above its caller.
    #[must_use]
    pub fn to_unscoped(&self) -> Self
    where
        R::Access: Ruling<R>,
    {
        self.asked_by(Asker::Unscoped)
    }
}

fn repository<R: Resource, P: Phase>(rocket: &Rocket<P>, asker: Asker) -> Option<Repository<R>> {
    rocket.state::<RouteTables>()?.repository::<R>(asker)
}

/// The repository for a request, or why there is none.
pub(super) fn requested<R: Resource>(
    request: &Request<'_>,
    asker: Asker,
) -> Result<Repository<R>, (Status, HttpError)> {
    repository(request.rocket(), asker).ok_or_else(|| {
        log::error!("no API serves the resource `{}`", R::RESOURCE.object.name);
        (Status::InternalServerError, HttpError::status(500))
    })
}

#[rocket::async_trait]
impl<'r, R: Resource<Access = Open>> FromRequest<'r> for Repository<R> {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match requested(request, Asker::default()) {
            Ok(repository) => Outcome::Success(repository),
            Err(error) => Outcome::Error(error),
        }
    }
}

/// Aborts the launch where a function takes the repository of a resource that no API serves.
impl<R: Resource<Access = Open>> Sentinel for Repository<R> {
    fn abort(rocket: &Rocket<rocket::Ignite>) -> bool {
        Repository::<R>::of(rocket).is_none()
    }
}

/// The resource whose repository a dependency gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lent {
    /// The type of the resource.
    pub(crate) resource: fn() -> TypeId,
    /// Its declaration.
    pub(crate) meta: &'static ResourceMeta,
}

struct LentOf<R>(PhantomData<R>);

impl<R: Resource> LentOf<R> {
    const LENT: Lent = Lent { resource: TypeId::of::<R>, meta: R::RESOURCE };
}

/// The repository of a resource with access rules is that of whoever asks. It is a dependency, after that which gives the
/// caller.
impl<R: Resource<Access = Ruled> + Send> Dependency for Repository<R> {
    type Value = Repository<R>;
    const META: &'static DependencyMeta = &described::<Self>("Repository")
        .dependencies(&[Some(DependencyUse::new(caller_dependency::<R>))])
        .cloned(TypeProbe::<Self>::CLONED)
        .lends(Described::new(&LentOf::<R>::LENT))
        .answers(&[
            Answer::Declared(401, "Not authenticated", None),
            Answer::Declared(403, "Not permitted", None),
            Answer::Declared(503, "What is stored is out of reach for now.", None),
        ]);

    async fn ask<'r>(call: &mut Call<'r, '_>) -> Result<Option<Self>, Refused<'r>> {
        if !call.may_call() {
            return Ok(None);
        }
        let asker = match caller_of(R::RESOURCE) {
            None => Asker::default(),
            Some(used) => match call.given_caller(used) {
                Ok(caller) => caller.map_or(Asker::Nobody, |caller| Asker::Caller(caller.into())),
                Err(()) => return Err(call.lost().into()),
            },
        };
        match requested(call.request, asker) {
            Ok(repository) => Ok(Some(repository)),
            Err((_, error)) => Err(Refused::from(Routed::Success(call.http_error(error)))),
        }
    }
}

/// The dependency that gives the caller of a resource.
fn caller_dependency<R: Resource>() -> &'static DependencyMeta {
    match caller_of(R::RESOURCE) {
        Some(caller) => (caller.used.of)(),
        None => &NOBODY,
    }
}

/// Stands where nobody is asked for.
static NOBODY: DependencyMeta = described::<Nobody>("nobody");

struct Nobody;

impl Dependency for Nobody {
    type Value = ();
    const META: &'static DependencyMeta = &described::<Self>("nobody");

    async fn ask<'r>(_: &mut Call<'r, '_>) -> Result<Option<()>, Refused<'r>> {
        Ok(Some(()))
    }
}
