//! What a program should not go live with, as it says itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::example;

/// A program in a folder of its own, with a `Rocket.toml`.
struct Audited {
    program: &'static str,
    folder: TempDir,
}

impl Audited {
    fn new(program: &'static str, toml: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Rocket.toml"), toml).unwrap();
        Audited { program, folder }
    }

    /// What it prints, and its exit status.
    fn asked(&self, arguments: &[&str]) -> (String, String, i32) {
        let mut command = Command::new(example(self.program));
        command.args(["--crewed", "audit"]).args(arguments).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ROCKET_"))
        {
            command.env_remove(name);
        }
        let done = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.code().unwrap())
    }

    /// The findings by their ids; `!` stands before those that are no remarks.
    fn found(&self) -> Vec<(String, Value)> {
        let (told, errors, _) = self.asked(&["--json"]);
        assert_eq!(errors, "", "{told}");
        let findings: Vec<Value> = serde_json::from_str(&told).unwrap();
        let named = |finding: Value| {
            let mark = if finding["remark"] == true { "" } else { "!" };
            (format!("{mark}{}", finding["id"].as_str().unwrap()), finding)
        };
        findings.into_iter().map(named).collect()
    }
}

/// A configuration with which nothing is found in a program that stores nothing, but that it was built for tests.
const WELL: &str = "[default]\nlog_level = \"critical\"\nip_header = false\n[default.crewed]\ndocs = false\nhsts = 31536000\n\
                    hosts = [\"api.example\"]\ncors = { origins = [\"https://app.example\"] }\n\
                    load = { per_caller = \"100/60s\" }\nmetrics = \"/metrics\"\nlog = \"json\"\n";

#[test]
fn a_program_as_it_was_begun_is_not_ready_to_go_live() {
    let audited = Audited::new("users", "");
    let found = audited.found();
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    for id in
        ["!profile", "!ip_header", "!hosts", "!access", "docs", "cors", "hsts", "metrics", "!store.temporary"]
    {
        assert!(ids.contains(&id), "{id} is not among {ids:?}");
    }
    let (_, access) = found.iter().find(|(id, _)| id == "!access").unwrap();
    assert_eq!(access["message"], "`User` says nothing of who may do what");
    for (id, finding) in &found {
        for member in ["message", "why", "advice"] {
            assert!(finding[member].as_str().is_some_and(|text| text.len() > 10), "{id}: {finding}");
        }
    }
    let (told, errors, status) = audited.asked(&[]);
    assert_eq!((status, errors.as_str()), (1, ""));
    let expected = "- the address of a client is taken from the header `X-Real-IP`, which is Rocket's default\n    where no proxy \
                    replaces it, anybody can send it, and be whoever they want in logs and in code that looks at \
                    addresses\n    ip_header = false    below [default] in Rocket.toml; or, behind a proxy that sets it: \
                    ip_header = \"X-Real-IP\"\n    id: ip_header\n";
    assert!(told.contains(expected), "{told}");
    assert!(told.contains("- remark: everybody may read the document"), "{told}");
    // It has opened nothing, and printed nothing but that.
    assert_eq!(fs::read_dir(audited.folder.path()).unwrap().count(), 1);
    assert_eq!(told.matches("    id: ").count(), found.len());
    assert_eq!(told.lines().count(), found.len() * 4, "{told}");
}

/// What is meant is allowed; the status says what is left.
#[test]
fn what_is_allowed_is_left_out() {
    let audited = Audited::new("hello", WELL);
    // In a container the address is another one.
    let allowed = ["--allow", "profile", "--allow=address"];
    assert_eq!(audited.asked(&allowed), ("nothing to look at\n".to_owned(), String::new(), 0));
    assert_eq!(audited.asked(&["--json", "--allow", "profile", "--allow=address"]).0, "[]\n");
    assert_eq!(audited.asked(&["--quiet"]), (String::new(), String::new(), 1));
    // Remarks alone are no reason.
    let audited = Audited::new("hello", &WELL.replace("docs = false", "health = false"));
    let (told, _, status) = audited.asked(&allowed);
    assert!(told.contains("id: health") && told.contains("id: docs"), "{told}");
    assert_eq!(status, 0, "{told}");
    let (_, errors, status) = audited.asked(&["--allow", "healt"]);
    assert_eq!(
        (status, errors.contains("`healt` is no id of a finding; they are `access`")),
        (2, true),
        "{errors}"
    );
}

