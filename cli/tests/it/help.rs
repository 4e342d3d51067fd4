//! The help of every verb is a golden file: `CREWED_UPDATE_GOLDEN=1` writes it anew.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fake::CREWED;

#[test]
fn cargo_finds_the_command() {
    let done = Command::new(env!("CARGO_BIN_EXE_cargo-crewed"))
        .args(["crewed", "routes", "--help"])
        .output()
        .unwrap();
    assert!(done.status.success());
    assert!(String::from_utf8(done.stdout).unwrap().contains("Lists what a program serves"));
}

#[test]
fn the_help_of_every_verb_is_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for verb in ["", "new", "dev", "routes", "openapi", "check", "migrate", "audit", "doctor"] {
        let words: Vec<&str> = [verb, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let done = Command::new(CREWED).args(words).env("COLUMNS", "100").output().unwrap();
        assert!(done.status.success());
        let help = String::from_utf8(done.stdout).unwrap();
        let file = folder.join(format!("help{}{verb}.txt", if verb.is_empty() { "" } else { "_" }));
        if std::env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&file, &help).unwrap();
        }
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), help, "{}", file.display());
        assert!(verb.is_empty() || help.contains("Example"), "{verb}: {help}");
    }
}
