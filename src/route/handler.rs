//! The two handlers of an API.

use std::sync::Arc;

use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed, Route};
use rocket::{Data, Request, Response};

use super::path::{decode, encode, normalized};
use super::reply::{empty, rendered, reply};
use super::site::{Node, Site, Target};
use crate::error::Error;
use crate::issue::{Issue, IssueKind};
use crate::operation::{Outcome, Service};
use crate::render::phrase;
use crate::resource::Operation;
use crate::wire::Body;

const JSON: &str = "application/json";
const PATCHES: &str = "application/json, application/merge-patch+json";

/// The name of the front's routes, which no function can have.
pub(crate) const NAME: &str = "crewed, before all others";

/// The routes of an API: its front, and behind everybody else its back.
pub(crate) fn routes(site: &Arc<Site>) -> Vec<Route> {
    let path = format!("{}/<path..>", site.base);
    // Of two APIs the one with the longer base goes first, on both sides of the user's routes.
    let depth = site.base.matches('/').count() as isize;
    let route = |name: &'static str, rank: isize, method: Method, back: bool| {
        let edge = Edge { site: Arc::clone(site), back };
        let mut route = Route::ranked(rank, method, &path, edge);
        route.name = Some(name.into());
        route
    };
    // There is none for HEAD: Rocket tries GET in its place and takes the body off.
    let answered = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let refused = [Method::Options, Method::Trace, Method::Connect];
    let front = answered.map(|method| route(NAME, -1000 - depth, method, false));
    let back = answered.into_iter().chain(refused);
    let back = back.map(|method| route("crewed, after all others", 1000 - depth, method, true));
    front.into_iter().chain(back).collect()
}

#[derive(Clone)]
struct Edge {
    site: Arc<Site>,
    back: bool,
}

#[rocket::async_trait]
impl Handler for Edge {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Routed<'r> {
        let sent = request.uri().path().as_str();
        let path = normalized(sent);
        let method = request.method();
        let node = self.site.find(&path);
        let target = match self.back {
            false => node.and_then(|node| node.target(method)),
            true => node.and_then(|node| node.behind(method)),
        };
        match (target, node) {
            (Some(Target::Operation(service, operation)), Some(node)) => {
                let call = Call { site: &self.site, service: &self.site.services[service], request };
                // Where there is a key, it is the last segment, as it was sent.
                let key = sent.rsplit('/').next().unwrap_or_default();
                Routed::Success(call.answer(node, operation, key, data).await)
            }
            (Some(Target::Page(page)), _) => {
                let page = &self.site.pages[page];
                Routed::Success(reply(200, page.content_type, Arc::clone(&page.bytes)))
            }
            _ if self.back => match self.site.refuse(request, &path) {
                Some(response) => Routed::Success(response),
                None => Routed::forward(data, Status::NotFound),
            },
            _ => Routed::forward(data, Status::NotFound),
        }
    }
}

impl Site {
    /// What is answered to a path of ours that nobody took.
    fn refuse<'r>(&self, request: &Request<'_>, path: &str) -> Option<Response<'r>> {
        if let Some(node) = self.find_ours(path) {
            return Some(self.not_allowed(node));
        }
        // FastAPI redirects a slash too many or too few, whatever the method.
        let other = match path.strip_suffix('/') {
            Some(_) => path.trim_end_matches('/').to_owned(),
            None => format!("{path}/"),
        };
        self.find_ours(&other)?;
        let sent = request.uri().path().as_str();
        let location = match sent.ends_with('/') {
            true => sent.trim_end_matches('/').to_owned(),
            false => format!("{sent}/"),
        };
        let mut response = empty(307);
        response.set_raw_header("Location", with_query(location, request));
        Some(response)
    }

    fn not_allowed<'r>(&self, node: &Node) -> Response<'r> {
        let mut response = rendered(self.format.status(405, phrase(405)));
        response.set_raw_header("Allow", node.allow());
        response
    }
}

fn with_query(path: String, request: &Request<'_>) -> String {
    match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    }
}

