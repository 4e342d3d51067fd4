//! The endpoints of a resource's operations.

use std::borrow::Cow;
use std::io;
use std::pin::Pin;

use futures_util::TryStreamExt;

use super::{ApiContext, not_unicode, url_style};
use crate::error::Error;
use crate::http::{
    BodyReader, BodyStream, ReceivedBody, RequestHead, Response, ResponseBody, UnreadAnswer, decode, encode,
    is_json, media_type, preferred,
};
use crate::input::pairs;
use crate::operation::{
    Command, Connection, Context, JsonRows, List, Outcome, Permissions, Reply, Request, SentValues, Service,
    execute,
};
use crate::outage;
use crate::resource::{AccessMeta, AnyCaller, ExportFormat, Operation};
use crate::store::{self, Columns};
use crate::wire::Body;

const JSON: &str = "application/json";

/// The header with the number of rows on all pages.
const TOTAL: &str = "X-Total-Count";

/// The media types that a PATCH may have.
const PATCHES: [&str; 2] = [JSON, "application/merge-patch+json"];
const ACCEPT_PATCH: &str = "application/json, application/merge-patch+json";

/// Answers requests for the operations of a resource.
pub(crate) struct ResourceEndpoint<'a> {
    /// The service of the resource.
    pub(crate) service: &'a Service,
    /// The settings of the API that serves it.
    pub(crate) api: &'a ApiContext,
    /// How many segments of a path stand before those of the resource.
    pub(crate) depth: usize,
    /// The names in the query that belong to dependencies.
    pub(crate) not_own: &'a [&'static str],
    /// What these segments are, for `Location`. Some may be parameters.
    pub(crate) base: &'a str,
    /// Whoever asks, where the resource has rules for that and somebody is known.
    pub(crate) caller: Option<&'a AnyCaller>,
}

/// A future in a box of its own, so that requests that need none do not carry its size along.
fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

