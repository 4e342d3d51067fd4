//! The relay: it owns the port, and passes each request to the program that is current.
//!
//! Every request gets a connection of its own to the program, so that a client that keeps its connection alive is not
//! kept with a program that has been replaced. Bodies, streams and upgraded connections pass as they come. While a new
//! program is being made, requests wait with their bodies unread; if that takes too long, the old one answers them.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONNECTION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, UPGRADE};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, client, server};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::page;

/// How long requests wait for a new program.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the relay has to know of the programs.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The port of the program that answers, if there is one.
    pub(super) current: Option<u16>,
    /// When the first change since then was seen, if a new program is being made.
    pub(super) since: Option<Instant>,
    /// Why there is no newer program, without colours.
    pub(super) failure: Option<String>,
    /// How many programs have answered so far.
    pub(super) count: u64,
}

type Body = BoxBody<Bytes, hyper::Error>;

/// Relays requests until it is dropped.
pub(super) async fn serve(listener: TcpListener, state: watch::Receiver<State>) {
    let state = Arc::new(state);
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                // There are too many open files, for example.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // An answer is sent as it comes.
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let answer = |request| {
                let state = (*state).clone();
                async move { Ok::<_, Infallible>(answered(request, peer.ip(), state).await) }
            };
            let mut connection = server::conn::http1::Builder::new();
            connection.preserve_header_case(true);
            // A client that goes away is nobody's trouble.
            let _ =
                connection.serve_connection(TokioIo::new(stream), service_fn(answer)).with_upgrades().await;
        });
    }
}

async fn answered(
    request: Request<Incoming>,
    peer: IpAddr,
    mut state: watch::Receiver<State>,
) -> Response<Body> {
    if let Some(answer) = page::answer(&request, &state) {
        return answer;
    }
    let is_html = accepts_html(request.headers());
    let mut request = Some(request);
    // A program may end between the look at its port and the connection.
    for _ in 0..3 {
        let Some(port) = current(&mut state).await else { break };
        let Ok(stream) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await else {
            let _ = tokio::time::timeout(Duration::from_millis(500), state.changed()).await;
            continue;
        };
        let Some(whole) = request.take() else { break };
        match forwarded(whole, peer, stream).await {
            Ok(answer) => return answer,
            Err(Broken { request: Some(whole), .. }) => request = Some(whole),
            // The client's own body.
            Err(Broken { error, .. }) if error.is_user() => {
                return unavailable(StatusCode::BAD_REQUEST, is_html, "the body broke off");
            }
            Err(Broken { error, .. }) => {
                let why = format!("the program broke off: {error}");
                return unavailable(StatusCode::BAD_GATEWAY, is_html, &why);
            }
        }
    }
    let why = state.borrow().failure.clone();
    let why = why.unwrap_or_else(|| "the program is being built".to_owned());
    unavailable(StatusCode::SERVICE_UNAVAILABLE, is_html, &why)
}

/// The port of the program that answers. If a new one is being made, this waits for that one.
async fn current(state: &mut watch::Receiver<State>) -> Option<u16> {
    let settled = |state: &State| state.since.is_none_or(|since| since.elapsed() >= PATIENCE);
    loop {
        let deadline = {
            let state = state.borrow_and_update();
            if settled(&state) {
                return state.current;
            }
            state.since.unwrap_or_else(Instant::now) + PATIENCE
        };
        match timeout_at(deadline, state.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => return state.borrow().current,
        }
    }
}

/// A request that was not answered.
struct Broken {
    error: hyper::Error,
    /// The request, if the program had ended before it took any of it.
    request: Option<Request<Incoming>>,
}

