//! A proxy of TCP that may swallow what it is sent, and tell nobody.

use std::io::{Read, Write};
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
    /// How many pieces clients have sent, and after how many of them it swallows the rest.
    sent: AtomicUsize,
    most: usize,
}

impl Proxy {
    /// Of what listens on a port of this machine.
    pub(super) fn to(port: u16) -> Proxy {
        Proxy::until(port, usize::MAX)
    }

    /// One that swallows everything after so many pieces that clients have sent.
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
    let (state, is_lost) = (Arc::clone(state), Arc::clone(is_lost));
    thread::spawn(move || {
        let mut piece = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            if state.sent.fetch_add(usize::from(is_client), SeqCst) >= state.most {
                state.swallows.store(true, SeqCst);
            }
            is_lost.fetch_or(state.swallows.load(SeqCst) || number < state.lost.load(SeqCst), SeqCst);
            if is_lost.load(SeqCst) {
                continue;
            }
            if to.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        // Nor is the end passed on.
        if !is_lost.load(SeqCst) && !state.swallows.load(SeqCst) {
            let _ = to.shutdown(Shutdown::Write);
        }
    });
}
