//! Answers with a type of their own: [`Reply`], [`JsonLines`] and [`ServerSentEvents`].

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{Stream, StreamExt};
use rocket::http::{Cookie, SameSite};
use rocket::response::Responder;
use rocket::tokio::time::timeout;
use rocket::{Request, Shutdown};
use serde::Serialize;

use super::error_response::refusal;
use super::load::{Load, OpenStream};
use super::reply::rocket_response;
use crate::error::Error;
use crate::function::{Answer, TypeProbe};
use crate::http::{BodyStream, Response, ResponseBody};
use crate::resource::NotFoundReply;
use crate::wire::Wire;

const JSON: &str = "application/json";

/// A value as JSON, with a status, headers and cookies: what FastAPI's `Response` parameter sets.
///
/// The document has the schema of `T` for the successful answer of a function that returns it.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{Reply, get};
///
/// #[model]
/// struct Cat {
///     name: String,
/// }
///
/// #[get("/cat")]
/// fn cat() -> Reply<Cat> {
///     Reply::new(Cat { name: "Tom".to_owned() })
///         .header("X-Cat-Dog", "alone in the world")
///         .cookie(("fakesession", "fake-cookie-session-value"))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Reply<T> {
    value: T,
    /// That of the function, if it is not set.
    status: Option<u16>,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl<T> Reply<T> {
    /// An answer with this value. Its status is the one that the function declares, or 200.
    pub const fn new(value: T) -> Self {
        Reply { value, status: None, headers: Vec::new() }
    }

    /// Sets the status, which goes before the one that the function declares.
    ///
    /// # Panics
    /// The status is not from 200 to 599.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        assert!((200..600).contains(&status), "the status of an answer is from 200 to 599");
        Reply { status: Some(status), ..self }
    }

    /// Adds a header. One with an invalid value, for example with a line break, is not sent.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a cookie: a pair of a name and a value, or a `Cookie` of Rocket's. As in FastAPI, one that says nothing of
    /// it is for all paths (`Path=/`), and is not sent along from other sites (`SameSite=Lax`).
    #[must_use]
    pub fn cookie(self, cookie: impl Into<Cookie<'static>>) -> Self {
        self.header("Set-Cookie", set_cookie(cookie.into()))
    }

    /// Removes a cookie that a client has, by its name.
    #[must_use]
    pub fn remove_cookie(self, name: impl Into<Cow<'static, str>>) -> Self {
        let mut cookie = Cookie::new(name, "");
        cookie.make_removal();
        self.cookie(cookie)
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// The value of `Set-Cookie`. As in FastAPI, a cookie is for all paths and this site, unless it says something else.
pub(super) fn set_cookie(mut cookie: Cookie<'static>) -> String {
    if cookie.path().is_none() {
        cookie.set_path("/");
    }
    if cookie.same_site().is_none() {
        cookie.set_same_site(SameSite::Lax);
    }
    cookie.encoded().to_string()
}

impl<'r, T: Serialize> Responder<'r, 'static> for Reply<T> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        if self.status == Some(200) {
            request.local_cache(|| SaysOk(true));
        }
        let json = serde_json::to_vec(&self.value).map_err(|error| {
            log::error!("an answer cannot be written as JSON: {error}");
            rocket::http::Status::InternalServerError
        })?;
        let mut response = Response::new(self.status.unwrap_or(200), JSON, ResponseBody::Bytes(json));
        response.headers = self.headers;
        Ok(rocket_response(request, response))
    }
}

/// Whether a [`Reply`] has set the status 200, and not left it to the function. It is kept in the request, as a response
/// does not tell.
struct SaysOk(bool);

/// Whether the answer of a function must keep the status 200, since it is a [`Reply`] that says so.
#[cold]
pub(super) fn says_ok(request: &Request<'_>, answers: &[Answer]) -> bool {
    answers.iter().any(|answer| matches!(answer, Answer::Reply(_))) && request.local_cache(|| SaysOk(false)).0
}

impl<T: Wire> TypeProbe<Reply<T>> {
    /// What the document says of it.
    pub const JSON: Answer = Answer::Reply(T::shape);
}

type Items<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

