//! The macros in scopes that are out to break them.

#![no_implicit_prelude]
#![deny(warnings, missing_docs, dead_code, unreachable_pub, unused_qualifications, unused_results)]

/// Everything public is documented, and what the macros add is as well.
pub mod documented {
    /// A point.
    #[::crewed::model]
    pub struct Point {
        /// To the right.
        pub x: f64,
        /// Upwards.
        #[field(default = 0.5, example = 2.0)]
        pub y: f64,
    }

    /// A page.
    #[::crewed::model]
    pub struct Page<T> {
        /// What stands on it.
        pub items: ::std::vec::Vec<T>,
    }

    /// A side.
    #[::crewed::model]
    #[derive(
        ::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash,
    )]
    pub enum Side {
        /// The left one.
        Left,
        /// The right one.
        Right,
    }

    /// A user.
    #[::crewed::resource("/users")]
    #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
    pub struct User {
        /// The name.
        #[field(key)]
        pub name: ::std::string::String,
        /// The side.
        #[field(default = Side::Left)]
        pub side: Side,
        /// Whatever else.
        #[field(json)]
        pub more: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    }

    /// What goes wrong.
    #[derive(::core::fmt::Debug, ::crewed::HttpError)]
    pub enum Wrong {
        /// It is not there.
        #[answer(status = 404, detail = "No {0}.")]
        Lost(::std::string::String),
        /// It is elsewhere.
        #[answer(status = 410, detail = "Gone to {place}.")]
        Gone {
            /// Where.
            place: ::std::string::String,
        },
    }

    /// Reads a point.
    #[::crewed::get("/points/<x>?<side>&<names>")]
    pub async fn read_point(
        /// To the right.
        #[param(ge = 0.0)]
        x: f64,
        #[param(default = Side::Left)] side: Side,
        names: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
        method: ::crewed::rocket::http::Method,
    ) -> ::core::result::Result<::crewed::rocket::serde::json::Json<Point>, Wrong> {
        let _ = (side, names, method);
        ::core::result::Result::Ok(::crewed::rocket::serde::json::Json(Point { x, y: 0.5 }))
    }

    /// Makes a point.
    #[::crewed::post("/points", status = 201)]
    pub fn create_point(point: Point) -> ::crewed::rocket::serde::json::Json<Point> {
        ::crewed::rocket::serde::json::Json(point)
    }

    /// Read only.
    #[::crewed::resource("/logs", operations(list, read))]
    pub struct Log {
        /// The number.
        #[field(key, generated)]
        pub id: i64,
    }
}

/// Nothing is public, and nothing is used.
mod private {
    #[::crewed::resource("/notes")]
    struct Note {
        #[field(key, generated)]
        id: ::crewed::Uuid,
        text: ::core::option::Option<::std::string::String>,
        #[field(created_at)]
        at: ::crewed::DateTime<::crewed::Utc>,
    }
}

/// The names of the prelude and of the generated code mean something else here.
mod shadowed {
    #[allow(dead_code)]
    mod names {
        #[derive(::core::fmt::Debug)]
        pub(super) struct Option;
        pub(super) struct Result;
        pub(super) struct Vec;
        pub(super) struct Some;
        pub(super) struct Ok;
        pub(super) struct None;
        pub(super) trait Default {}
        pub(super) mod crewed {}
        pub(super) mod core {}
        pub(super) mod std {}
        pub(super) mod __private {}
    }
    #[allow(unused_imports)]
    use names::*;

    #[::crewed::model]
    #[allow(dead_code)]
    struct Pattern {
        text: ::std::string::String,
        draft: Draft,
        #[field(default)]
        visitor: ::core::option::Option<V>,
    }

    #[::crewed::model]
    #[allow(dead_code)]
    enum Draft {
        Some,
        None,
    }

    #[::crewed::model]
    #[allow(dead_code)]
    struct V {
        r#type: ::core::option::Option<::std::boxed::Box<Self>>,
    }

    #[::crewed::model]
    #[allow(dead_code)]
    struct Generic<D, S, E>
    where
        D: ::core::marker::Copy,
    {
        d: D,
        s: S,
        e: E,
    }

