//! Settings that are passed over, or that a message must not show.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;

use crate::kit::config;
use crate::launch::{figment_of, refused};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

#[crewed::rocket::get("/x")]
fn x() -> &'static str {
    "x"
}

fn api() -> Api {
    Api::new().resource::<User>()
}

fn launches(figment: Figment) -> Result<(), String> {
    let rocket = crewed::rocket::custom(figment).attach(api());
    crewed::rocket::async_test(crewed::ignite(rocket)).map(drop).map_err(|error| error.to_string())
}

fn with(toml: &str) -> Figment {
    config().merge(figment_of(toml))
}

/// Sections and keys of the program's own, however much they look like crewed's.
#[test]
fn what_may_be_the_programs_own_launches() {
    for toml in [
        "[default.crew]\ncaptain = \"Ahab\"",
        "[default.crew]\ntitle = \"Captain\"",
        "[default.crew]\nstore = \"hold\"\npage = 3",
        "[default.cred]\nstore = \"vault\"",
        "[default.cred]\nuser = \"me\"\nstore = \"sqlite:x.db\"",
        "[default.created]\nby = \"me\"",
        "[default.crowd]\nmax = 3",
        "[default.creed]\ntitle = \"Nothing is true\"",
        "[default.brewed]\ntitle = \"IPA\"",
        "[default.screwed]\nheads = \"torx\"",
        "[default]\ncrew = 7\ncrewd = \"x\"\ncred = [1, 2]",
        "[default]\ncrewed_by = \"me\"",
        "[default]\nstore = \"vault\"\ntitle = \"mine\"\nversion = \"1\"\ndescription = \"d\"\ndocs = \"pages\"",
        "[default]\npage = 3\nmigrate = true\nerrors = [\"a\"]\nreplicas = [\"a\"]\ndurability = 0.5",
        "[default.page]\nsize = 10",
        "[default.postgres]\npool = 5\nhost = \"h\"",
        "[default.postgres]\npool = 5",
        "[default.limits]\nfiles = \"1 MiB\"\n\"file/avif\" = \"1 MiB\"\njson5 = \"1 MiB\"\nuploads = \"1 MiB\"",
        "[default.limits]\njson = \"1 MiB\"\nform = \"1 MiB\"\n\"data-form\" = \"1 MiB\"\nJSON = \"2 MiB\"",
        "[default]\ntls = false",
        "[crewed]\nport = 8001",
    ] {
        assert_eq!(launches(with(toml)), Ok(()), "{toml}");
    }
    let profile = with("[crewed]\nport = 8001\n").select("crewed").merge(("crewed.store", "sqlite::memory:"));
    assert_eq!(launches(profile), Ok(()));
}

