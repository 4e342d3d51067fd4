//! The text of statements, for engines that speak SQL.