    /// Its own name, and those of its arguments, are names that the code might use.
    #[::crewed::get("/<call>?<inputs>&<answer>")]
    fn answered(
        call: ::std::string::String,
        inputs: i64,
        answer: ::core::option::Option<i64>,
        #[param(header)] made: bool,
    ) -> ::std::string::String {
        let _ = (inputs, answer, made);
        call
    }

    #[derive(::crewed::HttpError)]
    #[allow(dead_code)]
    enum Failure {
        #[answer(status = 404, detail = "{error}")]
        None { error: ::std::string::String },
        #[answer(transparent)]
        Some(::crewed::HttpError),
    }

    #[test]
    fn is_listed() {
        let _ = ::crewed::operations![answered];
    }

    #[::crewed::resource("/strings")]
    struct Constraints {
        #[field(key)]
        value: i64,
        #[field(json)]
        changes: Pattern,
    }
}

/// Types that are called as what the generated code asks and names.
#[allow(non_camel_case_types, dead_code)]
mod called_alike {
    // Rocket's `async_trait` needs the name.
    use ::std::boxed::Box;

    macro_rules! guards {
        ($($guard:ident)*) => {$(
            struct $guard;

            #[::crewed::rocket::async_trait]
            impl<'r> ::crewed::rocket::request::FromRequest<'r> for $guard {
                type Error = ::crewed::HttpError;

                async fn from_request(
                    _: &'r ::crewed::rocket::Request<'_>,
                ) -> ::crewed::rocket::request::Outcome<Self, Self::Error> {
                    ::crewed::rocket::request::Outcome::Success($guard)
                }
            }
        )*};
    }

    macro_rules! models {
        ($($model:ident)*) => {$(
            #[::crewed::model]
            struct $model {
                text: ::std::string::String,
            }
        )*};
    }

    guards! {
        ProbeBefore ProbeData ProbeGuard ProbeNothing NoModel OneMeaning NoGuard Argument Said Unsaid Guard Failure
        FunctionMeta InputMeta FieldMeta FunctionWithoutAttribute Request Method Infallible
    }

    models! {
        Ask GuardError GuardErrorFallback Guarded Part JsonPart PlainPart AroundPart NoPart NoValue Told Returned Call Answering
        Answer Place Extractor FormExtractor IssueCollector Wire Fields Object UnitEnum Model Input Function HttpErrors ErrorMeta
        ErrorList Resource ResourceMeta Column ColumnMeta Row Changes DecodeError Shape Value JsonBody LazyLock Regex
        usize str u8 bool u16
    }

    #[::crewed::get("/guards")]
    #[allow(clippy::too_many_arguments)]
    async fn guards(
        before: ProbeBefore,
        data: ProbeData,
        guard: ProbeGuard,
        nothing: ProbeNothing,
        no_model: NoModel,
        meaning: OneMeaning,
        no_guard: NoGuard,
        argument: Argument,
        said: Said,
        unsaid: Unsaid,
        of: Guard,
        failure: Failure,
        function: FunctionMeta,
        input: InputMeta,
        field: FieldMeta,
        without: FunctionWithoutAttribute,
        request: Request,
        method: Method,
        never: Infallible,
    ) {
        let _ =
            (before, data, guard, nothing, no_model, meaning, no_guard, argument, said, unsaid, of, failure);
        let _ = (function, input, field, without, request, method, never);
    }

    macro_rules! bodies {
        ($($function:ident: $model:ident)*) => {$(
            #[::crewed::post("/bodies", response(404, model = $model))]
            fn $function(
                body: $model,
                #[param(header)] also: ::core::option::Option<::std::string::String>,
            ) -> ::core::result::Result<::crewed::rocket::serde::json::Json<$model>, ::crewed::HttpError> {
                let _ = also;
                ::core::result::Result::Ok(::crewed::rocket::serde::json::Json(body))
            }
        )*};
    }