#[test]
fn what_cannot_be_meant_otherwise_is_told() {
    for (toml, part) in [
        ("[default.crewd]\nstore = \"x\"", "unknown section `crewd`: did you mean [default.crewed]?"),
        ("[default.crewd]\ntitle = \"t\"\nversion = \"1\"", "unknown section `crewd`"),
        ("[default.creweed]\ndocs = false", "unknown section `creweed`"),
        ("[default.cewed]\nmigrate = \"check\"", "unknown section `cewed`"),
        ("[default.crweed]\nstore = \"sqlite:x.db\"", "unknown section `crweed`"),
        ("[default.crew]\nstore = \"sqlite:x.db\"", "unknown section `crew`"),
        ("[default.crued]\nstore = \"sqlite:x.db\"\ndocs = false", "unknown section `crued`"),
        ("[default]\nstore = \"sqlite:x.db\"", "`store` in "),
        ("[default]\nstore = \"postgres://me:secret@h/x\"", "`store` in "),
        ("[default]\ndurability = \"normal\"", "`durability` in "),
        ("[default]\nmigrate = \"check\"", "stands beside [default.crewed], where nobody reads it"),
        ("[default]\nerrors = \"problem\"", "`errors` in "),
        ("[default]\nreplicas = [\"postgres://h/x\"]", "`replicas` in "),
        ("[default.page]\nmax = 10", "`page` in "),
        ("[default.postgres]\npool = 5\nwriters = 2", "`postgres` in "),
        ("[default]\ncrewed_store = \"x\"", "write ROCKET_CREWED='{store=\"..\"}'"),
        ("[default]\ncrewed_stroe = \"x\"", "`ROCKET_CREWED_STROE` is not read"),
        ("[default]\ncrewed_page_max = 3", "`ROCKET_CREWED_PAGE_MAX` is not read"),
        ("[crewed]\nstore = \"sqlite:x.db\"", "[crewed] is a profile to Rocket"),
        ("[default.limits]\njsn = \"1 MiB\"", "`limits.jsn`"),
        ("[default.limits]\njosn = \"1 MiB\"", "did you mean `limits.json`?"),
        ("[default.limits]\nfrom = \"1 MiB\"", "did you mean `limits.form`?"),
        ("[default.limits]\ndata_form = \"1 MiB\"", "did you mean `limits.data-form`?"),
        ("[default.limits]\ndataform = \"1 MiB\"", "did you mean `limits.data-form`?"),
        ("[default.limits]\nstrng = \"1 MiB\"", "did you mean `limits.string`?"),
        (
            "[default.tls]\ncerts = \"c.pem\"\nkey = \"k.pem\"",
            "asks for TLS, which crewed is built without, so that everything would go over the wire in the clear: switch on \
             the feature `tls` of crewed in Cargo.toml, or remove `tls`",
        ),
    ] {
        let report = launches(with(toml)).expect_err(toml);
        assert!(report.contains(part), "{toml}: `{part}` is not in\n{report}");
        assert_eq!(report.matches("\n  - ").count(), 1, "{report}");
        assert!(!report.contains("secret"), "{report}");
    }
}

/// However a URL is wrong, nothing of a password is in what is said of it.
#[test]
fn no_message_shows_a_password() {
    let stores = [
        "postgres://me:hunt@er2/x@127.0.0.1:1/db",
        "postgres://me:hunt/er2@127.0.0.1:1/db",
        "postgres://me:hunt?er2@127.0.0.1:1/db",
        "postgres://me:hunt?er2=x@127.0.0.1:1/db?sslmode=full",
        "postgres://me:hunt#er2@127.0.0.1:1/db",
        "postgres://me:hunt@er2@127.0.0.1:1/db",
        "postgres://me:@hunter2@127.0.0.1:1/db",
        "postgres://me:hunter2:x@127.0.0.1:1/db",
        "postgres://me:hunter2@127.0.0.1:port/db",
        "postgres://me:hunter2@127.0.0.1:1,127.0.0.1:2,127.0.0.1/db",
        "postgres://me:hunter2@127.0.0.1:1/db",
        "postgres://me:%zzhunter2@127.0.0.1:1/db",
        "postgres://me:%ffhunter2@127.0.0.1:1/db",
        "postgres://me:hunter2@/db",
        "postgres://me:hunter2",
        "postgres:me:hunter2@127.0.0.1:1/db",
        "postgres:/me:hunter2@127.0.0.1:1/db",
        "postgres://127.0.0.1:1/db?password=hunter2",
        "postgres://127.0.0.1:1/db?user=me&password=hunt&er2=x",
        "postgres://127.0.0.1:1/db?password=hunt@er2",
        "postgres://127.0.0.1:1/db?password=hunter2&sslmode=full",
        "postgres://127.0.0.1:1/db?sslpassword=hunter2",
        "postgres://127.0.0.1:1/db?sslmode=disable&password=hunter2&hunt&er2",
        "postgresql://me:hunt/er2@127.0.0.1:1/db",
        "postgress://me:hunter2@127.0.0.1/db",
        "postgress://me:hunter2",
        "Postgres://me:hunter2@127.0.0.1/db",
        "mysql://me:hunter2@127.0.0.1/db",
        "mysql://127.0.0.1/db?password=hunter2",
        "me:hunter2@127.0.0.1/db",
        "me:hunter2",
        "//me:hunter2@127.0.0.1/db",
        "host=127.0.0.1 password=hunter2",
        "host=127.0.0.1 port=1 user=me password='hunter2' dbname=x",
        "password=hunter2",
        " postgres://me:hunter2@127.0.0.1/db",
        "postgres ://me:hunter2@127.0.0.1/db",
        "sqlite:x.db?key=hunter2",
        "jdbc:postgresql://127.0.0.1/db?user=me&password=hunter2",
    ];
    let clean = |report: &str, url: &str| {
        for part in ["hunt", "er2"] {
            assert!(!report.contains(part), "{url}: `{part}` is in\n{report}");
        }
    };
    for url in stores {
        clean(&refused(config().merge(("crewed.store", url)), api()), url);
        let figment = config()
            .merge(("crewed.store", "postgres://127.0.0.1:1/x"))
            .merge(("crewed.replicas", vec![url]))
            .merge(("crewed.postgres.connect_timeout", 1));
        clean(&refused(figment, api()), url);
        clean(&refused(config().merge(("crewed.replicas", url)), api()), url);
        clean(&refused(config().merge(("crewed.store", vec![url])), api()), url);
        for key in ["crewed", "crewed.stroe", "crewed.page", "crewed.postgres", "store"] {
            clean(&launches(config().merge((key, url))).err().unwrap_or_default(), url);
        }
    }
}

