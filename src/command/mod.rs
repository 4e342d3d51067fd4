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

use rocket::{Build, Ignite, Rocket};

use self::arguments::Requested;
use crate::app::{LaunchError, ignite};

/// A future without its type. Each type that is waited for would bring its own copy of the runtime into a program.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is printed, and whether it is a finding. A program that has served has nothing to print.
#[derive(Default)]
struct Answer {
    text: String,
    finding: bool,
}

/// The body of `main` under `#[crewed::launch]`: serves, or carries out the verb behind `--crewed`. It exits with status
/// 1 if the program cannot launch or a verb finds something, and with status 2 if the arguments are no verb.
pub fn launch(rocket: impl Future<Output = Rocket<Build>> + Send) {
    let rocket: Boxed<'_, _> = Box::pin(rocket);
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

/// Prints an error and exits with status 1.
fn fail(error: &LaunchError) -> ! {
    match error {
        LaunchError::Refused(report) => eprintln!("{report}"),
        LaunchError::Rocket(error) => {
            eprintln!("{}", error.pretty_print());
        }
    }
    std::process::exit(1);
}
