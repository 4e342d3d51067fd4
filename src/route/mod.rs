//! The routes of an API, and the only module that translates Rocket's requests and responses.
//!
//! Each API mounts one handler for each method on its base, the *catch-all route*, which Rocket tries before every
//! other route. It looks the path up in a trie and calls the operation that it finds, or gives an answer that no single
//! route could: 307 for a slash too many or too few at the end, 405 with `Allow`. Any other request is forwarded to the
//! user's own routes, and at last to the catcher. Where routes of the user's overlap with operations of the API, a
//! second handler, the *fallback route*, is tried after every other route, for requests that the user's routes forward.
//! OPTIONS has a catch-all route only where it is an operation: a preflight belongs to the edge, or to the user's own
//! route or fairing, and where there is none, the catcher answers 405. A *gate* stands before all of these where the edge
//! may refuse what no API sees first.
//!
//! The handlers that Rocket's own attributes generate are not used, because they stop at the first guard that fails
//! and their errors are HTML.

mod answer;
mod answering;
mod background;
mod body;
mod caller;
mod catcher;
mod colors;
mod dependency;
mod dependency_type;
mod described;
mod error_handlers;
mod error_response;
mod exchange;
mod failures;
mod function;
mod gate;
mod handler;
mod headers;
mod load;
mod mount;
mod notes;
mod operations;
mod overlap;
mod page;
mod password_form;
mod path;
mod probe;
mod rank;
mod rates;
mod reach;
mod reply;
mod repository;
mod request_id;
mod response_parts;
mod returned;
mod returned_error;
mod route_table;
mod route_tables;
mod security;
mod solving;
mod tasks;
mod trace;
mod trie;
mod unread_body;

pub use answer::{JsonLines, Reply, ServerSentEvent, ServerSentEvents};
pub(crate) use background::{Finishing, Running};
pub(crate) use body::KeepsBodies;
pub(crate) use caller::{CallerUse, caller_of};
pub use caller::{giving, guarding};
pub(crate) use catcher::catcher;
pub(crate) use colors::remember as remember_colors;
pub(crate) use dependency::dependencies_of;
pub use dependency::{
    After, AfterFunction, Dependencies, Dependency, Refused, described, finish, given, used,
};
pub use dependency_type::{NotDepended, ProbeDependency};
pub(crate) use error_handlers::{AllHandlers, ErrorHandlers};
pub use error_handlers::{ErrorHandler, RequestValidationError};
pub(crate) use exchange::{Exchange, Sharing, begin, exchange};
pub use function::{Answering, AnyFunction, Call, Function, answered};
pub(crate) use gate::{before_gates, gated, gates, refusal};
pub(crate) use headers::{all, first, has};
pub(crate) use load::Load;
pub(crate) use mount::{outermost_routes, routes};
pub(crate) use notes::{Notes, OwnRoute};
pub(crate) use operations::{OperationName, Operations};
pub(crate) use overlap::{is_at_or_below, may_be_at_or_below};
pub(crate) use page::CSP;
pub(crate) use page::Page;
pub use password_form::OAuth2PasswordForm;
pub use probe::{
    Argument, ArgumentProbe, Failure, GuardError, GuardErrorFallback, Guarded, NoGuard, NoModel,
    OfDependency, OfFunction, OneMeaning, ProbeBefore, ProbeCaller, ProbeData, ProbeGuard, ProbeNothing,
    RocketRoute,
};
pub(crate) use rank::{DOCS, is_crewed, is_own};
pub(crate) use rates::{CallerNode, Limit, Rates};
pub(crate) use reach::Reach;
pub(crate) use reply::{count_stream, hide_length, rocket_response};
pub(crate) use repository::Lent;
pub(crate) use request_id::REQUEST_ID;
pub use request_id::RequestId;
pub use response_parts::ResponseParts;
pub use returned::{
    AroundPart, JsonPart, ModelPart, ModelValue, NoPart, NoValue, Part, PlainPart, ReturnedFallback, Value,
};
pub use returned_error::{Failed, FailedFallback, FailedNothing, FailedResponse, PLAIN};
pub(crate) use route_table::{
    ResourcePlan, RouteTable, RouteTableBuilder, ServedFunction, ServedResource, Targets, rocket_method,
};
pub(crate) use route_tables::RouteTables;
pub use security::{
    Basic, Bearer, Credentials, NoRealm, OAuth2Token, Realm, SecurityScopes, api_key, ask_credentials,
    credentials, oauth2_token,
};
pub use tasks::Tasks;
pub(crate) use trace::TraceParent;
