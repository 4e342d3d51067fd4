//! The default catcher, which answers errors of Rocket and of the user's routes in the API's error format.

use std::sync::Arc;

use rocket::Request;
use rocket::catcher::Catcher;
use rocket::http::Status;

use super::error_response;
use super::exchange::exchange;
use super::gate::{hide_length_of_form, refusal};
use super::rank::is_gate;
use super::route_tables::RouteTables;
use crate::error_format::{ErrorFormat, phrase};

/// A default catcher that answers JSON, whatever media types the client accepts.
///
/// `unread` is told the status of each answer to a request that Rocket could not read, which no fairing sees.
pub(crate) fn catcher(format: ErrorFormat, unread: Arc<dyn Fn(u16) + Send + Sync>) -> Catcher {
    let mut catcher = Catcher::new(None, Catch { format, unread });
    catcher.name = Some("crewed".into());
    catcher
}

#[derive(Clone)]
struct Catch {
    format: ErrorFormat,
    unread: Arc<dyn Fn(u16) + Send + Sync>,
}

#[rocket::async_trait]
impl rocket::catcher::Handler for Catch {
    async fn handle<'r>(&self, status: Status, request: &'r Request<'_>) -> rocket::catcher::Result<'r> {
        // OPTIONS has no gate where nobody would answer it.
        let exchange = exchange(request);
        if let Some(refusal) = refusal(request, exchange) {
            return Ok(refusal);
        }
        exchange.mark_own();
        // Two requests on a path of an API reach no route, and should get 405: one whose method Rocket does not know,
        // which it answers with 400, and OPTIONS where it is no operation, which is 404.
        let refused = match (request.route().filter(|route| !is_gate(route)), status.code) {
            (None, 400 | 404) => {
                request.rocket().state::<RouteTables>().and_then(|route_tables| route_tables.refuse(request))
            }
            _ => None,
        };
        let mut response = refused.unwrap_or_else(|| {
            let answer = self.format.status(status.code, phrase(status.code));
            error_response::status(request, answer, status.code)
        });
        hide_length_of_form(request, &mut response);
        if !exchange.was_seen() {
            (self.unread)(response.status().code);
        }
        Ok(response)
    }
}
