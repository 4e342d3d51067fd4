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
    fn __crewed_default_2() -> i32 {
        1
    }
    #[automatically_derived]
    impl __crewed::Fields for Address {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "Address",
            "Where somebody lives.",
            &[
                __crewed::FieldMeta::new("city", <String as __crewed::Wire>::shape)
                    .doc("The city.")
                    .rules(__crewed::Rules::NONE.min_length(2))
                    .example(|| __crewed::json::<
                        String,
                    >(
                        <__crewed::String as __crewed::From<
                            &__crewed::str,
                        >>::from("Seoul"),
                    )),
                __crewed::FieldMeta::new(
                        "zip",
                        <Option<String> as __crewed::Wire>::shape,
                    )
                    .rules(
                        __crewed::Rules::NONE
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
                __crewed::FieldMeta::new("floor", <i32 as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.ge(__crewed::Bound::Int(-2)))
                    .default(|| __crewed::json::<i32>(__crewed_default_2())),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            visitor.field(0, &__crewed::Out(&self.city))?;
            visitor.field(1, &__crewed::Out(&self.zip))?;
            visitor.field(2, &__crewed::Out(&self.floor))?;
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
                city: __crewed::None,
                zip: __crewed::None,
                floor: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => visitor.visit(&mut draft.city),
                1 => visitor.visit(&mut draft.zip),
                2 => visitor.visit(&mut draft.floor),
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
