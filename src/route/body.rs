//! Rocket's requests, translated into the types that the operations take.

use rocket::data::ByteUnit;
use rocket::http::HeaderMap;
use rocket::tokio::io::AsyncReadExt;
use rocket::{Data, Request};

use crate::error::Error;
use crate::http::{BodyReader, Bytes, Headers, RequestHead};

/// The path, query and headers of a request.
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

/// How many bytes of every body Rocket peeks at before it routes the request, in search of a form's `_method`.
pub(super) const PEEKED: usize = "_method=delete".len();

/// Whether the connection broke within the bytes of the body that Rocket peeked at. Rocket does not report that: a
/// reader sees the body end there, as if it were whole. But Rocket has then neither reached the end of the body nor got
/// as many bytes as it asked for.
pub(super) async fn is_truncated(data: &mut Data<'_>) -> bool {
    !data.peek_complete() && data.peek(PEEKED).await.len() < PEEKED
}

/// Is managed by a rocket that has a handler of invalid requests, which is given their bodies.
pub(crate) struct KeepsBodies;

/// The body of a request, for such a handler.
#[derive(Clone, Default)]
pub(super) struct SentBody(pub(super) Vec<u8>);

/// The body of one of Rocket's requests, until it is read.
pub(super) struct RocketBody<'a, 'r, 'q> {
    pub(super) request: &'a Request<'q>,
    pub(super) data: Option<Data<'r>>,
}

impl BodyReader for RocketBody<'_, '_, '_> {
    fn read(&mut self, limit: u64) -> Bytes<'_> {
        let (request, data) = (self.request, self.data.take());
        Box::pin(async move {
            let Some(data) = data else { return Err(Error::Unreadable) };
            let bytes = read(request, data, limit).await?;
            if request.rocket().state::<KeepsBodies>().is_some() {
                request.local_cache(|| SentBody(bytes.clone()));
            }
            Ok(bytes)
        })
    }
}

async fn read(request: &Request<'_>, mut data: Data<'_>, limit: u64) -> Result<Vec<u8>, Error> {
    if is_truncated(&mut data).await {
        return Err(Error::Unreadable);
    }
    // A body that still arrives over a connection is checked against its `Content-Length` by the HTTP parser. One
    // that Rocket has completely may come from a client within the program, which may claim any length.
    let has_unchecked_length = data.peek_complete();
    // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
    let mut bytes = Vec::with_capacity(1024);
    let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
    match stream.read_to_end(&mut bytes).await {
        Ok(_) if bytes.len() as u64 <= limit => {
            match if has_unchecked_length { content_length(request) } else { None } {
                Some(length) if length > bytes.len() as u64 => Err(Error::Unreadable),
                _ => Ok(bytes),
            }
        }
        Ok(_) => Err(Error::TooLarge { limit }),
        Err(_) => Err(Error::Unreadable),
    }
}

fn content_length(request: &Request<'_>) -> Option<u64> {
    request.headers().get_one("Content-Length")?.trim().parse().ok()
}

/// Whether the body is a form without files, in which Rocket looks for a `_method`.
pub(super) fn is_form(request: &Request<'_>) -> bool {
    request.content_type().is_some_and(|kind| kind.is_form())
}
