//! What pages of other origins make a browser send.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::ContentType;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::routes;
use serde_json::{Value, json};

use crate::kit::{asked, config, delete, get, header};

/// Lights that are switched by the seed's style: no body, and a browser does not ask before it sends that.
#[resource("/lights", inputs = "query")]
struct Light {
    #[field(key)]
    name: String,
    on: bool,
}

#[crewed::post("/switch")]
fn switch() -> &'static str {
    "switched"
}

#[crewed::get("/look")]
fn look() -> &'static str {
    "seen"
}

#[crewed::rocket::post("/callback")]
fn callback() -> &'static str {
    "called back"
}

const COOKIE: (&str, &str) = ("cookie", "session=abc");
const HOST: (&str, &str) = ("host", "api.example");
const APP: (&str, &str) = ("origin", "https://app.example");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const OWN: (&str, &str) = ("origin", "https://api.example");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
const SAME_SITE: (&str, &str) = ("sec-fetch-site", "same-site");
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");
const NONE: (&str, &str) = ("sec-fetch-site", "none");

fn client(figment: Figment, base: &str) -> Client {
    let api = Api::new().at(base).resource::<Light>().operations(operations![switch, look]);
    Client::untracked(crewed::rocket::custom(figment).mount("/", routes![callback]).attach(api)).unwrap()
}

fn cors() -> Figment {
    config().merge(("crewed.cors.origins", ["https://app.example"]))
}

/// The status of each of these, whose headers come after `HOST`.
fn check(client: &Client, path: &str, method: &str, cases: &[(&[(&str, &str)], u16)]) {
    for (headers, expected) in cases {
        let headers = [&[HOST], *headers].concat();
        let response = asked(client, method, path, &headers);
        assert_eq!(response.status().code, *expected, "{method} {path} {headers:?}");
    }
}

#[test]
fn without_cors_those_with_cookies_are_protected() {
    for base in ["", "/api"] {
        let client = client(config(), base);
        let path = format!("{base}/switch");
        check(
            &client,
            &path,
            "POST",
            &[
                (&[], 200),
                (&[COOKIE], 200),
                (&[EVIL], 200),
                (&[EVIL, CROSS], 200),
                (&[COOKIE, EVIL], 403),
                (&[COOKIE, APP], 403),
                (&[COOKIE, ("origin", "null")], 403),
                (&[COOKIE, EVIL, CROSS], 403),
                (&[COOKIE, CROSS], 403),
                (&[COOKIE, OWN, SAME_SITE], 403),
                (&[COOKIE, ("origin", "https://sub.api.example"), SAME_SITE], 403),
                (&[COOKIE, EVIL, ("sec-fetch-site", "of another time")], 403),
                // The browser knows better than a proxy, which may ask under another name.
                (&[COOKIE, EVIL, SAME_ORIGIN], 200),
                (&[COOKIE, NONE], 200),
                (&[COOKIE, OWN], 200),
                (&[COOKIE, ("origin", "http://API.example")], 200),
                (&[COOKIE, ("origin", "https://api.example:8443")], 403),
                // A password that the browser knows is as good as a cookie, one that a script sends is not.
                (&[("authorization", "Basic YTpi"), EVIL], 403),
                (&[("authorization", "Bearer abc"), EVIL], 200),
            ],
        );
        let port = [("host", "api.example:8443"), COOKIE, ("origin", "https://api.example:8443")];
        assert_eq!(asked(&client, "POST", &path, &port).status().code, 200);
        // Some proxies add the usual port.
        for (host, origin, status) in [
            ("api.example:443", "https://api.example", 200),
            ("api.example:80", "http://api.example", 200),
            ("api.example:80", "https://api.example", 403),
            ("api.example:443", "https://api.example:8443", 403),
        ] {
            let headers = [("host", host), COOKIE, ("origin", origin)];
            assert_eq!(asked(&client, "POST", &path, &headers).status().code, status, "{host} {origin}");
        }
        let refused = asked(&client, "POST", &path, &[HOST, COOKIE, EVIL]);
        assert_eq!(header(&refused, "content-type").as_deref(), Some("application/json"));
        let detail = "Requests from pages of other origins are not allowed";
        assert_eq!(refused.into_json::<Value>(), Some(json!({"detail": detail})));
    }
}

/// What all pages may use nobody uses with a cookie: it is not sent along with what browsers ask for first, but with forms.
#[test]
fn all_origins_may_not_act_as_whoever_looks_at_them() {
    for base in ["", "/api"] {
        let client = client(config().merge(("crewed.cors.origins", ["*"])), base);
        let cases: &[(&[(&str, &str)], u16)] = &[
            (&[EVIL, CROSS], 200),
            (&[("authorization", "Bearer abc"), EVIL], 200),
            (&[COOKIE, EVIL, CROSS], 403),
            (&[COOKIE, EVIL], 403),
            (&[("authorization", "Basic YTpi"), EVIL, CROSS], 403),
            (&[COOKIE, EVIL, SAME_ORIGIN], 200),
        ];
        check(&client, &format!("{base}/switch"), "POST", cases);
        check(&client, "/callback", "POST", &[(&[COOKIE, EVIL, CROSS], 403), (&[EVIL, CROSS], 200)]);
        check(&client, &format!("{base}/look"), "GET", &[(&[COOKIE, EVIL, CROSS], 200)]);
    }
}