    bodies! {
        ask: Ask why: GuardError why_not: GuardErrorFallback guarded: Guarded part: Part json_part: JsonPart plain_part: PlainPart
        around_part: AroundPart no_part: NoPart no_value: NoValue told: Told returned: Returned call: Call
        answering: Answering answer: Answer place: Place take: Extractor form_extractor: FormExtractor collector: IssueCollector wire: Wire
        fields: Fields object: Object choice: UnitEnum model: Model input: Input function: Function
        http_errors: HttpErrors error_meta: ErrorMeta error_list: ErrorList resource: Resource
        resource_meta: ResourceMeta column: Column column_meta: ColumnMeta row: Row changes: Changes
        corrupt: DecodeError shape: Shape value: Value json_body: JsonBody lazy_lock: LazyLock regex: Regex
    }

    #[test]
    fn are_listed() {
        let _ = ::crewed::operations![guards, ask, why, why_not, value, self::guarded];
    }

    fn draft() -> ::std::string::String {
        ::std::string::String::new()
    }

    #[::crewed::resource("/alike")]
    struct Constraints {
        #[field(key)]
        index: i64,
        #[serde(default = "draft")]
        visitor: ::std::string::String,
        #[field(json)]
        why: GuardError,
        #[field(json)]
        call: ::core::option::Option<Call>,
        #[field(pattern = "^a$", default = "a")]
        changes: ::std::string::String,
    }

    #[::crewed::model]
    enum UnitEnumMeta {
        Option,
        String,
    }

    #[derive(::crewed::HttpError)]
    enum HttpError {
        #[answer(status = 404, detail = "{0}")]
        Lost(::std::string::String),
    }

    #[test]
    fn are_made() {
        let _ = (UnitEnumMeta::Option, UnitEnumMeta::String, HttpError::Lost(draft()));
    }
}

/// Declared by a macro, with everything from outside.
mod by_macro {
    macro_rules! declare {
        ($model:ident, $resource:ident, $path:literal, $field:ident: $ty:ty = $default:expr, $least:literal) => {
            #[::crewed::model]
            #[allow(dead_code)]
            struct $model {
                #[field(ge = $least, default = $default)]
                $field: $ty,
                list: ::core::option::Option<::std::vec::Vec<$ty>>,
            }

            #[::crewed::resource($path)]
            struct $resource {
                #[field(key, generated)]
                id: i64,
                #[field(ge = $least, default = $default)]
                $field: $ty,
            }
        };
    }

    macro_rules! operation {
        ($name:ident, $path:literal, $argument:ident: $ty:ty, $least:literal) => {
            #[::crewed::get($path)]
            fn $name(#[param(ge = $least)] $argument: $ty) -> ::std::string::String {
                let _ = $argument;
                ::std::string::String::new()
            }
        };
    }

    operation!(read_count, "/counts/<count>", count: i32, -1);

    #[test]
    fn is_listed() {
        let _ = ::crewed::operations![read_count];
    }

    declare!(Item, Stored, "/items", price: f64 = 1.5, 0.5);
    declare!(Other, Kept, "/others", count: i32 = 2 - 1, -1);
}

/// crewed under another name.
mod renamed {
    use ::crewed as framework;

    #[framework::model(crate = framework)]
    #[allow(dead_code)]
    struct Item {
        name: ::std::string::String,
    }

    #[framework::model(crate = framework)]
    #[allow(dead_code)]
    enum Side {
        Left,
    }

    #[framework::get("/items/<id>", crate = framework)]
    fn read_item(id: i64) -> ::std::string::String {
        let _ = id;
        ::std::string::String::new()
    }

    #[derive(framework::HttpError)]
    #[answer(crate = framework)]
    #[allow(dead_code)]
    enum Failure {
        #[answer(status = 404)]
        Lost,
    }

    #[test]
    fn is_listed() {
        let _ = framework::operations![read_item];
    }

    #[framework::resource("/items", crate = framework)]
    struct Stored {
        #[field(key)]
        name: ::std::string::String,
        #[field(json)]
        item: Item,
    }
}

/// In a function, where nothing can be named from outside.
#[test]
fn in_a_function() {
    #[::crewed::resource("/inner")]
    struct Inner {
        #[field(key)]
        name: ::std::string::String,
    }
    ::std::assert_eq!(<Inner as ::crewed::__internals::resource::Resource>::RESOURCE.table, "inner");
}
