//! What the macros expand to stands on these names. Nothing here is for people.

pub use ::core::option::Option::{self, None, Some};
pub use ::core::primitive::{str, u8, usize};
pub use ::core::result::Result::{self, Err, Ok};
pub use ::core::{clone::Clone, convert::From, default::Default};
pub use ::std::borrow::{Cow, ToOwned};
pub use ::std::hash::Hasher;
pub use ::std::string::String;

pub use serde;
pub use serde_json::Value as Json;
pub use std::marker::PhantomData;
pub use std::sync::LazyLock;

pub use ::std::boxed::Box;
pub use ::std::format;
pub use rocket::serde::json::Json as JsonBody;
pub use rocket::{Request, response};

pub use crate::command::{Launched, launch};
pub use crate::error_format::{ErrorList, ErrorMeta, FromHttpError, HttpError, HttpErrors};
pub use crate::function::{
    Answer, AnsweredBy, DependencyMeta, DependencyUse, FunctionMeta, Guard, SchemeKind, SecurityScheme,
    TypeProbe, error,
};
pub use crate::http::Method;
pub use crate::input::{Described, Extractor, FormExtractor, InputMeta, Place, extractor, form_extractor};
pub use crate::issue::{Bound, IssueCollector};
#[cfg(feature = "docs")]
pub use crate::openapi::bridge;
pub use crate::rate::Rate;
pub use crate::resource::rules::{
    and, asked as asked_of, caller, caller_operand, id_as, is_everywhere, judged, judged_alone, not, operand,
    or, ordered, precedes, same, tenant_of,
};
pub use crate::resource::{
    AccessKind, AccessMeta, AnyCaller, Caller, CallerId, CallerMeta, CallerTenant, Comparison, FieldAccess,
    JudgedRule, LoggedId, NoCaller, Open, Rule, Ruled, logged_id,
};
pub use crate::resource::{
    Changes, Column, ColumnMeta, ExportFormat, Field, GeneratedKey, IndexMeta, Input, InputStyle, Key, Known,
    Operation, Operator, OwnFilter, Resource, ResourceMeta, Row, codec, json_codec, own_condition, own_shape,
};
pub use crate::route::{
    After, AfterFunction, Answering, Argument, ArgumentProbe, Call, Credentials, Dependencies, Dependency,
    Failed, Failure, Function, GuardError, Guarded, OfDependency, OfFunction, PLAIN, Part as ReturnedPart,
    Refused, RocketRoute, Value as Returned, answered, api_key, ask_credentials, credentials, described,
    finish, given, giving, guarding, oauth2_token, used,
};
pub use crate::wire::{
    CompiledPattern, Constraints, Example, FieldMeta, FieldVisitor, Fields, Format, Merge, Model, Object,
    ObjectMeta, Opaque, Out, Patched, Pattern, Shape, SlotVisitor, UnitEnum, UnitEnumMeta, Wire, example_of,
    fields_at, patched_fields_at,
};

/// Traits whose methods and constants a function's code asks of types. They have no names, so that a type of
/// the user's may have them.
pub mod asked {
    pub use crate::function::TypeFallback as _;
    pub use crate::resource::{NoKey as _, Unknown as _, UnknownKey as _};
    pub use crate::route::{
        AroundPart as _, FailedFallback as _, FailedNothing as _, FailedResponse as _,
        GuardErrorFallback as _, JsonPart as _, ModelPart as _, ModelValue as _, NoGuard as _, NoModel as _,
        NoPart as _, NoValue as _, NotDepended as _, OneMeaning as _, PlainPart as _, ProbeBefore as _,
        ProbeCaller as _, ProbeData as _, ProbeDependency as _, ProbeGuard as _, ProbeNothing as _,
        ReturnedFallback as _,
    };
}

/// What `operations![..]` finds where a function has no attribute.
pub mod undeclared {
    /// A function's name among types, where the function has none.
    pub struct FunctionWithoutAttribute;
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
                    _: &__crewed::Constraints,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::object_read(input)
                }
                fn coerce(
                    input: &__crewed::Json,
                    constraints: &__crewed::Constraints,
                    collector: &mut __crewed::IssueCollector,
                ) -> __crewed::Option<Self> {
                    __crewed::coerce_tree(input, constraints, collector)
                }
                fn coerce_part(
                    input: __crewed::Part<'_>,
                    _: &__crewed::Constraints,
                    collector: &mut __crewed::IssueCollector,
                ) -> __crewed::Option<Self> {
                    __crewed::object_coerce(input, collector)
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

/// What a type says of itself to schemars, which is nothing where crewed is built without the document. A procedural
/// macro cannot know that.
#[cfg(not(feature = "docs"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe {
    ($($described:tt)*) => {};
}

