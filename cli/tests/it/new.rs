//! `crewed new`: what is made builds, passes its tests, and runs. Here cargo is the real one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::client::get;
use crate::fake::{CREWED, free_port, wait_until};

fn new(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let done = Command::new(CREWED).arg("new").args(arguments).current_dir(folder).output().unwrap();
    (String::from_utf8(done.stderr).unwrap(), done.status.code().unwrap())
}

/// Where projects are built: all of them take the same dependencies.
fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let target = here.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "target"));
    target.unwrap_or(here.parent().unwrap()).join("new-projects")
}

fn cargo(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target());
    let done = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{arguments:?}:\n{}{}", text(&done.stdout), text(&done.stderr));
}

#[test]
fn what_is_made_builds_passes_its_tests_and_runs() {
    let folder = TempDir::new().unwrap();
    for (template, path) in [("users", "/users"), ("heroes", "/heroes"), ("fastapi", "/items/5?q=a")] {
        let name = format!("my-{template}");
        let (told, status) = new(folder.path(), &[&name, "--from", template]);
        assert_eq!(status, 0, "{told}");
        let project = folder.path().join(&name);
        // The lock file fits as it is.
        cargo(&project, &["test", "--locked", "--offline"]);
        cargo(&project, &["build", "--locked", "--offline"]);
        cargo(&project, &["fmt", "--check"]);
        let port = free_port();
        let mut running = Command::new(target().join("debug").join(&name))
            .current_dir(&project)
            .env("ROCKET_PORT", port.to_string())
            .env("ROCKET_LOG_LEVEL", "off")
            .env("ROCKET_CREWED", "{timeouts={drain=0}}")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_until(|| std::net::TcpStream::connect(("127.0.0.1", port)).ok(), || name.clone());
        for path in [path, "/docs", "/openapi.json"] {
            assert_eq!(get(port, path).status, 200, "{template} {path}");
        }
        kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
        running.wait().unwrap();
        for file in [".gitignore", ".dockerignore", "Dockerfile", "Rocket.toml", "Cargo.lock", "src/tests.rs"]
        {
            assert!(project.join(file).is_file(), "{file}");
        }
        // Nothing is left to be filled in.
        for file in ["Cargo.toml", "Dockerfile", "src/main.rs"] {
            let text = fs::read_to_string(project.join(file)).unwrap();
            for hole in ["{name}", "{crewed}"] {
                assert!(!text.contains(hole), "{hole} in {file}");
            }
        }
    }
}

#[test]
fn what_cannot_be_a_project_is_refused() {
    let folder = TempDir::new().unwrap();
    for (name, why) in [
        ("crewed", "the project cannot be called `crewed`"),
        ("Mine", "`Mine` is no name for a package"),
        ("2nd", "`2nd` is no name for a package"),
        ("a/b", "`a/b` is no name for a package"),
        ("match", "which is a word of Rust's or of cargo's"),
    ] {
        let (told, status) = new(folder.path(), &[name]);
        assert_eq!((status, told.contains(why)), (2, true), "{name}: {told}");
    }
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/a"), "").unwrap();
    let (told, status) = new(folder.path(), &["full"]);
    assert_eq!((status, told.contains("is there already, and not empty")), (1, true), "{told}");
    assert_eq!(fs::read_dir(folder.path().join("full")).unwrap().count(), 1);
    let (told, status) = new(folder.path(), &["mine", "--path", "/"]);
    assert_eq!((status, told.contains("is not the source of crewed")), (1, true), "{told}");
    let odd = folder.path().join("a$b");
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("Cargo.toml"), "name = \"crewed\"\n").unwrap();
    let (told, status) = new(folder.path(), &["mine", "--path", "a$b"]);
    assert_eq!((status, told.contains("cannot stand in Cargo.toml or in a Dockerfile")), (1, true), "{told}");
    assert!(!folder.path().join("mine").exists());
    // An empty folder will do.
    fs::create_dir(folder.path().join("empty")).unwrap();
    let (told, status) = new(folder.path(), &["empty"]);
    assert_eq!(status, 0, "{told}");
}
