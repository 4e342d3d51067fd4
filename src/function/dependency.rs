//! The description of a dependency: a function that an operation asks for a value before it is called.

use std::any::TypeId;

use super::answer::{Answer, Guard};
use crate::input::{Described, InputMeta};

/// The declaration of a dependency.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DependencyMeta {
    /// Its Rust name.
    pub name: &'static str,
    /// The type that stands for it, which tells it from all others.
    pub identity: fn() -> TypeId,
    /// The name of the type of its value.
    pub value: fn() -> &'static str,
    /// Its inputs.
    pub inputs: &'static [InputMeta],
    /// Its request guards.
    pub guards: &'static [Guard],
    /// The dependencies of its own, by the positions of its arguments.
    pub dependencies: &'static [Option<DependencyUse>],
    /// The answers of its error.
    pub answers: &'static [Answer],
    /// Whether it is given the scopes that the operation requires.
    pub takes_scopes: bool,
    /// The security scheme that it documents.
    pub scheme: Option<SecurityScheme>,
    /// How it is asked, which the routes know.
    pub asked: Described,
    /// How its value is cloned for a second receiver, which the routes know; `NOTHING` if it cannot be.
    pub cloned: Described,
    /// What is done with its value when the answer was sent, which the routes know.
    pub after: Described,
    /// The resource whose repository it gives, which the routes know; `NOTHING` if it gives none.
    pub lends: Described,
}

impl DependencyMeta {
    /// Declares a dependency that is described by the type `D` and has values of the type `V`.
    #[must_use]
    pub const fn new<D: 'static, V: 'static>(name: &'static str, asked: Described) -> Self {
        DependencyMeta {
            name,
            identity: TypeId::of::<D>,
            value: std::any::type_name::<V>,
            inputs: &[],
            guards: &[],
            dependencies: &[],
            answers: &[],
            takes_scopes: false,
            scheme: None,
            asked,
            cloned: Described::NOTHING,
            after: Described::NOTHING,
            lends: Described::NOTHING,
        }
    }

    /// Sets the inputs.
    #[must_use]
    pub const fn inputs(self, inputs: &'static [InputMeta]) -> Self {
        DependencyMeta { inputs, ..self }
    }

    /// Sets the request guards.
    #[must_use]
    pub const fn guards(self, guards: &'static [Guard]) -> Self {
        DependencyMeta { guards, ..self }
    }

    /// Sets the dependencies.
    #[must_use]
    pub const fn dependencies(self, dependencies: &'static [Option<DependencyUse>]) -> Self {
        DependencyMeta { dependencies, ..self }
    }

    /// Sets the answers.
    #[must_use]
    pub const fn answers(self, answers: &'static [Answer]) -> Self {
        DependencyMeta { answers, ..self }
    }

    /// Gives it the scopes that the operation requires.
    #[must_use]
    pub const fn takes_scopes(self) -> Self {
        DependencyMeta { takes_scopes: true, ..self }
    }

    /// Sets the security scheme.
    #[must_use]
    pub const fn scheme(self, scheme: SecurityScheme) -> Self {
        DependencyMeta { scheme: Some(scheme), ..self }
    }

    /// Sets how its value is cloned.
    #[must_use]
    pub const fn cloned(self, cloned: Described) -> Self {
        DependencyMeta { cloned, ..self }
    }

    /// Sets the resource whose repository it gives.
    #[must_use]
    pub const fn lends(self, lends: Described) -> Self {
        DependencyMeta { lends, ..self }
    }

    /// Sets what is done with its value when the answer was sent.
    #[must_use]
    pub const fn after(self, after: Described) -> Self {
        DependencyMeta { after, ..self }
    }
}

/// The use of a dependency by an operation or another dependency.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DependencyUse {
    /// The dependency. It is behind a function, since dependencies may be declared in a circle, which is refused at
    /// launch and not by the compiler.
    pub of: fn() -> &'static DependencyMeta,
    /// The scopes that are required of the caller.
    pub scopes: &'static [&'static str],
    /// Whether it is asked again although its value is known.
    pub is_fresh: bool,
    /// Whether an argument takes the value, which else is dropped.
    pub is_taken: bool,
}

impl DependencyUse {
    /// An argument takes the value of this dependency.
    #[must_use]
    pub const fn new(of: fn() -> &'static DependencyMeta) -> Self {
        DependencyUse { of, scopes: &[], is_fresh: false, is_taken: true }
    }

    /// Requires scopes.
    #[must_use]
    pub const fn scopes(self, scopes: &'static [&'static str]) -> Self {
        DependencyUse { scopes, ..self }
    }

    /// Asks again although the value is known.
    #[must_use]
    pub const fn fresh(self) -> Self {
        DependencyUse { is_fresh: true, ..self }
    }

    /// Nothing takes the value.
    #[must_use]
    pub const fn dropped(self) -> Self {
        DependencyUse { is_taken: false, ..self }
    }
}

/// A security scheme of OpenAPI, for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityScheme {
    /// Its name among the components of the document.
    pub name: &'static str,
    /// Its description.
    pub doc: &'static str,
    /// What it is.
    pub kind: SchemeKind,
}

impl SecurityScheme {
    /// A scheme with a name.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, kind: SchemeKind) -> Self {
        SecurityScheme { name, doc, kind }
    }
}

/// The kinds of security schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemeKind {
    /// `Authorization` with a scheme of HTTP's: `bearer` or `basic`.
    Http(&'static str),
    /// A key in a header, the query or a cookie: the place as OpenAPI names it, and the name.
    ApiKey(&'static str, &'static str),
    /// OAuth 2.0 with the password of a user.
    Password {
        /// Where a token is got.
        token_url: &'static str,
        /// The scopes that there are, with their descriptions.
        scopes: &'static [(&'static str, &'static str)],
    },
}
