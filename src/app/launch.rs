//! Launching: a person who made a mistake is told so, and nothing more.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::error::ErrorKind;
use rocket::{Build, Ignite, Rocket};

use crate::route::RouteTables;

/// Why an API did not launch.
#[derive(Debug)]
#[non_exhaustive]
pub enum LaunchError {
    /// An API was put together wrongly, or its store does not fit; everything that is wrong.
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

/// Ignites a rocket, and tells why an [`Api`](crate::Api) refused where one did.
///
/// # Errors
/// What is wrong with an API's assembly, configuration or store; or Rocket's own error.
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
            // Rocket panics where an error is dropped that nobody looked at.
            let _ = error.kind();
            LaunchError::Refused(report)
        }
        None => LaunchError::Rocket(Box::new(error)),
    })?;
    // State is known now: whatever manages it has done so.
    let unmet =
        rocket.state::<RouteTables>().map(|route_tables| route_tables.unmet(&rocket)).unwrap_or_default();
    match unmet.is_empty() {
        true => Ok(rocket),
        false => Err(LaunchError::Refused(report(&unmet))),
    }
}

/// What `#[crewed::launch]` makes `main` of: launches, and where that fails prints why and exits
/// with status 1.
pub fn launch(rocket: impl Future<Output = Rocket<Build>> + Send) {
    // Rocket's runtime is made by the configuration of the folder, and panics where there is none.
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
            // It was told to end, and has ended; only somebody it was waiting for had not answered by then.
            ErrorKind::Shutdown(rocket, None) => {
                log::warn!("the requests that still waited when the time was up were cut off");
                return failed(rocket.state());
            }
            ErrorKind::Bind(cause) => unbound(address, cause),
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

/// Why nothing can be served at an address, and what to do.
fn unbound(address: SocketAddr, cause: &io::Error) -> Option<String> {
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

/// What the APIs of one rocket have against being launched.
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

/// Why a rocket was told to shut down as soon as it had lifted off, if it was.
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

/// Everything that is wrong, in one message.
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
