//! Programs under `#[crewed::launch]`, which answer over a socket that they get as standard input.

use std::ffi::OsStr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::failure::{Failure, While};

/// How long a program may take to describe itself.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// How many bytes of a program's own errors are kept.
const MOST_ERRORS: u64 = 64 << 10;

/// What a program has answered to a verb.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Its exit status: 1 is a finding, or a launch that was refused.
    pub(crate) status: u8,
}

/// Where a program's own errors go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    /// To the terminal.
    Shown,
    /// Into the answer, if the program has no other.
    Kept,
}

/// Starts a program that serves on a port of its own, as [`start_asked`] does.
pub(crate) fn start(command: &mut Command) -> Result<(Child, UnixStream), Failure> {
    // The system chooses the port, and only this machine reaches it.
    command.env("ROCKET_ADDRESS", "127.0.0.1").env("ROCKET_PORT", "0");
    start_asked(command)
}

/// Starts a program with a socket as standard input, whose other end is returned.
fn start_asked(command: &mut Command) -> Result<(Child, UnixStream), Failure> {
    let (ours, theirs) = StdStream::pair().or_fail("a socket cannot be made")?;
    command.stdin(Stdio::from(OwnedFd::from(theirs))).env("CREWED_CHANNEL", std::process::id().to_string());
    let child =
        command.spawn().or_fail(format!("{} cannot be started", command.as_std().get_program().display()));
    // The socket would not close with the program while this process holds its end too.
    command.stdin(Stdio::null());
    let child = child?;
    ours.set_nonblocking(true).or_fail("a socket cannot be used")?;
    Ok((child, UnixStream::from_std(ours).or_fail("a socket cannot be used")?))
}

/// Asks a program one of its verbs.
pub(crate) async fn ask(
    program: &Path,
    arguments: &[impl AsRef<OsStr>],
    limit: Option<Duration>,
    errors: Errors,
) -> Result<Answer, Failure> {
    let mut command = Command::new(program);
    command.arg("--crewed").args(arguments).kill_on_drop(true);
    if errors == Errors::Kept {
        command.stderr(Stdio::piped());
    }
    // Nothing but the answer is printed.
    let (mut child, mut socket) = match arguments.first().map(AsRef::as_ref) == Some(OsStr::new("audit")) {
        // The configuration is looked at as it is, what it says of the log included.
        true => start_asked(command.stdout(Stdio::null()))?,
        false => {
            let stderr = std::io::stderr().as_fd().try_clone_to_owned();
            let stderr = stderr.or_fail("standard error cannot be shared")?;
            start(command.env("ROCKET_LOG_LEVEL", "off").stdout(Stdio::from(stderr)))?
        }
    };
    let mut stderr = child.stderr.take();
    let answering = async {
        let (mut text, mut wrong) = (String::new(), Vec::new());
        let wrong_text = async {
            match &mut stderr {
                Some(stderr) => {
                    // What comes after that is too long to be shown, but must not hold the program up.
                    stderr.take(MOST_ERRORS).read_to_end(&mut wrong).await?;
                    tokio::io::copy(stderr, &mut tokio::io::sink()).await
                }
                None => Ok(0),
            }
        };
        // What the program has started may keep its sockets open, so the end of the program is waited for too.
        let status = {
            let listening = async { tokio::join!(socket.read_to_string(&mut text), wrong_text) };
            let mut listening = std::pin::pin!(listening);
            tokio::select! {
                (answered, _) = &mut listening => {
                    answered.or_fail("the program cannot be listened to")?;
                    child.wait().await
                }
                status = child.wait() => {
                    let _ = timeout(Duration::from_millis(500), listening).await;
                    status
                }
            }
        };
        let status = status.or_fail("the program cannot be waited for")?;
        // It may be waiting for more, which is not there.
        let _ = socket.shutdown().await;
        let status = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
        if text.is_empty() {
            text = String::from_utf8_lossy(&wrong).into_owned();
        }
        Ok(Answer { text, status })
    };
    let Some(limit) = limit else { return answering.await };
    match timeout(limit, answering).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::of(format!(
            "{} did not answer within {} s: only programs under `#[crewed::launch]` can be asked, and under Rocket's \
             own `launch` they serve instead",
            program.display(),
            limit.as_secs()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that pays no attention to its arguments.
    #[tokio::test]
    async fn a_program_that_serves_instead_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        fs::write(&program, format!("#!/bin/sh\necho $$ > {}/pid\nexec sleep 60\n", folder.path().display()))
            .unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let limit = Some(Duration::from_secs(1));
        let failure = ask(&program, &["plan"], limit, Errors::Kept).await.unwrap_err();
        assert!(
            failure.message.contains("did not answer within 1 s: only programs under `#[crewed::launch]`")
        );
        let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
        let state = Path::new("/proc").join(pid.trim()).join("stat");
        for _ in 0..100 {
            // It is gone, or has ended and is not yet waited for.
            let stat = fs::read_to_string(&state).unwrap_or_default();
            if stat.is_empty() || stat.contains(" Z ") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{pid} is still there");
    }
}
