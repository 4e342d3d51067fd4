//! How code of the user's own comes to the rows of resources.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Phase, Request, Rocket, Sentinel};

use super::catcher::RouteTables;
use crate::error_format::HttpError;
use crate::repository::Repository;
use crate::resource::Resource;

impl<R: Resource> Repository<R> {
    /// The rows of a resource that an [`Api`](crate::Api) of this rocket serves: for fairings that do something on
    /// liftoff, and for tasks that outlive a request.
    ///
    /// There are none while the rocket ignites, since the APIs of a rocket are put together after all other
    /// fairings. The database is changed and opened on liftoff, or when rows are first asked for, if that comes
    /// earlier.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Option<Self> {
        rocket.state::<RouteTables>()?.repository::<R>()
    }
}

#[rocket::async_trait]
impl<'r, R: Resource> FromRequest<'r> for Repository<R> {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match Repository::of(request.rocket()) {
            Some(resources) => Outcome::Success(resources),
            None => {
                log::error!("no API serves the resource `{}`", R::RESOURCE.object.name);
                Outcome::Error((Status::InternalServerError, HttpError::status(500)))
            }
        }
    }
}

/// A function that asks for rows which nobody serves is told of before anybody asks.
impl<R: Resource> Sentinel for Repository<R> {
    fn abort(rocket: &Rocket<rocket::Ignite>) -> bool {
        Repository::<R>::of(rocket).is_none()
    }
}
