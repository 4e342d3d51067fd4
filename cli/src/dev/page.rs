//! What browsers see of `crewed dev`: a bar with the error of the compiler, and a page that loads itself anew once a new
//! program answers.
//!
//! The pages of crewed's documentation load the script from here, and so does the page that is shown where no program
//! answers. Nothing is put into what a program sends.

use std::convert::Infallible;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::relay::{State, full};

/// The paths that the relay answers itself.
const SCRIPT_PATH: &str = "/.crewed/dev.js";
const EVENTS_PATH: &str = "/.crewed/events";

const SCRIPT: &str = include_str!("dev.js");

type Body = BoxBody<Bytes, hyper::Error>;

/// The answer to a request for something of the relay's own.
pub(super) fn answer(request: &Request<Incoming>, state: &watch::Receiver<State>) -> Option<Response<Body>> {
    match request.uri().path() {
        SCRIPT_PATH => Some(response("text/javascript; charset=utf-8", SCRIPT)),
        EVENTS_PATH => Some(events(state.clone())),
        _ => None,
    }
}

/// Server-sent events: what the state is, and what it becomes.
fn events(mut state: watch::Receiver<State>) -> Response<Body> {
    let (sender, receiver) = mpsc::channel::<Bytes>(4);
    tokio::spawn(async move {
        loop {
            let text = {
                let state = state.borrow_and_update();
                let told = json!({
                    // Another command begins to count anew.
                    "program": format!("{}-{}", std::process::id(), state.count),
                    "building": state.since.is_some(),
                    "error": state.failure,
                });
                format!("data: {told}\n\n")
            };
            if sender.send(text.into()).await.is_err() {
                return;
            }
            tokio::select! {
                changed = state.changed() => if changed.is_err() { return },
                // The page is gone.
                () = sender.closed() => return,
            }
        }
    });
    let body = BodyExt::boxed(StreamBody::new(frames(receiver)).map_err(|never: Infallible| match never {}));
    let mut answer = Response::new(body);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// What comes out of a channel, as the frames of a body.
fn frames(
    receiver: mpsc::Receiver<Bytes>,
) -> impl futures_core::Stream<Item = Result<Frame<Bytes>, Infallible>> {
    struct Frames(mpsc::Receiver<Bytes>);
    impl futures_core::Stream for Frames {
        type Item = Result<Frame<Bytes>, Infallible>;

        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
        }
    }
    Frames(receiver)
}

/// An answer of the relay's own.
pub(super) fn response(kind: &'static str, text: impl Into<Bytes>) -> Response<Body> {
    let mut answer = Response::new(full(text));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The page that is shown where no program answers.
pub(super) fn of_failure(why: &str) -> String {
    let why = why.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>crewed dev</title>\n</head>\n<body>\n\
         <pre>{why}</pre>\n<script src=\"{SCRIPT_PATH}\"></script>\n</body>\n</html>\n"
    )
}
