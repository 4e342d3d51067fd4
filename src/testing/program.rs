//! A program under test: it is launched on a store of its own, and asked by its callers.

use std::future::Future;
use std::pin::Pin;

use rocket::figment::Figment;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::{Client, LocalRequest};
use rocket::{Build, Config, Orbit, Rocket};

use super::failure::Failure;
use super::{rows, store_failed};
use crate::app::ignite;
use crate::operation::Service;
use crate::resource::{AccessMeta, AnyCaller};
use crate::route::RouteTables;

/// Builds a program upon a configuration.
pub(super) type Program = Box<dyn Fn(Figment) -> Rocket<Build>>;

/// Adds rows to a store before it is looked at.
pub(super) type Prepare = Box<dyn for<'r> Fn(&'r Rocket<Orbit>) -> Pin<Box<dyn Future<Output = ()> + 'r>>>;

/// Gives a request the credentials of a caller.
type Authorize = Box<dyn for<'c> Fn(LocalRequest<'c>) -> LocalRequest<'c>>;

/// Somebody who asks.
pub(super) struct Caller {
    pub(super) name: String,
    /// What the program makes of the credentials, if there are some.
    pub(super) value: Option<Box<AnyCaller>>,
    pub(super) authorize: Authorize,
}

impl Caller {
    /// Somebody without credentials.
    pub(super) fn nobody() -> Self {
        Caller { name: "nobody".to_owned(), value: None, authorize: Box::new(|request| request) }
    }

    pub(super) fn value(&self) -> Option<&AnyCaller> {
        self.value.as_deref()
    }
}

/// A request, without who sends it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    /// The path and the query.
    pub(super) address: String,
    pub(super) accept: Option<&'static str>,
    /// The body, with its media type.
    pub(super) body: Option<(&'static str, String)>,
    /// Whether code does what the request would.
    pub(super) in_code: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// By their names.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// A program that was launched.
pub(super) struct Running {
    client: Client,
}

/// A resource with rules, as a program serves it.
#[derive(Clone, Copy)]
pub(super) struct Served<'a> {
    pub(super) service: &'a Service,
    pub(super) access: &'static AccessMeta,
    prefix: &'a str,
}

impl Sent {
    pub(super) fn get(address: impl Into<String>) -> Self {
        Sent { method: Method::Get, address: address.into(), accept: None, body: None, in_code: false }
    }

    /// The same as a command line of curl's.
    pub(super) fn curl(&self, caller: &str) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let mut line = match self.method {
            Method::Head => "curl -I".to_owned(),
            method => format!("curl -X {method}"),
        };
        line.push_str(&format!(" {}", quoted(&self.address)));
        if let Some(accept) = self.accept {
            line.push_str(&format!(" -H 'Accept: {accept}'"));
        }
        if let Some((media_type, body)) = &self.body {
            line.push_str(&format!(" -H 'Content-Type: {media_type}' -d {}", quoted(body)));
        }
        match self.in_code {
            true => format!("what this asks for, by a `Repository` of {caller}'s: {line}"),
            false => format!("{line}   # as {caller}"),
        }
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Where the cause of a failure is found, for messages.
    pub(super) fn why_failed(&self) -> &'static str {
        match self.status {
            500.. => {
                "\n(the cause stands in the log: merge `(\"log_level\", \"normal\")` into the configuration)"
            }
            _ => "",
        }
    }

    /// The address of the next page of a list, if there is one.
    pub(super) fn next(&self) -> Option<&str> {
        self.header("Link")?.strip_prefix('<')?.split_once('>').map(|(address, _)| address)
    }
}

impl Running {
    /// Launches a program on a store. It must use that store and no other.
    pub(super) async fn launch(program: &Program, store: &str) -> Result<Self, Failure> {
        // Nothing of the machine's, so that a run depends on the program alone.
        let config =
            Figment::from(Config::debug_default()).merge(("log_level", "off")).merge(("crewed.store", store));
        let rocket = ignite(program(config)).await.map_err(|error| Failure::Launch(error.to_string()))?;
        // Before anything is written.
        let used: Option<String> = rocket.figment().extract_inner("crewed.store").ok();
        if used.as_deref() != Some(store) {
            return Err(Failure::Unfit(format!(
                "the program uses the store {}, and was given `{store}`: build it upon the configuration that the closure \
                 is given, as in `|config| rocket::custom(config).attach(..)`",
                used.map_or("of its own".to_owned(), |used| format!("`{used}`"))
            )));
        }
        let client = Client::untracked(rocket).await;
        let client = client.map_err(|error| Failure::Launch(error.to_string()))?;
        Ok(Running { client })
    }

    pub(super) fn rocket(&self) -> &Rocket<Orbit> {
        self.client.rocket()
    }

    /// The resources that have rules.
    pub(super) fn resources(&self) -> Vec<Served<'_>> {
        let tables = self.rocket().state::<RouteTables>();
        let all = tables.map(RouteTables::resources).unwrap_or_default().into_iter();
        let ruled =
            all.filter_map(|(service, prefix)| Some(Served { service, access: service.rules()?, prefix }));
        ruled.collect()
    }

    /// The name of a resource that the store has rows of, if there is one.
    pub(super) async fn has_rows_of(&self) -> Result<Option<&'static str>, Failure> {
        for service in self.services() {
            if !rows::all(service).await.map_err(store_failed)?.is_empty() {
                return Ok(Some(service.meta().object.name));
            }
        }
        Ok(None)
    }

    /// Removes all rows.
    pub(super) async fn empty(&self) -> Result<(), Failure> {
        for service in self.services() {
            for row in rows::all(service).await.map_err(store_failed)? {
                rows::remove(service, &row[service.meta().key]).await.map_err(store_failed)?;
            }
        }
        Ok(())
    }

    fn services(&self) -> impl Iterator<Item = &Service> {
        let tables = self.rocket().state::<RouteTables>();
        tables.into_iter().flat_map(|tables| tables.resources()).map(|(service, _)| service)
    }

    /// Sends a request of a caller.
    pub(super) async fn ask(&self, caller: &Caller, sent: &Sent) -> Answer {
        let mut request = (caller.authorize)(self.client.req(sent.method, sent.address.clone()));
        if let Some(accept) = sent.accept {
            request.add_header(Header::new("Accept", accept));
        }
        if let Some((media_type, body)) = &sent.body {
            request.add_header(Header::new("Content-Type", *media_type));
            request.set_body(body);
        }
        let answer = request.dispatch().await;
        let status = answer.status().code;
        let headers = answer.headers().iter();
        let mut headers: Vec<(String, String)> =
            headers.map(|header| (header.name().to_string(), header.value().to_owned())).collect();
        headers.sort();
        let body = answer.into_bytes().await.unwrap_or_default();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl Served<'_> {
    pub(super) fn name(&self) -> &'static str {
        self.service.meta().object.name
    }

    /// The path of the collection. A parameter in the path of a router is given some value.
    pub(super) fn path(&self) -> String {
        let filled = |segment| match segment {
            segment if str::starts_with(segment, '<') => "1",
            segment => segment,
        };
        let prefix: Vec<&str> = self.prefix.split('/').map(filled).collect();
        format!("{}{}", prefix.join("/"), self.service.meta().path)
    }
}
