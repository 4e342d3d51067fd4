//! The edge: what holds of every request, whatever it is for.

mod blocking;
mod browser;
mod compress;
mod cors;
mod foreign;
mod gate;
mod headers;
mod hosts;
mod http;
mod lanes;
mod rates;
mod settings;
mod time;
mod unread;
