/// Where somebody lives.
#[derive(Clone, Debug)]
pub struct Address {
    /// The city.
    city: String,
    zip: Option<String>,
    floor: i32,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    fn __crewed_default_2() -> i32 {
        1
    }
    #[automatically_derived]
    impl __crewed::Fields for Address {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Address",
            "Where somebody lives.",
            &[
                __crewed::FieldMeta::new("city", <__crewed::Known<String>>::SHAPE)
                    .doc("The city.")
                    .constraints(__crewed::Constraints::NONE.min_length(2))
                    .example(|| <__crewed::Known<
                        String,
                    >>::json(
                        <__crewed::String as __crewed::From<
                            &__crewed::str,
                        >>::from("Seoul"),
                    )),
                __crewed::FieldMeta::new("zip", <__crewed::Known<Option<String>>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE
                            .pattern(__crewed::Pattern {
                                source: "^[0-9]{5}$",
                                regex: || {
                                    static COMPILED: __crewed::LazyLock<
                                        __crewed::CompiledPattern,
                                    > = __crewed::LazyLock::new(|| __crewed::Pattern::compile(
                                        "^[0-9]{5}$",
                                    ));
                                    &COMPILED
                                },
                            }),
                    )
                    .optional(),
                __crewed::FieldMeta::new("floor", <__crewed::Known<i32>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.ge(__crewed::Bound::Int(-2)),
                    )
                    .default(|| <__crewed::Known<i32>>::json(__crewed_default_2())),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.city, 0, visitor)?;
            <__crewed::Known<Option<String>>>::show(&self.zip, 1, visitor)?;
            <__crewed::Known<i32>>::show(&self.floor, 2, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraft {
        city: __crewed::Option<String>,
        zip: __crewed::Option<Option<String>>,
        floor: __crewed::Option<i32>,
    }
    #[automatically_derived]
    impl __crewed::Object for Address {
        type Draft = __CrewedDraft;
        fn draft() -> Self::Draft {
            __CrewedDraft {
                city: <__crewed::Known<String>>::open(),
                zip: <__crewed::Known<Option<String>>>::open(),
                floor: <__crewed::Known<i32>>::open(),
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.city, visitor),
                1 => <__crewed::Known<Option<String>>>::visit(&mut draft.zip, visitor),
                2 => <__crewed::Known<i32>>::visit(&mut draft.floor, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(Address {
                city: __crewed_draft.city?,
                zip: __crewed_draft.zip.unwrap_or_default(),
                floor: __crewed_draft.floor.unwrap_or_else(__crewed_default_2),
            })
        }
    }
    __crewed::wire_object!([] Address);
};
