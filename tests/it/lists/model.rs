//! Random queries, whose answers are compared with those of a plain model in memory.
