//! The fairings of an API.
//!
//! When the rocket ignites, an [`Api`] only registers itself. Once every other fairing has ignited, all APIs of the
//! rocket are assembled together. So they share a store, they see the routes and catchers that other fairings have
//! added, and all problems are in one message. Nothing is written at that time, since Rocket has yet to check for
//! colliding routes and to bind its port. The database is migrated on liftoff, when nothing can prevent the launch any
//! more.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Rocket};

use super::api::{Api, ApiParts};
use super::assembly::assemble;
use super::launch::{Refusals, report};

#[rocket::async_trait]
impl<C: 'static> Fairing for Api<C> {
    fn info(&self) -> Info {
        Info { name: "crewed", kind: Kind::Ignite }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        register(&self.parts, rocket)
    }
}

/// Registers an API, to be assembled after all other fairings.
#[expect(clippy::result_large_err, reason = "it is Rocket's own")]
fn register(parts: &Arc<ApiParts>, rocket: Rocket<Build>) -> fairing::Result {
    match rocket.state::<Attached>() {
        Some(attached) if attached.add(parts) => Ok(rocket),
        Some(_) => {
            let late = "an API was attached by a fairing after all others were put together: attach it to the \
                        rocket itself, with `rocket::build().attach(..)`";
            refuse(&rocket, &[late.to_owned()]);
            Err(rocket)
        }
        None => {
            let attached = Attached::default();
            attached.add(parts);
            Ok(rocket.manage(attached).attach(Assembler { seen: 0 }))
        }
    }
}

/// The APIs of a rocket that have ignited so far.
#[derive(Default)]
struct Attached(Mutex<Apis>);

#[derive(Default)]
struct Apis {
    parts: Vec<Arc<ApiParts>>,
    /// Whether they have been assembled, so that no further one can be added.
    closed: bool,
}

impl Attached {
    /// Registers an API. Returns whether it is in time.
    fn add(&self, parts: &Arc<ApiParts>) -> bool {
        let mut apis = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !apis.closed {
            apis.parts.push(Arc::clone(parts));
        }
        !apis.closed
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).parts.len()
    }

    fn close(&self) -> Vec<Arc<ApiParts>> {
        let mut apis = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        apis.closed = true;
        apis.parts.clone()
    }
}

/// Assembles the APIs of a rocket after all other fairings.
///
/// A fairing that is attached during ignition ignites after those that were attached before. So this one attaches
/// itself again until no further API was added in a whole round.
struct Assembler {
    /// The number of APIs in the previous round.
    seen: usize,
}

#[rocket::async_trait]
impl Fairing for Assembler {
    fn info(&self) -> Info {
        Info { name: "crewed: assembly", kind: Kind::Ignite }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let Some(attached) = rocket.state::<Attached>() else { return Ok(rocket) };
        let count = attached.count();
        if count != self.seen {
            return Ok(rocket.attach(Assembler { seen: count }));
        }
        match assemble(&attached.close(), &rocket).await {
            Ok(assembly) => Ok(assembly.mount(rocket)),
            Err(problems) => {
                refuse(&rocket, &problems);
                Err(rocket)
            }
        }
    }
}

/// Reports the problems to [`ignite`](super::ignite), or prints them if the rocket was ignited without it.
fn refuse(rocket: &Rocket<Build>, problems: &[String]) {
    let report = report(problems);
    match rocket.state::<Refusals>() {
        Some(refusals) => refusals.add(report),
        // Rocket itself reports only that a fairing failed.
        None => eprintln!("{report}"),
    }
}
