//! The keys of the configuration.

/// The section's name.
pub(super) const SECTION: &str = "crewed";

/// Every key of the section.
pub(super) const KEYS: &[&str] = &[
    "store",
    "durability",
    "queue",
    "docs",
    "errors",
    "page",
    "migrate",
    "undeclared_columns",
    "postgres",
    "replicas",
    "title",
    "version",
    "description",
    "timeouts",
    "load",
    "health",
    "compress",
    "cors",
    "hosts",
    "hsts",
    "shield",
    "metrics",
    "log",
    "server_timing",
];

/// The former and the present names of keys that were renamed.
pub(super) const RENAMED: &[(&str, &str)] = &[("read", "replicas")];

/// The keys that are tables, and the keys in these.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("cors", &["origins", "credentials", "max_age", "headers"]),
    ("load", &["max_requests", "max_streams", "per_caller", "blocking"]),
    ("page", &["default", "max", "skip"]),
    ("timeouts", &["body", "request", "write", "drain"]),
    (
        "postgres",
        &["pool", "readers", "writers", "connect_timeout", "wait_timeout", "statement_timeout", "prepared"],
    ),
];
