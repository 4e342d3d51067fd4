//! One suite for every engine, and what is SQLite's own.

#[macro_use]
pub(crate) mod harness;
mod advice;
mod alike;
mod alter;
mod bytes;
mod cancelled;
mod casts;
mod changes;
mod concurrency;
mod conditions;
pub(crate) mod database;
mod files;
mod foreign;
mod indexes;
mod keys;
mod loose;
mod meanings;
mod meanwhile;
mod migrate;
mod others;
mod overtaken;
mod paste;
mod postgres;
mod printed;
mod replica;
mod rows;
mod schema;
mod spelled;
mod sqlite;
mod steps;
mod transactions;
mod types;
mod unique;
mod used;
mod writes;
