//! The inputs of functions: values that are taken from the path, query, headers, cookies, form or body of a request.
//!
//! [`RequestInputs`] parses them one by one. It does not stop at one that is invalid but collects the issues of all of
//! them, which make one 422.

mod body;
mod check;
mod described;
mod extractor;
mod form;
mod meta;
mod patterns;
mod query;
mod request_inputs;

pub(crate) use body::secrets;
pub(crate) use check::problems;
pub use described::Described;
pub use extractor::{Extractor, FormExtractor, extractor, form_extractor};
pub use form::{FormValue, Upload};
pub use meta::{InputMeta, Place};
pub(crate) use meta::{parameters, place_rank};
pub(crate) use patterns::uncompiled;
pub(crate) use query::{Pair, unknown_key};
pub use query::{pairs, parameter, unicode_pairs, unknown_keys};
pub(crate) use request_inputs::{RequestInputs, object_of};
