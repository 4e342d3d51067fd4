//! A proxy of PostgreSQL's protocol that may swallow what it is sent, and tell nobody.
//!
//! It counts messages, which a program sends in the same way each time; how many pieces TCP makes of them depends on
//! how busy the machine is.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

/// It goes on for as long as the tests run.
pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    swallows: AtomicBool,
    /// Whether new connections are ended at once.
    refuses: AtomicBool,
    /// How many connections were made, and how many of the first of them swallow everything.
    made: AtomicUsize,
    lost: AtomicUsize,
    /// How many messages clients have sent, and after how many of them it swallows the rest.
    sent: AtomicUsize,
    most: usize,
}

impl Proxy {
    /// Of a server that listens on a port of this machine, without TLS.
    pub(super) fn to(port: u16) -> Proxy {
        Proxy::until(port, usize::MAX)
    }

    /// One that swallows everything after so many messages that clients have sent, and the answer to the last of them.
    pub(super) fn until(port: u16, most: usize) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let state = Arc::new(State { most, ..State::default() });
        let proxy = Proxy { port: listener.local_addr().unwrap().port(), state: Arc::clone(&state) };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let number = state.made.fetch_add(1, SeqCst);
                let refuses = state.refuses.load(SeqCst);
                let server = TcpStream::connect(("127.0.0.1", port)).ok().filter(|_| !refuses);
                let Some(server) = server else {
                    let _ = client.shutdown(Shutdown::Both);
                    continue;
                };
                // What has lost something loses the rest too: it would make no sense any more.
                let is_lost = Arc::<AtomicBool>::default();
                pass_on(&client, &server, &state, &is_lost, number, true);
                pass_on(&server, &client, &state, &is_lost, number, false);
            }
        });
        proxy
    }

    /// From now on it takes everything and passes nothing on, or does its work again.
    pub(super) fn swallow(&self, swallows: bool) {
        self.state.swallows.store(swallows, SeqCst);
    }

    /// The connections that there are pass nothing on any more; new ones do.
    pub(super) fn lose(&self) {
        self.state.lost.store(self.made(), SeqCst);
    }

    /// New connections are ended at once.
    pub(super) fn refuse(&self) {
        self.state.refuses.store(true, SeqCst);
    }

    /// How many connections were made to it.
    pub(super) fn made(&self) -> usize {
        self.state.made.load(SeqCst)
    }

    /// How many messages clients have sent through it.
    pub(super) fn sent(&self) -> usize {
        self.state.sent.load(SeqCst)
    }

    /// The URL of a PostgreSQL server behind it.
    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }
}

fn pass_on(
    from: &TcpStream,
    to: &TcpStream,
    state: &Arc<State>,
    is_lost: &Arc<AtomicBool>,
    number: usize,
    is_client: bool,
) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let _ = to.set_nodelay(true);
    let (state, is_lost) = (Arc::clone(state), Arc::clone(is_lost));
    thread::spawn(move || {
        let mut piece = Vec::new();
        // The first message of a client has no type.
        let mut is_first = is_client;
        while read(&mut from, &mut piece, is_client, is_first).is_ok() {
            // Nobody waits until a connection has said that it ends.
            let is_counted = is_client && (is_first || piece[0] != b'X');
            is_first = false;
            if state.sent.fetch_add(usize::from(is_counted), SeqCst) >= state.most {
                state.swallows.store(true, SeqCst);
            }
            is_lost.fetch_or(state.swallows.load(SeqCst) || number < state.lost.load(SeqCst), SeqCst);
            if is_lost.load(SeqCst) {
                continue;
            }
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        // Nor is the end passed on.
        if !is_lost.load(SeqCst) && !state.swallows.load(SeqCst) {
            let _ = to.shutdown(Shutdown::Write);
        }
    });
}

/// Reads a whole message of a client, or whatever has come of a server; it fails at the end.
fn read(from: &mut TcpStream, piece: &mut Vec<u8>, is_client: bool, is_first: bool) -> io::Result<()> {
    if !is_client {
        piece.resize(64 << 10, 0);
        let length = from.read(piece)?;
        piece.truncate(length);
        return if length == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) };
    }
    // The length counts itself, and not the letter of the type before it.
    let typed = usize::from(!is_first);
    piece.resize(typed + 4, 0);
    from.read_exact(piece)?;
    let length = u32::from_be_bytes(piece[typed..].try_into().unwrap()) as usize;
    piece.resize(typed + length, 0);
    from.read_exact(&mut piece[typed + 4..])
}
