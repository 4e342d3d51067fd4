/// How far it is.
#[derive(Clone, Debug)]
enum Status {
    Draft,
    GoneLive,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::UnitEnum for Status {
        const META: &'static __crewed::UnitEnumMeta = &__crewed::UnitEnumMeta::of::<
            Self,
        >("Status", "How far it is.", &["draft", "gone-live"])
            .literal();
        fn index(&self) -> __crewed::usize {
            match self {
                Self::Draft => 0,
                Self::GoneLive => 1,
            }
        }
        fn from_index(index: __crewed::usize) -> __crewed::Option<Self> {
            match index {
                0 => __crewed::Some(Self::Draft),
                1 => __crewed::Some(Self::GoneLive),
                _ => __crewed::None,
            }
        }
    }
    __crewed::wire_choice!(Status);
};
