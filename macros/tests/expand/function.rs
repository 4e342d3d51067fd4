/// Reads an item.
pub(crate) async fn read_item(
    short: Flag,
    item_id: i64,
    q: Option<String>,
    x_token: String,
    item: Item,
    user: &State<User>,
) -> Result<Json<Item>, ItemError> {
    Ok(Json(item))
}
#[doc(hidden)]
#[allow(non_camel_case_types, unreachable_pub)]
pub struct read_item {}
#[allow(dead_code, unreachable_pub)]
impl read_item {
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
    fn __crewed_default_3() -> String {
        <__crewed::String as __crewed::From<&__crewed::str>>::from("none")
    }
    const __CREWED_EXTRACTOR_0: __crewed::Extractor<Flag> = __crewed::extractor::<
        Flag,
    >();
    const __CREWED_EXTRACTOR_1: __crewed::Extractor<i64> = __crewed::extractor::<i64>();
    const __CREWED_EXTRACTOR_2: __crewed::Extractor<Option<String>> = __crewed::extractor::<
        Option<String>,
    >();
    const __CREWED_EXTRACTOR_3: __crewed::Extractor<String> = __crewed::extractor::<
        String,
    >();
    #[automatically_derived]
    impl __crewed::Function for read_item {
        const META: &'static __crewed::FunctionMeta = &__crewed::FunctionMeta::new(
                __crewed::Method::Get,
                "/items/<item_id>",
                "read_item",
            )
            .doc("Reads an item.")
            .tags(&["items"])
            .status(202)
            .inputs(
                &[
                    __crewed::InputMeta::new(
                        __crewed::Place::Query,
                        __crewed::FieldMeta::new("short", __CREWED_EXTRACTOR_0.shape),
                    ),
                    __crewed::InputMeta::new(
                        __crewed::Place::Path(1),
                        __crewed::FieldMeta::new("item_id", __CREWED_EXTRACTOR_1.shape)
                            .doc("Which one.")
                            .constraints(
                                __crewed::Constraints::NONE.ge(__crewed::Bound::Int(1)),
                            ),
                    ),
                    __crewed::InputMeta::new(
                        __crewed::Place::Query,
                        __crewed::FieldMeta::new("q", __CREWED_EXTRACTOR_2.shape)
                            .constraints(__crewed::Constraints::NONE.max_length(50))
                            .optional(),
                    ),
                    __crewed::InputMeta::new(
                        __crewed::Place::Header,
                        __crewed::FieldMeta::new("x-token", __CREWED_EXTRACTOR_3.shape)
                            .default(|| <__crewed::Known<
                                String,
                            >>::json(__crewed_default_3())),
                    ),
                    __crewed::InputMeta::new(
                        <__crewed::ArgumentProbe<Item, __crewed::OfFunction>>::PLACE,
                        __crewed::FieldMeta::new(
                            "item",
                            <__crewed::ArgumentProbe<Item, __crewed::OfFunction>>::SHAPE,
                        ),
                    ),
                ],
            )
            .guards(
                &[
                    __crewed::guard!(Item, "Item"),
                    __crewed::guard!(& State < User >, "&State<User>"),
                ],
            )
            .dependencies(
                &[<__crewed::ArgumentProbe<Item, __crewed::OfFunction>>::DEPENDENCY],
            )
            .answers(
                &[
                    <__crewed::TypeProbe<Json<Item>>>::JSON,
                    <__crewed::TypeProbe<Json<Item>>>::RESPONDER,
                    <__crewed::TypeProbe<Json<Item>>>::ERRORS,
                    <__crewed::TypeProbe<ItemError>>::ERRORS,
                    <__crewed::TypeProbe<ItemError>>::RESPONDER.failing(),
                    __crewed::Answer::Declared(404, "No such item.", __crewed::None),
                    __crewed::error::<
                        ItemError,
                    >(
                        <__crewed::TypeProbe<ItemError>>::IS_RESPONSE,
                        <__crewed::TypeProbe<ItemError>>::IS_HTTP_ERROR,
                    ),
                ],
            );
        #[allow(unused_mut)]
        fn call<'__r>(
            mut __crewed_call: __crewed::Call<'__r, '_>,
        ) -> __crewed::Answering<'__r> {
            __crewed::Box::pin(
                __crewed::answered(async move {
                    __crewed::ReturnedPart::<Json<Item>, Item>::new().answers_alone();
                    let __crewed_4 = __crewed::ArgumentProbe::<
                        Item,
                        __crewed::OfFunction,
                    >::new()
                        .no_guard()
                        .no_form()
                        .before(&mut __crewed_call)
                        .await
                        .map_err(|why| {
                            __crewed::GuardError(why).routed(&mut __crewed_call)
                        })?;
                    let __crewed_5 = __crewed::Guarded::<&State<User>>::new()
                        .before(&mut __crewed_call)
                        .await
                        .map_err(|why| {
                            __crewed::GuardError(why).routed(&mut __crewed_call)
                        })?;
                    let mut __crewed_inputs = __crewed_call
                        .examine(<read_item as __crewed::Function>::META.inputs)
                        .await?;
                    let __crewed_1 = __crewed_inputs.take(1, &__CREWED_EXTRACTOR_1);
                    let __crewed_0 = __crewed_inputs.take(0, &__CREWED_EXTRACTOR_0);
                    let __crewed_2 = __crewed_inputs.take(2, &__CREWED_EXTRACTOR_2);
                    let __crewed_3 = __crewed_inputs
                        .take_or(3, &__CREWED_EXTRACTOR_3, __crewed_default_3);
                    let __crewed_4 = __crewed::ArgumentProbe::<
                        Item,
                        __crewed::OfFunction,
                    >::new()
                        .after(__crewed_4, &mut __crewed_inputs, 4);
                    if __crewed_inputs.are_refused() {
                        return __crewed::Err(__crewed_call.refuse(__crewed_inputs));
                    }
                    let (
                        __crewed::Some(__crewed_0),
                        __crewed::Some(__crewed_1),
                        __crewed::Some(__crewed_2),
                        __crewed::Some(__crewed_3),
                        __crewed::Some(__crewed_4),
                        __crewed::Some(__crewed_5),
                    ) = (
                        __crewed_0,
                        __crewed_1,
                        __crewed_2,
                        __crewed_3,
                        __crewed::ArgumentProbe::<Item, __crewed::OfFunction>::new()
                            .given(__crewed_4, &mut __crewed_call, 0),
                        __crewed_5,
                    ) else {
                        return __crewed::Err(__crewed_call.refuse(__crewed_inputs))
                    };
                    let __crewed_value = __crewed::Returned::<
                        _,
                        (Json<Item>, ()),
                    >::new(
                        read_item(
                                __crewed_0,
                                __crewed_1,
                                __crewed_2,
                                __crewed_3,
                                __crewed_4,
                                __crewed_5,
                            )
                            .await
                            .map_err(|error| {
                                __crewed::Failed::new(error)
                                    .routed(
                                        &__crewed_call,
                                        <read_item as __crewed::Function>::META,
                                    )
                            })?,
                    );
                    __crewed::Ok(
                        __crewed_value
                            .answer(
                                &__crewed_call,
                                <read_item as __crewed::Function>::META,
                            ),
                    )
                }),
            )
        }
    }
};
