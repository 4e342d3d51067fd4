//! The edge: what holds of every request, whatever it is for.

mod browser;
mod cors;
mod foreign;
mod gate;
mod headers;
mod hosts;
mod http;
mod settings;
mod time;
mod unread;
