//! Requests and responses of HTTP, as crewed's own code knows them, whichever server they come from and go to.
//!
//! `route` translates Rocket's, and nothing below it names them: another server, or another release of Rocket, is a
//! change of that folder alone. What is here reads a body or a form, and keeps the memory of both, and of long
//! answers, within bounds.

mod body;
mod form;
mod method;
mod parameters;
mod path;
mod request;
mod response;
mod turn;
mod unread;

pub(crate) use body::{ReceivedBody, is_json, media_type};
pub(crate) use form::FormPart;
pub(crate) use form::read_form;
pub use method::Method;
pub(crate) use path::{decode, encode};
pub(crate) use request::{BodyReader, Bytes, Headers, Limits, RequestHead};
pub(crate) use response::{Response, ResponseBody};
pub(crate) use unread::UnreadAnswer;
