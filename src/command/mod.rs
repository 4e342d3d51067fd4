//! What a program under `#[crewed::launch]` does: it serves, or it answers a question about itself.
//!
//! `program --crewed openapi` prints the document of the program, and `routes` and `migrate` are other verbs. They are
//! part of every program, so that an image needs no second binary. The command `crewed` builds a program and asks it
//! with the same verbs, and with `describe` and `plan`, which are for programs.
//!
//! Standard output belongs to the program and to Rocket's log, so an answer does not go there: the caller hands over a
//! socket as standard input. A person has no such socket; for them the program starts itself once more with one, and
//! prints what comes out of it.

mod arguments;
#[cfg(unix)]
mod channel;
#[cfg(unix)]
mod dev;
mod serve;
#[cfg(unix)]
mod signals;
mod verbs;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use rocket::{Build, Ignite, Rocket};

use self::arguments::Requested;
use crate::app::{LaunchError, early_log, ignite};
use crate::edge::{Program, error_in_log_form, flush_log, install_log};

/// A future without its type. Each type that is waited for would bring its own copy of the runtime into a program.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is printed, and whether it is a finding. A program that has served has nothing to print.
#[derive(Default)]
struct Answer {
    text: String,
    finding: bool,
}

/// The program that is launched, and how.
#[derive(Clone, Copy, Debug)]
pub struct Launched {
    name: Option<&'static str>,
    version: Option<&'static str>,
    has_logger: bool,
}

impl Launched {
    /// A program of this name and version, as cargo knows them.
    #[must_use]
    pub const fn new(name: Option<&'static str>, version: Option<&'static str>) -> Self {
        Launched { name, version, has_logger: false }
    }

    /// The program sets a logger itself.
    #[must_use]
    pub const fn with_own_logger(self) -> Self {
        Launched { has_logger: true, ..self }
    }
}

/// The body of `main` under `#[crewed::launch]`: serves, or carries out the verb behind `--crewed`. It exits with status
/// 1 if the program cannot launch or a verb finds something, and with status 2 if the arguments are no verb.
pub fn launch(launched: Launched, rocket: impl Future<Output = Rocket<Build>> + Send) {
    // Rocket sets its own logger as soon as there is a rocket.
    if !launched.has_logger {
        install_log(&early_log());
    }
    let name = |name: Option<&'static str>| name.unwrap_or_default().to_owned();
    let program = Program { name: name(launched.name), version: name(launched.version) };
    let rocket: Boxed<'_, _> = Box::pin(async move { rocket.await.manage(program) });
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("--crewed") => match arguments::parse(arguments) {
            Requested::Verb(verb) => verbs::run(verb, rocket),
            Requested::Help(text) => println!("{text}"),
            Requested::Nothing(why) => {
                eprintln!("{why}");
                std::process::exit(2);
            }
        },
        _ => serve::serve(rocket),
    }
}

/// Runs to the end on a runtime of Rocket's. It exits with status 1 if Rocket's own configuration is invalid: Rocket
/// builds the runtime from it, and would panic.
fn waited_for(work: Boxed<'_, Result<Answer, LaunchError>>) -> Result<Answer, LaunchError> {
    if let Err(error) = rocket::Config::try_from(rocket::Config::figment()) {
        rocket::config::pretty_print_error(error);
        std::process::exit(1);
    }
    rocket::async_main(work)
}

fn ignited(rocket: Rocket<Build>) -> Boxed<'static, Result<Rocket<Ignite>, LaunchError>> {
    Box::pin(ignite(rocket))
}

/// Writes what was logged, before the program ends.
fn flush() {
    flush_log(Duration::from_secs(1));
}

/// Prints an error and exits with status 1.
fn fail(error: &LaunchError) -> ! {
    flush();
    match error {
        LaunchError::Refused(report) => eprint!("{}", error_in_log_form(report)),
        // What it is goes to the log.
        LaunchError::Rocket(error) => eprint!("{}", error_in_log_form(error.pretty_print())),
    }
    std::process::exit(1);
}