/// What is found in a program with resources, and what is not, for each line of a configuration.
#[test]
fn each_thing_is_found_where_it_is_and_not_elsewhere() {
    let postgres = |options: &str| format!("store = \"postgres://me:secret@{options}\"");
    let crewed = |lines: &str| format!("{WELL}{lines}\n");
    let rocket = |lines: &str| WELL.replace("[default]\n", &format!("[default]\n{lines}\n"));
    for (toml, id, is_found) in [
        (crewed("store = \"sqlite::memory:\""), "!store.memory", true),
        (crewed("store = \"sqlite:/srv/x.db\""), "!store.memory", false),
        (crewed("store = \"sqlite:x.db\""), "!store.temporary", true),
        (crewed("store = \"sqlite:/var/tmp/x.db\""), "!store.temporary", true),
        (crewed("durability = \"normal\""), "!durability", true),
        (crewed("durability = \"full\""), "!durability", false),
        (crewed(&postgres("db.example/x")), "!store.tls", true),
        (crewed(&postgres("10.0.0.1/x?sslmode=disable")), "!store.tls", true),
        (crewed(&postgres("db.example/x?sslmode=require")), "!store.tls", true),
        (crewed(&postgres("127.0.0.1,db.example/x")), "!store.tls", true),
        (crewed(&postgres("db.example/x?sslmode=verify-full&sslrootcert=system")), "!store.tls", false),
        (crewed(&postgres("localhost/x?sslmode=disable")), "!store.tls", false),
        (crewed(&postgres("127.3.2.1,[::1]/x")), "!store.tls", false),
        (crewed("store = \"postgres:///x?host=/run/postgresql\""), "!store.tls", false),
        (crewed("store = \"postgres://localhost/x\"\nreplicas = [\"postgres://db2/x\"]"), "!store.tls", true),
        (crewed(&postgres("localhost/x")), "migrate", true),
        (crewed(&(postgres("localhost/x") + "\nmigrate = \"check\"")), "migrate", false),
        (crewed("migrate = \"apply\""), "migrate", false),
        (crewed("timeouts = { body = 600 }"), "!timeouts", true),
        (crewed("timeouts = { request = 3600 }"), "!timeouts", true),
        (crewed("timeouts = { write = 3600 }"), "!timeouts", true),
        (crewed("timeouts = { body = 60, request = 300, write = 300 }"), "!timeouts", false),
        (WELL.replace("per_caller = \"100/60s\"", "max_requests = 100000"), "!load", true),
        (WELL.replace("per_caller = \"100/60s\"", "max_requests = 2000"), "!load", false),
        (WELL.replace("per_caller = \"100/60s\"", "max_requests = 2000"), "rate", true),
        (WELL.to_owned(), "rate", false),
        (crewed("page = { max = 100000 }"), "!page", true),
        (crewed("page = { skip = 100000000 }"), "!page", true),
        (crewed("page = { max = 5000, skip = 50000 }"), "!page", false),
        (crewed("health = false"), "health", true),
        (crewed("health = \"/up\""), "health", false),
        (crewed("timeouts = { drain = 20 }"), "shutdown", true),
        (crewed("timeouts = { drain = 5 }"), "shutdown", false),
        (crewed("[default.shutdown]\ngrace = 20"), "shutdown", true),
        (crewed("[default.shutdown]\ngrace = 2"), "shutdown", false),
        (crewed("[default.shutdown]\ngrace = 2\nmercy = 3"), "shutdown", true),
        (crewed("[default.limits]\njson = \"1 GiB\""), "!limits", true),
        (crewed("[default.limits]\nfile = \"1 GiB\""), "!limits", true),
        (crewed("[default.limits]\njson = \"2 MiB\"\nfile = \"100 MiB\""), "!limits", false),
        (rocket("address = \"0.0.0.0\""), "address", true),
        (rocket("address = \"192.0.2.7\""), "address", true),
        (rocket("address = \"127.0.0.1\""), "address", false),
        (WELL.replace("ip_header = false\n", ""), "!ip_header", true),
        (WELL.replace("ip_header = false", "ip_header = \"X-Real-IP\""), "!ip_header", false),
        (WELL.replace("critical", "debug"), "!log_level", false),
        (WELL.replace("critical", "off"), "log", true),
        (WELL.replace("log = \"json\"", "log = \"off\""), "log", true),
        (WELL.replace("log = \"json\"\n", ""), "log", true),
        (WELL.replace("log = \"json\"\n", "").replace("critical", "normal"), "log", false),
        (WELL.to_owned(), "log", false),
        (WELL.replace("metrics = \"/metrics\"\n", ""), "metrics", true),
        (WELL.to_owned(), "metrics", false),
        (crewed("compress = false"), "compress", true),
        (crewed("compress = true"), "compress", false),
        (WELL.replace("docs = false", "docs = \"/internal\""), "docs", true),
        (WELL.to_owned(), "docs", false),
        (WELL.replace("hsts = 31536000\n", ""), "hsts", true),
        (WELL.to_owned(), "hsts", false),
        (WELL.replace("hosts = [\"api.example\"]\n", ""), "!hosts", true),
        (WELL.to_owned(), "!hosts", false),
        (WELL.replace("cors = { origins = [\"https://app.example\"] }\n", ""), "cors", true),
        (WELL.replace("https://app.example", "*"), "!cors", true),
        (WELL.to_owned(), "!cors", false),
        (WELL.to_owned(), "cors", false),
    ] {
        let found = Audited::new("users", &toml).found();
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids.contains(&id), is_found, "{id} in\n{toml}\nfound: {ids:?}");
        let all = found.iter().map(|(_, finding)| finding.to_string()).collect::<String>();
        assert!(!all.contains("secret@") && !all.contains(":secret"), "{all}");
    }
}

#[test]
fn files_that_others_may_read_are_found() {
    let audited = Audited::new("users", WELL);
    let file = audited.folder.path().join("users.db");
    fs::write(&file, "").unwrap();
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let is_found = || audited.found().iter().any(|(id, _)| id == "!store.mode");
    mode(0o640);
    assert!(is_found());
    mode(0o600);
    assert!(!is_found());
}

/// Rules, and dependencies that may be rules, count; a router's too.
#[test]
fn resources_with_rules_are_not_open() {
    for (program, is_open) in [("users", true), ("bookshop", false), ("notes", false), ("hello", false)] {
        let found = Audited::new(program, WELL).found();
        assert_eq!(found.iter().any(|(id, _)| id == "!access"), is_open, "{program}: {found:?}");
    }
}
