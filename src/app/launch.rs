//! Ignites and launches a rocket, and prints readable messages about mistakes.
//!
//! By itself, Rocket prints only that a fairing failed, and panics if its error is dropped. So a program that launches
//! by [`launch`] or [`ignite`] gets all problems of its APIs as one message.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::error::ErrorKind;
use rocket::{Build, Ignite, Rocket};

use crate::route::RouteTables;

/// The reason why an API did not launch.
#[derive(Debug)]
#[non_exhaustive]
pub enum LaunchError {
    /// All problems of the APIs, their configuration and their store.
    Refused(String),
    /// Rocket's own error.
    Rocket(Box<rocket::Error>),
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LaunchError::Refused(report) => f.write_str(report),
            LaunchError::Rocket(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LaunchError {}

/// Ignites a rocket, and reports the problems of its [`Api`](crate::Api)s.
///
/// # Errors
/// All problems of the APIs, their configuration and their store; or Rocket's own error.
///
/// ```
/// # crewed::rocket::async_test(async {
/// use crewed::Api;
///
/// let config = crewed::rocket::Config::figment().merge(("crewed.stroe", "sqlite::memory:"));
/// let rocket = crewed::rocket::custom(config).attach(Api::new());
/// let error = crewed::ignite(rocket).await.unwrap_err();
/// assert!(error.to_string().contains("did you mean `store`?"));
/// # });
/// ```
pub async fn ignite(rocket: Rocket<Build>) -> Result<Rocket<Ignite>, LaunchError> {
    let refusals = Refusals::default();
    let rocket = rocket.manage(refusals.clone());
    let rocket = rocket.ignite().await.map_err(|error| match refusals.report() {
        Some(report) => {
            // Rocket panics if its error is dropped without being inspected.
            let _ = error.kind();
            LaunchError::Refused(report)
        }
        None => LaunchError::Rocket(Box::new(error)),
    })?;
    // All managed state exists now, so guards that need some can be checked.
    let unmet =
        rocket.state::<RouteTables>().map(|route_tables| route_tables.unmet(&rocket)).unwrap_or_default();
    match unmet.is_empty() {
        true => Ok(rocket),
        false => Err(LaunchError::Refused(report(&unmet))),
    }
}

/// The body of `main` under `#[crewed::launch]`: launches, or prints the reason and exits with status 1.
pub fn launch(rocket: impl Future<Output = Rocket<Build>> + Send) {
    // Rocket builds its runtime from the configuration, and panics if that is invalid.
    if let Err(error) = rocket::Config::try_from(rocket::Config::figment()) {
        rocket::config::pretty_print_error(error);
        std::process::exit(1);
    }
    let outcome = rocket::async_main(async {
        let rocket = ignite(rocket.await.manage(LiftoffFailure::default())).await?;
        let config = rocket.config();
        let address = SocketAddr::from((config.address, config.port));
        let failed = |failure: Option<&LiftoffFailure>| match failure.and_then(LiftoffFailure::take) {
            Some(report) => Err(LaunchError::Refused(report)),
            None => Ok(()),
        };
        let error = match rocket.launch().await {
            Ok(rocket) => return failed(rocket.state()),
            Err(error) => error,
        };
        let why = match error.kind() {
            // An orderly shutdown, in which some requests had not ended in time.
            ErrorKind::Shutdown(rocket, None) => {
                log::warn!(
                    "requests that had not ended when the time for the shutdown was over were cut off"
                );
                return failed(rocket.state());
            }
            ErrorKind::Bind(cause) => bind_error(address, cause),
            _ => None,
        };
        Err(match why {
            Some(why) => LaunchError::Refused(report(&[why])),
            None => LaunchError::Rocket(Box::new(error)),
        })
    });
    let Err(error) = outcome else { return };
    match error {
        LaunchError::Refused(report) => eprintln!("{report}"),
        LaunchError::Rocket(error) => {
            eprintln!("{}", error.pretty_print());
        }
    }
    std::process::exit(1);
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

/// The reports of the APIs of a rocket that prevent its launch.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusals(Arc<Mutex<Vec<String>>>);

impl Refusals {
    pub(super) fn add(&self, report: String) {
        if let Ok(mut reports) = self.0.lock() {
            reports.push(report);
        }
    }

    fn report(&self) -> Option<String> {
        let reports = self.0.lock().ok()?;
        (!reports.is_empty()).then(|| reports.join("\n"))
    }
}

/// The reason why a rocket is shut down immediately after liftoff, if it is.
#[derive(Debug, Default)]
pub(super) struct LiftoffFailure(Mutex<Option<String>>);

impl LiftoffFailure {
    pub(super) fn set(&self, report: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// All problems in one message.
pub(super) fn report(problems: &[String]) -> String {
    let mut report = String::from("crewed cannot launch:");
    for problem in problems {
        for (index, line) in problem.lines().enumerate() {
            report.push_str(if index == 0 { "\n  - " } else { "\n    " });
            report.push_str(line);
        }
    }
    report
}
