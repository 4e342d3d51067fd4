//! The fairing that runs once the port is bound, and before the first request.

use std::sync::Arc;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Orbit, Rocket};

use super::dev::UnderDev;
use super::launch::{Launched, LiftoffFailure, report};
use crate::route;
use crate::store::Opening;

/// Opens the store, and logs what is served.
pub(super) struct Liftoff {
    pub(super) opening: Option<Arc<Opening>>,
    /// A line for each resource and each function.
    pub(super) served: Vec<String>,
    /// The path of each API's documentation.
    pub(super) docs: Vec<String>,
}

#[rocket::async_trait]
impl Fairing for Liftoff {
    fn info(&self) -> Info {
        Info { name: "crewed: liftoff", kind: Kind::Liftoff }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        route::remember_colors();
        for line in &self.served {
            log::info!(target: "rocket::launch", "{line}");
        }
        if let Some(opening) = &self.opening {
            log::info!(target: "rocket::launch", "Store: {}", opening.location());
            if let Err(why) = opening.open().await {
                let report = report(&[why]);
                match rocket.state::<LiftoffFailure>() {
                    Some(failure) => failure.set(report),
                    None => eprintln!("{report}"),
                }
                rocket.shutdown().notify();
                return;
            }
        }
        let config = rocket.config();
        let scheme = if config.tls_enabled() { "https" } else { "http" };
        let address = match config.address {
            any if any.is_unspecified() => "127.0.0.1".to_owned(),
            one => one.to_string(),
        };
        let dev = rocket.state::<UnderDev>();
        let url = match dev {
            Some(dev) => dev.url.clone(),
            None => format!("{scheme}://{address}:{}", config.port),
        };
        for docs in &self.docs {
            log::info!(target: "rocket::launch", "Docs: {url}{docs}");
        }
        if let Some(launched) = rocket.state::<Launched>() {
            launched.tell(rocket);
        }
        if let Some(dev) = dev {
            (dev.ready)(config.port);
        }
    }
}
