//! How the user's functions, fairings and tasks get a [`Repository`]: as a request guard, or from the rocket.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Phase, Request, Rocket, Sentinel};

use super::route_tables::RouteTables;
use crate::error_format::HttpError;
use crate::repository::Repository;
use crate::resource::Resource;

impl<R: Resource> Repository<R> {
    /// The repository of a resource that an [`Api`](crate::Api) of this rocket serves, for fairings that do something
    /// on liftoff and for tasks that outlive a request.
    ///
    /// It is `None` where no API serves the resource, and always while the rocket ignites, since its APIs are assembled
    /// after all other fairings. The database is migrated and opened on liftoff, or when rows are first requested, if
    /// that comes earlier.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Option<Self> {
        rocket.state::<RouteTables>()?.repository::<R>()
    }
}

/// The repository for a request, or why there is none.
pub(super) fn requested<R: Resource>(request: &Request<'_>) -> Result<Repository<R>, (Status, HttpError)> {
    Repository::of(request.rocket()).ok_or_else(|| {
        log::error!("no API serves the resource `{}`", R::RESOURCE.object.name);
        (Status::InternalServerError, HttpError::status(500))
    })
}

#[rocket::async_trait]
impl<'r, R: Resource> FromRequest<'r> for Repository<R> {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match requested(request) {
            Ok(repository) => Outcome::Success(repository),
            Err(error) => Outcome::Error(error),
        }
    }
}

/// Aborts the launch where a function takes the repository of a resource that no API serves.
impl<R: Resource> Sentinel for Repository<R> {
    fn abort(rocket: &Rocket<rocket::Ignite>) -> bool {
        Repository::<R>::of(rocket).is_none()
    }
}