/// Passes a request to the program, and its answer back.
async fn forwarded(
    mut request: Request<Incoming>,
    peer: IpAddr,
    stream: TcpStream,
) -> Result<Response<Body>, Broken> {
    let _ = stream.set_nodelay(true);
    let made = client::conn::http1::Builder::new()
        .preserve_header_case(true)
        .handshake::<_, Incoming>(TokioIo::new(Unhurt(stream)))
        .await;
    let (mut sender, connection) = match made {
        Ok(made) => made,
        Err(error) => return Err(Broken { error, request: Some(request) }),
    };
    tokio::spawn(connection.with_upgrades());

    let upgraded_client = hyper::upgrade::on(&mut request);
    let upgrade = request.headers().get(UPGRADE).cloned().filter(|_| names(request.headers(), "upgrade"));
    without_hops(request.headers_mut());
    let ip = HeaderValue::from_str(&peer.to_string()).unwrap_or(HeaderValue::from_static("unknown"));
    request.headers_mut().insert(HeaderName::from_static("x-real-ip"), ip);
    if let Some(upgrade) = upgrade {
        request.headers_mut().insert(UPGRADE, upgrade);
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    }

    let sent = sender.try_send_request(request).await;
    let mut answer = sent.map_err(|mut error| {
        let request = error.take_message();
        Broken { error: error.into_error(), request }
    })?;
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        let upgraded_program = hyper::upgrade::on(&mut answer);
        tokio::spawn(async move {
            if let (Ok(client), Ok(program)) = tokio::join!(upgraded_client, upgraded_program) {
                let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(program))
                    .await;
            }
        });
    } else {
        without_hops(answer.headers_mut());
    }
    Ok(answer.map(BodyExt::boxed))
}

/// A connection to a program on which nothing fails that is written. A program may answer and close without having read
/// the whole body, and its answer is still to be read. If there is none, the reading fails.
struct Unhurt(TcpStream);

impl AsyncRead for Unhurt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Unhurt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes).map(|written| Ok(written.unwrap_or(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context).map(|_| Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context).map(|_| Ok(()))
    }
}

/// Whether `Connection` names this.
fn names(headers: &HeaderMap, name: &str) -> bool {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|known| known.trim().eq_ignore_ascii_case(name))
}

/// Removes the headers that are about one connection.
fn without_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in ["connection", "keep-alive", "proxy-connection", "te", "upgrade"] {
        headers.remove(name);
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// The answer where no program does.
fn unavailable(status: StatusCode, is_html: bool, why: &str) -> Response<Body> {
    let (kind, text) = match is_html {
        true => ("text/html; charset=utf-8", page::of_failure(why)),
        false => ("text/plain; charset=utf-8", format!("{why}\n")),
    };
    let mut answer = page::response(kind, text);
    *answer.status_mut() = status;
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    answer
}

/// A body that is there already.
pub(super) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time is the test's own, and passes at once where all wait.
    #[tokio::test(start_paused = true)]
    async fn the_old_program_answers_where_a_new_one_takes_long() {
        let (sender, mut state) = watch::channel(State { current: Some(1), ..State::default() });
        let start = Instant::now();
        assert_eq!(current(&mut state).await, Some(1));
        assert_eq!(start.elapsed(), Duration::ZERO);
        // A request that comes ten seconds after the change waits for twenty more.
        sender.send_modify(|state| state.since = Some(Instant::now()));
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(current(&mut state).await, Some(1));
        assert_eq!(start.elapsed().as_secs(), 30);
        // One that comes later does not wait.
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(current(&mut state).await, Some(1));
        assert_eq!(start.elapsed().as_secs(), 40);
        // The new one answers whoever still waits.
        sender.send_modify(|state| state.since = Some(Instant::now()));
        let mut waiting = state.clone();
        let waiting = tokio::spawn(async move { current(&mut waiting).await });
        tokio::time::sleep(Duration::from_secs(5)).await;
        sender.send_replace(State { current: Some(2), ..State::default() });
        assert_eq!(waiting.await.ok().flatten(), Some(2));
        assert_eq!(start.elapsed().as_secs(), 45);
        // Without any program there is none in the end.
        sender.send_replace(State { since: Some(Instant::now()), ..State::default() });
        assert_eq!(current(&mut state).await, None);
    }
}
