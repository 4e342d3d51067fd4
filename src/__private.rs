//! What the macros expand to stands on these names. Nothing here is for people.

pub use ::core::option::Option::{self, None, Some};
pub use ::core::primitive::{str, u8, usize};
pub use ::core::result::Result::{self, Err, Ok};
pub use ::core::{convert::From, default::Default};
pub use ::std::borrow::{Cow, ToOwned};
pub use ::std::string::String;

pub use serde;
pub use serde_json::Value as Json;
pub use std::marker::PhantomData;
pub use std::sync::LazyLock;

pub use ::std::boxed::Box;
pub use ::std::format;
pub use rocket::http::Method;
pub use rocket::serde::json::Json as JsonBody;
pub use rocket::{Request, response};

pub use crate::app::launch;
pub use crate::input::{InputMeta, Place, Take, TakeForm, take, take_form};
pub use crate::issue::{Bound, Trail};
pub use crate::openapi::bridge::{self, Said};
pub use crate::openapi::{Answer, FunctionMeta, Guard};
pub use crate::render::{ErrorList, ErrorMeta, FromHttpError, HttpError, HttpErrors};
pub use crate::resource::{
    Changes, Column, ColumnMeta, GeneratedKey, Input, InputStyle, Key, Known, Operation, Resource,
    ResourceMeta, Row, held, held_as_json,
};
pub use crate::route::{
    Answering, Argument, Ask, Call, Failure, FromRocket, Function, Guarded, Part as ReturnedPart,
    RocketRoute, Value as Returned, Why, answered,
};
pub use crate::wire::{
    Choice, ChoiceMeta, CompiledPattern, FieldMeta, FieldVisitor, Fields, Format, Merge, Model, Object,
    ObjectMeta, Opaque, Out, Patched, Pattern, Rules, Shape, SlotVisitor, Wire,
};

/// Traits whose methods and constants a function's code asks of types. They have no names, so that a type of
/// the user's may have them.
pub mod asked {
    pub use crate::openapi::bridge::Unsaid as _;
    pub use crate::resource::{NoKey as _, Unknown as _, UnknownKey as _};
    pub use crate::route::{
        AroundPart as _, AskBefore as _, AskData as _, AskGuard as _, AskNothing as _, JsonPart as _,
        NoGuard as _, NoModel as _, NoPart as _, NoValue as _, OneMeaning as _, PlainPart as _, Told as _,
        WhyNot as _,
    };
}

/// What `operations![..]` finds where a function has no attribute.
pub mod undeclared {
    /// A function's name among types, where the function has none.
    pub struct FunctionWithoutAttribute;
}

/// What stands in a patch for a field that was not sent.
#[must_use]
pub fn patched<T>(slot: Option<Patched<T>>) -> Patched<T> {
    slot.unwrap_or_default()
}

/// `Wire`, and serde's two traits, for a struct that is an [`Object`].
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object {
    ([$($generics:tt)*] $object:ty $(where $($bounds:tt)*)?) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl<$($generics)*> __crewed::Wire for $object $(where $($bounds)*)? {
                fn shape() -> __crewed::Shape {
                    __crewed::Shape::Object(<Self as __crewed::Fields>::META)
                }
                fn read<'de, __D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                    _: &__crewed::Rules,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::object_read(input)
                }
                fn explain(
                    input: &__crewed::Json,
                    rules: &__crewed::Rules,
                    trail: &mut __crewed::Trail,
                ) -> __crewed::Option<Self> {
                    __crewed::explain_tree(input, rules, trail)
                }
                fn explain_part(
                    input: __crewed::Part<'_>,
                    _: &__crewed::Rules,
                    trail: &mut __crewed::Trail,
                ) -> __crewed::Option<Self> {
                    __crewed::object_explain(input, trail)
                }
                fn write<__S: __crewed::serde::Serializer>(
                    &self,
                    out: __S,
                ) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::object_write(self, out)
                }
            }

            impl<$($generics)*> __crewed::Model for $object $(where $($bounds)*)? {}

            impl<'de, $($generics)*> __crewed::serde::Deserialize<'de> for $object $(where $($bounds)*)? {
                fn deserialize<__D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::object_read(input)
                }
            }
        };
        $crate::__private::serialize_fields!([$($generics)*] $object $(where $($bounds)*)?);
        $crate::__private::describe!(model_name, model_schema, [$($generics)*] $object $(where $($bounds)*)?);
    };
}

