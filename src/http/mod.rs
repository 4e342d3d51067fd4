//! Requests and responses, independent of the HTTP server.
//!
//! `route` translates between these and Rocket's types, which no module below it names. So a new release of Rocket, or
//! another server, changes that folder alone. This module also reads bodies and forms, and bounds the memory of these
//! and of long answers.

mod body;
mod form;
mod method;
mod parameters;
mod parse_permit;
mod path;
mod request;
mod response;
mod unread;

pub(crate) use body::{ReceivedBody, is_json, media_type};
pub(crate) use form::FormPart;
pub(crate) use form::read_form;
pub use method::Method;
pub(crate) use path::{decode, encode};
pub(crate) use request::{BodyReader, Bytes, Headers, Limits, NoBody, RequestHead};
pub(crate) use response::{Response, ResponseBody};
pub(crate) use unread::UnreadAnswer;
