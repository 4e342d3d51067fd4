//! Conditions in Rust: the typed fields of a resource, and predicates that are made of them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::{Column, Comparand, Comparison, Condition, Resource};
use crate::wire::{Out, Wire};

/// A condition on the rows of a resource: what [`Repository::find`](crate::Repository::find) looks for.
///
/// It is made of the fields of the resource, and joined by `&`, `|` and `!`. It is either true or false for a row: a
/// comparison with a field that is `None` is false, and its negation is true.
///
/// ```
/// use crewed::prelude::*;
///
/// #[resource("/heroes")]
/// struct Hero {
///     #[field(key, generated)]
///     id: i64,
///     name: String,
///     age: Option<i32>,
/// }
///
/// impl Hero {
///     fn grown() -> Predicate<Hero> {
///         Hero::FIELDS.age.gte(18) & !Hero::FIELDS.name.starts_with("Kid")
///     }
/// }
/// # let _ = Hero::grown();
/// ```
pub struct Predicate<R> {
    condition: Condition,
    of: PhantomData<fn() -> R>,
}

impl<R> Predicate<R> {
    fn of(condition: Condition) -> Self {
        Predicate { condition, of: PhantomData }
    }

    /// The predicate that is true for every row.
    #[must_use]
    pub fn all() -> Self {
        Predicate::of(Condition::TRUE)
    }

    /// As data, without the type of the resource.
    #[must_use]
    pub(crate) fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<R> Clone for Predicate<R> {
    fn clone(&self) -> Self {
        Predicate::of(self.condition.clone())
    }
}

/// Shows no values, which may be secrets.
impl<R: Resource> fmt::Debug for Predicate<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Predicate<{}>", R::RESOURCE.object.name)
    }
}

impl<R> BitAnd for Predicate<R> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Predicate::of(self.condition.and(other.condition))
    }
}

impl<R> BitOr for Predicate<R> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Predicate::of(self.condition.or(other.condition))
    }
}

impl<R> Not for Predicate<R> {
    type Output = Self;

    fn not(self) -> Self {
        Predicate::of(self.condition.negated())
    }
}

/// A field of a resource, of the type `T`: one of the resource's `FIELDS`.
///
/// Every field is among them, whether or not clients may filter by it. A comparison takes a value of the field's type;
/// where that is an `Option`, also the value inside it, and `None` asks whether there is none. Texts compare by their
/// bytes.
pub struct Field<R, T> {
    column: usize,
    of: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Clone for Field<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for Field<R, T> {}

impl<R: Resource, T> fmt::Debug for Field<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = R::RESOURCE.object;
        write!(f, "{}::FIELDS.{}", object.name, object.fields[self.column].name)
    }
}

impl<R, T> Field<R, T> {
    /// The field at this position of the declaration.
    #[doc(hidden)]
    #[must_use]
    pub const fn at(column: usize) -> Self {
        Field { column, of: PhantomData }
    }

    /// Rows in ascending order of the field, with those that have no value last.
    #[must_use]
    pub fn asc(self) -> Sort<R>
    where
        T: Ordered,
    {
        Sort { column: self.column, descending: false, of: PhantomData }
    }

    /// Rows in descending order of the field, with those that have no value first.
    #[must_use]
    pub fn desc(self) -> Sort<R>
    where
        T: Ordered,
    {
        Sort { descending: true, ..self.asc() }
    }

    /// The field has no value.
    #[must_use]
    pub fn is_null(self) -> Predicate<R>
    where
        T: Nullable,
    {
        Predicate::of(Condition::Null { column: self.column })
    }
}

impl<R: Resource, T> Field<R, T> {
    pub(super) fn comparand(self, operand: impl Operand<T>) -> Comparand
    where
        T: Column,
    {
        operand.into_operand().comparand(&R::RESOURCE.object.fields[self.column].constraints)
    }

