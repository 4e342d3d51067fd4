//! [`Described`], a description whose type a lower module does not know.

use std::any::Any;

/// The description that a guard or a responder gives of itself, if it does, by a trait of another module (such as
/// `openapi`). It is type-erased, since this module must not know the types of modules above it; the module that
/// implements the trait downcasts it.
#[derive(Clone, Copy)]
pub struct Described(Option<&'static (dyn Any + Send + Sync)>);

impl Described {
    /// There is no description.
    pub const NOTHING: Described = Described(None);

    /// Erases the type of a description.
    #[must_use]
    pub const fn new(description: &'static (dyn Any + Send + Sync)) -> Self {
        Described(Some(description))
    }

    /// Whether there is none.
    pub(crate) fn is_nothing(self) -> bool {
        self.0.is_none()
    }

    /// The description as a `T`, if it is one.
    pub(crate) fn to<T: Any>(self) -> Option<&'static T> {
        self.0?.downcast_ref()
    }
}

impl std::fmt::Debug for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Described(..)" } else { "Described::NOTHING" })
    }
}
