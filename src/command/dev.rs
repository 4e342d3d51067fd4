//! The side of `crewed dev` that is within the program.
//!
//! The command hands over a socket. The program tells on it when it is ready, and which port it was given. The socket
//! closes when the command ends, however it ends, and then the program ends too, so that nothing is left behind.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, Shutdown};
use serde_json::json;

use super::channel;
use crate::app::UnderDev;
use crate::route::RouteTables;

/// The environment variable with the address at which the command relays requests.
const URL: &str = "CREWED_DEV_URL";

/// The environment variable that says that the log is shown on a terminal with colours.
const COLORS: &str = "CREWED_DEV_COLORS";

/// How long the requests that are being answered may take once the command has ended.
const MERCY: Duration = Duration::from_secs(5);

/// The connection to the command that has started the program.
pub(super) struct Connection {
    channel: UnixStream,
    url: String,
    shutdown: Arc<OnceLock<Shutdown>>,
}

impl Connection {
    /// Connects the program to the command, if `crewed dev` has started it. From now on it ends with the command.
    pub(super) fn of_command() -> Option<Self> {
        let (channel, url) = channel::handed().zip(std::env::var(URL).ok())?;
        let shutdown = Arc::new(OnceLock::new());
        end_with(channel.try_clone().ok()?, Arc::clone(&shutdown));
        Some(Connection { channel, url, shutdown })
    }
}

/// Lets the command know when the rocket answers.
pub(super) fn attach(connection: Option<Connection>, rocket: Rocket<Build>) -> Rocket<Build> {
    let Some(Connection { channel: told, url, shutdown: of_rocket }) = connection else { return rocket };
    let wants_colors = rocket.figment().extract_inner("cli_colors").unwrap_or(true);
    if wants_colors && std::env::var_os(COLORS).is_some() {
        rocket::yansi::enable();
    }
    // The command speaks plain HTTP to the program. Without the feature the key would be refused.
    let rocket = match cfg!(feature = "tls") {
        true => {
            let plain = rocket.figment().clone().merge(("tls", ()));
            rocket.configure(plain)
        }
        false => rocket,
    };
    let told = Mutex::new(told);
    let ready = move |port: u16| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        // If the command is gone, the other thread ends the program.
        let _ = writeln!(told, "{}", json!({"ready": {"port": port}}));
    };
    rocket.manage(UnderDev { url, ready: Box::new(ready) }).attach(AdHoc::on_liftoff(
        "crewed: under `crewed dev`",
        move |rocket| {
            Box::pin(async move {
                let _ = of_rocket.set(rocket.shutdown());
                // An API tells it once its store is open.
                if let (None, Some(dev)) = (rocket.state::<RouteTables>(), rocket.state::<UnderDev>()) {
                    (dev.ready)(rocket.config().port);
                }
            })
        },
    ))
}

/// Ends the program once the channel is closed. A rocket that has launched may answer what it has begun to.
pub(super) fn end_with(mut channel: UnixStream, shutdown: Arc<OnceLock<Shutdown>>) {
    thread::spawn(move || {
        // The command sends nothing.
        while let Ok(1..) = channel.read(&mut [0; 64]) {}
        if let Some(shutdown) = shutdown.get() {
            shutdown.clone().notify();
            thread::sleep(MERCY);
        }
        std::process::exit(1);
    });
}
