//! Putting an API together: the builder, its configuration, and the launch.

mod api;
mod assembly;
mod config;
mod docs;
mod fairing;
mod keys;
mod launch;
mod liftoff;
mod misplaced;
mod section;

pub use api::Api;
pub use launch::{LaunchError, ignite, launch};
