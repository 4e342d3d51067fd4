#[allow(dead_code)]
/// Someone, and the nickname they go by.
struct User {
    /// The name they are found by.
    name: String,
    nickname: String,
}
/// What a client sends to create a User.
struct UserCreate {
    /// The name they are found by.
    name: String,
    /// The `nickname` of a User.
    nickname: String,
}
/// What a client sends to replace a User.
struct UserReplace {
    /// The `nickname` of a User.
    nickname: String,
}
/// What a client sends to change a User.
#[derive(::crewed::__private::Default)]
struct UserPatch {
    /// The `nickname` of a User.
    nickname: ::crewed::__private::Patched<String>,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for User {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "User",
            "Someone, and the nickname they go by.",
            &[
                __crewed::FieldMeta::new("name", <__crewed::Known<String>>::SHAPE)
                    .doc("The name they are found by.")
                    .constraints(
                        __crewed::Constraints::NONE
                            .stored()
                            .indexed()
                            .addressed()
                            .min_length(1)
                            .max_length(64),
                    ),
                __crewed::FieldMeta::new("nickname", <__crewed::Known<String>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.nickname, 1, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] User);
    #[automatically_derived]
    impl __crewed::Resource for User {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                "/users",
                "users",
                <User as __crewed::Fields>::META,
                &[
                    __crewed::ColumnMeta::new("name", <__crewed::Known<String>>::CODEC)
                        .key(),
                    __crewed::ColumnMeta::new("nickname", __crewed::codec::<String>()),
                ],
                0,
            )
            .operations(
                &[
                    __crewed::Operation::List,
                    __crewed::Operation::Create,
                    __crewed::Operation::Delete,
                ],
            )
            .missing(400, "Name not found.")
            .rate_limit(__crewed::Rate::new(100, 60));
        type Key = String;
        type Create = UserCreate;
        type Replace = UserReplace;
        type Patch = UserPatch;
        type Caller = __crewed::NoCaller;
        type Access = __crewed::Open;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Ok(User {
                name: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 0)?,
                nickname: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 1)?,
            })
        }
    }
    ///The fields of [`User`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct UserFields {
        pub name: __crewed::Field<User, String>,
        pub nickname: __crewed::Field<User, String>,
    }
    impl User {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        const FIELDS: UserFields = UserFields {
            name: __crewed::Field::at(0),
            nickname: __crewed::Field::at(1),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <User as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [0, 1],
    );
    #[automatically_derived]
    impl __crewed::Fields for UserCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("UserCreate", "What a client sends to create a User.", __CREWED_CREATE);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.nickname, 1, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        name: __crewed::Option<String>,
        nickname: __crewed::Option<String>,
    }
    #[automatically_derived]
    impl __crewed::Object for UserCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                name: __crewed::None,
                nickname: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.name, visitor),
                1 => <__crewed::Known<String>>::visit(&mut draft.nickname, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(UserCreate {
                name: __crewed_draft.name?,
                nickname: __crewed_draft.nickname?,
            })
        }
    }
    __crewed::wire_object!([] UserCreate);
    #[automatically_derived]
    impl __crewed::Input for UserCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(0, &self.name, <__crewed::Known<String>>::CODEC);
            changes.set(1, &self.nickname, <__crewed::Known<String>>::CODEC);
        }
    }
    const __CREWED_REPLACE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [1],
    );
    #[automatically_derived]
    impl __crewed::Fields for UserReplace {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("UserReplace", "What a client sends to replace a User.", __CREWED_REPLACE)
            .key("name");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.nickname, 0, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftReplace {
        nickname: __crewed::Option<String>,
    }
    #[automatically_derived]
    impl __crewed::Object for UserReplace {
        type Draft = __CrewedDraftReplace;
        fn draft() -> Self::Draft {
            __CrewedDraftReplace {
                nickname: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.nickname, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(UserReplace {
                nickname: __crewed_draft.nickname?,
            })
        }
    }
    __crewed::wire_object!([] UserReplace);
    #[automatically_derived]
    impl __crewed::Input for UserReplace {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(1, &self.nickname, <__crewed::Known<String>>::CODEC);
        }
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [(1, false)],
    );
    #[automatically_derived]
    impl __crewed::Fields for UserPatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("UserPatch", "What a client sends to change a User.", __CREWED_PATCH)
            .key("name");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::patched(&self.nickname, 0, visitor)?;
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for UserPatch {
        type Draft = Self;
        fn draft() -> Self::Draft {
            <Self as __crewed::Default>::default()
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => {
                    <__crewed::Known<
                        String,
                    >>::visit_patched(&mut draft.nickname, visitor)
                }
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] UserPatch);
    #[automatically_derived]
    impl __crewed::Input for UserPatch {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(1, self.nickname, <__crewed::Known<String>>::CODEC);
        }
    }
};
