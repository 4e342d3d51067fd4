//! The builder of an API, its configuration, its assembly and the launch.

mod api;
mod assembly;
mod config;
#[cfg(feature = "docs")]
mod docs;
#[cfg(feature = "docs")]
mod document;
mod fairing;
mod features;
mod keys;
mod launch;
mod liftoff;
mod misplaced;
mod section;
mod stores;
#[cfg(not(feature = "docs"))]
mod without_docs;

pub use api::Api;
pub use launch::{LaunchError, ignite, launch};
#[cfg(not(feature = "docs"))]
use without_docs::{docs, document};
