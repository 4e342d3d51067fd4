//! Numbers as attributes give them.

use syn::{Expr, Ident};

/// A count in an attribute, and where it stands.
#[derive(Clone)]
pub(crate) struct Count {
    pub(crate) count: usize,
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// A number in an attribute, and where it stands.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) number: Number,
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// A number as it was written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Number::Int(i) => i as f64,
            Number::Float(f) => f,
        }
    }
}
