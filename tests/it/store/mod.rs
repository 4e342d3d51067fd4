//! One suite for every engine, and what is SQLite's own.

#[macro_use]
pub(crate) mod harness;
mod database;

mod alter;
mod cancelled;
mod changes;
mod concurrency;
mod foreign;
mod meanings;
mod migrate;
mod overtaken;
mod paste;
mod rows;
mod transactions;
mod types;
mod writes;

mod postgres;
mod replica;
mod schema;
mod sqlite;
mod steps;
