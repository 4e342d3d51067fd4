//! Keeps the errors of the compiler short if the type of a field lacks a trait.
//!
//! A macro does not know types. If each line of its code required the traits of a field's type, the compiler would
//! report a type that lacks one once for each line. So every line goes through [`Known`], which does nothing if a trait
//! is missing, and only one line requires the trait: [`Known::open`] in a model, [`codec`](super::codec) in a resource.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::column::{ColumnCodec, codec};
use super::json::json_codec;
use super::{Changes, Column, GeneratedKey, Key, Role};
use crate::wire::{FieldVisitor, Merge, Out, Patched, Shape, SlotVisitor, Wire};

/// The type of a field.
///
/// An inherent function takes precedence over one of a trait with the same name, and exists only if its bounds hold.
/// And a method that takes `self` by value takes precedence over one that takes a reference.
pub struct Known<T>(PhantomData<fn() -> T>);

impl<T> Known<T> {
    #[allow(clippy::new_without_default, reason = "only macros ask")]
    #[must_use]
    pub const fn new() -> Self {
        Known(PhantomData)
    }
}

impl<T: Wire> Known<T> {
    pub const SHAPE: fn() -> Shape = T::shape;
    pub const JSON_CODEC: ColumnCodec<T> = json_codec();

    /// An empty slot of a draft. This is the line that requires the trait.
    #[must_use]
    pub fn open() -> Option<T> {
        None
    }

    /// A default or an example as JSON.
    pub fn json(value: T) -> Json {
        serde_json::to_value(Out(&value)).unwrap_or_default()
    }

    #[inline]
    pub fn visit<V: SlotVisitor>(slot: &mut Option<T>, visitor: V) -> V::Out {
        visitor.visit(slot)
    }

    #[inline]
    pub fn visit_patched<V: SlotVisitor>(slot: &mut Patched<T>, visitor: V) -> V::Out {
        visitor.patched(slot)
    }

    /// Visits a field.
    ///
    /// # Errors
    /// The visitor's.
    #[inline]
    pub fn show<V: FieldVisitor>(value: &T, index: usize, visitor: &mut V) -> Result<(), V::Error> {
        visitor.field(index, &Out(value))
    }

    /// Visits a field of a patch.
    ///
    /// # Errors
    /// The visitor's.
    #[inline]
    pub fn patched<V: FieldVisitor>(
        value: &Patched<T>,
        index: usize,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        visitor.patched(index, value)
    }

    pub fn merge(changes: &mut Changes, index: usize, patched: Patched<Merge<T>>) {
        changes.merge(index, patched);
    }
}

impl<T: Default> Known<T> {
    /// The default of the type.
    #[must_use]
    pub fn default_of() -> T {
        T::default()
    }

    pub fn has_default() {}
}

impl<T: Column> Known<T> {
    pub const CODEC: ColumnCodec<T> = codec();
}

impl<T: Serialize> Known<T> {
    /// Visits a field that its own serde implementation serializes.
    ///
    /// # Errors
    /// The visitor's.
    #[inline]
    pub fn opaque<V: FieldVisitor>(value: &T, index: usize, visitor: &mut V) -> Result<(), V::Error> {
        visitor.field(index, value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Known<T> {
    pub fn is_opaque() {}
}

impl<T: GeneratedKey> Known<T> {
    pub const ROLE: Role = T::ROLE;

    pub fn generated(self) {}
}

/// A trait that no type implements. It carries the message for a foreign type without serde's traits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is marked `opaque`, but serde cannot read and write it",
    label = "this lacks serde's `Serialize` or `Deserialize`, or cannot be sent between threads",
    note = "a type of another crate may have them behind a feature, such as `serde`",
    note = "a struct of your own is declared with `#[model]`, and needs no `opaque`"
)]
pub trait OpaqueType {}

/// A trait that no type implements. It carries the message for a type without `Default` whose default is needed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default for this field",
    label = "give the field one, as in `#[field(default = ..)]`, or derive `Default` for `{Self}`"
)]
pub trait WithDefault {}

/// The same functions for a type that lacks a trait. Those that require the trait yield its message.
pub trait Unknown<T>: Sized {
    const SHAPE: fn() -> Shape = || Shape::Any;
    const CODEC: ColumnCodec<T> = ColumnCodec::NOTHING;
    const JSON_CODEC: ColumnCodec<T> = ColumnCodec::NOTHING;
    const ROLE: Role = Role::Key;

    #[must_use]
    fn open() -> Option<T>
    where
        T: Wire,
    {
        None
    }

    fn is_opaque()
    where
        T: OpaqueType,
    {
    }

    fn has_default()
    where
        T: WithDefault,
    {
    }

    #[must_use]
    fn default_of() -> T {
        unreachable!("where `has_default` compiles, the type has a default")
    }

    fn json(_: T) -> Json {
        Json::Null
    }

    fn visit<V: SlotVisitor>(_: &mut Option<T>, visitor: V) -> V::Out {
        visitor.none()
    }

    fn visit_patched<V: SlotVisitor>(_: &mut Patched<T>, visitor: V) -> V::Out {
        visitor.none()
    }

    fn show<V: FieldVisitor>(_: &T, _: usize, _: &mut V) -> Result<(), V::Error> {
        Ok(())
    }

    fn patched<V: FieldVisitor>(_: &Patched<T>, _: usize, _: &mut V) -> Result<(), V::Error> {
        Ok(())
    }

    fn opaque<V: FieldVisitor>(_: &T, _: usize, _: &mut V) -> Result<(), V::Error> {
        Ok(())
    }

    fn merge(_: &mut Changes, _: usize, _: Patched<Merge<T>>) {}
}

impl<T> Unknown<T> for Known<T> {}

/// The functions for a type of keys that cannot be generated, which yield the message of [`GeneratedKey`].
pub trait UnknownKey<T>: Sized {
    fn generated(self)
    where
        T: GeneratedKey,
    {
    }
}

impl<T: Key> UnknownKey<T> for Known<T> {}

/// The functions for a type that is no key. That is reported elsewhere, at the type of the key.
pub trait NoKey: Sized {
    fn generated(self) {}
}

impl<T> NoKey for &Known<T> {}
