//! The builder of an API, its configuration, its assembly and the launch.

mod api;
mod assembly;
mod audit;
mod auth;
mod closed;
mod config;
mod dev;
#[cfg(feature = "docs")]
mod docs;
#[cfg(feature = "docs")]
mod document;
mod edge;
mod fairing;
mod features;

mod inspection;
mod keys;
mod launch;
mod liftoff;
mod misplaced;
mod operation_names;
mod own_paths;
mod plans;
mod rates;
mod router;
mod section;
mod served;
mod stores;
mod telling;
#[cfg(not(feature = "docs"))]
mod without_docs;

pub use api::Api;
pub(crate) use audit::{FINDINGS, Finding};
pub use auth::Auth;
pub(crate) use dev::UnderDev;
pub use inspection::Describing;
pub(crate) use inspection::{Found, Inspection};
pub use launch::{LaunchError, ignite};
pub(crate) use launch::{Launched, LiftoffFailure, report};
pub use router::Router;
pub(crate) use section::is_configured;
pub(crate) use section::nearest;
pub(crate) use served::ServedRoute;
pub(crate) use telling::early_log;
#[cfg(not(feature = "docs"))]
use without_docs::{docs, document};
