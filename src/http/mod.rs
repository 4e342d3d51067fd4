//! Requests and responses, independent of the HTTP server.
//!
//! `route` translates between these and Rocket's types. Beside it only `app`, which makes the fairings, and the pages of
//! the documentation name any, so that another server changes these alone. This module also reads bodies and forms, and
//! bounds the memory of these and of long answers.

mod accept;
mod body;
mod coding;
mod form;
mod method;
mod parameters;
mod parse_permit;
mod path;
mod request;
mod response;
mod timeouts;
mod unread;

pub(crate) use accept::preferred;
pub(crate) use body::{ReceivedBody, is_json, media_type};
pub(crate) use coding::Coding;
pub(crate) use form::{FormPart, read_form};
pub use method::Method;
pub(crate) use parse_permit::ParsePermit;
pub(crate) use path::{decode, encode};
pub(crate) use request::{BodyReader, Bytes, Headers, Limits, NoBody, RequestHead};
pub(crate) use response::{BodyStream, Response, ResponseBody};
pub(crate) use timeouts::Timeouts;
pub(crate) use unread::UnreadAnswer;
