//! What a proxy is tried with: heroes, the address that the program takes for the client's, and events that come slowly.

use std::net::IpAddr;
use std::time::Duration;

use crewed::prelude::*;
use crewed::{ServerSentEvents, get};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::stream::stream;
use rocket::serde::json::Json;
use rocket::tokio::time::sleep;

#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1, max_length = 64)]
    name: String,
    #[field(default)]
    text: String,
}

/// Who asks, as far as Rocket knows: by `ip_header`, else by the connection.
struct Client(IpAddr);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Client {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match request.client_ip() {
            Some(address) => Outcome::Success(Client(address)),
            None => Outcome::Error((Status::InternalServerError, HttpError::status(500))),
        }
    }
}

#[model]
struct Address {
    address: String,
    /// The header Host, as it came through the proxy.
    host: String,
}

struct Host(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Host {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        Outcome::Success(Host(request.headers().get("host").collect::<Vec<_>>().join(", ")))
    }
}

#[get("/address")]
fn address(client: Client, host: Host) -> Json<Address> {
    Json(Address { address: client.0.to_string(), host: host.0 })
}

#[get("/events?<count>&<pause>")]
fn events(count: i64, pause: f64) -> ServerSentEvents<i64> {
    ServerSentEvents::new(stream! {
        for number in 0..count {
            yield number;
            sleep(Duration::from_secs_f64(pause.clamp(0.0, 60.0))).await;
        }
    })
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new().title("Behind a proxy").resource::<Hero>();
    rocket::build().attach(api.operations(operations![address, events]))
}