impl ResourceEndpoint<'_> {
    /// Answers a request for an operation.
    ///
    /// # Errors
    /// Why the operation did not succeed.
    pub(crate) async fn answer(
        &self,
        operation: Operation,
        head: RequestHead<'_>,
        body: &mut dyn BodyReader,
    ) -> Result<Response, Error> {
        let (meta, head) = (self.service.meta(), &head);
        // Before anything that was sent is looked at, which might tell of rows.
        let permissions = self.service.permissions(operation, self.caller)?;
        let permissions = permissions.as_ref();
        if meta.is_url_styled() {
            let values = url_style::values(meta, operation, head, self.depth)?;
            let command = url_style::command(self.service, operation, &values)?;
            let sent = SentValues::Members(values.place, &values.members);
            return self.execute(command, sent, head, permissions).await;
        }
        let query = own_query(head.query, self.not_own);
        // The key, in operations that have one, is the last segment.
        let segment = head.path.rsplit('/').next().unwrap_or_default();
        let key = decode(segment)
            .ok_or_else(|| Error::Invalid(vec![not_unicode(&meta.object.fields[meta.key], segment)]))?;
        if let Some(format) = self.exported(operation, head) {
            return boxed(self.export(&query, format, permissions)).await;
        }
        if !operation.has_body() {
            let command = self.service.command(operation, &key, &query, Body::NONE, permissions);
            let command = self.service.of_permitted_row(operation, &key, command, permissions).await?;
            return match command {
                Command::List(list) => self.list(list, head, permissions).await,
                Command::Delete(_) => self.execute(command, SentValues::Path(&key), head, permissions).await,
                _ => self.execute(command, SentValues::Nothing, head, permissions).await,
            };
        }
        let mut sent = ReceivedBody::of(head.headers, body, self.api.limits.json).await?;
        let media_type = media_type(head.headers);
        let is_patch = || PATCHES.iter().any(|patch| media_type.eq_ignore_ascii_case(patch));
        if operation == Operation::Patch && !sent.bytes.is_empty() && !is_patch() {
            return Err(Error::UnsupportedMedia { accepted: ACCEPT_PATCH });
        }
        let json = is_json(media_type);
        let service = self.service;
        let command =
            sent.parse(|bytes| service.command(operation, &key, &query, Body { bytes, json }, permissions));
        let command = self.service.of_permitted_row(operation, &key, command, permissions).await?;
        self.execute(command, SentValues::Body(&sent.bytes), head, permissions).await
    }

    /// Whether the answer depends on the `Accept` of the request.
    pub(crate) fn varies(&self, operation: Operation) -> bool {
        operation == Operation::List && !self.service.meta().list.export.is_empty()
    }

    /// Whether the answer depends on who asks, so that nobody else may be given it.
    pub(crate) fn is_private(&self) -> bool {
        self.service.meta().access.is_some_and(AccessMeta::depends_on_caller)
    }

    /// Carries a command out, and turns its reply into a response.
    async fn execute(
        &self,
        command: Command,
        sent: SentValues<'_>,
        head: &RequestHead<'_>,
        permissions: Option<&Permissions>,
    ) -> Result<Response, Error> {
        let service = self.service;
        let rows = service.json_sink(&command, permissions);
        let connection = Connection::Store(service.store());
        let mut context = Context { service, connection, columns: Columns::Visible, permissions };
        let Reply { outcome, rows, .. } = execute(&mut context, Request { command, sent }, rows).await?;
        if let Some(body) = url_style::status(service.meta(), outcome) {
            return Ok(Response::new(200, JSON, ResponseBody::Static(body)));
        }
        if outcome == Outcome::Deleted {
            return Ok(Response::empty(204));
        }
        let mut rows: JsonRows = store::unboxed(rows).map_err(|error| Error::Internal(error.to_string()))?;
        let (key, is_seen) = (rows.take_key(), rows.row_is_seen());
        let json = rows.into_json("")?;
        Ok(match outcome {
            Outcome::Created => Response::new(201, JSON, ResponseBody::Bytes(json))
                .header("Location", self.location(&key, head)),
            // Who may not see what they have made of a row is told where it is.
            Outcome::Updated if !is_seen => Response::new(200, JSON, ResponseBody::Bytes(json))
                .header("Location", self.location(&key, head)),
            // A read is refused where too many bytes of answers wait for their clients. A write is always answered,
            // since it has been done.
            Outcome::Found => Response::new(200, JSON, ResponseBody::Unread(UnreadAnswer::new(json)?)),
            _ => Response::new(200, JSON, ResponseBody::Bytes(json)),
        })
    }

    /// Carries a list out. The answer says where its next page is, and how many rows there are if that was asked for.
    async fn list(
        &self,
        list: Box<List>,
        head: &RequestHead<'_>,
        permissions: Option<&Permissions>,
    ) -> Result<Response, Error> {
        let service = self.service;
        let fingerprint = list.fingerprint;
        let command = Command::List(list);
        let rows = service.json_sink(&command, permissions);
        let connection = Connection::Store(service.store());
        let mut context = Context { service, connection, columns: Columns::Visible, permissions };
        let request = Request { command, sent: SentValues::Nothing };
        let Reply { rows, total, .. } = execute(&mut context, request, rows).await?;
        let rows: JsonRows = store::unboxed(rows).map_err(|error| Error::Internal(error.to_string()))?;
        let link = Service::next_page(fingerprint, &rows)?.map(|cursor| link_to_next(head, &cursor));
        let end = match service.meta().list.envelope {
            true => page_end(link.as_deref().map(address), total).into(),
            false => Cow::Borrowed("]"),
        };
        let json = rows.into_json(&end)?;
        let mut response = Response::new(200, JSON, ResponseBody::Unread(UnreadAnswer::new(json)?));
        if let Some(link) = link {
            response = response.header("Link", link);
        }
        if let Some(total) = total {
            response = response.header(TOTAL, total.to_string());
        }
        if !service.meta().list.export.is_empty() {
            response = response.header("Vary", "Accept");
        }
        Ok(response)
    }

    /// The format in which the client asks for a list, if that is one of an export.
    fn exported(&self, operation: Operation, head: &RequestHead<'_>) -> Option<ExportFormat> {
        let declared = self.service.meta().list.export;
        if operation != Operation::List || declared.is_empty() {
            return None;
        }
        let mut offered = vec![JSON];
        offered.extend(declared.iter().map(|format| format.media_type()));
        let preferred = preferred(head.headers, &offered);
        declared.iter().copied().find(|format| format.media_type() == preferred)
    }

    /// Streams a list. An error midway can only end the answer early, so that the number of rows is told before.
    async fn export(
        &self,
        query: &str,
        format: ExportFormat,
        permissions: Option<&Permissions>,
    ) -> Result<Response, Error> {
        let list = self.service.list_to_export(query, permissions).map_err(Error::Invalid)?;
        let total = self.service.total(&list, permissions).await?;
        let name = self.service.meta().object.name;
        let pieces = self.service.export(list, format, permissions.cloned()).map_err(move |error| {
            let ends = format_args!("an export of `{name}` ends early");
            match &error {
                Error::Unavailable(cause) => outage::tell(&ends, cause),
                Error::Internal(cause) => log::error!("{ends}: {cause}"),
                _ => {}
            }
            io::Error::other("the export ends early")
        });
        let body = ResponseBody::Stream(BodyStream(Box::pin(pieces)));
        let response = Response::new(200, format.content_type(), body);
        Ok(response.header(TOTAL, total.to_string()).header("Vary", "Accept"))
    }

    /// The `Location` of a new row.
    fn location(&self, key: &str, head: &RequestHead<'_>) -> String {
        let meta = self.service.meta();
        let row = url_style::location(meta, key).unwrap_or_else(|| format!("/{}", encode(key)));
        let base: Cow<'_, str> = match self.base.contains('<') {
            true => {
                // A browser takes some characters, which a client may have sent as they are, for others.
                let encoded =
                    |segment| decode(segment).map_or(segment.into(), |plain| encode(&plain).into_owned());
                let segments: Vec<String> = head.path.split('/').take(self.depth + 1).map(encoded).collect();
                segments.join("/").into()
            }
            false => self.base.into(),
        };
        format!("{base}{}{row}", meta.path)
    }
}

