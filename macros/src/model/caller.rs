//! Structs under `#[caller]`.

use syn::{Expr, Ident, Member, Path, Type};

use super::Depends;

/// A struct under `#[caller]`.
pub(crate) struct Caller {
    pub(crate) krate: Path,
    pub(crate) ident: Ident,
    /// The dependency that gives it. Without one it is a request guard.
    pub(crate) depends: Option<Depends>,
    pub(crate) id: Option<CallerField>,
    pub(crate) tenant: Option<CallerField>,
    /// Whether the rows of all tenants are the caller's, as an expression over `self`.
    pub(crate) all_tenants: Option<Expr>,
    /// Whether it has parameters, which is reported separately.
    pub(crate) is_generic: bool,
}

/// A field of the caller with a role.
pub(crate) struct CallerField {
    pub(crate) member: Member,
    pub(crate) ty: Type,
}
