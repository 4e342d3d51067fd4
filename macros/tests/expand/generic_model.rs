pub struct Page<T> {
    pub items: Vec<T>,
    pub next_page: Option<String>,
    pub seen: bool,
    pub source: Option<IpAddr>,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl<T: __crewed::Wire> __crewed::Fields for Page<T> {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
                "PageOf",
                "",
                &[
                    __crewed::FieldMeta::new("items", <__crewed::Known<Vec<T>>>::SHAPE)
                        .constraints(__crewed::Constraints::NONE.max_items(100)),
                    __crewed::FieldMeta::new(
                            "nextPage",
                            <__crewed::Known<Option<String>>>::SHAPE,
                        )
                        .optional(),
                    __crewed::FieldMeta::new(
                            "source",
                            <__crewed::Known<
                                __crewed::Option<__crewed::Opaque<IpAddr>>,
                            >>::SHAPE,
                        )
                        .optional(),
                ],
            )
            .parameters(&[<T as __crewed::Wire>::shape])
            .deny_unknown();
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<Vec<T>>>::show(&self.items, 0, visitor)?;
            <__crewed::Known<Option<String>>>::show(&self.next_page, 1, visitor)?;
            <__crewed::Known<Option<IpAddr>>>::opaque(&self.source, 2, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraft<T: __crewed::Wire> {
        items: __crewed::Option<Vec<T>>,
        next_page: __crewed::Option<Option<String>>,
        source: __crewed::Option<__crewed::Option<__crewed::Opaque<IpAddr>>>,
        __crewed: __crewed::PhantomData<fn() -> (T,)>,
    }
    #[automatically_derived]
    impl<T: __crewed::Wire> __crewed::Object for Page<T> {
        type Draft = __CrewedDraft<T>;
        fn draft() -> Self::Draft {
            __CrewedDraft::<T> {
                items: <__crewed::Known<Vec<T>>>::open(),
                next_page: <__crewed::Known<Option<String>>>::open(),
                source: {
                    <__crewed::Known<IpAddr>>::is_opaque();
                    __crewed::None
                },
                __crewed: __crewed::PhantomData,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<Vec<T>>>::visit(&mut draft.items, visitor),
                1 => {
                    <__crewed::Known<
                        Option<String>,
                    >>::visit(&mut draft.next_page, visitor)
                }
                2 => {
                    <__crewed::Known<
                        __crewed::Option<__crewed::Opaque<IpAddr>>,
                    >>::visit(&mut draft.source, visitor)
                }
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(Page {
                items: __crewed_draft.items?,
                next_page: __crewed_draft.next_page.unwrap_or_default(),
                source: __crewed_draft
                    .source
                    .map(|value| value.map(|value| value.0))
                    .unwrap_or_default(),
                seen: __crewed::Default::default(),
            })
        }
    }
    __crewed::wire_object!([T : __crewed::Wire] Page < T >);
};
