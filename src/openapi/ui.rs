//! The pages that show the document: Swagger UI and RapiDoc.
//!
//! Both come with rocket_okapi, but its own pages load a validator's badge or fonts from other servers. The pages here
//! do not, and a Content-Security-Policy in every answer makes the browser enforce that. Therefore the pages have no
//! inline scripts. All addresses are relative, so that they are right under any base and behind any proxy.

use rocket::http::Header;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};
use rocket_okapi::rapidoc::{GeneralConfig, RapiDocConfig, make_rapidoc};
use rocket_okapi::settings::UrlObject;
use rocket_okapi::swagger_ui::{SwaggerUIConfig, make_swagger_ui};

use crate::route::{CSP, Page, exchange};

/// A user interface for the document.
#[derive(Clone, Debug)]
pub(crate) struct Ui {
    /// The files of crewed itself, of which the page is the first.
    pub pages: Vec<Page>,
    /// The scripts and styles of rocket_okapi, to be mounted at the path of the page.
    pub assets: Vec<Route>,
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The policy of a page. Connections to any server are allowed, since the user sends requests to the servers that the
/// document names.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; connect-src *; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'self'";

/// The only page with an inline script, which passes the answer of an OAuth server to the page that requested it. It is
/// rocket_okapi's, and the policy has the digest of its script.
const REDIRECT: &str = "/oauth2-redirect.html";
const REDIRECT_POLICY: &str = "default-src 'none'; script-src 'sha256-4IiDsMH+GkJlxivIDNfi6qk0O5HPtzyvNwVT3Wt8TIw='; base-uri 'none'; form-action 'none'; \
                               frame-ancestors 'self'";

/// Swagger UI at `path`, for the document at `spec`. The page also loads the script at `more`, if there is one.
#[must_use]
pub(crate) fn swagger_ui(path: &str, spec: &str, title: &str, more: Option<&str>) -> Ui {
    let base = path.trim_end_matches('/');
    let at = beneath(path);
    let head = format!(
        "<link rel=\"stylesheet\" href=\"{at}swagger-ui.css\">\n<link rel=\"stylesheet\" \
         href=\"{at}index.css\">"
    );
    let body = format!(
        "<div id=\"swagger-ui\"></div>\n<script src=\"{at}swagger-ui-bundle.js\"></script>\n<script \
         src=\"{at}crewed-swagger-ui.js\"></script>{}",
        script_element(more)
    );
    let script = Page {
        path: format!("{base}/crewed-swagger-ui.js"),
        content_type: SCRIPT,
        bytes: swagger_script(&relative(path, spec)).into_bytes().into(),
        policy: Some(POLICY),
    };
    let assets = ["/index.css", REDIRECT, "/swagger-ui-bundle.js", "/swagger-ui.css"];
    Ui {
        pages: vec![page(path, &format!("{title} - Swagger UI"), &head, &body), script],
        assets: with_policies(&assets, make_swagger_ui(&SwaggerUIConfig::default()).into()),
    }
}

/// RapiDoc at `path`, for the document at `spec`. The page also loads the script at `more`, if there is one.
#[must_use]
pub(crate) fn rapidoc(path: &str, spec: &str, title: &str, more: Option<&str>) -> Ui {
    let at = beneath(path);
    let head = format!("<script type=\"module\" src=\"{at}rapidoc-min.js\"></script>");
    let body = format!(
        "<rapi-doc spec-url=\"{}\" load-fonts=\"false\" show-header=\"false\" render-style=\"read\" \
         allow-server-selection=\"false\" allow-spec-file-download=\"false\" \
         schema-description-expanded=\"true\"></rapi-doc>{}",
        escaped(&relative(path, spec)),
        script_element(more)
    );
    // `make_rapidoc` requires a document, although only its index page, which is not used, would name it.
    let config = RapiDocConfig {
        general: GeneralConfig { spec_urls: vec![UrlObject::new("", spec)], ..GeneralConfig::default() },
        ..RapiDocConfig::default()
    };
    Ui {
        pages: vec![page(path, &format!("{title} - RapiDoc"), &head, &body)],
        assets: with_policies(&["/rapidoc-min.js", "/oauth-receiver.html"], make_rapidoc(&config).into()),
    }
}

fn script_element(address: Option<&str>) -> String {
    address.map(|address| format!("\n<script src=\"{}\"></script>", escaped(address))).unwrap_or_default()
}

fn swagger_script(spec: &str) -> String {
    let settings = serde_json::json!({
        "url": spec,
        "dom_id": "#swagger-ui",
        "layout": "BaseLayout",
        "validatorUrl": null,
        "deepLinking": true,
        "displayRequestDuration": true,
        "showCommonExtensions": true,
    });
    format!(
        "\"use strict\";\nconst settings = {settings:#};\nsettings.presets = [SwaggerUIBundle.presets.apis];\n\
         settings.oauth2RedirectUrl = new URL(\"oauth2-redirect.html\", document.currentScript.src).href;\n\
         window.ui = SwaggerUIBundle(settings);\n"
    )
}

fn page(path: &str, title: &str, head: &str, body: &str) -> Page {
    let title = escaped(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" \
         content=\"no-referrer\">\n<title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n{head}\n\
         </head>\n<body>\n{body}\n</body>\n</html>\n"
    );
    Page { path: path.to_owned(), content_type: HTML, bytes: html.into_bytes().into(), policy: Some(POLICY) }
}

/// The wanted assets, whose answers have a policy.
fn with_policies(wanted: &[&str], routes: Vec<Route>) -> Vec<Route> {
    let routes = routes.into_iter().filter(|route| wanted.contains(&route.uri.path()));
    let under = |mut route: Route| {
        let policy = if route.uri.path() == REDIRECT { REDIRECT_POLICY } else { POLICY };
        route.handler = Box::new(UnderPolicy { handler: route.handler, policy });
        route
    };
    routes.map(under).collect()
}

/// A handler that adds a policy to the answers of another.
#[derive(Clone)]
struct UnderPolicy {
    handler: Box<dyn Handler>,
    policy: &'static str,
}

#[rocket::async_trait]
impl Handler for UnderPolicy {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let mut outcome = self.handler.handle(request, data).await;
        if let Outcome::Success(response) = &mut outcome {
            if let Some(route) = request.route() {
                exchange(request).answered_by_unchanging(route);
            }
            response.set_header(Header::new(CSP, self.policy));
            exchange(request).mark_own();
        }
        outcome
    }
}

