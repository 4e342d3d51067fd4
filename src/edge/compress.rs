//! Compresses the bodies of answers, for clients that say that they take them so: those of APIs, and those of the
//! user's own routes.
//!
//! A body that is not long is compressed at once, so that its length is known. A long one, and one that has no length, is
//! compressed as its client reads it: neither holds up a thread of the runtime for long, and of a stream whatever
//! there is goes out before it is waited for more. What never changes, which are the pages of the documentation, is
//! compressed once.

use std::collections::HashMap;
use std::io::{self, Cursor};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use async_compression::Level;
use async_compression::brotli::EncoderParams;
use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder};
use rocket::http::Status;
use rocket::response::Body;
use rocket::tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, BufReader, ReadBuf};
use rocket::tokio::sync::{OwnedSemaphorePermit, Semaphore};
use rocket::tokio::task::{spawn_blocking, yield_now};
use rocket::{Request, Response};

use super::headers::Told;
use super::tags::{suffixed, tag_of_unmodified};
use crate::http::Coding;
use crate::route::{Exchange, all, first, hide_length};

const ACCEPT_ENCODING: &str = "Accept-Encoding";
const VARY: &str = "Vary";

/// A shorter body is sent as it is: it fits into one packet, or nearly so.
const SHORTEST: usize = 1 << 10;

/// A longer body is compressed as it is read, so much of it at once. That takes a millisecond or two.
const AT_ONCE: usize = 128 << 10;

/// How much of a body is read at once where it is compressed as it is read.
const PIECE: usize = 16 << 10;

/// The most bytes of a compressed stream that are handed to the connection at once.
const CHUNK: usize = 8 << 10;

/// How hard it is tried: twice as much would take several times as long, and spare some hundredths.
const EFFORT: i32 = 4;

/// The window of Brotli, as a power of two. It is in memory for as long as a stream is sent.
const WINDOW: i32 = 18;

/// How many bodies are compressed at once as they are read. Each takes a megabyte for as long as its client reads, which may
/// be never; those beyond are sent as they are.
const STREAMS: usize = 64;

/// Bodies that never change, by what they are of.
type Unchanging = HashMap<(usize, Coding), Arc<[u8]>>;

/// Compresses answers.
pub(super) struct Compression {
    unchanging: Mutex<Unchanging>,
    streams: Arc<Semaphore>,
}

impl Default for Compression {
    fn default() -> Self {
        Compression { unchanging: Mutex::default(), streams: Arc::new(Semaphore::new(STREAMS)) }
    }
}

impl Compression {
    /// Compresses an answer, if that is worth it, and its client takes it so.
    pub(super) async fn compress<'r>(
        &self,
        request: &'r Request<'_>,
        exchange: &Exchange,
        told: &Told,
        response: &mut Response<'r>,
    ) {
        if response.status() == Status::NotModified {
            tag_of_unmodified(request, response);
        }
        if !is_worth_it(response) || !told.may_be_compressed() || is_short(response).await {
            return;
        }
        add_vary(told, response);
        let accepted = all(request.headers(), ACCEPT_ENCODING);
        let Some(coding) = Coding::preferred(accepted) else { return };
        if exchange.is_head() {
            mark(response, coding);
            // Rocket would send that of the body as it is.
            return hide_length(response);
        }
        let length = response.body().preset_size();
        // In boxes of their own: an encoder is large, and answers that are not compressed would carry its size along.
        match (exchange.unchanging(), length) {
            (Some(what), Some(_)) => Box::pin(self.compress_once(what, coding, response)).await,
            (None, Some(length)) if length <= AT_ONCE => Box::pin(at_once(coding, response)).await,
            _ => {
                if let Ok(place) = Arc::clone(&self.streams).try_acquire_owned() {
                    as_it_is_read(coding, response, place);
                }
            }
        }
    }

    /// Compresses a body that is always the same, unless that was done.
    async fn compress_once(&self, what: usize, coding: Coding, response: &mut Response<'_>) {
        let known = || self.unchanging.lock().unwrap_or_else(PoisonError::into_inner);
        let compressed = known().get(&(what, coding)).cloned();
        let compressed = match compressed {
            Some(compressed) => compressed,
            None => {
                let Some(bytes) = taken(response).await else { return };
                // Some are so long that other requests would wait.
                let compressing = spawn_blocking(move || {
                    rocket::tokio::runtime::Handle::current().block_on(compressed_bytes(coding, &bytes))
                });
                let compressed: Arc<[u8]> = match compressing.await {
                    Ok(Ok(compressed)) => compressed.into(),
                    Ok(Err(error)) => return lost(response, &error),
                    Err(error) => return lost(response, &io::Error::other(error)),
                };
                Arc::clone(known().entry((what, coding)).or_insert(compressed))
            }
        };
        response.set_sized_body(compressed.len(), Cursor::new(compressed));
        mark(response, coding);
    }
}

