//! The socket between a program and whoever has started it to ask something.
//!
//! It is handed over as standard input, since that is the one descriptor that a parent can hand to a child on every
//! Unix without unsafe code on either side.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::parent_id;
use std::process::{Command, Stdio};

/// The environment variable that says that standard input is such a socket. It has the process that has handed it over:
/// the programs that this one starts inherit the variable, and may inherit the socket, but have another parent.
const VARIABLE: &str = "CREWED_CHANNEL";

/// The socket that was handed over, if one was.
pub(super) fn handed() -> Option<UnixStream> {
    if std::env::var(VARIABLE).ok()? != parent_id().to_string() {
        return None;
    }
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    socket.peer_addr().is_ok().then_some(socket)
}

/// Starts this program once more, with the same arguments and a socket, and prints what comes out of it. Returns its
/// exit status. Nothing but the answer is printed: there is no log, or nobody reads it, where the configuration is to be
/// `as_it_is`.
pub(super) fn ask_oneself(as_it_is: bool) -> io::Result<i32> {
    let (mut ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).env(VARIABLE, std::process::id().to_string());
    match as_it_is {
        true => command.stdout(Stdio::null()),
        false => command
            .env("ROCKET_LOG_LEVEL", "off")
            .stdout(Stdio::from(io::stderr().as_fd().try_clone_to_owned()?)),
    };
    let mut child = command.stdin(Stdio::from(OwnedFd::from(theirs))).spawn()?;
    // The socket would not close with the program while this process holds its end too.
    drop(command);
    let mut answer = Vec::new();
    ours.read_to_end(&mut answer)?;
    let status = child.wait()?;
    // Whoever reads may have had enough.
    let _ = io::stdout().write_all(&answer);
    Ok(status.code().unwrap_or(1))
}