/// A stream of values, each as JSON on a line of its own (`application/jsonl`).
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{JsonLines, get};
/// use crewed::rocket::response::stream::stream;
///
/// #[model]
/// struct Item {
///     name: String,
/// }
///
/// #[get("/items/stream")]
/// fn stream_items() -> JsonLines<Item> {
///     JsonLines::new(stream! {
///         for name in ["Plumbus", "Portal Gun"] {
///             yield Item { name: name.to_owned() };
///         }
///     })
/// }
/// ```
///
/// The values are made as the client reads them. A value that cannot be written ends the answer. That a client has gone
/// away is noticed when a line is sent to it, so a stream that may wait for long should end by itself.
pub struct JsonLines<T>(Items<T>);

impl<T> JsonLines<T> {
    /// An answer with the values of a stream.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        JsonLines(Box::pin(items))
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines(..)")
    }
}

impl<'r, T: Serialize + 'static> Responder<'r, 'static> for JsonLines<T> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let lines = self.0.map(|item| {
            let mut line = serde_json::to_vec(&item)?;
            line.push(b'\n');
            Ok(line)
        });
        let body = ResponseBody::Stream(BodyStream(Box::pin(lines)));
        Ok(rocket_response(request, Response::new(200, JSON_LINES, body)))
    }
}

const JSON_LINES: &str = "application/jsonl";

impl<T: Wire> TypeProbe<JsonLines<T>> {
    /// What the document says of it.
    pub const JSON: Answer = Answer::Items(JSON_LINES, T::shape);
}

/// A stream of events that a browser's `EventSource` reads (`text/event-stream`): FastAPI's `EventSourceResponse`.
///
/// The events are values, which are sent as JSON, or [`ServerSentEvent`]s, which may have a name and an id too. Where
/// nothing is sent for 15 seconds, a comment keeps the connection open. As many streams are open at once as
/// `load.max_streams` in the configuration says, 1024 by default; further ones are answered 503. When the program stops,
/// the stream ends with a last line that says when a client is to connect again: a second or three later, or after the
/// time that the stream itself has said last.
///
/// ```
/// use crewed::prelude::*;
/// use crewed::{ServerSentEvent, ServerSentEvents, get};
/// use crewed::rocket::response::stream::stream;
///
/// #[model]
/// struct Item {
///     name: String,
/// }
///
/// #[get("/items/events")]
/// fn item_events() -> ServerSentEvents<Item> {
///     ServerSentEvents::new(stream! {
///         for (id, name) in ["Plumbus", "Portal Gun"].into_iter().enumerate() {
///             let item = Item { name: name.to_owned() };
///             yield ServerSentEvent::new(item).event("item").id(id.to_string());
///         }
///     })
/// }
/// ```
pub struct ServerSentEvents<T>(Items<ServerSentEvent<T>>);

impl<T: 'static> ServerSentEvents<T> {
    /// An answer with the events of a stream.
    pub fn new<E: Into<ServerSentEvent<T>> + 'static>(
        events: impl Stream<Item = E> + Send + 'static,
    ) -> Self {
        ServerSentEvents(Box::pin(events.map(Into::into)))
    }
}

impl<T> fmt::Debug for ServerSentEvents<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSentEvents(..)")
    }
}

/// An event of a [`ServerSentEvents`].
#[derive(Clone, Debug)]
pub struct ServerSentEvent<T> {
    data: Option<Data<T>>,
    event: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    comment: Option<String>,
}

/// The data of an event.
#[derive(Clone, Debug)]
enum Data<T> {
    Json(T),
    Raw(String),
}

impl<T> ServerSentEvent<T> {
    const NOTHING: Self = ServerSentEvent { data: None, event: None, id: None, retry: None, comment: None };

    /// An event with this value, which is sent as JSON.
    pub fn new(data: T) -> Self {
        ServerSentEvent { data: Some(Data::Json(data)), ..Self::NOTHING }
    }

    /// An event with this text as it is, which is FastAPI's `raw_data`.
    pub fn raw(data: impl Into<String>) -> Self {
        ServerSentEvent { data: Some(Data::Raw(data.into())), ..Self::NOTHING }
    }

    /// An event without data, which says no more than its name or its id.
    #[must_use]
    pub const fn empty() -> Self {
        Self::NOTHING
    }

    /// Adds a comment, which clients pass over.
    #[must_use]
    pub fn comment(self, text: impl Into<String>) -> Self {
        ServerSentEvent { comment: Some(text.into()), ..self }
    }

    /// Sets the name of the event, for `addEventListener`.
    #[must_use]
    pub fn event(self, name: impl Into<String>) -> Self {
        ServerSentEvent { event: Some(name.into()), ..self }
    }

