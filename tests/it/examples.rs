//! The package of the examples: `cargo run --example users` is the first thing that anybody builds.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The output of a cargo command in the workspace's folder.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{arguments:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The crates of a package's tree, by name and version.
fn tree(package: &str, edges: &str) -> BTreeSet<String> {
    let output = cargo(&["tree", "--locked", "--package", package, "--edges", edges, "--prefix", "none"]);
    let words = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    output.lines().filter(|line| !line.is_empty()).map(words).collect()
}

/// Not one crate that only tests or benches use.
#[test]
fn an_example_is_built_from_crewed_and_what_crewed_needs() {
    let needed = tree("crewed", "normal,build");
    let built = tree("crewed-examples", "normal,build,dev");
    let more: Vec<_> =
        built.difference(&needed).filter(|name| !name.starts_with("crewed-examples ")).collect();
    assert!(more.is_empty(), "the examples also build {more:?}");
    assert!(built.len() > 100, "only {} crates were found", built.len());
}

/// A program that no manifest lists is built by nobody.
#[test]
fn every_program_in_the_folder_is_an_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let there: BTreeSet<String> = (std::fs::read_dir(&folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists()
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();

    let metadata = cargo(&["metadata", "--locked", "--no-deps", "--format-version=1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut listed = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        for target in package["targets"].as_array().unwrap() {
            if target["kind"][0] == "example" {
                let name = target["name"].as_str().unwrap().to_owned();
                // Where another package had it too, cargo would build both, and that package's dev-dependencies.
                assert!(!listed.contains(&name), "{target:#}");
                // The command has programs for its own tests, and so do the recordings.
                let is_for_tests = package["name"] == "crewed-cli" || package["name"] == "crewed-recorded";
                if !is_for_tests || there.contains(&name) {
                    listed.insert(name);
                }
            }
        }
    }
    assert_eq!(there, listed);
}