/// The query without the pairs of these names.
fn own_query<'q>(query: &'q str, not_own: &[&str]) -> Cow<'q, str> {
    if not_own.is_empty() || query.is_empty() {
        return query.into();
    }
    let is_own = |pair: &&str| !pairs(pair).any(|(name, _)| not_own.contains(&&*name));
    query.split('&').filter(is_own).collect::<Vec<_>>().join("&").into()
}

/// What stands before and after the address in a link to the next page.
const LINK: [&str; 2] = ["<", ">; rel=\"next\""];

/// The address in a link.
fn address(link: &str) -> &str {
    &link[LINK[0].len()..link.len() - LINK[1].len()]
}

/// The link to the page after this one, which is the address of the request with another place to begin.
fn link_to_next(head: &RequestHead<'_>, cursor: &str) -> String {
    let begins = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        match name.contains(['%', '+']) {
            true => {
                let name = name.replace('+', " ");
                !matches!(decode(&name).as_deref(), Some("skip" | "cursor"))
            }
            false => !matches!(name, "skip" | "cursor"),
        }
    };
    let [before, after] = LINK;
    let length = head.path.len() + head.query.len() + cursor.len() + 9 + before.len() + after.len();
    let mut link = String::with_capacity(length);
    link.push_str(before);
    link.push_str(head.path);
    link.push('?');
    for pair in head.query.split('&').filter(|pair| !pair.is_empty()).filter(begins) {
        match pair.bytes().any(|byte| matches!(byte, b'<' | b'>')) {
            // It would end the address.
            true => link.push_str(&pair.replace('<', "%3C").replace('>', "%3E")),
            false => link.push_str(pair),
        }
        link.push('&');
    }
    link.push_str("cursor=");
    link.push_str(cursor);
    link.push_str(after);
    link
}

/// The end of a list whose rows are in an object.
fn page_end(next: Option<&str>, total: Option<u64>) -> String {
    let next = serde_json::Value::from(next);
    match total {
        Some(total) => format!("],\"next\":{next},\"total\":{total}}}"),
        None => format!("],\"next\":{next}}}"),
    }
}
