//! Headers that every answer has, and those that none has.

use crewed::Reply;
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::response::content::RawHtml;
use crewed::rocket::shield::{self, Shield};
use crewed::rocket::{Build, Config, Rocket, routes};

use crate::kit::{asked, config, header};
use crate::program::{get, launched};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

#[crewed::get("/plain")]
fn plain() -> &'static str {
    "plain"
}

#[crewed::get("/chosen")]
fn chosen() -> Reply<&'static str> {
    Reply::new("chosen").header("Referrer-Policy", "no-referrer")
}

#[crewed::get("/panics")]
fn panics() {
    panic!("this is part of the test")
}

#[crewed::rocket::get("/page")]
fn page() -> RawHtml<&'static str> {
    RawHtml("<!DOCTYPE html>")
}

fn rocket(figment: Figment, base: &str) -> Rocket<Build> {
    let operations = operations![plain, chosen, panics];
    let api = Api::new().at(base).resource::<User>().operations(operations);
    crewed::rocket::custom(figment).mount("/", routes![page]).attach(api)
}

fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

/// What each of crewed's own answers is one of: method, path below the base, status.
const OWN: &[(&str, &str, u16)] = &[
    ("GET", "/users", 200),
    ("HEAD", "/users", 200),
    ("GET", "/users/nobody", 404),
    ("GET", "/users?x=1", 422),
    ("POST", "/users", 422),
    ("DELETE", "/users", 405),
    ("OPTIONS", "/users", 405),
    ("GET", "/users/", 307),
    ("GET", "/plain", 200),
    ("GET", "/panics", 500),
    ("GET", "/docs", 200),
    ("GET", "/docs/crewed-swagger-ui.js", 200),
    ("GET", "/docs/swagger-ui.css", 200),
    ("GET", "/docs/oauth2-redirect.html", 200),
    ("GET", "/rapidoc", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/nothing", 404),
];

/// Every header of an answer that a browser is to be careful by.
fn careful_headers(client: &Client, method: &str, path: &str) -> (u16, Vec<String>) {
    let response = asked(client, method, path, &[]);
    let mut told: Vec<String> = response
        .headers()
        .iter()
        .filter(|header| {
            ["x-", "referrer-", "permissions-", "strict-", "server"]
                .iter()
                .any(|start| header.name.as_str().to_ascii_lowercase().starts_with(start))
        })
        .map(|header| format!("{}: {}", header.name, header.value))
        .collect();
    told.sort();
    (response.status().code, told)
}

const BY_SHIELD: [&str; 4] = [
    "Permissions-Policy: interest-cohort=()",
    "Referrer-Policy: same-origin",
    "X-Content-Type-Options: nosniff",
    "X-Frame-Options: SAMEORIGIN",
];

#[test]
fn crewed_and_the_shield_say_everything_once() {
    for base in ["", "/api"] {
        let client = client(rocket(config(), base));
        for (method, path, status) in OWN {
            let told = careful_headers(&client, method, &format!("{base}{path}"));
            assert_eq!(told, (*status, BY_SHIELD.map(str::to_owned).to_vec()), "{method} {base}{path}");
        }
        // The user's own pages have what Rocket gives them.
        let own: Vec<String> =
            BY_SHIELD.iter().filter(|line| !line.starts_with("Ref")).map(|line| (*line).to_owned()).collect();
        assert_eq!(careful_headers(&client, "GET", "/page"), (200, own));
    }
}

#[test]
fn without_the_shield_crewed_says_it_itself() {
    let figment = config().merge(("crewed.shield", false));
    let own = ["Referrer-Policy: same-origin", "X-Content-Type-Options: nosniff"].map(str::to_owned).to_vec();
    for base in ["", "/api"] {
        // That takes one of the user's away, too.
        let mine = Shield::default().enable(shield::Referrer::Origin);
        for rocket in [rocket(figment.clone(), base), rocket(figment.clone(), base).attach(mine)] {
            let client = client(rocket);
            for (method, path, status) in OWN {
                let told = careful_headers(&client, method, &format!("{base}{path}"));
                assert_eq!(told, (*status, own.clone()), "{method} {base}{path}");
            }
            assert_eq!(careful_headers(&client, "GET", "/page"), (200, Vec::new()));
        }
    }
}

#[test]
fn what_is_chosen_stays() {
    let one = client(rocket(config(), ""));
    assert_eq!(
        header(&asked(&one, "GET", "/chosen", &[]), "referrer-policy").as_deref(),
        Some("no-referrer")
    );
    let mine = Shield::new().enable(shield::Referrer::Origin);
    let one = client(rocket(config(), "").attach(mine));
    let answer = asked(&one, "GET", "/users", &[]);
    assert_eq!(header(&answer, "referrer-policy").as_deref(), Some("origin"));
    assert_eq!(header(&answer, "x-content-type-options").as_deref(), Some("nosniff"), "nobody else says it");
}

#[test]
fn every_page_says_what_it_may_load() {
    let client = client(rocket(config(), "/api"));
    for (method, path, _) in OWN {
        let answer = asked(&client, method, &format!("/api{path}"), &[]);
        let kind = header(&answer, "content-type").unwrap_or_default();
        if kind.starts_with("text/html") {
            let policy = header(&answer, "content-security-policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        }
    }
}

#[test]
fn https_is_asked_for_on_every_answer() {
    for shield in [true, false] {
        let figment = config().merge(("crewed.hsts", 31_536_000)).merge(("crewed.shield", shield));
        let figment = figment.merge(("crewed.hosts", ["api.example"]));
        let client = client(rocket(figment, "/api"));
        let more = [("host", "api.example")];
        for (path, headers) in
            [("/api/users", &more[..]), ("/page", &more), ("/nothing", &more), ("/page", &[])]
        {
            let answer = asked(&client, "GET", path, headers);
            let hsts = header(&answer, "strict-transport-security");
            assert_eq!(hsts.as_deref(), Some("max-age=31536000"), "{path}");
        }
    }
    let client = client(rocket(config(), ""));
    assert_eq!(header(&asked(&client, "GET", "/users", &[]), "strict-transport-security"), None);
    // A Shield that says it too does not say it twice.
    let mine = Shield::default().enable(shield::Hsts::Preload(crewed::rocket::time::Duration::days(1)));
    let figment = config().merge(("crewed.hsts", 60));
    let client = Client::untracked(rocket(figment, "").attach(mine)).unwrap();
    let hsts = header(&asked(&client, "GET", "/users", &[]), "strict-transport-security");
    assert_eq!(hsts.as_deref(), Some("max-age=60"));
}

#[test]
fn nobody_is_told_what_serves() {
    let server = |rocket: Rocket<Build>| header(&asked(&client(rocket), "GET", "/users", &[]), "server");
    assert_eq!(server(rocket(config(), "")), None);
    assert_eq!(server(rocket(config().merge(Config::default()).merge(config()), "")), None);
    // What the user has chosen stays, were it Rocket's own.
    for chosen in ["Shop", "Rocket"] {
        let figment = config().merge(("ident", chosen));
        assert_eq!(server(rocket(figment, "")).as_deref(), Some(chosen));
    }
    let written =
        Config { ident: crewed::rocket::config::Ident::try_new("Mine").unwrap(), ..Config::default() };
    let figment =
        Figment::from(written).merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    assert_eq!(server(rocket(figment, "")).as_deref(), Some("Mine"));
    assert_eq!(server(rocket(config().merge(("ident", false)), "")), None);
    let port = launched(|figment| rocket(figment, "/api"));
    for path in ["/api/users", "/page", "/nothing"] {
        assert_eq!(get(port, path).headers("server"), Vec::<&str>::new(), "{path}");
    }
}

/// What a function does not answer is answered by whoever is asked next, and that is not crewed's.
#[test]
fn pages_of_the_users_own_stay_theirs() {
    #[crewed::rocket::catch(404)]
    fn nothing() -> RawHtml<&'static str> {
        RawHtml("nothing here")
    }
    let rocket = rocket(config(), "").register("/", crewed::rocket::catchers![nothing]);
    let client = client(rocket);
    let answer = asked(&client, "GET", "/nothing", &[]);
    assert_eq!(header(&answer, "referrer-policy"), None);
    assert_eq!(answer.into_string().as_deref(), Some("nothing here"));
}
