//! The edge: what holds of every request, whatever it is for.

mod http;
mod ids;
mod log;
mod metrics;
mod program;
mod time;
mod trace;
mod unread;