/// serde's `Serialize` for a struct that has [`Fields`] and is nothing but an answer.
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize_object {
    ([$($generics:tt)*] $object:ty $(where $($bounds:tt)*)?) => {
        $crate::__private::serialize_fields!([$($generics)*] $object $(where $($bounds)*)?);
        $crate::__private::describe!(answer_name, answer_schema, [$($generics)*] $object $(where $($bounds)*)?);
    };
}

/// A type's component, for functions under rocket_okapi's `#[openapi]`.
#[doc(hidden)]
#[macro_export]
macro_rules! __describe {
    ($name:ident, $schema:ident, [$($generics:tt)*] $described:ty $(where $($bounds:tt)*)?) => {
        const _: () = {
            use $crate::__private as __crewed;

            #[automatically_derived]
            impl<$($generics)*> __crewed::bridge::JsonSchema for $described $(where $($bounds)*)? {
                fn schema_name() -> __crewed::String {
                    __crewed::bridge::$name::<Self>()
                }
                fn schema_id() -> __crewed::Cow<'static, __crewed::str> {
                    __crewed::bridge::id(::core::module_path!(), &Self::schema_name())
                }
                fn json_schema(
                    generator: &mut __crewed::bridge::SchemaGenerator,
                ) -> __crewed::bridge::Schema {
                    __crewed::bridge::$schema::<Self>(generator)
                }
            }
        };
    };
}

/// serde's `Serialize` for a struct that has [`Fields`].
#[doc(hidden)]
#[macro_export]
macro_rules! __serialize_fields {
    ([$($generics:tt)*] $object:ty $(where $($bounds:tt)*)?) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl<$($generics)*> __crewed::serde::Serialize for $object $(where $($bounds)*)? {
                fn serialize<__S: __crewed::serde::Serializer>(
                    &self,
                    out: __S,
                ) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::object_write(self, out)
                }
            }
        };
    };
}

/// What stands in for the traits of a struct whose declaration has mistakes, so that each mistake
/// is told once and its uses are not.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_object {
    ([$($generics:tt)*] $object:ty $(where $($bounds:tt)*)?) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl<$($generics)*> __crewed::Fields for $object $(where $($bounds)*)? {
                const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new("", "", &[]);
                fn each<__V: __crewed::FieldVisitor>(&self, _: &mut __V) -> __crewed::Result<(), __V::Error> {
                    __crewed::Ok(())
                }
            }
            impl<$($generics)*> __crewed::Object for $object $(where $($bounds)*)? {
                type Draft = ();
                fn draft() {}
                fn slot<__V: __crewed::SlotVisitor>((): &mut (), _: __crewed::usize, visitor: __V) -> __V::Out {
                    visitor.none()
                }
                fn finish((): ()) -> __crewed::Option<Self> {
                    __crewed::None
                }
            }
            impl<$($generics)*> __crewed::Input for $object $(where $($bounds)*)? {
                const META: &'static __crewed::ObjectMeta = <Self as __crewed::Fields>::META;
                fn changes(self, _: &mut __crewed::Changes) {}
            }
        };
        $crate::__private::wire_object!([$($generics)*] $object $(where $($bounds)*)?);
    };
}

/// Rocket's `Responder` for an error enum, and its way into an `HttpError`.
#[doc(hidden)]
#[macro_export]
macro_rules! __respond_with_error {
    ($error:ty) => {
        const _: () = {
            use $crate::__private as __crewed;

            #[automatically_derived]
            impl<'r> __crewed::response::Responder<'r, 'static> for $error {
                fn respond_to(
                    self,
                    request: &'r __crewed::Request<'_>,
                ) -> __crewed::response::Result<'static> {
                    let error = __crewed::HttpErrors::http_error(self);
                    __crewed::response::Responder::respond_to(error, request)
                }
            }

            // A bound that does not hold is an error where it stands, unless it is one for every lifetime; with that,
            // it is one where somebody counts on it, which is where the remedy is to be told.
            #[automatically_derived]
            impl __crewed::From<__crewed::HttpError> for $error
            where
                for<'any> $error: __crewed::FromHttpError,
            {
                fn from(error: __crewed::HttpError) -> Self {
                    <$error as __crewed::FromHttpError>::from_http_error(error)
                }
            }

            #[automatically_derived]
            impl __crewed::From<$error> for __crewed::HttpError {
                fn from(error: $error) -> Self {
                    __crewed::HttpErrors::http_error(error)
                }
            }
        };
    };
}