    /// Sets the id, which a client that connects again sends as `Last-Event-ID`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        ServerSentEvent { id: Some(id.into()), ..self }
    }

    /// Sets after which time a client connects again; it has milliseconds.
    #[must_use]
    pub fn retry(self, after: Duration) -> Self {
        ServerSentEvent { retry: Some(after), ..self }
    }
}

impl<T> From<T> for ServerSentEvent<T> {
    fn from(data: T) -> Self {
        ServerSentEvent::new(data)
    }
}

/// A comment that keeps the connection open.
const PING: &[u8] = b": ping\n\n";

/// After which time without an event it is sent.
const PING_AFTER: Duration = Duration::from_secs(15);

impl<T: Serialize> ServerSentEvent<T> {
    fn write(&self) -> io::Result<Vec<u8>> {
        let mut text = String::new();
        if let Some(comment) = &self.comment {
            lines(&mut text, ": ", comment);
        }
        if let Some(event) = &self.event {
            lines(&mut text, "event: ", &one_line(event));
        }
        match &self.data {
            Some(Data::Json(data)) => lines(&mut text, "data: ", &serde_json::to_string(data)?),
            Some(Data::Raw(data)) => lines(&mut text, "data: ", data),
            None => {}
        }
        if let Some(id) = &self.id {
            lines(&mut text, "id: ", &one_line(id));
        }
        if let Some(retry) = self.retry {
            lines(&mut text, "retry: ", &retry.as_millis().to_string());
        }
        text.push('\n');
        Ok(text.into_bytes())
    }
}

/// Writes each line of a text as a line of this field.
fn lines(out: &mut String, field: &str, text: &str) {
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        out.push_str(field);
        out.push_str(line);
        out.push('\n');
    }
}

/// A name or an id without line breaks, which would begin another field, and without NUL, which clients ignore.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\0'], "")
}

/// A stream of events, until it or the program ends.
struct Following<T> {
    events: Items<ServerSentEvent<T>>,
    shutdown: Shutdown,
    /// After which time the stream has told clients to connect again.
    retry: Option<Duration>,
    /// It counts as open until it is dropped.
    _open: Option<OpenStream>,
}

impl<T: Serialize> Following<T> {
    /// The bytes of the next event or of a comment, and what comes after it.
    async fn next(mut self) -> Option<(io::Result<Vec<u8>>, Option<Self>)> {
        let next = pin!(timeout(PING_AFTER, self.events.next()));
        match select(&mut self.shutdown, next).await {
            Either::Left(_) => Some((last_event(self.retry).write(), None)),
            Either::Right((Err(_), _)) => Some((Ok(PING.to_vec()), Some(self))),
            Either::Right((Ok(None), _)) => None,
            Either::Right((Ok(Some(event)), _)) => {
                self.retry = event.retry.or(self.retry);
                match event.write() {
                    Ok(bytes) => Some((Ok(bytes), Some(self))),
                    Err(error) => Some((Err(error), None)),
                }
            }
        }
    }
}

/// What ends a stream whose program stops: its clients connect again, and not all at the same moment, to the program that
/// takes its place.
fn last_event(retry: Option<Duration>) -> ServerSentEvent<()> {
    let spread = uuid::Uuid::new_v4().as_u64_pair().1 % 2000;
    ServerSentEvent::empty().retry(retry.unwrap_or(Duration::from_millis(1000 + spread)))
}

impl<'r, T: Serialize + Send + 'static> Responder<'r, 'static> for ServerSentEvents<T> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let open = match request.rocket().state::<Arc<Load>>().map(Load::stream) {
            Some(None) => {
                let error = Error::Unavailable("too many streams of events are open".to_owned());
                return Ok(refusal(request, error, NotFoundReply::NOT_FOUND));
            }
            open => open.flatten(),
        };
        let shutdown = request.rocket().shutdown();
        let following = Following { events: self.0, shutdown, retry: None, _open: open };
        let events =
            futures_util::stream::unfold(Some(following), |following| async move { following?.next().await });
        let body = ResponseBody::Stream(BodyStream(Box::pin(events)));
        let response = Response::new(200, EVENTS, body)
            .header("Cache-Control", "no-cache")
            // Proxies such as nginx would hold events back.
            .header("X-Accel-Buffering", "no");
        Ok(rocket_response(request, response))
    }
}

const EVENTS: &str = "text/event-stream; charset=utf-8";

impl<T: Wire> TypeProbe<ServerSentEvents<T>> {
    /// What the document says of it.
    pub const JSON: Answer = Answer::Items("text/event-stream", T::shape);
}
