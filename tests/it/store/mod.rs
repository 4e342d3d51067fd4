//! One suite for every engine, and what is SQLite's own.

#[macro_use]
pub(crate) mod harness;
mod database;

mod advice;
mod alike;
mod alter;
mod cancelled;
mod casts;
mod changes;
mod concurrency;
mod foreign;
mod loose;
mod meanings;
mod migrate;
mod overtaken;
mod paste;
mod printed;
mod rows;
mod transactions;
mod types;
mod writes;

mod postgres;
mod replica;
mod schema;
mod spelled;
mod sqlite;
mod steps;
