//! `crewed`

fn main() -> std::process::ExitCode {
    crewed_cli::run(std::env::args_os())
}
