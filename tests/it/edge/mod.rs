//! The edge: what holds of every request, whatever it is for.

mod audit;
mod blocking;
mod browser;
mod compress;
mod cors;
mod files;
mod foreign;
mod gate;
mod headers;
mod health;
mod hosts;
mod http;
mod ids;
mod lanes;
mod log;
mod metrics;
mod program;
mod proxy;
mod rates;
mod read_only;
mod settings;
mod shutdown;
mod silent;
mod time;
mod trace;
mod unread;
