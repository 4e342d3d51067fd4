//! What the code of a declaration does with the type of a field, where that type can do it.
//!
//! A macro sees no types. Were each of its lines to ask for the type's traits, the compiler would tell of a type
//! that lacks them once for each line. So every line goes through [`Known`], which does nothing where a trait is
//! missing, and one line alone asks for it: [`Known::open`] in a model, [`codec`](super::codec) in a resource.

#![allow(missing_docs, reason = "only the code that macros write names these")]

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::column::{ColumnCodec, codec};
use super::json::json_codec;
use super::{Changes, Column, GeneratedKey, Key, Role};
use crate::wire::{FieldVisitor, Merge, Out, Patched, Shape, SlotVisitor, Wire};

/// A type of a field.
///
/// Of two functions of one name, the type's own goes before that of a trait, and stands only where its bounds
/// hold; and a method that takes the value goes before one that takes a reference.
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

    /// A slot that is open.
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

    /// Shows a value.
    ///
    /// # Errors
    /// The visitor's.
    #[inline]
    pub fn show<V: FieldVisitor>(value: &T, index: usize, visitor: &mut V) -> Result<(), V::Error> {
        visitor.field(index, &Out(value))
    }

    /// Shows a value that may be absent.
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
    /// Shows a value as its own serde implementation writes it.
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

/// What no type implements: the message where a foreign type is none of serde's.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is marked `opaque`, but serde cannot read and write it",
    label = "this lacks serde's `Serialize` or `Deserialize`, or cannot be sent between threads",
    note = "a type of another crate may have them behind a feature, such as `serde`",
    note = "a struct of your own is declared with `#[model]`, and needs no `opaque`"
)]
pub trait OpaqueType {}

/// What no type implements: the message where the default of a type is asked for that has none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default for this field",
    label = "give the field one, as in `#[field(default = ..)]`, or derive `Default` for `{Self}`"
)]
pub trait WithDefault {}

/// The same of a type that lacks a trait. Where the macro asks for one, the message is that trait's.
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

/// A key that cannot be generated.
pub trait UnknownKey<T>: Sized {
    fn generated(self)
    where
        T: GeneratedKey,
    {
    }
}

impl<T: Key> UnknownKey<T> for Known<T> {}

/// What is no key, which is told where the key is named.
pub trait NoKey: Sized {
    fn generated(self) {}
}

impl<T> NoKey for &Known<T> {}
