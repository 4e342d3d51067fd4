//! How an API answers a request.

use std::sync::Arc;

use rocket::form::Form;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed};
use rocket::{Data, Request, Response};

use super::body::{self, media_type};
use super::catcher::RouteTables;
use super::colors;
use super::function::{Call, Forwarded};
use super::path::{address, decode, encode, normalized, takes};
use super::rank::{has_nothing_behind, is_own};
use super::reply::{empty, of_unknown_length, rendered, reply, tell_no_length_of_a_stream};
use super::route_table::{RouteTable, Target, other_end};
use super::unread::UnreadAnswer;
use crate::error::Error;
use crate::error_format::phrase;
use crate::input::{object_of, unicode_pairs};
use crate::issue::{Issue, IssueKind, REDACTED};
use crate::openapi::CSP;
use crate::operation::{Addressed, Outcome, Service};
use crate::resource::{InputStyle, Operation};
use crate::wire::{Body, FieldMeta};

const JSON: &str = "application/json";
/// What Rocket's logger shows below the line of the request.
const LOG: &str = "crewed::_";

const PATCHES: &str = "application/json, application/merge-patch+json";

/// The handler of an API's routes.
#[derive(Clone)]
pub(super) struct ApiHandler {
    pub(super) route_table: Arc<RouteTable>,
    /// Whether it stands behind all other routes, and not before them.
    pub(super) is_fallback: bool,
}

#[rocket::async_trait]
impl Handler for ApiHandler {
    async fn handle<'r>(&self, request: &'r Request<'_>, mut data: Data<'r>) -> Routed<'r> {
        colors::keep_off();
        // What Rocket took for another method is the POST that was sent.
        let disguised = is_disguised(request, &mut data).await;
        let method = if disguised { Method::Post } else { request.method() };
        let route_table = &self.route_table;
        let sent = request.uri().path().as_str();
        let path = normalized(sent);
        let target = match self.is_fallback {
            false => route_table.target(&path, method),
            true => route_table.fallback_target(&path, method),
        };
        if let Some(target) = target.filter(|target| target.is_ours()) {
            log::info!(target: LOG, "Operation: {}", route_table.description(target));
        }
        let mut routed = match target {
            Some(Target::Function(index)) => {
                let call = Call::new(request, data, route_table.context);
                let mut routed = (route_table.functions[index].call)(call).await;
                if let Routed::Success(response) = &mut routed {
                    tell_no_length_of_a_stream(response).await;
                }
                routed
            }
            Some(Target::Operation(service, operation)) => {
                let call = OnResource { route_table, service: route_table.services.at(service), request };
                // Where there is a key, it is the last segment, as it was sent.
                let key = sent.rsplit('/').next().unwrap_or_default();
                Routed::Success(call.answer(operation, key, data).await)
            }
            Some(Target::Page(page)) => Routed::Success(route_table.page(page)),
            Some(Target::UserRoute { last }) => {
                // What comes last comes after the redirect, too.
                let redirected = if last && route_table.allowed(&path).is_none() {
                    route_table.refuse(request, &path)
                } else {
                    None
                };
                redirected.map_or_else(|| Routed::forward(data, Status::NotFound), Routed::Success)
            }
            None => self.pass_on(request, data, method, &path),
        };
        if disguised
            && request.method() == Method::Head
            && let Routed::Success(response) = &mut routed
        {
            // Rocket takes the body away, and must not promise its length all the same.
            of_unknown_length(response);
        }
        routed
    }
}