/// A type's component, for functions under rocket_okapi's `#[openapi]`.
#[cfg(feature = "docs")]
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
            <$crate::__private::TypeProbe<$guard>>::GUARD,
            <$crate::__private::TypeProbe<$guard>>::GUARD_ERRORS,
            <$crate::__private::TypeProbe<$guard>>::ABORT,
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

/// What stands in for a dependency whose declaration has mistakes.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_dependency {
    ($dependency:ident, $value:ty) => {
        impl __crewed::Dependency for $dependency {
            type Value = $value;
            const META: &'static __crewed::DependencyMeta = &__crewed::described::<Self>("");
            async fn ask<'r>(
                call: &mut __crewed::Call<'r, '_>,
            ) -> __crewed::Result<__crewed::Option<Self::Value>, __crewed::Refused<'r>> {
                __crewed::Err(call.lost().into())
            }
        }
    };
}

/// What stands in for the traits of a resource whose declaration has mistakes.
#[doc(hidden)]
#[macro_export]
macro_rules! __stub_resource {
    ($resource:ty, $key:ty, $create:ty, $replace:ty, $patch:ty, $caller:ty, $access:ident) => {
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
                type Caller = $caller;
                type Access = __crewed::$access;
                fn of_row(_: &dyn __crewed::Row) -> __crewed::Result<Self, __crewed::DecodeError> {
                    __crewed::Err(__crewed::DecodeError(__crewed::String::new()))
                }
            }
        };
        $crate::__private::serialize_object!([] $resource);
    };
}

/// `Wire`, `Column` and serde's two traits for an enum that is a [`UnitEnum`].
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_choice {
    ($unit_enum:ty) => {
        const _: () = {
            use $crate::__private as __crewed;

            impl __crewed::Wire for $unit_enum {
                fn shape() -> __crewed::Shape {
                    __crewed::Shape::UnitEnum(<Self as __crewed::UnitEnum>::META)
                }
                fn read<'de, __D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                    _: &__crewed::Constraints,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::choice_read(input)
                }
                fn coerce(
                    input: &__crewed::Json,
                    _: &__crewed::Constraints,
                    collector: &mut __crewed::IssueCollector,
                ) -> __crewed::Option<Self> {
                    __crewed::choice_coerce(input, collector)
                }
                fn write<__S: __crewed::serde::Serializer>(&self, out: __S) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::choice_write(self, out)
                }
            }

            impl __crewed::Column for $unit_enum {
                fn column_type(_: &__crewed::Constraints) -> __crewed::ColumnType {
                    __crewed::choice_column::column_type::<Self>()
                }
                fn to_value(&self, _: &__crewed::Constraints) -> __crewed::Value {
                    __crewed::choice_column::to_value(self)
                }
                fn write_json(
                    value: __crewed::ValueRef<'_>,
                    _: &__crewed::Constraints,
                    out: &mut __crewed::Vec<__crewed::u8>,
                ) -> __crewed::Result<(), __crewed::DecodeError> {
                    __crewed::choice_column::write_json::<Self>(value, out)
                }
            }

            impl __crewed::serde::Serialize for $unit_enum {
                fn serialize<__S: __crewed::serde::Serializer>(
                    &self,
                    out: __S,
                ) -> __crewed::Result<__S::Ok, __S::Error> {
                    __crewed::choice_write(self, out)
                }
            }

            impl<'de> __crewed::serde::Deserialize<'de> for $unit_enum {
                fn deserialize<__D: __crewed::serde::Deserializer<'de>>(
                    input: __D,
                ) -> __crewed::Result<Self, __D::Error> {
                    __crewed::choice_read(input)
                }
            }
        };
        $crate::__private::describe!(model_name, model_schema, [] $unit_enum);
    };
}

pub use crate::resource::{ColumnType, DecodeError, choice_column};
pub use crate::value::{Value, ValueRef};
pub use crate::wire::{
    Part, choice_coerce, choice_read, choice_write, coerce_tree, object_coerce, object_read, object_write,
};
pub use std::vec::Vec;
pub use {
    crate::__describe as describe, crate::__guard as guard,
    crate::__respond_with_error as respond_with_error, crate::__serialize_fields as serialize_fields,
    crate::__serialize_object as serialize_object, crate::__stub_dependency as stub_dependency,
    crate::__stub_function as stub_function, crate::__stub_object as stub_object,
    crate::__stub_resource as stub_resource, crate::__wire_choice as wire_choice,
    crate::__wire_object as wire_object,
};
