#[allow(dead_code)]
pub struct User {
    name: String,
}
::core::compile_error! {
    "a resource needs a key: mark the field that rows are found by with `#[field(key)]`, or add `#[field(key, generated)] id: i64`"
}
#[doc(hidden)]
#[allow(dead_code)]
pub struct UserCreate {}
#[doc(hidden)]
#[allow(dead_code)]
pub struct UserReplace {}
#[doc(hidden)]
#[allow(dead_code)]
pub struct UserPatch {}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    __crewed::stub_object!([] UserCreate);
};
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    __crewed::stub_object!([] UserReplace);
};
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    __crewed::stub_object!([] UserPatch);
};
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    __crewed::stub_resource!(
        User, i64, UserCreate, UserReplace, UserPatch, __crewed::NoCaller, Open
    );
    ///The fields of [`User`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct UserFields {
        pub name: __crewed::Field<User, String>,
    }
    impl User {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        pub const FIELDS: UserFields = UserFields {
            name: __crewed::Field::at(0),
        };
    }
};