impl ApiHandler {
    /// What becomes of a request that nobody of this API answers: somebody else may, or it is refused.
    fn pass_on<'r>(
        &self,
        request: &'r Request<'_>,
        data: Data<'r>,
        method: Method,
        path: &str,
    ) -> Routed<'r> {
        let passed = match self.is_fallback {
            true => request.local_cache(|| Forwarded(None)).0,
            false => self.is_wanted(request, method, path).then_some(Status::NotFound),
        };
        let refused = if passed.is_some() { None } else { self.route_table.refuse(request, path) };
        match refused {
            Some(response) => Routed::Success(response),
            None => Routed::forward(data, passed.unwrap_or(Status::NotFound)),
        }
    }

    /// Whether somebody else may answer what nobody of this API does.
    fn is_wanted(&self, request: &Request<'_>, method: Method, path: &str) -> bool {
        // Rocket asks for a HEAD once more, as a GET.
        let again = method == Method::Head;
        let method = if again { Method::Get } else { method };
        if again && self.route_table.target(path, method).is_some() {
            return true;
        }
        let rocket = request.rocket();
        let mut others = rocket.routes().filter(|route| !is_own(route) && !has_nothing_behind(route));
        others.any(|route| route.method == method && takes(route.uri.path(), path))
            || rocket
                .state::<RouteTables>()
                .is_some_and(|route_tables| route_tables.answer(&self.route_table, method, path))
    }
}

impl RouteTable {
    /// A page of the documentation.
    fn page<'r>(&self, index: usize) -> Response<'r> {
        let page = &self.pages[index];
        let mut answer = reply(200, page.content_type, Arc::clone(&page.bytes));
        if let Some(policy) = page.policy {
            answer.set_raw_header(CSP, policy);
        }
        answer
    }

    /// What is answered to a path of ours that nobody took.
    pub(super) fn refuse<'r>(&self, request: &Request<'_>, path: &str) -> Option<Response<'r>> {
        if let Some(allowed) = self.allowed(path) {
            let mut response = rendered(self.context.format.status(405, phrase(405)));
            response.set_raw_header("Allow", allowed);
            return Some(response);
        }
        // FastAPI redirects a slash too many or too few, whatever the method.
        self.allowed(&other_end(path))?;
        let mut location = address(&other_end(request.uri().path().as_str()))?;
        if let Some(query) = request.uri().query() {
            location = format!("{location}?{query}");
        }
        let mut response = empty(307);
        response.set_raw_header("Location", location);
        Some(response)
    }
}

/// Whether this is a form's POST that Rocket took for another method because its first field is
/// `_method`: any page on the web can make a browser send one. Asked of Rocket's own parser, to which
/// the name has several spellings.
async fn is_disguised(request: &Request<'_>, data: &mut Data<'_>) -> bool {
    if request.method() == Method::Post || !body::is_form(request) {
        return false;
    }
    // As far as Rocket looks.
    let start = data.peek("_method=delete".len()).await;
    let first = std::str::from_utf8(start).ok().and_then(|form| Form::values(form).next());
    first.is_some_and(|field| field.name == "_method")
}

/// One operation on its way to an answer.
struct OnResource<'a, 'r> {
    route_table: &'a RouteTable,
    service: &'a Service,
    request: &'a Request<'r>,
}

