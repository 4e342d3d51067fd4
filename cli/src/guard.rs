//! Ties a command to the life of the one that has started it.
//!
//! A program that is killed cannot end what it has started. So this process stands between: it leads a process group,
//! starts the command in it, and kills the whole group when its standard input is closed, which the system does when the
//! other end is gone, for whatever reason.

use std::io::Read as _;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use rustix::process::{Signal, getpgrp, getpid, kill_process_group};

use crate::arguments::Guard;
use crate::failure::{Failure, While};

pub(crate) fn run(guard: &Guard) -> Result<ExitCode, Failure> {
    let Some((program, arguments)) = guard.command.split_first() else {
        return Err(Failure::usage("there is no command"));
    };
    if getpgrp() != getpid() {
        return Err(Failure::usage("`guard` leads a process group of its own"));
    }
    let name = program.to_string_lossy();
    let mut child = Command::new(program).args(arguments).stdin(Stdio::null()).spawn().or_fail(&name)?;
    thread::spawn(|| {
        let mut sink = [0; 64];
        while let Ok(1..) = std::io::stdin().read(&mut sink) {}
        // This process is in the group too.
        let _ = kill_process_group(getpgrp(), Signal::KILL);
    });
    let status = child.wait().or_fail(&name)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
