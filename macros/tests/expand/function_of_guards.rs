fn index(users: &State<Users>) -> &'static str {
    "Hello"
}
#[doc(hidden)]
#[allow(non_camel_case_types, unreachable_pub)]
pub struct index {}
#[allow(dead_code, unreachable_pub)]
impl index {
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
    #[automatically_derived]
    impl __crewed::Function for index {
        const META: &'static __crewed::FunctionMeta = &__crewed::FunctionMeta::new(
                __crewed::Method::Get,
                "/",
                "index",
            )
            .hidden()
            .guards(&[__crewed::guard!(& State < Users >, "&State<Users>")])
            .answers(
                &[
                    <__crewed::TypeProbe<&'static str>>::JSON,
                    <__crewed::TypeProbe<&'static str>>::RESPONDER,
                    <__crewed::TypeProbe<&'static str>>::ERRORS,
                ],
            );
        #[allow(unused_mut)]
        fn call<'__r>(
            mut __crewed_call: __crewed::Call<'__r, '_>,
        ) -> __crewed::Answering<'__r> {
            __crewed::Box::pin(
                __crewed::answered(async move {
                    __crewed::ReturnedPart::<&'static str, &'static str>::new()
                        .answers_alone();
                    let __crewed_0 = __crewed::Guarded::<&State<Users>>::new()
                        .before(&mut __crewed_call)
                        .await
                        .map_err(|why| {
                            __crewed::GuardError(why).routed(&mut __crewed_call)
                        })?;
                    let (__crewed::Some(__crewed_0),) = (__crewed_0,) else {
                        return __crewed::Err(__crewed_call.lost())
                    };
                    let __crewed_value = __crewed::Returned::<
                        _,
                        (&'static str, ()),
                    >::new(index(__crewed_0));
                    __crewed::Ok(
                        __crewed_value
                            .answer(&__crewed_call, <index as __crewed::Function>::META),
                    )
                }),
            )
        }
    }
};