#[test]
fn a_password_with_signs_is_told_how_to_be_written() {
    for url in
        ["postgres://me:p@ss/word@host/db", "postgres://me:pass/word@host/db", "postgres://me:a@b@host/db"]
    {
        let report = refused(config().merge(("crewed.store", url)), api());
        assert!(report.contains("write these as `%40`, `%2F`, `%3F` and `%23`"), "{report}");
    }
    let url = "postgres://me:p%40ss%2Fw%3Fo%23d@127.0.0.1:1/db";
    let report = refused(config().merge(("crewed.store", url)), api());
    assert!(report.contains("postgres://me@127.0.0.1:1/db cannot be opened"), "{report}");
    let report = refused(config().merge(("crewed.store", "host=h password=x")), api());
    assert!(report.contains("it is no store: write \"sqlite:FILE\""), "{report}");
}

/// Routes and document are at one: what is no base is at neither.
#[test]
fn routes_that_are_mounted_stand_on_a_base() {
    use crewed::openapi::OpenApi;
    use crewed::rocket::local::blocking::Client;

    let mounted = |base: &str| {
        let mut spec = OpenApi::new();
        spec.paths.insert("/x".to_owned(), Default::default());
        Api::new().mount(base, (crewed::rocket::routes![x], spec))
    };
    for base in ["extra", "extra/", "/<a>", "/a//b", "//", "/a b", "/a/../b", "/é", "/a?b", " /a"] {
        let report = refused(config(), mounted(base));
        assert!(report.contains(&format!("`.mount(\"{base}\", ..)` is no base")), "{base}: {report}");
    }
    for (base, at) in
        [("", "/x"), ("/", "/x"), ("/extra", "/extra/x"), ("/extra/", "/extra/x"), ("/a/b", "/a/b/x")]
    {
        for api in ["", "/api"] {
            let rocket = crewed::rocket::custom(config()).attach(mounted(base).at(api));
            let client = Client::untracked(rocket).unwrap();
            let path = format!("{api}{at}");
            assert_eq!(client.get(&path).dispatch().into_string().as_deref(), Some("x"), "{path}");
            let document = client.get(format!("{api}/openapi.json")).dispatch();
            let document: serde_json::Value = document.into_json().unwrap();
            assert!(!document["paths"][&path].is_null(), "{path} is not in {document}");
        }
    }
}
