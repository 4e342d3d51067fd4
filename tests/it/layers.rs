//! The floors of ARCHITECTURE.md, read from the sources of the three crates: imports point down, no modules of a folder
//! import each other in a circle, each heavy dependency has one home, and rows are named by their scope alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// Modules by floor. Those of one floor do not import each other, but for `value`, `issue`, `error` at
/// the bottom, which stand on one another in this order.
const FLOORS: &[&[&str]] = &[
    &["value"],
    &["issue"],
    &["error"],
    &["meter", "outage"],
    &["wire", "rate"],
    &["http"],
    &["input"],
    &["resource"],
    &["store"],
    &["operation", "error_format"],
    &["repository", "function", "endpoint"],
    &["route"],
    &["edge"],
    &["openapi"],
    &["app"],
    &["command"],
    &["testing"],
    &["prelude", "__private", "__internals", "lib"],
];

/// The floors of the macros.
const MACRO_FLOORS: &[&[&str]] =
    &[&["names"], &["diag"], &["model"], &["parse", "check", "expand"], &["declare"], &["lib"]];

/// The floors of the command.
const COMMAND_FLOORS: &[&[&str]] = &[
    &["failure", "terminal"],
    &["arguments"],
    &["cargo", "program", "guard"],
    &["ask"],
    &["check", "dev", "doctor", "new"],
    &["lib"],
    &["bin"],
];

/// Where each heavy dependency may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("rocket", &["route", "edge", "app", "command", "testing", "openapi/ui", "prelude", "__private", "lib"]),
    ("rocket_okapi", &["openapi"]),
    ("okapi", &["openapi"]),
    ("schemars", &["openapi", "__private"]),
    ("rusqlite", &["store/sqlite"]),
    ("tokio_postgres", &["store/postgres"]),
    ("deadpool", &["store/postgres"]),
    ("rustls", &["store/postgres"]),
    ("futures_util", &["store/postgres", "http", "operation", "repository", "endpoint", "route"]),
    ("tokio_util", &["route"]),
    ("csv", &["operation"]),
    ("unicode_case_mapping", &["resource"]),
    ("hashlink", &["store/postgres", "rate"]),
    ("governor", &["rate"]),
    ("async_compression", &["edge"]),
    ("tokio", &["outage", "wire", "http", "store", "repository"]),
    ("tracing", &["route"]),
    ("prometheus_client", &["edge/metrics"]),
    ("speedate", &["wire"]),
    ("email_address", &["wire"]),
    ("url", &["wire"]),
    ("regex", &["wire"]),
    ("regex_syntax", &["testing"]),
    ("memchr", &["wire"]),
    ("form_urlencoded", &["input", "endpoint"]),
    ("percent_encoding", &["http", "input", "route", "store/postgres"]),
    ("multer", &["http"]),
    ("cookie", &["http"]),
];

/// `__private` holds the impls that the macros share; `Unused` is given them like any other.
const EXCEPTIONS: &[(&str, &str)] = &[("resource", "__private")];

