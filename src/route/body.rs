//! Rocket's requests, translated into the types that the operations take.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, ready};

use rocket::data::ByteUnit;
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::time::{Instant, Sleep, sleep_until};
use rocket::{Data, Request};

use super::exchange::exchange;
use super::headers::first;
use super::load::Load;
use crate::error::Error;
use crate::http::{BodyReader, Bytes, RequestHead, Timeouts};

/// The path, query and headers of a request.
pub(super) fn head<'r>(request: &'r Request<'_>) -> RequestHead<'r> {
    let uri = request.uri();
    RequestHead {
        path: uri.path().as_str(),
        query: uri.query().map_or("", |query| query.as_str()),
        headers: request.headers(),
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
    pub(super) timeouts: Timeouts,
}

impl BodyReader for RocketBody<'_, '_, '_> {
    fn read(&mut self, limit: u64) -> Bytes<'_> {
        let (request, data, timeouts) = (self.request, self.data.take(), self.timeouts);
        let exchange = exchange(request);
        Box::pin(async move {
            let Some(data) = data else { return Err(Error::Unreadable) };
            let patience = Patience { timeouts, started: exchange.started.into(), timer: None };
            let bytes = read(request, data, limit, patience).await?;
            exchange.notes().received(bytes.len());
            // Whoever sends a body slowly keeps nobody out meanwhile.
            if let Some(load) = request.rocket().state::<Arc<Load>>() {
                exchange.enter(load)?;
            }
            if request.rocket().state::<KeepsBodies>().is_some() {
                request.local_cache(|| SentBody(bytes.clone()));
            }
            Ok(bytes)
        })
    }
}

async fn read(
    request: &Request<'_>,
    mut data: Data<'_>,
    limit: u64,
    mut patience: Patience,
) -> Result<Vec<u8>, Error> {
    if is_truncated(&mut data).await {
        return Err(Error::Unreadable);
    }
    let length = content_length(request);
    if length.is_some_and(|length| length > limit) {
        return Err(Error::TooLarge { limit });
    }
    // A body that still arrives over a connection is checked against its `Content-Length` by the HTTP parser. One
    // that Rocket has completely may come from a client within the program, which may claim any length.
    let has_unchecked_length = data.peek_complete();
    // Rocket's own `into_bytes` copies through a buffer that it zeroes for each request.
    let mut bytes = Vec::with_capacity(1024);
    let mut stream = data.open(ByteUnit::Byte(limit.saturating_add(1)));
    loop {
        match patience.wait_for(stream.read_buf(&mut bytes)).await? {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => return Err(Error::Unreadable),
        }
    }
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge { limit });
    }
    match length.filter(|_| has_unchecked_length) {
        Some(length) if length > bytes.len() as u64 => Err(Error::Unreadable),
        _ => Ok(bytes),
    }
}

/// How long a body is waited for.
struct Patience {
    timeouts: Timeouts,
    /// When the request was first seen.
    started: Instant,
    /// It is set only where a part of the body was not there yet.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Waits for the next part of the body.
    async fn wait_for<T>(&mut self, part: impl Future<Output = T>) -> Result<T, Error> {
        let mut part = pin!(part);
        let mut is_set = false;
        poll_fn(|context| {
            if let Poll::Ready(part) = part.as_mut().poll(context) {
                return Poll::Ready(Ok(part));
            }
            if !is_set {
                let Timeouts { body, request, .. } = self.timeouts;
                let until = (Instant::now() + body).min(self.started + request);
                match &mut self.timer {
                    Some(timer) => timer.as_mut().reset(until),
                    None => self.timer = Some(Box::pin(sleep_until(until))),
                }
                is_set = true;
            }
            if let Some(timer) = &mut self.timer {
                ready!(timer.as_mut().poll(context));
            }
            Poll::Ready(Err(Error::Slow))
        })
        .await
    }
}

fn content_length(request: &Request<'_>) -> Option<u64> {
    first(request.headers(), "Content-Length")?.trim().parse().ok()
}

/// Whether the body is a form without files, in which Rocket looks for a `_method`.
pub(super) fn is_form(request: &Request<'_>) -> bool {
    request.content_type().is_some_and(|kind| kind.is_form())
}