/// What is known of an argument's type that may be a guard.
#[doc(hidden)]
#[macro_export]
macro_rules! __guard {
    ($guard:ty, $name:literal) => {
        $crate::__private::Guard::new(
            $name,
            <$crate::__private::Said<$guard>>::GUARD,
            <$crate::__private::Said<$guard>>::GUARD_ERRORS,
            <$crate::__private::Said<$guard>>::ABORT,
        )
    };
}

/// What stands in for a function whose declaration has mistakes.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_function {
    ($function:ident) => {
        impl __crewed::Function for $function {
            const META: &'static __crewed::FunctionMeta =
                &__crewed::FunctionMeta::new(__crewed::Method::Get, "/", "");
            fn call<'r>(call: __crewed::Call<'r, '_>) -> __crewed::Answering<'r> {
                __crewed::Box::pin(async move { call.lost() })
            }
        }
    };
}

/// What stands in for the traits of a resource whose declaration has mistakes.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_resource {
    ($resource:ty, $key:ty, $create:ty, $replace:ty, $patch:ty) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl __crewed::Fields for $resource {
                const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new("", "", &[]);
                fn each<__V: __crewed::FieldVisitor>(&self, _: &mut __V) -> __crewed::Result<(), __V::Error> {
                    __crewed::Ok(())
                }
            }
            impl __crewed::Resource for $resource {
                const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                    "",
                    "",
                    <$resource as __crewed::Fields>::META,
                    &[],
                    0,
                );
                type Key = $key;
                type Create = $create;
                type Replace = $replace;
                type Patch = $patch;
                fn of_row(_: &dyn __crewed::Row) -> __crewed::Result<Self, __crewed::Corrupt> {
                    __crewed::Err(__crewed::Corrupt(__crewed::String::new()))
                }
            }
        };
        $crate::__private::serialize_object!([] $resource);
    };
}

/// `Wire`, `Column` and serde's two traits for an enum that is a [`Choice`].
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_choice {
    ($choice:ty) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl __crewed::Wire for $choice {
                fn shape() -> __crewed::Shape {
                    __crewed::Shape::Choice(<Self as __crewed::Choice>::META)
                }
                fn read<'de, __D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                    _: &__crewed::Rules,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::choice_read(input)
                }
                fn explain(
                    input: &__crewed::Json,
                    _: &__crewed::Rules,
                    trail: &mut __crewed::Trail,
                ) -> __crewed::Option<Self> {
                    __crewed::choice_explain(input, trail)
                }
                fn write<__S: __crewed::serde::Serializer>(&self, out: __S) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::choice_write(self, out)
                }
            }

            impl __crewed::Column for $choice {
                fn column_type(_: &__crewed::Rules) -> __crewed::ColumnType {
                    __crewed::choice_column::column_type::<Self>()
                }
                fn to_value(&self, _: &__crewed::Rules) -> __crewed::Value {
                    __crewed::choice_column::to_value(self)
                }
                fn write_json(
                    value: __crewed::ValueRef<'_>,
                    _: &__crewed::Rules,
                    out: &mut __crewed::Vec<__crewed::u8>,
                ) -> __crewed::Result<(), __crewed::Corrupt> {
                    __crewed::choice_column::write_json::<Self>(value, out)
                }
            }

            impl __crewed::serde::Serialize for $choice {
                fn serialize<__S: __crewed::serde::Serializer>(
                    &self,
                    out: __S,
                ) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::choice_write(self, out)
                }
            }

            impl<'de> __crewed::serde::Deserialize<'de> for $choice {
                fn deserialize<__D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::choice_read(input)
                }
            }
        };
        $crate::__private::describe!(model_name, model_schema, [] $choice);
    };
}

pub use crate::resource::{ColumnType, Corrupt, choice_column};
pub use crate::value::{Value, ValueRef};
pub use crate::wire::{
    Part, choice_explain, choice_read, choice_write, explain_tree, object_explain, object_read, object_write,
};
pub use std::vec::Vec;
pub use {
    crate::__describe as describe, crate::__guard as guard,
    crate::__respond_with_error as respond_with_error, crate::__serialize_fields as serialize_fields,
    crate::__serialize_object as serialize_object, crate::__stub_function as stub_function,
    crate::__stub_object as stub_object, crate::__stub_resource as stub_resource,
    crate::__wire_choice as wire_choice, crate::__wire_object as wire_object,
};
