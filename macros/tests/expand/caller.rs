#[derive(::core::clone::Clone)]
/// Who asks.
#[derive(Debug)]
struct Me {
    id: Uuid,
    org: Uuid,
    is_root: bool,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Caller for Me {
        const META: &'static __crewed::CallerMeta = &__crewed::CallerMeta::new(
            "Me",
            {
                #[allow(unused_imports)]
                use __crewed::undeclared::*;
                #[allow(deprecated, unused_imports)]
                use current_user as FunctionWithoutAttribute;
                __crewed::giving::<Me, FunctionWithoutAttribute>()
            },
        );
        fn tell(&self, hasher: &mut dyn __crewed::Hasher) -> ::core::primitive::bool {
            <__crewed::TypeProbe<Uuid>>::told(&self.id, hasher)
        }
        const LOGGED_ID: ::core::option::Option<__crewed::LoggedId> = ::core::option::Option::Some(
            __crewed::logged_id::<Me>,
        );
    }
    #[automatically_derived]
    impl __crewed::CallerId for Me {
        type Id = Uuid;
        fn id(&self) -> &Self::Id {
            &self.id
        }
    }
    #[automatically_derived]
    impl __crewed::CallerTenant for Me {
        type Tenant = Uuid;
        fn tenant(&self) -> &Self::Tenant {
            &self.org
        }
        fn all_tenants(&self) -> ::core::primitive::bool {
            self.is_root
        }
    }
};
