enum Priority {
    Low = 1,
    Middle,
    High = -3,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::UnitEnum for Priority {
        const META: &'static __crewed::UnitEnumMeta = &__crewed::UnitEnumMeta::of_numbers::<
            Self,
        >("Priority", "", &[1, 2, -3]);
        fn index(&self) -> __crewed::usize {
            match self {
                Self::Low => 0,
                Self::Middle => 1,
                Self::High => 2,
            }
        }
        fn from_index(index: __crewed::usize) -> __crewed::Option<Self> {
            match index {
                0 => __crewed::Some(Self::Low),
                1 => __crewed::Some(Self::Middle),
                2 => __crewed::Some(Self::High),
                _ => __crewed::None,
            }
        }
    }
    __crewed::wire_choice!(Priority);
};