impl OnResource<'_, '_> {
    async fn answer<'r>(&self, operation: Operation, key: &str, data: Data<'_>) -> Response<'r> {
        let outcome = self.outcome(operation, key, data).await;
        // What was written is answered, however much is held.
        let is_read = matches!(operation, Operation::List | Operation::Read);
        let error = match outcome {
            Ok(Outcome::Found(json)) if is_read => match UnreadAnswer::new(json) {
                Ok(unread) => return reply(200, JSON, unread),
                Err(error) => error,
            },
            Ok(Outcome::Found(json)) => return reply(200, JSON, json),
            Ok(Outcome::Created { row, key }) => {
                let mut response = reply(201, JSON, row);
                let location = format!("{}{}", self.route_table.base, self.location(&key));
                response.set_raw_header("Location", location);
                return response;
            }
            Ok(Outcome::Deleted) => return empty(204),
            Err(error) => error,
        };
        if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
            log::error!("{} {}: {cause}", self.request.method(), self.request.uri());
        }
        rendered(self.route_table.context.format.error(&error, self.service.meta().missing))
    }

    async fn outcome(&self, operation: Operation, key: &str, data: Data<'_>) -> Result<Outcome, Error> {
        let query = self.request.uri().query().map_or("", |query| query.as_str());
        if self.service.meta().inputs != InputStyle::Json {
            let addressed = self.addressed(operation, query)?;
            return match operation {
                Operation::Create => self.service.create_addressed(&addressed).await,
                Operation::Read => self.service.read_addressed(&addressed).await,
                Operation::Replace => self.service.replace_addressed(&addressed).await,
                Operation::Delete => self.service.delete_addressed(&addressed).await,
                other => Err(Error::Internal(format!("{other:?} takes no values of an address"))),
            };
        }
        let key = decode(key).ok_or_else(|| {
            let meta = self.service.meta();
            Error::Invalid(vec![not_unicode(&meta.object.fields[meta.key], key)])
        })?;
        let service = self.service;
        match operation {
            Operation::List => service.list(query).await,
            Operation::Read => service.read(&key, query).await,
            Operation::Delete => service.delete(&key, query).await,
            Operation::Create => {
                let mut sent = self.body(data).await?;
                let changes = sent.read(|bytes| service.creation(query, self.as_json(bytes)))?;
                service.create(changes, &sent.bytes).await
            }
            Operation::Replace => {
                let mut sent = self.body(data).await?;
                let change = sent.read(|bytes| service.replacement(&key, query, self.as_json(bytes)))?;
                service.replace(change, &sent.bytes).await
            }
            Operation::Patch => {
                let mut sent = self.body(data).await?;
                let patches = [JSON, "application/merge-patch+json"];
                let is_patch =
                    patches.iter().any(|patch| media_type(self.request).eq_ignore_ascii_case(patch));
                if !sent.bytes.is_empty() && !is_patch {
                    return Err(Error::UnsupportedMedia { accepted: PATCHES });
                }
                let change = sent.read(|bytes| service.merging(&key, query, self.as_json(bytes)))?;
                service.patch(change, &sent.bytes).await
            }
        }
    }

    /// The values that stand in the address.
    fn addressed(&self, operation: Operation, query: &str) -> Result<Addressed, Error> {
        let meta = self.service.meta();
        if meta.inputs == InputStyle::Query {
            let (pairs, issues) = unicode_pairs(query, meta.object);
            if !issues.is_empty() {
                return Err(Error::Invalid(issues));
            }
            let known = |key: &str| meta.object.fields.iter().any(|field| field.name == key);
            let pairs = pairs.into_iter().filter(|(key, _)| known(key));
            let pairs = pairs.map(|(key, value)| (key, value.into_owned().into()));
            return Ok(Addressed { place: "query", members: object_of(meta.object, pairs) });
        }
        // Base and collection, and then names and values in turn; before the first slash is nothing.
        let before = self.route_table.context.depth + meta.path.matches('/').count();
        let sent = self.request.uri().path().as_str();
        let values = sent.split('/').skip(before + 2).step_by(2);
        let (mut members, mut issues) = (serde_json::Map::new(), Vec::new());
        for (index, value) in meta.addressed(operation).into_iter().zip(values) {
            let field = &meta.object.fields[index];
            match decode(value) {
                Some(value) => drop(members.insert(field.name.to_owned(), value.into_owned().into())),
                None => issues.push(not_unicode(field, value)),
            }
        }
        if !issues.is_empty() {
            return Err(Error::Invalid(issues));
        }
        Ok(Addressed { place: "path", members })
    }

    /// Where a new row is found.
    fn location(&self, key: &str) -> String {
        let meta = self.service.meta();
        let (path, name) = (meta.path, meta.object.fields[meta.key].name);
        match meta.inputs {
            InputStyle::Path => format!("{path}/{name}/{}", encode(key)),
            InputStyle::Query => {
                let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, key).finish();
                format!("{path}?{query}")
            }
            _ => format!("{path}/{}", encode(key)),
        }
    }

    async fn body(&self, data: Data<'_>) -> Result<body::Received, Error> {
        body::Received::of(self.request, data, self.route_table.context.limit).await
    }

    fn as_json<'b>(&self, bytes: &'b [u8]) -> Body<'b> {
        Body { bytes, json: body::is_json(media_type(self.request)) }
    }
}

fn not_unicode(field: &FieldMeta, segment: &str) -> Issue {
    let loc = vec!["path".into(), field.name.into()];
    let input = if field.write_only { REDACTED } else { segment };
    Issue::new(IssueKind::StringUnicode, loc, input.into())
}
