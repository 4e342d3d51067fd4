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
                pass_on(&client, &server, &state, &is_lost, number, messages());
                pass_on(&server, &client, &state, &is_lost, number, pieces);
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

/// Passes on what a reader reads, which says how many messages of a client that is.
fn pass_on(
    from: &TcpStream,
    to: &TcpStream,
    state: &Arc<State>,
    is_lost: &Arc<AtomicBool>,
    number: usize,
    mut read: impl FnMut(&mut TcpStream, &mut Vec<u8>) -> io::Result<usize> + Send + 'static,
) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let _ = to.set_nodelay(true);
    let (state, is_lost) = (Arc::clone(state), Arc::clone(is_lost));
    thread::spawn(move || {
        let mut piece = Vec::new();
        while let Ok(sent) = read(&mut from, &mut piece) {
            if state.sent.fetch_add(sent, SeqCst) >= state.most {
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

/// Reads the messages of a client one by one. That it ends is a message too, and not counted, since nobody waits until
/// it has been sent.
fn messages() -> impl FnMut(&mut TcpStream, &mut Vec<u8>) -> io::Result<usize> {
    // Each begins with the letter of its type, but for the first one, which has none.
    let mut letter = 0;
    move |from, message| {
        message.resize(letter + 4, 0);
        from.read_exact(message)?;
        // The length counts itself, and not the letter.
        let length = u32::from_be_bytes(message[letter..].try_into().unwrap()) as usize;
        message.resize(letter + length, 0);
        from.read_exact(&mut message[letter + 4..])?;
        let is_end = letter == 1 && message[0] == b'X';
        letter = 1;
        Ok(usize::from(!is_end))
    }
}

/// Reads whatever has come of a server.
fn pieces(from: &mut TcpStream, piece: &mut Vec<u8>) -> io::Result<usize> {
    piece.resize(64 << 10, 0);
    let length = from.read(piece)?;
    piece.truncate(length);
    if length == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(0) }
}
