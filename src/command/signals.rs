//! Ends a program when the system tells it to.
//!
//! Rocket closes its port as soon as it is told to shut down. Whoever balances the load does not know yet, and would send
//! requests to a port that is closed. So crewed takes the signals itself: first the program says that it is not ready, and
//! lets clients go with their next answer, and some seconds later Rocket is told.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rocket::config::{Shutdown as ShutdownConfig, Sig};
use rocket::fairing::AdHoc;
use rocket::futures::future::select_all;
use rocket::tokio::signal::unix::{Signal, SignalKind, signal};
use rocket::tokio::time::timeout;
use rocket::{Build, Rocket, Shutdown};

use super::flush;
use crate::app::{Launched, UnderDev, is_configured};
use crate::edge::{Draining, GRACE, MERCY};
use crate::route::RouteTables;

/// The least number of an exit status of a program that a signal has ended; the signal's own is added.
const KILLED: i32 = 128;

/// Takes the signals that Rocket would.
pub(super) fn take_over(rocket: Rocket<Build>) -> Rocket<Build> {
    let figment = rocket.figment().clone();
    // Rocket tells what is wrong with its own configuration.
    let Ok(configured) = figment.extract_inner::<ShutdownConfig>("shutdown") else { return rocket };
    let mut merged = figment.clone();
    for (key, ours) in [("shutdown.grace", GRACE), ("shutdown.mercy", MERCY)] {
        if !is_configured(&figment, key) {
            merged = merged.merge((key, ours));
        }
    }
    let merged = merged.merge(("shutdown.ctrlc", false)).merge(("shutdown.signals", Vec::<Sig>::new()));
    let mut wanted: Vec<Sig> =
        configured.signals.iter().copied().filter(|signal| *signal != Sig::Int).collect();
    if configured.ctrlc || configured.signals.contains(&Sig::Int) {
        wanted.push(Sig::Int);
    }
    let mut signals = Vec::new();
    for which in wanted {
        match signal(kind(which)) {
            Ok(signal) => signals.push((which, signal)),
            Err(error) => log::warn!("{which} will not end this program as it should: {error}"),
        }
    }
    let served = Arc::new(OnceLock::new());
    if !signals.is_empty() {
        rocket::tokio::spawn(listen(signals, Arc::clone(&served)));
    }
    let launched = Launched::new(move |rocket| {
        let under_dev = rocket.state::<UnderDev>().is_some();
        // The command has taken its clients elsewhere already.
        let draining = rocket.state::<Draining>().filter(|_| !under_dev).cloned();
        let _ = served.set(Served { shutdown: rocket.shutdown(), draining });
    });
    rocket.configure(merged).manage(launched).attach(AdHoc::on_liftoff("crewed: signals", |rocket| {
        Box::pin(async move {
            // An API tells it once its store is open.
            if let (None, Some(launched)) = (rocket.state::<RouteTables>(), rocket.state::<Launched>()) {
                launched.tell(rocket);
            }
        })
    }))
}

fn kind(signal: Sig) -> SignalKind {
    match signal {
        Sig::Alrm => SignalKind::alarm(),
        Sig::Chld => SignalKind::child(),
        Sig::Hup => SignalKind::hangup(),
        Sig::Int => SignalKind::interrupt(),
        Sig::Io => SignalKind::io(),
        Sig::Pipe => SignalKind::pipe(),
        Sig::Quit => SignalKind::quit(),
        Sig::Term => SignalKind::terminate(),
        Sig::Usr1 => SignalKind::user_defined1(),
        Sig::Usr2 => SignalKind::user_defined2(),
    }
}

/// A rocket that answers requests.
struct Served {
    shutdown: Shutdown,
    /// Whom it tells that it will stop, if that takes time.
    draining: Option<Draining>,
}

/// Waits for signals, and ends the program.
async fn listen(mut signals: Vec<(Sig, Signal)>, served: Arc<OnceLock<Served>>) {
    let first = next(&mut signals).await;
    let Some(Served { shutdown, draining }) = served.get() else {
        // Nothing is answered yet, and what is being changed in the database is one transaction.
        flush();
        std::process::exit(KILLED + kind(first).as_raw_value());
    };
    let drain = draining.as_ref().map_or(Duration::ZERO, Draining::lasts);
    if let Some(draining) = draining {
        draining.begin();
    }
    if first == Sig::Int || drain.is_zero() {
        log::warn!("Received {first}. Requesting shutdown.");
    } else {
        let seconds = drain.as_secs_f64();
        log::warn!("Received {first}. Not ready any more; requesting shutdown in {seconds} s.");
        if let Ok(second) = timeout(drain, next(&mut signals)).await {
            log::warn!("Received {second}. Requesting shutdown at once.");
        }
    }
    shutdown.clone().notify();
    loop {
        let further = next(&mut signals).await;
        log::warn!("Received {further}. Shutdown already in progress.");
    }
}

/// The next signal that comes.
async fn next(signals: &mut [(Sig, Signal)]) -> Sig {
    let waiting = signals.iter_mut().map(|(which, signal)| {
        Box::pin(async move {
            signal.recv().await;
            *which
        })
    });
    select_all(waiting).await.0
}
