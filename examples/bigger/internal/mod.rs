//! What is for the people who run the application.

pub(crate) mod admin;
