//! Inputs of operations: values taken from the places of a request.
//!
//! Every input is looked at before anything is answered. An [`RequestInputs`] request gives each as a value
//! or notes what is wrong with it; what is wrong with all of them is one answer.

mod body;
mod check;
mod extractor;
mod form;
mod meta;
mod patterns;
mod query;
mod request_inputs;

pub use crate::http::FormPart;
pub use check::problems;
pub use extractor::{Extractor, FormExtractor, extractor, form_extractor};
pub use form::{FormValue, Upload};
pub use meta::{InputMeta, Place};
pub use patterns::uncompiled;
pub use query::{Pair, pairs, parameter, unicode_pairs, unknown_keys};
pub use request_inputs::{RequestInputs, object_of};
