fn write_report(report: Report, db: &State<Db>) -> Result<Json<Report>, HttpError> {
    db.write(report)
}
#[doc(hidden)]
#[allow(non_camel_case_types, unreachable_pub)]
pub struct write_report {}
#[allow(dead_code, unreachable_pub)]
impl write_report {
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
    impl __crewed::Function for write_report {
        const META: &'static __crewed::FunctionMeta = &__crewed::FunctionMeta::new(
                __crewed::Method::Post,
                "/reports",
                "write_report",
            )
            .blocking()
            .rate_limit(__crewed::Rate::new(5, 7200))
            .inputs(
                &[
                    __crewed::InputMeta::new(
                        <__crewed::ArgumentProbe<Report, __crewed::OfFunction>>::PLACE,
                        __crewed::FieldMeta::new(
                            "report",
                            <__crewed::ArgumentProbe<
                                Report,
                                __crewed::OfFunction,
                            >>::SHAPE,
                        ),
                    ),
                ],
            )
            .guards(
                &[
                    __crewed::guard!(Report, "Report"),
                    __crewed::guard!(& State < Db >, "&State<Db>"),
                ],
            )
            .dependencies(
                &[<__crewed::ArgumentProbe<Report, __crewed::OfFunction>>::DEPENDENCY],
            )
            .answers(
                &[
                    <__crewed::TypeProbe<Json<Report>>>::JSON,
                    <__crewed::TypeProbe<Json<Report>>>::RESPONDER,
                    <__crewed::TypeProbe<Json<Report>>>::ERRORS,
                    <__crewed::TypeProbe<HttpError>>::ERRORS,
                    <__crewed::TypeProbe<HttpError>>::RESPONDER.failing(),
                    __crewed::error::<
                        HttpError,
                    >(
                        <__crewed::TypeProbe<HttpError>>::IS_RESPONSE,
                        <__crewed::TypeProbe<HttpError>>::IS_HTTP_ERROR,
                    ),
                ],
            );
        #[allow(unused_mut)]
        fn call<'__r>(
            mut __crewed_call: __crewed::Call<'__r, '_>,
        ) -> __crewed::Answering<'__r> {
            __crewed::Box::pin(
                __crewed::answered(async move {
                    __crewed::ReturnedPart::<Json<Report>, Report>::new()
                        .answers_alone();
                    let __crewed_0 = __crewed::ArgumentProbe::<
                        Report,
                        __crewed::OfFunction,
                    >::new()
                        .no_guard()
                        .no_form()
                        .before(&mut __crewed_call)
                        .await
                        .map_err(|why| {
                            __crewed::GuardError(why).routed(&mut __crewed_call)
                        })?;
                    let __crewed_1 = __crewed::Guarded::<&State<Db>>::new()
                        .before(&mut __crewed_call)
                        .await
                        .map_err(|why| {
                            __crewed::GuardError(why).routed(&mut __crewed_call)
                        })?;
                    let mut __crewed_inputs = __crewed_call
                        .examine(<write_report as __crewed::Function>::META.inputs)
                        .await?;
                    let __crewed_0 = __crewed::ArgumentProbe::<
                        Report,
                        __crewed::OfFunction,
                    >::new()
                        .after(__crewed_0, &mut __crewed_inputs, 0);
                    if __crewed_inputs.are_refused() {
                        return __crewed::Err(__crewed_call.refuse(__crewed_inputs));
                    }
                    let (__crewed::Some(__crewed_0), __crewed::Some(__crewed_1)) = (
                        __crewed::ArgumentProbe::<Report, __crewed::OfFunction>::new()
                            .given(__crewed_0, &mut __crewed_call, 0),
                        __crewed_1,
                    ) else {
                        return __crewed::Err(__crewed_call.refuse(__crewed_inputs))
                    };
                    let __crewed_place = __crewed_call.place().await?;
                    let __crewed_value = __crewed::Returned::<
                        _,
                        (Json<Report>, ()),
                    >::new(
                        __crewed_place
                            .run(|| write_report(__crewed_0, __crewed_1))
                            .map_err(|error| {
                                __crewed::Failed::new(error)
                                    .routed(
                                        &__crewed_call,
                                        <write_report as __crewed::Function>::META,
                                    )
                            })?,
                    );
                    __crewed::Ok(
                        __crewed_value
                            .answer(
                                &__crewed_call,
                                <write_report as __crewed::Function>::META,
                            ),
                    )
                }),
            )
        }
    }
};
