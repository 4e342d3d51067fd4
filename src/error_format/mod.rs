//! The formats of error responses: FastAPI's with the messages of Pydantic version 2 or 1, and RFC 9457.

mod http_error;
mod problem;
mod pydantic;
mod pydantic_v1;
mod table;

use serde_json::{Map, Value as Json, json};

pub use http_error::{ErrorList, ErrorMeta, FromHttpError, HttpError, HttpErrors};

use table::{Answer, Message};

use crate::error::Error;
use crate::http::{Response, ResponseBody};
use crate::issue::{Issue, Step};
use crate::resource::NotFoundReply;

/// The format of error responses, which `errors = ".."` in the configuration selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum ErrorFormat {
    /// `"fastapi"`: `{"detail": ..}`, in the words of Pydantic version 2.
    #[default]
    FastApi,
    /// `"pydantic-v1"`: `{"detail": ..}`, in the words of Pydantic version 1.
    PydanticV1,
    /// `"problem"`: RFC 9457, with the issues under `errors`.
    Problem,
}

impl ErrorFormat {
    /// The response to an error; `missing` is the resource's answer if there is no row.
    pub(crate) fn error(self, error: &Error, missing: NotFoundReply) -> Response {
        let Answer { status, message, header } = table::answer(error, missing);
        let mut response = match message {
            Message::Phrase => self.status(status, phrase(status)),
            Message::Text(text) => self.status(status, text),
            Message::Issues(issues) => self.issues(status, issues),
        };
        response.headers.extend(header.map(|(name, value)| (name.into(), value.into())));
        response
    }

    /// The response with a status and a sentence.
    pub(crate) fn status(self, status: u16, detail: &str) -> Response {
        match self {
            ErrorFormat::FastApi | ErrorFormat::PydanticV1 => {
                response(status, "application/json", &json!({ "detail": detail }))
            }
            ErrorFormat::Problem => {
                response(status, "application/problem+json", &problem::body(status, detail, None))
            }
        }
    }

    fn issues(self, status: u16, issues: &[Issue]) -> Response {
        let list = |item: fn(&Issue) -> Json| Json::Array(issues.iter().map(item).collect());
        match self {
            ErrorFormat::FastApi => {
                response(status, "application/json", &json!({ "detail": list(pydantic::item) }))
            }
            ErrorFormat::PydanticV1 => {
                response(status, "application/json", &json!({ "detail": list(pydantic_v1::item) }))
            }
            ErrorFormat::Problem => {
                let errors = list(pydantic::item);
                let body = problem::body(status, "The request has issues.", Some(errors));
                response(status, "application/problem+json", &body)
            }
        }
    }
}

/// The issues as FastAPI's `errors()`: a list of objects.
pub(crate) fn issues_as_json(issues: &[Issue]) -> Json {
    issues.iter().map(pydantic::item).collect()
}

/// The issues as text, a line for each, without the values.
pub(crate) fn described_issues(issues: &[Issue]) -> String {
    let lines: Vec<String> = issues.iter().map(pydantic::describe).collect();
    lines.join("\n")
}

/// The phrase of a status in Python's `http.HTTPStatus`, which FastAPI uses.
#[must_use]
pub(crate) fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        417 => "Expectation Failed",
        418 => "I'm a Teapot",
        421 => "Misdirected Request",
        422 => "Unprocessable Entity",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        510 => "Not Extended",
        511 => "Network Authentication Required",
        _ if status < 400 => "",
        _ if status < 500 => "Client Error",
        _ => "Server Error",
    }
}

fn response(status: u16, content_type: &'static str, body: &Json) -> Response {
    Response::new(status, content_type, ResponseBody::Bytes(body.to_string().into_bytes()))
}

/// `["body", "items", 0]`.
fn loc(steps: &[Step]) -> Json {
    let step = |step: &Step| match step {
        Step::Name(name) => Json::from(name.as_ref()),
        Step::Index(index) => Json::from(*index),
    };
    steps.iter().map(step).collect()
}

/// `a, b and c`.
pub(crate) fn all_of<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The same, each in backticks.
pub(crate) fn all_quoted(names: &[&str]) -> String {
    all_of(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

/// How the rows of a list are read that are behind more others than may be passed over.
const FARTHER: &str = "the `cursor` in the `Link` of a page goes on from its last row, however far that is";

/// The type and the message of an issue, and the values in the message, which are its `ctx`.
struct Words {
    kind: &'static str,
    msg: String,
    ctx: Map<String, Json>,
}

impl Words {
    fn new(kind: &'static str, msg: impl Into<String>) -> Self {
        Words { kind, msg: msg.into(), ctx: Map::new() }
    }

    fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.ctx.insert(name.to_owned(), value.into());
        self
    }
}
