//! The floors of ARCHITECTURE.md, read from the sources: imports point down, and each heavy dependency
//! has one home.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by floor. Those of one floor do not import each other, but for `value`, `issue`, `error` at
/// the bottom, which stand on one another in this order.
const FLOORS: &[&[&str]] = &[
    &["value"],
    &["issue"],
    &["error"],
    &["wire"],
    &["input"],
    &["resource"],
    &["store"],
    &["operation", "render"],
    &["resources"],
    &["openapi"],
    &["route"],
    &["app"],
    &["prelude", "__private", "lib"],
];

/// Where each heavy dependency may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("rocket", &["route", "app", "openapi", "prelude", "__private", "lib"]),
    ("rocket_okapi", &["openapi"]),
    ("okapi", &["openapi"]),
    ("schemars", &["openapi", "__private"]),
    ("rusqlite", &["store/sqlite"]),
    ("tokio_postgres", &["store/postgres"]),
    ("deadpool", &["store/postgres"]),
    ("rustls", &["store/postgres"]),
    ("futures_util", &["store/postgres"]),
    ("tokio", &["wire", "store", "resources"]),
    ("speedate", &["wire"]),
    ("email_address", &["wire"]),
    ("url", &["wire"]),
    ("regex", &["wire"]),
    ("form_urlencoded", &["input", "route"]),
    ("percent_encoding", &["input", "route", "store/postgres"]),
    ("multer", &["route"]),
];

/// `__private` holds the impls that the macros share; `Unused` is given them like any other.
const EXCEPTIONS: &[(&str, &str)] = &[("resource", "__private")];

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        let own = floor(&module);
        for name in code.split("crate::").skip(1).filter_map(first_name) {
            let Some(other) = FLOORS.iter().position(|floor| floor.contains(&name)) else { continue };
            let top = module.split('/').next().unwrap();
            let excepted = EXCEPTIONS.contains(&(top, name));
            if name != top && other >= own && !excepted {
                wrong.push(format!("{}: `{top}` imports `{name}`, which is not below it", path.display()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dependencies_have_one_home() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        for (dependency, homes) in HOMES {
            let home = homes.iter().any(|home| module == *home || module.starts_with(&format!("{home}/")));
            if !home && names(&code, dependency) {
                wrong.push(format!("{}: names `{dependency}`, which lives in {homes:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_a_floor() {
    for (module, path, _) in sources() {
        floor(&module);
        assert!(path.exists());
    }
}

/// Each source file: its module (`store/sqlite/writer`), its path, its code without comments and tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.retain(|path| !path.ends_with("tests.rs"));
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let module = path.strip_prefix(&root).unwrap().with_extension("");
        let module = module.to_str().unwrap().trim_end_matches("/mod").to_owned();
        (module, path, code)
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn floor(module: &str) -> usize {
    let top = module.split('/').next().unwrap();
    let floor = FLOORS.iter().position(|floor| floor.contains(&top));
    floor.unwrap_or_else(|| panic!("`{top}` has no floor: give it one here and in ARCHITECTURE.md"))
}

fn first_name(rest: &str) -> Option<&str> {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(&rest[..end])
}

/// Whether code names a crate: as the start of a path, or in `use`.
fn names(code: &str, dependency: &str) -> bool {
    code.match_indices(dependency).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + dependency.len()..];
        let starts = before.is_none_or(|c| !c.is_alphanumeric() && !"_:.\"-".contains(c));
        starts && after.starts_with("::")
    })
}
