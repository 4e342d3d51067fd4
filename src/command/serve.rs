//! Launches a program.

use std::io;
use std::net::SocketAddr;

use rocket::error::ErrorKind;
use rocket::{Build, Rocket};

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
    let rocket = ignited(rocket.manage(LiftoffFailure::default())).await?;
    let config = rocket.config();
    let address = SocketAddr::from((config.address, config.port));
    let failed = |failure: Option<&LiftoffFailure>| match failure.and_then(LiftoffFailure::take) {
        Some(report) => Err(LaunchError::Refused(report)),
        None => Ok(()),
    };
    let (config, running) = (config.clone(), rocket.state::<Running>().cloned());
    if let Some(running) = &running {
        running.will_wait();
    }
    let launched = rocket.launch().await;
    // What requests have left is done after their answers, and those that were being answered have left something too.
    if let Some(running) = running {
        running.wait(&config).await;
    }
    let error = match launched {
        Ok(rocket) => return failed(rocket.state()),
        Err(error) => error,
    };
    let why = match error.kind() {
        // An orderly shutdown, in which some requests had not ended in time.
        ErrorKind::Shutdown(rocket, None) => {
            log::warn!("requests that had not ended when the time for the shutdown was over were cut off");
            return failed(rocket.state());
        }
        ErrorKind::Bind(cause) => bind_error(address, cause),
        _ => None,
    };
    Err(match why {
        Some(why) => LaunchError::Refused(report(&[why])),
        None => LaunchError::Rocket(Box::new(error)),
    })
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
