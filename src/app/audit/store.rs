//! Where the rows are, and what may happen to them.

use std::path::{Path, PathBuf};

use super::{Finding, crewed};
use crate::store::{Database, Durability, Migrate, Place, SchemaPolicy, Secrecy};

pub(super) fn findings(database: &dyn Database, schema: &SchemaPolicy) -> Vec<Finding> {
    let mut all: Vec<Finding> = match database.place() {
        Place::Memory => vec![memory()],
        Place::File(path) => [temporary(&path), mode(&path)].into_iter().flatten().collect(),
        Place::Server { elsewhere, secrecy } => {
            let mut all: Vec<Finding> = tls(&elsewhere, secrecy).into_iter().collect();
            all.extend(migrate(schema));
            all
        }
    };
    all.extend(durability(database.durability()));
    all
}

fn memory() -> Finding {
    Finding::new(
        "store.memory",
        "rows are kept in memory",
        "all of them are gone when the program ends",
        crewed("store = \"sqlite:FILE\", or \"postgres://USER@HOST/DATABASE\""),
    )
}

/// The folders whose files a system may delete.
fn temporary_folders() -> Vec<PathBuf> {
    let usual = ["/tmp", "/var/tmp", "/dev/shm", "/run"].into_iter().map(PathBuf::from);
    let all = usual.chain([std::env::temp_dir()]);
    all.map(|folder| folder.canonicalize().unwrap_or(folder)).collect()
}

fn temporary(path: &Path) -> Option<Finding> {
    let folder = path.parent()?;
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    temporary_folders().iter().any(|temporary| folder.starts_with(temporary)).then(|| {
        Finding::new(
            "store.temporary",
            format!("the database {} is in a folder for temporary files", path.display()),
            "the system deletes these, at its next start or after some days",
            crewed("store = \"sqlite:FILE\", in a folder that stays and is backed up"),
        )
    })
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt;
    let mode = std::fs::metadata(path).ok()?.mode() & 0o777;
    (mode & 0o077 != 0).then(|| {
        let path = path.display();
        Finding::new(
            "store.mode",
            format!("others may read the database {path} (its mode is {mode:04o})"),
            "whoever has an account on this machine can have all rows",
            format!("chmod 600 {path} {path}-wal {path}-shm"),
        )
    })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<Finding> {
    None
}

fn tls(elsewhere: &[String], secrecy: Secrecy) -> Option<Finding> {
    let (how, why) = match secrecy {
        _ if elsewhere.is_empty() => return None,
        Secrecy::Verified => return None,
        Secrecy::Clear => (
            "without TLS",
            "whoever is on the way reads the rows and what is needed to log in, and changes them",
        ),
        Secrecy::IfOffered => (
            "with TLS only if it offers that",
            "whoever is on the way can say that it does not, and then reads and changes everything",
        ),
        Secrecy::Unverified => (
            "with any certificate",
            "whoever is on the way can stand in for the server, and then reads and changes everything",
        ),
    };
    Some(Finding::new(
        "store.tls",
        format!("the PostgreSQL server {} is reached {how}", elsewhere.join(", ")),
        why,
        crewed("store = \"postgres://..?sslmode=verify-full&sslrootcert=FILE\""),
    ))
}

fn migrate(schema: &SchemaPolicy) -> Option<Finding> {
    matches!(schema.migrate, Migrate::Apply | Migrate::Convert).then(|| {
        Finding::remark(
            "migrate",
            "each process that starts changes the tables, where they are not as it declares them",
            "of several processes the first of a new build does so while those of the former build serve",
            format!(
                "{}, and `PROGRAM --crewed migrate --apply` as a step of its own before a new build is started",
                crewed("migrate = \"check\"")
            ),
        )
    })
}

fn durability(durability: Durability) -> Option<Finding> {
    (durability == Durability::Normal).then(|| {
        Finding::new(
            "durability",
            "writes are answered before they are on disk (`durability` is \"normal\")",
            "the last of them may be gone after a loss of power, though their clients were told that they are kept",
            crewed("durability = \"full\""),
        )
    })
}
