//! The edge: what holds of every request, whatever it is for.

mod audit;
mod browser;
mod cors;
mod files;
mod foreign;
mod gate;
mod headers;
mod health;
mod hosts;
mod http;
mod proxy;
mod read_only;
mod settings;
mod shutdown;
mod silent;
mod time;
mod unread;
