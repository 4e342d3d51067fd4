//! The endpoints of a resource's operations.

use super::{ApiContext, not_unicode, url_style};
use crate::error::Error;
use crate::http::{
    BodyReader, ReceivedBody, RequestHead, Response, ResponseBody, UnreadAnswer, decode, encode, is_json,
    media_type,
};
use crate::operation::{
    Command, Connection, Context, JsonRows, Outcome, Reply, Request, SentValues, Service, execute,
};
use crate::resource::Operation;
use crate::store::{self, Columns};
use crate::wire::Body;

const JSON: &str = "application/json";

/// The media types that a PATCH may have.
const PATCHES: [&str; 2] = [JSON, "application/merge-patch+json"];
const ACCEPT_PATCH: &str = "application/json, application/merge-patch+json";

/// Answers requests for the operations of a resource.
pub(crate) struct ResourceEndpoint<'a> {
    /// The service of the resource.
    pub(crate) service: &'a Service,
    /// The settings of the API that serves it.
    pub(crate) api: &'a ApiContext,
    /// The base that the API is mounted on, for `Location`.
    pub(crate) base: &'a str,
}

impl ResourceEndpoint<'_> {
    /// Answers a request for an operation.
    pub(crate) async fn answer(
        &self,
        operation: Operation,
        head: RequestHead<'_>,
        body: &mut dyn BodyReader,
    ) -> Response {
        match self.carry_out(operation, head, body).await {
            Ok(response) => response,
            Err(error) => {
                if let Error::Internal(cause) | Error::Unavailable(cause) = &error {
                    let query = if head.query.is_empty() { "" } else { "?" };
                    log::error!("{} {}{query}{}: {cause}", operation.method(), head.path, head.query);
                }
                self.api.format.error(&error, self.service.meta().missing)
            }
        }
    }

    async fn carry_out(
        &self,
        operation: Operation,
        head: RequestHead<'_>,
        body: &mut dyn BodyReader,
    ) -> Result<Response, Error> {
        let meta = self.service.meta();
        if meta.is_url_styled() {
            let values = url_style::values(meta, operation, &head, self.api.depth)?;
            let command = url_style::command(self.service, operation, &values)?;
            return self.execute(command, SentValues::Members(values.place, &values.members)).await;
        }
        // The key, in operations that have one, is the last segment.
        let segment = head.path.rsplit('/').next().unwrap_or_default();
        let key = decode(segment)
            .ok_or_else(|| Error::Invalid(vec![not_unicode(&meta.object.fields[meta.key], segment)]))?;
        if !operation.has_body() {
            let command = self.service.command(operation, &key, head.query, Body::NONE)?;
            let sent = match operation {
                Operation::Delete => SentValues::Path(&key),
                _ => SentValues::Nothing,
            };
            return self.execute(command, sent).await;
        }
        let mut sent = ReceivedBody::of(head.headers, body, self.api.limits.json).await?;
        let media_type = media_type(head.headers);
        let is_patch = || PATCHES.iter().any(|patch| media_type.eq_ignore_ascii_case(patch));
        if operation == Operation::Patch && !sent.bytes.is_empty() && !is_patch() {
            return Err(Error::UnsupportedMedia { accepted: ACCEPT_PATCH });
        }
        let json = is_json(media_type);
        let command =
            sent.parse(|bytes| self.service.command(operation, &key, head.query, Body { bytes, json }))?;
        self.execute(command, SentValues::Body(&sent.bytes)).await
    }

    /// Carries a command out, and turns its reply into a response.
    async fn execute(&self, command: Command, sent: SentValues<'_>) -> Result<Response, Error> {
        let service = self.service;
        let rows = service.json_sink(&command);
        let connection = Connection::Store(service.store());
        let mut context = Context { service, connection, columns: Columns::Visible };
        let Reply { outcome, rows } = execute(&mut context, Request { command, sent }, rows).await?;
        if let Some(body) = url_style::status(service.meta(), outcome) {
            return Ok(Response::new(200, JSON, ResponseBody::Static(body)));
        }
        if outcome == Outcome::Deleted {
            return Ok(Response::empty(204));
        }
        let mut rows: JsonRows = store::unboxed(rows).map_err(|error| Error::Internal(error.to_string()))?;
        let key = rows.take_key();
        let json = rows.into_json()?;
        Ok(match outcome {
            Outcome::Created => {
                Response::new(201, JSON, ResponseBody::Bytes(json)).header("Location", self.location(&key))
            }
            // A read is refused where too many bytes of answers wait for their clients. A write is always answered,
            // since it has been done.
            Outcome::Found => Response::new(200, JSON, ResponseBody::Unread(UnreadAnswer::new(json)?)),
            _ => Response::new(200, JSON, ResponseBody::Bytes(json)),
        })
    }

    /// The `Location` of a new row.
    fn location(&self, key: &str) -> String {
        let meta = self.service.meta();
        let row = url_style::location(meta, key).unwrap_or_else(|| format!("/{}", encode(key)));
        format!("{}{}{row}", self.base, meta.path)
    }
}