/// Compresses a body that is there.
async fn at_once(coding: Coding, response: &mut Response<'_>) {
    let chunk = response.body().max_chunk_size();
    let Some(bytes) = taken(response).await else { return };
    match compressed_bytes(coding, &bytes).await {
        Ok(compressed) if compressed.len() < bytes.len() => {
            response.set_sized_body(compressed.len(), Cursor::new(compressed));
            mark(response, coding);
        }
        // It is not shorter for it.
        Ok(_) => response.set_sized_body(bytes.len(), Cursor::new(bytes)),
        Err(error) => return lost(response, &error),
    }
    response.set_max_chunk_size(chunk);
}

/// Compresses a body as it is read.
fn as_it_is_read(coding: Coding, response: &mut Response<'_>, place: OwnedSemaphorePermit) {
    let allowance = Arc::new(AtomicUsize::new(AT_ONCE));
    let body = Allowed { body: response.body_mut().take(), allowance: Arc::clone(&allowance) };
    let body = BufReader::with_capacity(PIECE, body);
    match coding {
        Coding::Brotli => {
            response.set_streamed_body(Paced { encoder: brotli(body), allowance, _place: place })
        }
        Coding::Gzip => response.set_streamed_body(Paced { encoder: gzip(body), allowance, _place: place }),
    }
    response.set_max_chunk_size(CHUNK);
    mark(response, coding);
}

/// A compressed body that gives its thread back after a while, also where almost nothing is left of what it reads, so
/// that nothing has to be sent meanwhile.
struct Paced<E> {
    encoder: E,
    /// How many bytes it may still read before it does.
    allowance: Arc<AtomicUsize>,
    _place: OwnedSemaphorePermit,
}

impl<E: AsyncRead + Unpin> AsyncRead for Paced<E> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.allowance.swap(AT_ONCE, Ordering::Relaxed) == 0 {
            // It goes on once the runtime has seen what else there is to do, on the network too.
            let _ = pin!(yield_now()).poll(context);
            return Poll::Pending;
        }
        let polled = Pin::new(&mut this.encoder).poll_read(context, buffer);
        if polled.is_pending() && this.allowance.load(Ordering::Relaxed) == 0 {
            context.waker().wake_by_ref();
        }
        polled
    }
}

/// A body of which as much is read as is allowed.
struct Allowed<'r> {
    body: Body<'r>,
    allowance: Arc<AtomicUsize>,
}

impl AsyncRead for Allowed<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let (allowed, before) = (this.allowance.load(Ordering::Relaxed), buffer.filled().len());
        if allowed == 0 {
            return Poll::Pending;
        }
        ready!(Pin::new(&mut this.body).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        this.allowance.store(allowed.saturating_sub(read), Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

fn brotli<R: AsyncBufRead>(body: R) -> BrotliEncoder<R> {
    let params = EncoderParams::default().quality(Level::Precise(EFFORT)).window_size(WINDOW).text_mode();
    BrotliEncoder::with_params(body, params)
}

fn gzip<R: AsyncBufRead>(body: R) -> GzipEncoder<R> {
    GzipEncoder::with_quality(body, Level::Precise(EFFORT))
}

async fn compressed_bytes(coding: Coding, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::with_capacity(bytes.len() / 3);
    match coding {
        Coding::Brotli => brotli(bytes).read_to_end(&mut compressed).await?,
        Coding::Gzip => gzip(bytes).read_to_end(&mut compressed).await?,
    };
    Ok(compressed)
}

/// Takes the whole of a body. Where it cannot be read, the answer is an error.
async fn taken(response: &mut Response<'_>) -> Option<Vec<u8>> {
    let bytes = response.body_mut().take().to_bytes().await;
    bytes.map_err(|error| lost(response, &error)).ok()
}

/// Answers that a body cannot be read.
#[cold]
fn lost(response: &mut Response<'_>, error: &io::Error) {
    log::error!("the body of an answer cannot be read: {error}");
    response.set_status(Status::InternalServerError);
    response.remove_header("Content-Type");
}

/// Whether an answer has a body that is worth it, as far as its head tells.
fn is_worth_it(response: &Response<'_>) -> bool {
    let body = response.body();
    let has_body = body.is_some() && body.preset_size().is_none_or(|length| length > SHORTEST);
    has_body && !matches!(response.status().code, 100..200 | 204 | 205 | 206 | 304)
}

/// Whether a body whose length is found out only now is one that is too short.
async fn is_short(response: &mut Response<'_>) -> bool {
    response.body_mut().size().await.is_some_and(|length| length <= SHORTEST)
}

/// Tells caches that the answer depends on what the client takes.
fn add_vary(told: &Told, response: &mut Response<'_>) {
    let says = |name: &str| name.trim() == "*" || name.trim().eq_ignore_ascii_case(ACCEPT_ENCODING);
    if !told.varies || !all(response.headers(), VARY).any(|value| value.split(',').any(says)) {
        response.adjoin_raw_header(VARY, ACCEPT_ENCODING);
    }
}

/// Tells how an answer is compressed.
fn mark(response: &mut Response<'_>, coding: Coding) {
    response.set_raw_header("Content-Encoding", coding.name());
    // Parts of it would be parts of the body as it is, and that has another length.
    response.remove_header("Accept-Ranges");
    response.remove_header("Content-Length");
    let tag = first(response.headers(), "ETag").and_then(|tag| suffixed(tag, coding));
    if let Some(tag) = tag {
        response.set_raw_header("ETag", tag);
    }
}
