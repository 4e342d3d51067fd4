//! Ignites a rocket, and collects all problems of its APIs in one message.
//!
//! By itself, Rocket prints only that a fairing failed, and panics if its error is dropped.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::{Build, Ignite, Orbit, Rocket};

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
pub(crate) struct LiftoffFailure(Mutex<Option<String>>);

impl LiftoffFailure {
    pub(super) fn set(&self, report: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }

    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Is told when the rocket answers requests: its store is open, and its port is bound.
pub(crate) struct Launched(Told);

type Told = Box<dyn Fn(&Rocket<Orbit>) + Send + Sync>;

impl Launched {
    pub(crate) fn new(told: impl Fn(&Rocket<Orbit>) + Send + Sync + 'static) -> Self {
        Launched(Box::new(told))
    }

    pub(crate) fn tell(&self, rocket: &Rocket<Orbit>) {
        (self.0)(rocket);
    }
}

/// All problems in one message.
pub(crate) fn report(problems: &[String]) -> String {
    let mut report = String::from("crewed cannot launch:");
    for problem in problems {
        for (index, line) in problem.lines().enumerate() {
            report.push_str(if index == 0 { "\n  - " } else { "\n    " });
            report.push_str(line);
        }
    }
    report
}
