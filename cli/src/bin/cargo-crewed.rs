//! `cargo crewed`: cargo passes the name of the subcommand as the first argument.

fn main() -> std::process::ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "crewed") {
        arguments.remove(1);
    }
    crewed_cli::run(arguments)
}
