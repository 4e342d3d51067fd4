//! Launches a program.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rocket::error::ErrorKind;
use rocket::tokio::time::timeout;
use rocket::{Build, Ignite, Rocket, Shutdown};

use super::{Answer, Boxed, fail, flush, ignited, waited_for};
use crate::app::{LaunchError, LiftoffFailure, report};
use crate::route::Running;

/// Launches, or prints the reason and exits with status 1.
pub(super) fn serve(rocket: Boxed<'_, Rocket<Build>>) {
    #[cfg(unix)]
    let connection = super::dev::Connection::of_command();
    let work = async {
        let rocket = rocket.await;
        #[cfg(unix)]
        let rocket = super::dev::attach(connection, rocket);
        launched(rocket).await.map(|()| Answer::default())
    };
    if let Err(error) = waited_for(Box::pin(work)) {
        fail(&error);
    }
    flush();
}

async fn launched(rocket: Rocket<Build>) -> Result<(), LaunchError> {
    let rocket = rocket.manage(LiftoffFailure::default());
    #[cfg(unix)]
    let rocket = super::signals::take_over(rocket);
    let rocket = ignited(rocket).await?;
    let config = rocket.config();
    let address = SocketAddr::from((config.address, config.port));
    let shutdown = &config.shutdown;
    // Rocket itself waits a second more for requests that do not end.
    let stopping = Stopping::of(rocket.shutdown(), shutdown.grace + shutdown.mercy + 1);
    let running = rocket.state::<Running>().cloned();
    if let Some(running) = &running {
        running.will_wait();
    }
    let launched = rocket.launch().await;
    // What requests have left is done after their answers, and those that were being answered have left something too.
    if let Some(running) = running {
        running.wait_until(stopping.end()).await;
    }
    let error = match launched {
        Ok(rocket) => {
            let failure = failure(rocket.state());
            dropped(rocket, stopping.end()).await;
            return failure;
        }
        Err(error) => error,
    };
    let why = match error.kind() {
        // An orderly shutdown, in which some requests had not ended in time.
        ErrorKind::Shutdown(rocket, None) => {
            log::warn!("requests that had not ended when the time for the shutdown was over were cut off");
            return failure(rocket.state());
        }
        ErrorKind::Bind(cause) => bind_error(address, cause),
        _ => None,
    };
    Err(match why {
        Some(why) => LaunchError::Refused(report(&[why])),
        None => LaunchError::Rocket(Box::new(error)),
    })
}

/// The failure at liftoff, if that is why the rocket has ended.
fn failure(failure: Option<&LiftoffFailure>) -> Result<(), LaunchError> {
    match failure.and_then(LiftoffFailure::take) {
        Some(report) => Err(LaunchError::Refused(report)),
        None => Ok(()),
    }
}

/// When the rocket was told to shut down, and how long that may take.
struct Stopping {
    told: Arc<OnceLock<Instant>>,
    seconds: u32,
}

impl Stopping {
    fn of(shutdown: Shutdown, seconds: u32) -> Self {
        let told = Arc::new(OnceLock::new());
        let telling = Arc::clone(&told);
        rocket::tokio::spawn(async move {
            shutdown.await;
            let _ = telling.set(Instant::now());
        });
        Stopping { told, seconds }
    }

    /// When it has to be over. A rocket that was told nothing has ended by itself.
    fn end(&self) -> Instant {
        *self.told.get_or_init(Instant::now) + Duration::from_secs(self.seconds.into())
    }
}

/// How long the store may take to close, however late it is.
const CLOSING: Duration = Duration::from_millis(200);

/// Drops the rocket and with it the store, which finishes what it has begun. It may wait for somebody else meanwhile, and
/// is left to itself then: nothing of that was acknowledged.
async fn dropped(rocket: Rocket<Ignite>, end: Instant) {
    let dropping = rocket::tokio::task::spawn_blocking(|| drop(rocket));
    let left = end.saturating_duration_since(Instant::now()).max(CLOSING);
    if timeout(left, dropping).await.is_err() {
        log::warn!("the store had not closed when the time for the shutdown was over, and is cut off");
    }
}

/// The message about an address that cannot be bound, with what to do about it.
fn bind_error(address: SocketAddr, cause: &io::Error) -> Option<String> {
    let (ip, port) = (address.ip(), address.port());
    let other = if port == u16::MAX { port - 1 } else { port + 1 };
    match cause.kind() {
        io::ErrorKind::AddrInUse => Some(format!(
            "{address} is in use: another program listens on port {port}, perhaps this one, started before. End that \
             one, or take another port: `port = {other}` below [default] in Rocket.toml, or ROCKET_PORT={other}"
        )),
        io::ErrorKind::PermissionDenied => Some(format!(
            "the system does not let this program listen on port {port} ({address}): take one above 1023, with `port = \
             8000` below [default] in Rocket.toml, or ROCKET_PORT=8000"
        )),
        io::ErrorKind::AddrNotAvailable => Some(format!(
            "this machine has no address {ip}: set `address` below [default] in Rocket.toml, or ROCKET_ADDRESS, to one \
             that it has, 127.0.0.1 for this machine alone or 0.0.0.0 for whoever can reach it"
        )),
        _ => None,
    }
}
