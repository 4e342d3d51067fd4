//! How an API answers a request.

use std::sync::Arc;

use rocket::form::Form;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome as Routed};
use rocket::{Data, Request, Response};

use super::body::{self, Received, media_type};
use super::catcher::RouteTables;
use super::colors;
use super::function::{Call, Forwarded};
use super::path::{address, decode, encode, normalized, takes};
use super::rank::{has_nothing_behind, is_own};
use super::reply::{empty, of_unknown_length, rendered, reply, tell_no_length_of_a_stream};
use super::route_table::{RouteTable, Target, other_end};
use super::unread::UnreadAnswer;
use super::url_style::{location_within, not_unicode, url_values};
use crate::error::Error;
use crate::error_format::phrase;
use crate::operation::{
    Command, Connection, Context, JsonRows, Outcome, Reply, SentValues, Service, execute,
};
use crate::resource::{InputStyle, Operation};
use crate::store::Columns;
use crate::wire::Body;
use crate::{operation, store};

const JSON: &str = "application/json";
/// What Rocket's logger shows below the line of the request.
const LOG: &str = "crewed::_";

/// The media types of a PATCH.
const PATCHES: [&str; 2] = [JSON, "application/merge-patch+json"];
const ACCEPT_PATCH: &str = "application/json, application/merge-patch+json";

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
            Some(Target::Page(page)) => Routed::Success(route_table.pages[page].answer()),
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
        match self.carried_out(operation, key, data).await {
            Ok(response) => response,
            Err(error) => {
                if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
                    log::error!("{} {}: {cause}", self.request.method(), self.request.uri());
                }
                rendered(self.route_table.context.format.error(&error, self.service.meta().missing))
            }
        }
    }

    async fn carried_out<'r>(
        &self,
        operation: Operation,
        key: &str,
        data: Data<'_>,
    ) -> Result<Response<'r>, Error> {
        let query = self.request.uri().query().map_or("", |query| query.as_str());
        if self.service.meta().inputs != InputStyle::Json {
            let (meta, route_table) = (self.service.meta(), self.route_table);
            let before = route_table.context.depth + meta.path.matches('/').count();
            let path = (self.request.uri().path().as_str(), before);
            let values = url_values(meta, operation, path, query)?;
            let command = self.service.command_of_url(operation, &values)?;
            return self.execute(command, SentValues::Url(&values)).await;
        }
        let key = decode(key).ok_or_else(|| {
            let meta = self.service.meta();
            Error::Invalid(vec![not_unicode(&meta.object.fields[meta.key], key)])
        })?;
        if !operation.has_body() {
            let command = self.service.command(operation, &key, query, Body::NONE)?;
            let sent = match operation {
                Operation::Delete => SentValues::Path(&key),
                _ => SentValues::Nothing,
            };
            return self.execute(command, sent).await;
        }
        let mut sent = Received::of(self.request, data, self.route_table.context.limit).await?;
        let media_type = media_type(self.request);
        let is_patch = || PATCHES.iter().any(|patch| media_type.eq_ignore_ascii_case(patch));
        if operation == Operation::Patch && !sent.bytes.is_empty() && !is_patch() {
            return Err(Error::UnsupportedMedia { accepted: ACCEPT_PATCH });
        }
        let json = body::is_json(media_type);
        let command =
            sent.read(|bytes| self.service.command(operation, &key, query, Body { bytes, json }))?;
        self.execute(command, SentValues::Body(&sent.bytes)).await
    }

    /// Carries a command out, and makes a response of the reply.
    async fn execute<'r>(&self, command: Command, sent: SentValues<'_>) -> Result<Response<'r>, Error> {
        let service = self.service;
        let rows = service.json_sink(&command);
        let connection = Connection::Store(service.store());
        let mut context = Context { service, connection, columns: Columns::Visible };
        let Reply { outcome, rows } =
            execute(&mut context, operation::Request { command, sent }, rows).await?;
        if let Some(body) = service.status_body(outcome) {
            return Ok(reply(200, JSON, body));
        }
        if outcome == Outcome::Deleted {
            return Ok(empty(204));
        }
        let mut rows: JsonRows = store::unboxed(rows).map_err(|error| Error::Internal(error.to_string()))?;
        let key = rows.take_key();
        let json = rows.into_json()?;
        Ok(match outcome {
            Outcome::Created => {
                let mut response = reply(201, JSON, json);
                response.set_raw_header("Location", self.location(&key));
                response
            }
            // What was written is answered, however much waits to be read.
            Outcome::Found => reply(200, JSON, UnreadAnswer::new(json)?),
            _ => reply(200, JSON, json),
        })
    }

    /// Where a new row is found.
    fn location(&self, key: &str) -> String {
        let meta = self.service.meta();
        let row = match meta.inputs {
            InputStyle::Json => format!("/{}", encode(key)),
            style => location_within(style, meta, key),
        };
        format!("{}{}{row}", self.route_table.base, meta.path)
    }
}
