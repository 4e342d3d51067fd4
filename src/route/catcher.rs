//! The answer to what nobody else catches.

use rocket::Request;
use rocket::catcher::Catcher;
use rocket::http::Status;

use super::reply::rendered;
use crate::render::{ErrorFormat, phrase};

/// A default catcher that answers JSON, whatever is accepted.
pub(crate) fn catcher(format: ErrorFormat) -> Catcher {
    let mut catcher = Catcher::new(None, Catch(format));
    catcher.name = Some("crewed".into());
    catcher
}

#[derive(Clone)]
struct Catch(ErrorFormat);

#[rocket::async_trait]
impl rocket::catcher::Handler for Catch {
    async fn handle<'r>(&self, status: Status, _: &'r Request<'_>) -> rocket::catcher::Result<'r> {
        Ok(rendered(self.0.status(status.code, phrase(status.code))))
    }
}
