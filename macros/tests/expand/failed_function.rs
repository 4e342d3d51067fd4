fn read(item_id: i64) {}
::core::compile_error! {
    "a parameter of the path is written `<item_id>`, as in Rocket"
}
#[doc(hidden)]
#[allow(non_camel_case_types, unreachable_pub)]
pub struct read {}
#[allow(dead_code, unreachable_pub)]
impl read {
    #[doc(hidden)]
    pub fn into_route<R: ::crewed::__private::RocketRoute>(self) -> R {
        R::none()
    }
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    __crewed::stub_function!(read);
};