#[test]
fn safe_methods_pass() {
    for figment in [config(), cors()] {
        for base in ["", "/api"] {
            let client = client(figment.clone(), base);
            for method in ["GET", "HEAD"] {
                check(&client, &format!("{base}/look"), method, &[(&[COOKIE, EVIL, CROSS], 200)]);
            }
            check(&client, &format!("{base}/look"), "OPTIONS", &[(&[COOKIE, EVIL, CROSS], 405)]);
        }
    }
}

/// Nothing of a refused request is carried out, whatever its method.
#[test]
fn rows_stay_as_they_are() {
    for figment in [config(), cors()] {
        for base in ["", "/api"] {
            let client = client(figment.clone(), base);
            let lights = format!("{base}/lights");
            let light = format!("{lights}?name=desk");
            let added = asked(&client, "POST", &format!("{lights}?name=desk&on=false"), &[]);
            assert_eq!(added.status().code, 201);
            for (method, path) in [
                ("POST", format!("{lights}?name=evil&on=true")),
                ("PUT", format!("{light}&on=true")),
                ("DELETE", light.clone()),
            ] {
                check(&client, &path, method, &[(&[COOKIE, EVIL], 403), (&[COOKIE, CROSS], 403)]);
            }
            assert_eq!(get(&client, &light), (200, json!({"name": "desk", "on": false})), "{base}");
            assert_eq!(get(&client, &format!("{lights}?name=evil")).0, 404, "{base}");
            assert!(delete(&client, &light).0 < 300);
        }
    }
}

/// Rocket takes a form for a GET where its first field says so, and the API does not.
#[test]
fn a_form_in_disguise_is_a_form() {
    for (figment, headers) in [(config(), &[HOST, COOKIE, EVIL][..]), (cors(), &[HOST, EVIL])] {
        for base in ["", "/api"] {
            let client = client(figment.clone(), base);
            for method in ["get", "head", "options", "trace", "post", "delete"] {
                let mut request = client.post(format!("{base}/switch")).header(ContentType::Form);
                for (name, value) in headers {
                    request.add_header(crewed::rocket::http::Header::new(*name, *value));
                }
                let status = request.body(format!("_method={method}")).dispatch().status().code;
                let is_refused = status == 403 || status == 405;
                assert!(is_refused, "{base} {method}: {status}");
            }
        }
    }
}

#[test]
fn with_cors_all_are_protected() {
    let figment = cors().merge(("crewed.cors.origins", ["https://app.example", "https://*.shop.example"]));
    for base in ["", "/api"] {
        let client = client(figment.clone(), base);
        for path in [&*format!("{base}/switch"), "/callback"] {
            check(
                &client,
                path,
                "POST",
                &[
                    (&[], 200),
                    (&[COOKIE], 200),
                    (&[EVIL], 403),
                    (&[CROSS], 403),
                    (&[EVIL, CROSS], 403),
                    (&[("origin", "null"), CROSS], 403),
                    (&[EVIL, SAME_ORIGIN], 200),
                    (&[OWN], 200),
                    (&[OWN, SAME_SITE], 403),
                    (&[APP], 200),
                    (&[APP, CROSS], 200),
                    (&[APP, SAME_SITE, COOKIE], 200),
                    (&[("origin", "https://a.shop.example"), CROSS], 200),
                    (&[("origin", "https://a.b.shop.example"), CROSS], 403),
                ],
            );
        }
        let refused = asked(&client, "POST", "/callback", &[HOST, EVIL]);
        assert_eq!(header(&refused, "vary").as_deref(), Some("Origin"));
        assert_eq!(header(&refused, "access-control-allow-origin"), None);
    }
    let client = client(cors().merge(("crewed.cors.origins", ["*"])), "");
    check(&client, "/switch", "POST", &[(&[EVIL, CROSS], 200)]);
}

/// A service that signs people in elsewhere is called back by a page of another origin.
#[test]
fn routes_of_the_users_own_are_left_alone_without_cors() {
    for base in ["", "/api"] {
        let client = client(config(), base);
        check(&client, "/callback", "POST", &[(&[COOKIE, EVIL, CROSS], 200)]);
        check(&client, "/nothing", "POST", &[(&[COOKIE, EVIL, CROSS], 404)]);
    }
}

#[test]
fn a_refusal_reads_like_any_other_error() {
    let figment = config().merge(("crewed.errors", "problem"));
    let client = client(figment, "");
    let refused = asked(&client, "POST", "/switch", &[HOST, COOKIE, EVIL]);
    assert_eq!(header(&refused, "content-type").as_deref(), Some("application/problem+json"));
    let body = refused.into_json::<Value>().unwrap();
    assert_eq!((&body["status"], &body["title"]), (&json!(403), &json!("Forbidden")));
}
