//! Declarations with mistakes, and what the compiler says of them: a folder for each kind, a file for each mistake,
//! and beside it what is expected. `cargo test --test ui -- field/` compiles those whose name has `field/` in it, and
//! `CREWED_UPDATE_GOLDEN=1` writes what is expected anew.
//!
//! The compiler is asked directly, with the crates that cargo has just built for this test. It has its own words in
//! some of the messages: the toolchain is pinned (`rust-toolchain.toml`).

#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::LazyLock;
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};
use regex::Regex;
use serde_json::Value;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // Cargo starts a test in the folder of its package.
    let mut files = Vec::new();
    for kind in fs::read_dir("tests/ui").unwrap() {
        files.extend(fs::read_dir(kind.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    assert!(files.len() > 200, "only {} files were found", files.len());
    let test = |file: PathBuf| {
        let name = file.strip_prefix("tests/ui").unwrap().with_extension("");
        Trial::test(name.to_str().unwrap(), move || check(&file))
    };
    libtest_mimic::run(&arguments, files.into_iter().map(test).collect()).exit_code()
}

/// Compiles a file, which must fail, and compares what the compiler says.
fn check(file: &Path) -> Result<(), Failed> {
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition=2024", "--crate-type=bin", "--crate-name=mistake", "--emit=metadata", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .args(["--allow=dead_code", "--verbose", "--error-format=json", "--diagnostic-width=140"])
        .args(&*CRATES)
        .arg(file)
        .output()?;
    let stderr = String::from_utf8(output.stderr)?;
    if output.status.success() {
        return Err(format!("it compiles\n{stderr}").into());
    }
    let mut said = Vec::new();
    for line in stderr.lines() {
        let message: Value =
            serde_json::from_str(line).map_err(|_| format!("the compiler failed:\n{stderr}"))?;
        let text = message["message"].as_str().unwrap_or_default();
        if message["level"] != "failure-note" && !text.starts_with("aborting due to ") {
            said.push(normalised(message["rendered"].as_str().unwrap_or_default(), file));
        }
    }
    let said = said.join("\n");

    let golden = file.with_extension("stderr");
    if env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &said)?;
    }
    match fs::read_to_string(&golden).unwrap_or_default() {
        expected if expected == said => Ok(()),
        expected => Err(format!("EXPECTED ({}):\n{expected}\nACTUAL:\n{said}", golden.display()).into()),
    }
}

/// The compiler's arguments that name crewed, and what else these files use, as cargo has built them.
static CRATES: LazyLock<Vec<String>> = LazyLock::new(|| {
    // What this test was built by: there is nothing to build, and cargo tells where everything is.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--no-run", "--quiet", "--locked", "--test=ui", "--message-format=json"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo told this test of its own package would make build scripts run again.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_")
            || name.to_string_lossy().starts_with("CARGO_MANIFEST_")
        {
            cargo.env_remove(name);
        }
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut arguments = Vec::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-artifact"
            && message["target"]["kind"][0] == "lib"
            && ["crewed", "rocket", "serde", "serde_json"].contains(&name)
        {
            // The last of its files is its metadata, which is enough.
            let library = message["filenames"].as_array().unwrap().last().unwrap().as_str().unwrap();
            arguments.push(format!("--extern={name}={library}"));
        }
    }
    assert!(arguments.iter().any(|argument| argument.starts_with("--extern=crewed=")), "crewed is not built");
    // This test is among them.
    let folder = env::current_exe().unwrap().parent().unwrap().to_owned();
    arguments.push(format!("-Ldependency={}", folder.display()));
    arguments
});

/// A message without what depends on more than the file: where other files are, and their lines.
fn normalised(message: &str, file: &Path) -> String {
    static PLACE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^( *(?:-->|:::) )(.+?)(?::\d+:\d+)?$").unwrap());
    static LIBRARY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^.*/rustlib/src/rust/library/|^/rustc/\w+/library/").unwrap());
    static REGISTRY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^.*/registry/src/[^/]+/(.+?)-\d+\.[^/]*/").unwrap());
    // A message shows the line that it means: in which file of crewed that line stands is nobody's concern.
    static CREWED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^src/.+\.rs$").unwrap());
    static OTHERS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^( *and )\d+( others)$").unwrap());

    let mut lines: Vec<String> = Vec::new();
    // Whether the lines are from another file.
    let mut elsewhere = false;
    // How many types of a list of types were told.
    let mut types = None;
    for line in message.lines() {
        if let Some(parts) = PLACE.captures(line) {
            elsewhere = Path::new(&parts[2]) != file;
            let place = LIBRARY.replace(&parts[2], "$$RUST/");
            let place = REGISTRY.replace(&place, "$$CARGO/$1-$$VERSION/");
            let place = CREWED.replace(&place, "$$CREWED");
            lines.push(if elsewhere { format!("{}{place}", &parts[1]) } else { line.to_owned() });
            continue;
        }
        let mut line = OTHERS.replace(line.trim_end(), "${1}$$N$2").into_owned();
        elsewhere =
            elsewhere && line.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '|' || c == '.');
        if elsewhere {
            let numbers = line.find(|c: char| !c.is_ascii_digit() && c != ' ').unwrap_or(line.len());
            line.replace_range(..numbers, &" ".repeat(numbers));
        }
        // How many types there are depends on the dependencies: eight are enough.
        let indent = line.len() - line.trim_start().len();
        if line.contains("types implement trait ") && line.trim_start().starts_with("= help: the following ")
        {
            types = Some(0);
        } else if let Some(told) = types.as_mut().filter(|_| indent >= 12) {
            *told += 1;
            match *told {
                9 if !line.ends_with(" others") => line.replace_range(indent - 2.., "and $N others"),
                10.. => continue,
                _ => {}
            }
        } else {
            types = None;
        }
        lines.push(line);
    }

    // Long line numbers of other files move everything to the right.
    let spare = lines.iter().filter_map(|line| margin(line)).min().unwrap_or(0);
    for line in &mut lines {
        let indent = line.len() - line.trim_start().len();
        if margin(line).is_some() || indent > 10 {
            let blank = line.find(' ').unwrap();
            line.replace_range(blank..blank + spare, "");
        }
    }
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// The blanks on the left that a line of a message has beside its number.
fn margin(line: &str) -> Option<usize> {
    static MARGIN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\.\.\.( +)|( *)\d+( +)(?:[|~+-](?: |$))|( +)(?:\|(?: |$)|--> |::: |= ))").unwrap()
    });
    let parts = MARGIN.captures(line)?;
    let blanks: usize = parts.iter().skip(1).flatten().map(|part| part.len()).sum();
    Some(blanks - 1)
}
