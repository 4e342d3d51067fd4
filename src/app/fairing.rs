//! The fairings that an API is made of.
//!
//! An [`Api`] only notes itself when the rocket ignites. Once every other fairing has ignited, all APIs of the rocket
//! are put together at once, so that they share a store, so that they see the routes and catchers that other
//! fairings have brought, and so that everything that is wrong stands in one message. Nothing is written then: Rocket
//! still has to look for colliding routes and to bind its port. The database is changed on liftoff, when nothing can
//! stop the program any more.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Rocket};

use super::api::{Api, ApiParts};
use super::assembly::assemble;
use super::launch::{Refusals, report};

#[rocket::async_trait]
impl Fairing for Api {
    fn info(&self) -> Info {
        Info { name: "crewed", kind: Kind::Ignite }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        match rocket.state::<Attached>() {
            Some(attached) if attached.add(&self.parts) => Ok(rocket),
            Some(_) => {
                let late = "an API was attached by a fairing after all others were put together: attach it to the \
                            rocket itself, with `rocket::build().attach(..)`";
                refuse(&rocket, &[late.to_owned()]);
                Err(rocket)
            }
            None => {
                let attached = Attached::default();
                attached.add(&self.parts);
                Ok(rocket.manage(attached).attach(Assembler { seen: 0 }))
            }
        }
    }
}

/// The APIs of a rocket that have ignited so far.
#[derive(Default)]
struct Attached(Mutex<Apis>);

#[derive(Default)]
struct Apis {
    parts: Vec<Arc<ApiParts>>,
    /// Whether they have been put together, so that no further one can join.
    closed: bool,
}

impl Attached {
    /// Notes an API; returns whether it is in time.
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

/// Puts the APIs of a rocket together, after all other fairings.
///
/// A fairing that is attached during ignition ignites after those that were attached before. So this one attaches
/// itself anew until a whole round has passed in which no further API came.
struct Assembler {
    /// How many APIs there were in the round before.
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

/// Says what is wrong, to whoever ignites the rocket.
fn refuse(rocket: &Rocket<Build>, problems: &[String]) {
    let report = report(problems);
    match rocket.state::<Refusals>() {
        Some(refusals) => refusals.add(report),
        // Rocket itself tells no more than that a fairing failed.
        None => eprintln!("{report}"),
    }
}