/// One operation on its way to an answer.
struct Call<'a, 'r> {
    site: &'a Site,
    service: &'a Service,
    request: &'a Request<'r>,
}

impl Call<'_, '_> {
    async fn answer<'r>(
        &self,
        node: &Node,
        operation: Operation,
        key: &str,
        mut data: Data<'_>,
    ) -> Response<'r> {
        if self.is_disguised(&mut data).await {
            return self.site.not_allowed(node);
        }
        match self.outcome(operation, key, data).await {
            Ok(Outcome::Found(json)) => reply(200, JSON, json),
            Ok(Outcome::Created { row, key }) => {
                let path = self.service.meta().path;
                let mut response = reply(201, JSON, row);
                let location = format!("{}{path}/{}", self.site.base, encode(&key));
                response.set_raw_header("Location", location);
                response
            }
            Ok(Outcome::Deleted) => empty(204),
            Err(error) => {
                if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
                    log::error!("{} {}: {cause}", self.request.method(), self.request.uri());
                }
                rendered(self.site.format.error(&error, self.service.meta().missing))
            }
        }
    }

    /// Whether this is a form's POST that Rocket took for another method because its first field is
    /// `_method`: any page on the web can make a browser send one. Rocket passes over empty fields.
    async fn is_disguised(&self, data: &mut Data<'_>) -> bool {
        let method = self.request.method();
        if !matches!(method, Method::Put | Method::Patch | Method::Delete)
            || !self.media_type().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            return false;
        }
        let start = data.peek(64).await;
        let first = start.iter().position(|byte| *byte != b'&').unwrap_or(start.len());
        start[first..].starts_with(b"_method=")
    }

    async fn outcome(&self, operation: Operation, key: &str, data: Data<'_>) -> Result<Outcome, Error> {
        let query = self.request.uri().query().map_or("", |query| query.as_str());
        let key = decode(key).ok_or_else(|| self.not_unicode(key))?;
        let service = self.service;
        match operation {
            Operation::List => service.list(query).await,
            Operation::Read => service.read(&key, query).await,
            Operation::Delete => service.delete(&key, query).await,
            Operation::Create => {
                let bytes = self.body(data).await?;
                service.create(query, self.as_json(&bytes)).await
            }
            Operation::Replace => {
                let bytes = self.body(data).await?;
                service.replace(&key, query, self.as_json(&bytes)).await
            }
            Operation::Patch => {
                let bytes = self.body(data).await?;
                let body = self.as_json(&bytes);
                let patches = [JSON, "application/merge-patch+json"];
                let is_patch = patches.iter().any(|patch| self.media_type().eq_ignore_ascii_case(patch));
                if !bytes.is_empty() && !is_patch {
                    return Err(Error::UnsupportedMedia { accepted: PATCHES });
                }
                service.patch(&key, query, body).await
            }
        }
    }

    async fn body(&self, data: Data<'_>) -> Result<Vec<u8>, Error> {
        let limit = self.site.limit;
        match data.open(limit).into_bytes().await {
            Ok(bytes) if bytes.is_complete() => Ok(bytes.into_inner()),
            Ok(_) => Err(Error::TooLarge { limit: limit.as_u64() }),
            Err(_) => Err(Error::Unreadable),
        }
    }

    fn as_json<'b>(&self, bytes: &'b [u8]) -> Body<'b> {
        let media_type = self.media_type().to_ascii_lowercase();
        let json = media_type
            .strip_prefix("application/")
            .is_some_and(|kind| kind == "json" || kind.ends_with("+json"));
        Body { bytes, json }
    }

    /// The media type of the body, without parameters.
    fn media_type(&self) -> &str {
        let header = self.request.headers().get_one("Content-Type").unwrap_or_default();
        header.split(';').next().unwrap_or_default().trim()
    }

    fn not_unicode(&self, key: &str) -> Error {
        let meta = self.service.meta();
        let field = meta.object.fields[meta.key].name;
        Error::Invalid(vec![Issue::new(
            IssueKind::StringUnicode,
            vec!["path".into(), field.into()],
            key.into(),
        )])
    }
}
