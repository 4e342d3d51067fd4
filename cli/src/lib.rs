//! The command `crewed`: makes projects, reloads them while they are written, and asks them what they serve.
//!
//! It knows programs only from outside. What a program serves, and what its database needs, the program itself answers
//! (`src/command` in crewed), over a socket that it gets as standard input.

mod arguments;
mod ask;
mod cargo;
mod check;
mod dev;
mod doctor;
mod failure;
mod guard;
mod new;
mod program;
mod terminal;

/// The class and the id of every change between two descriptions of programs, for the tests.
pub use check::classified;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};
use failure::Failure;

/// Carries out the command with these arguments, of which the first is its own name. Returns 0, or 1 if something was
/// found or failed, or 2 if the arguments cannot be understood.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A failure to print leaves nothing to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let outcome = match arguments.verb {
        Verb::New(new) => new::make(&new),
        Verb::Dev(dev) => dev::run(&dev),
        Verb::Routes(ask) => ask::routes(&ask),
        Verb::Openapi(ask) => ask::openapi(&ask),
        Verb::Migrate(ask) => ask::migrate(&ask),
        Verb::Check(check) => check::run(&check),
        Verb::Audit(ask) => ask::audit(&ask),
        Verb::Doctor(doctor) => doctor::run(&doctor),
        Verb::Guard(guard) => guard::run(&guard),
    };
    match outcome {
        Ok(code) => code,
        Err(Failure { message, status }) => {
            terminal::error(&message);
            ExitCode::from(status)
        }
    }
}