#[test]
fn imports_point_down() {
    let mut wrong = BTreeSet::new();
    for (folder, floors) in [("src", FLOORS), ("macros/src", MACRO_FLOORS), ("cli/src", COMMAND_FLOORS)] {
        let sources = Sources::of(folder);
        let floor = |module: &str| floors.iter().position(|floor| floor.contains(&module));
        for (module, found) in sources.imports() {
            let (top, other) = (first(&module), first(&found));
            if top == other || EXCEPTIONS.contains(&(top, other)) || other.is_empty() {
                continue;
            }
            if floor(other) >= floor(top) {
                wrong.insert(format!("`{module}` imports `{found}`, which is not below it"));
            }
        }
        for module in sources.modules.keys() {
            let top = first(module);
            assert!(floor(top).is_some(), "`{top}` has no floor: give it one here and in ARCHITECTURE.md");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is in a folder may use what its `mod.rs` has, which is the folder's face; but of what stands beside each
/// other one is below.
#[test]
fn no_modules_import_each_other_in_a_circle() {
    let mut wrong = BTreeSet::new();
    for root in ["src", "macros/src"] {
        let sources = Sources::of(root);
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let imports = sources.imports();
        for (module, found) in &imports {
            // The two that stand beside each other in the folder that has both.
            let common = module.split('/').zip(found.split('/')).take_while(|(a, b)| a == b).count();
            if let (Some(module), Some(found)) = (prefix(module, common + 1), prefix(found, common + 1)) {
                edges.entry(module).or_default().insert(found);
            }
        }
        for start in edges.keys() {
            if let Some(circle) = circle(start, &edges) {
                wrong.insert(circle.join(", "));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn dependencies_have_one_home() {
    let mut wrong = Vec::new();
    for (module, source) in Sources::of("src").modules {
        for (dependency, homes) in HOMES {
            let home = homes.iter().any(|home| module == *home || module.starts_with(&format!("{home}/")));
            if !home && source.named.contains(*dependency) {
                wrong.push(format!("`{module}` names `{dependency}`, which lives in {homes:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where a statement may name a table: what is made of a scope, what changes the schema, and what only SQLite's own
/// tables answer.
const NAME_TABLES: &[&str] = &[
    "store/scope",
    "store/schema",
    "store/sqlite/schema",
    "store/postgres/schema",
    "store/sqlite/violation",
];

/// Every statement on the rows of a resource is about those of a scope, and who may see all rows is decided in one
/// place.
#[test]
fn rows_are_named_by_their_scope() {
    let mut wrong = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    for path in files {
        let code = fs::read_to_string(&path).unwrap();
        let module = path.strip_prefix(&root).unwrap().with_extension("");
        let module = module.to_str().unwrap();
        let written = code.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = written.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            let names = ["FROM {", " FROM \"", "UPDATE {", "JOIN {", "FROM \\\""]
                .iter()
                .any(|from| line.contains(from));
            let home = NAME_TABLES.iter().any(|home| module.starts_with(home));
            // An update names its table, and its rows by the scope.
            let update = module == "store/statement" && line.contains("UPDATE {} SET");
            if names && !home && !update {
                wrong.push(format!("`{module}` names a table: {}", line.trim()));
            }
            // A constraint compares with every row; nothing else does.
            let compares = line.contains("Scope::CONSTRAINT");
            if compares && !["store/statement", "store/scope"].contains(&module) {
                wrong.push(format!("`{module}` looks at every row: {}", line.trim()));
            }
            let decides = line.contains("Scope::all()") || line.contains("Scope::of(");
            // Proofs fill the store, and compare with all that is there.
            let may =
                ["operation/execute", "operation/permissions", "store/scope", "store/write", "testing/rows"];
            if decides && !may.contains(&module) {
                wrong.push(format!("`{module}` decides who may see what: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The readers of the sources see what they should.
#[test]
fn imports_are_found_however_they_are_written() {
    let code = "use crate::{a::{self, B}, c as d};\nuse super::e::*;\nfn f(g: &crate::h::I) { self::j::k::<super::L>() }\n\
                mod inner { use super::m::N; }\n#[cfg(test)]\nmod tests { use crate::o::P; }\nuse q::R;\n\
                fn s() { t::u(); V::w(); }";
    let source = Source::parse("x/y", code);
    let paths: BTreeSet<_> = source.paths.iter().map(|path| path.join("/")).collect();
    let expected = ["a", "a/B", "c", "h/I", "x/L", "x/e", "x/y/j/k", "x/y/m/N"];
    assert_eq!(paths, expected.map(str::to_owned).into());
    assert!(["q", "t"].iter().all(|name| source.named.contains(*name)), "{:?}", source.named);
}

fn first(module: &str) -> &str {
    module.split('/').next().unwrap_or_default()
}

/// The first steps of a module's path, if it has so many.
fn prefix(module: &str, steps: usize) -> Option<&str> {
    let ends = module.match_indices('/').map(|(at, _)| at).chain([module.len()]);
    ends.into_iter().nth(steps - 1).map(|end| &module[..end])
}

/// The modules on a way from this one to itself.
fn circle<'a>(start: &'a str, edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    let next = |module: &str| edges.get(module).into_iter().flatten().copied();
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        for other in next(module) {
            if other == start {
                let mut way = BTreeSet::from([start]);
                let mut at = module;
                while at != start {
                    way.insert(at);
                    at = from[at];
                }
                return Some(way.into_iter().collect());
            }
            if !from.contains_key(other) {
                from.insert(other, module);
                open.push(other);
            }
        }
    }
    None
}

/// The modules of a crate, by their paths (`store/sqlite/writer`); those that tests alone have are left out.
struct Sources {
    modules: BTreeMap<String, Source>,
}

impl Sources {
    fn of(root: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        let mut files = Vec::new();
        collect(&root, &mut files);
        files.retain(|path| !path.ends_with("tests.rs"));
        let source = |path: PathBuf| {
            let code = fs::read_to_string(&path).unwrap();
            let module = path.strip_prefix(&root).unwrap().with_extension("");
            let module = module.to_str().unwrap().trim_end_matches("/mod").to_owned();
            let source = Source::parse(if module == "lib" { "" } else { &module }, &code);
            (module, source)
        };
        Sources { modules: files.into_iter().map(source).collect() }
    }

    /// Each module with each other module of the crate that it names something of.
    fn imports(&self) -> BTreeSet<(String, String)> {
        let of = |(module, source): (&String, &Source)| {
            let found = source.paths.iter().map(|path| (module.clone(), self.home(path))).collect::<Vec<_>>();
            found.into_iter().filter(|(module, found)| module != found)
        };
        self.modules.iter().flat_map(of).collect()
    }

    /// The module that has what a path names; where that is brought there from another, that one.
    fn home(&self, path: &[String]) -> String {
        let steps = (0..=path.len()).rev().find(|steps| {
            let module = path[..*steps].join("/");
            *steps == 0 || self.modules.contains_key(&module)
        });
        let steps = steps.unwrap_or_default();
        let module = path[..steps].join("/");
        let source = self.modules.get(if steps == 0 { "lib" } else { &module });
        match path.get(steps).and_then(|name| source?.brought.get(name)) {
            Some(other) if other != path => self.home(other),
            _ => module,
        }
    }
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

/// What a module names.
#[derive(Default)]
struct Source {
    /// The module and the modules within its file that are being read.
    at: Vec<String>,
    inner: usize,
    /// Paths within the crate.
    paths: Vec<Vec<String>>,
    /// Names that it brings here from elsewhere in the crate.
    brought: BTreeMap<String, Vec<String>>,
    /// What its other paths begin with: crates, and names of its own.
    named: BTreeSet<String>,
}

impl Source {
    fn parse(module: &str, code: &str) -> Self {
        let at = module.split('/').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let mut source = Source { at, ..Source::default() };
        source.visit_file(&syn::parse_file(code).unwrap());
        source
    }

    /// Notes a path; the whole of it, where it is within the crate.
    fn note(&mut self, path: &[String]) -> Option<Vec<String>> {
        let mut base = self.at.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => base.clear(),
            "self" | "super" => {}
            name => {
                self.named.insert(name.to_owned());
                return None;
            }
        }
        // What is within the file's own inner modules is the file's.
        let mut inner = self.inner;
        while let Some(step) = rest.first() {
            match step.as_str() {
                "super" if inner > 0 => inner -= 1,
                "super" => drop(base.pop()),
                "crate" | "self" => {}
                _ => break,
            }
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        self.paths.push(base.clone());
        Some(base)
    }

    fn bring(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.bring(&with(&path.ident), &path.tree),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.bring(before, item)),
            syn::UseTree::Glob(_) => drop(self.note(before)),
            syn::UseTree::Name(name) if name.ident == "self" => drop(self.note(before)),
            syn::UseTree::Name(name) => {
                if let Some(path) = self.note(&with(&name.ident)) {
                    self.brought.insert(name.ident.to_string(), path);
                }
            }
            syn::UseTree::Rename(rename) => {
                if let Some(path) = self.note(&with(&rename.ident)) {
                    self.brought.insert(rename.rename.to_string(), path);
                }
            }
        }
    }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
    })
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            self.inner += 1;
            visit::visit_item_mod(self, item);
            self.inner -= 1;
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.bring(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let steps: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.note(&steps);
        }
        visit::visit_path(self, path);
    }
}
