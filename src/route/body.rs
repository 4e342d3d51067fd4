//! Requests of Rocket's, as crewed's own code knows requests.

use rocket::data::ByteUnit;
use rocket::http::HeaderMap;
use rocket::tokio::io::AsyncReadExt;
use rocket::{Data, Request};

use crate::error::Error;
use crate::http::{BodyReader, Headers, RequestHead};

/// Everything of a request but its body.
pub(super) fn head<'r>(request: &'r Request<'_>) -> RequestHead<'r> {
    let uri = request.uri();
    RequestHead {
        path: uri.path().as_str(),
        query: uri.query().map_or("", |query| query.as_str()),
        headers: request.headers(),
    }
}

impl Headers for HeaderMap<'_> {
    fn first(&self, name: &str) -> Option<&str> {
        self.get_one(name)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.get(name).collect()
    }
}

/// How much of every body Rocket looks at before it routes the request, in bytes: it looks for a method in a form.
const LOOKED_AT: usize = "_method=delete".len();

/// Whether a body broke off within the bytes that Rocket looked at. It has noted no more of that than that it has
/// neither come to the end of the body nor got as many bytes as it wanted; the body ends there for everybody else.
pub(super) async fn broke_off(data: &mut Data<'_>) -> bool {
    !data.peek_complete() && data.peek(LOOKED_AT).await.len() < LOOKED_AT
}

/// The body of a request of Rocket's, to be read.
pub(super) struct RocketBody<'a, 'r, 'q> {
    pub(super) request: &'a Request<'q>,
    pub(super) data: Data<'r>,
}

impl BodyReader for RocketBody<'_, '_, '_> {
    async fn read(self, limit: u64) -> Result<Vec<u8>, Error> {
        let RocketBody { request, mut data } = self;
        if broke_off(&mut data).await {
            return Err(Error::Unreadable);
        }
        // What comes over a connection, and has not ended yet, is counted as it comes in.
        let may_say_anything = data.peek_complete();
        // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
        let mut bytes = Vec::with_capacity(1024);
        let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
        match stream.read_to_end(&mut bytes).await {
            Ok(_) if bytes.len() as u64 <= limit => {
                let announced = if may_say_anything { announced(request) } else { None };
                match announced {
                    Some(length) if length > bytes.len() as u64 => Err(Error::Unreadable),
                    _ => Ok(bytes),
                }
            }
            Ok(_) => Err(Error::TooLarge { limit }),
            Err(_) => Err(Error::Unreadable),
        }
    }
}

/// How long a body is by its own account. Over a connection that is what is read; a client within the program may
/// say anything.
fn announced(request: &Request<'_>) -> Option<u64> {
    request.headers().get_one("Content-Length")?.trim().parse().ok()
}

/// Whether Rocket takes the body for a form without files, and so looks for a method in it.
pub(super) fn is_form(request: &Request<'_>) -> bool {
    request.content_type().is_some_and(|kind| kind.is_form())
}