    fn compared(self, comparison: Comparison, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Column,
    {
        Predicate::of(self.comparand(operand).compared(self.column, comparison))
    }

    /// The field is equal to the operand.
    #[must_use]
    pub fn eq(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Column,
    {
        self.compared(Comparison::Equal, operand)
    }

    /// The field differs from the operand. A field without a value differs from every value.
    #[must_use]
    pub fn ne(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Column,
    {
        self.compared(Comparison::NotEqual, operand)
    }

    /// The field is equal to one of the operands.
    #[must_use]
    pub fn is_in(self, operands: impl IntoIterator<Item = impl Operand<T>>) -> Predicate<R>
    where
        T: Column,
    {
        let all = operands.into_iter().map(|operand| self.comparand(operand));
        Predicate::of(Comparand::one_of(all, self.column))
    }

    /// The field is equal to none of the operands.
    #[must_use]
    pub fn not_in(self, operands: impl IntoIterator<Item = impl Operand<T>>) -> Predicate<R>
    where
        T: Column,
    {
        !self.is_in(operands)
    }

    /// The field is greater than the operand.
    #[must_use]
    pub fn gt(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Ordered,
    {
        self.compared(Comparison::Greater, operand)
    }

    /// The field is greater than the operand or equal to it.
    #[must_use]
    pub fn gte(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Ordered,
    {
        self.compared(Comparison::GreaterOrEqual, operand)
    }

    /// The field is less than the operand.
    #[must_use]
    pub fn lt(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Ordered,
    {
        self.compared(Comparison::Less, operand)
    }

    /// The field is less than the operand or equal to it.
    #[must_use]
    pub fn lte(self, operand: impl Operand<T>) -> Predicate<R>
    where
        T: Ordered,
    {
        self.compared(Comparison::LessOrEqual, operand)
    }

    /// The text is a part of the field.
    #[must_use]
    pub fn contains(self, text: impl AsRef<str>) -> Predicate<R>
    where
        T: Textual,
    {
        Predicate::of(Condition::contains(self.column, text.as_ref()))
    }

    /// The text is a part of the field, whatever the case of the letters, by Unicode's simple case folding.
    #[must_use]
    pub fn icontains(self, text: impl AsRef<str>) -> Predicate<R>
    where
        T: Textual,
    {
        Predicate::of(Condition::contains_folded(self.column, text.as_ref()))
    }

    /// The field begins with the text.
    #[must_use]
    pub fn starts_with(self, text: impl AsRef<str>) -> Predicate<R>
    where
        T: Textual,
    {
        Predicate::of(Condition::starts_with(self.column, text.as_ref()))
    }

    /// The field ends with the text.
    #[must_use]
    pub fn ends_with(self, text: impl AsRef<str>) -> Predicate<R>
    where
        T: Textual,
    {
        Predicate::of(Condition::ends_with(self.column, text.as_ref()))
    }

    /// The list has this item.
    #[must_use]
    pub fn has(self, item: impl Operand<T::Item>) -> Predicate<R>
    where
        T: List,
    {
        let item = serde_json::to_value(Out(&item.into_operand())).unwrap_or_default();
        Predicate::of(Condition::has(self.column, item))
    }
}

/// A field that rows are sorted by, and the direction: [`Field::asc`] or [`Field::desc`].
pub struct Sort<R> {
    pub(crate) column: usize,
    pub(crate) descending: bool,
    of: PhantomData<fn() -> R>,
}

impl<R: Resource> fmt::Debug for Sort<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { "desc" } else { "asc" };
        write!(f, "{:?}.{direction}()", Field::<R, ()>::at(self.column))
    }
}

/// A value that a field of the type `T` is compared with: a `T`; the value inside, where `T` is an `Option`; a `&str`
/// for a text.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{T}` cannot be compared with `{Self}`",
    label = "not a value of this field's type"
)]
pub trait Operand<T> {
    /// As a value of the field's type.
    fn into_operand(self) -> T;
}

impl<T> Operand<T> for T {
    fn into_operand(self) -> T {
        self
    }
}

impl<T> Operand<Option<T>> for T {
    fn into_operand(self) -> Option<T> {
        Some(self)
    }
}

impl Operand<String> for &str {
    fn into_operand(self) -> String {
        self.to_owned()
    }
}

impl Operand<Option<String>> for &str {
    fn into_operand(self) -> Option<String> {
        Some(self.to_owned())
    }
}

/// A type of fields that have an order, and by which rows can be sorted.
#[diagnostic::on_unimplemented(
    message = "fields of the type `{Self}` have no order",
    label = "this type has no order",
    note = "numbers, texts, `bool`, `Uuid`, moments, days and times have one, and an `Option` of these"
)]
pub trait Ordered: Column {
    /// Whether it may have no value, which Rust and SQL order differently.
    #[doc(hidden)]
    const IS_OPTION: bool = false;
}

/// A type of fields that have a text: `String`, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` is no text",
    label = "this field is no text"
)]
pub trait Textual: Column {}

/// A type of fields that may have no value: an `Option`.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` always has a value",
    label = "this field is no `Option`, and never null"
)]
pub trait Nullable {}

/// A type of fields that have a list of texts, numbers or truth values: a `Vec`, or an `Option` of it, in a JSON
/// column.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` is no list",
    label = "this field is no list of texts, numbers or truth values"
)]
pub trait List {
    /// The type of its items.
    type Item: Wire;
}

macro_rules! ordered {
    ($($ty:ty)*) => {$(impl Ordered for $ty {})*};
}

ordered! {
    i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 bool String
    uuid::Uuid rust_decimal::Decimal
    chrono::DateTime<chrono::Utc> chrono::NaiveDate chrono::NaiveTime
}

impl<T: Ordered> Ordered for Option<T> {
    const IS_OPTION: bool = true;
}
impl Textual for String {}
impl Textual for Option<String> {}
impl<T> Nullable for Option<T> {}

impl<T: Wire> List for Vec<T> {
    type Item = T;
}

impl<T: Wire> List for Option<Vec<T>> {
    type Item = T;
}