/// The relative prefix of addresses under a page: `docs/` for `/docs`.
fn beneath(path: &str) -> String {
    match path.rsplit('/').next() {
        None | Some("") => String::new(),
        Some(name) => format!("{}/", escaped(name)),
    }
}

/// The address of `to`, relative to the page at `from`. Both are under the same base.
fn relative(from: &str, to: &str) -> String {
    let shared = from.char_indices().zip(to.chars()).take_while(|((_, a), b)| a == b);
    let folder = shared.filter(|((_, a), _)| *a == '/').last().map_or(0, |((end, _), _)| end + 1);
    format!("{}{}", "../".repeat(from[folder..].matches('/').count()), &to[folder..])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(ui: &Ui) -> String {
        String::from_utf8_lossy(&ui.pages[0].bytes).into_owned()
    }

    #[test]
    fn names_what_is_beneath_it() {
        let ui = swagger_ui("/api/v1/docs", "/api/v1/openapi.json", "Heroes", None);
        assert!(html(&ui).contains("href=\"docs/swagger-ui.css\""));
        let script = String::from_utf8_lossy(&ui.pages[1].bytes);
        assert!(script.contains("\"url\": \"openapi.json\""), "{script}");
        assert_eq!(ui.pages[1].path, "/api/v1/docs/crewed-swagger-ui.js");
        let root = swagger_ui("/", "/openapi.json", "Heroes", None);
        assert!(html(&root).contains("href=\"swagger-ui.css\""));
        assert_eq!(root.pages[1].path, "/crewed-swagger-ui.js");
        assert_eq!(relative("/a/docs", "/openapi.json"), "../openapi.json");
        assert_eq!(relative("/docs", "/docs.json"), "docs.json");
    }

    #[test]
    fn every_asset_is_served() {
        for ui in
            [swagger_ui("/docs", "/openapi.json", "", None), rapidoc("/rapidoc", "/openapi.json", "", None)]
        {
            let html = html(&ui);
            let named = html.split(['"']).filter(|s| s.ends_with(".js") || s.ends_with(".css"));
            for asset in named {
                let path = format!("/{asset}");
                let beneath = path.strip_prefix(&ui.pages[0].path).unwrap_or(&path);
                let served = ui.pages.iter().any(|page| page.path == path)
                    || ui.assets.iter().any(|route| route.uri.path() == beneath);
                assert!(served, "{path}");
            }
        }
    }

    /// The policy has the digest of the script, without which the browser would not run it.
    #[test]
    fn the_one_script_in_a_page_is_allowed_by_its_digest() {
        use base64::Engine;
        use sha2::Digest;
        let ui = swagger_ui("/docs", "/openapi.json", "", None);
        let rocket = rocket::custom(rocket::Config::figment().merge(("log_level", "off")));
        let client = rocket::local::blocking::Client::untracked(rocket.mount("/docs", ui.assets));
        let client = client.unwrap_or_else(|e| panic!("{e}"));
        let answer = client.get("/docs/oauth2-redirect.html").dispatch();
        let policy = answer.headers().get_one(CSP).unwrap_or_default().to_owned();
        let html = answer.into_string().unwrap_or_default();
        let script = html.split_once("<script>").and_then(|(_, rest)| rest.split_once("</script>"));
        let script = script.map(|(script, _)| script).unwrap_or_default();
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
        assert!(!script.is_empty());
        assert!(policy.contains(&format!("script-src 'sha256-{digest}';")), "{digest} is not in {policy}");
    }

    #[test]
    fn a_title_is_text() {
        let ui = rapidoc("/rapidoc", "/openapi.json", "</title><script>&\"", None);
        assert!(html(&ui).contains("<title>&lt;/title&gt;&lt;script&gt;&amp;&quot; - RapiDoc</title>"));
    }
}
