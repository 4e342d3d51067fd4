#[allow(dead_code)]
struct Tag {
    name: String,
}
/// What a client sends to create a Tag.
struct TagCreate {
    /// The `name` of a Tag.
    name: String,
}
/// What a client sends to replace a Tag.
struct TagReplace {}
/// What a client sends to change a Tag.
#[derive(::crewed::__private::Default)]
struct TagPatch {}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for Tag {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Tag",
            "",
            &[
                __crewed::FieldMeta::new("name", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed().addressed(),
                    ),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] Tag);
    const __CREWED_ACCESS: __crewed::AccessMeta = {
        let __crewed_rule_0 = __crewed::JudgedRule::new(
            __crewed::Rule::Public,
            |row, _| __crewed::judged_alone::<
                Tag,
            >(row, |__crewed_row| __crewed::Some(true)),
        );
        __crewed::AccessMeta::new(
            __crewed_rule_0,
            __crewed_rule_0,
            __crewed_rule_0,
            __crewed_rule_0,
        )
    };
    #[automatically_derived]
    impl __crewed::Resource for Tag {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                "/tags",
                "tags",
                <Tag as __crewed::Fields>::META,
                &[
                    __crewed::ColumnMeta::new("name", <__crewed::Known<String>>::CODEC)
                        .key(),
                ],
                0,
            )
            .access(&__CREWED_ACCESS);
        type Key = String;
        type Create = TagCreate;
        type Replace = TagReplace;
        type Patch = TagPatch;
        type Caller = __crewed::NoCaller;
        type Access = __crewed::Ruled;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Ok(Tag {
                name: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 0)?,
            })
        }
    }
    ///The fields of [`Tag`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct TagFields {
        pub name: __crewed::Field<Tag, String>,
    }
    impl Tag {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        const FIELDS: TagFields = TagFields {
            name: __crewed::Field::at(0),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <Tag as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [0],
    );
    #[automatically_derived]
    impl __crewed::Fields for TagCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("TagCreate", "What a client sends to create a Tag.", __CREWED_CREATE);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        name: __crewed::Option<String>,
    }
    #[automatically_derived]
    impl __crewed::Object for TagCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                name: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.name, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(TagCreate {
                name: __crewed_draft.name?,
            })
        }
    }
    __crewed::wire_object!([] TagCreate);
    #[automatically_derived]
    impl __crewed::Input for TagCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(0, &self.name, <__crewed::Known<String>>::CODEC);
        }
    }
    const __CREWED_REPLACE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [],
    );
    #[automatically_derived]
    impl __crewed::Fields for TagReplace {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("TagReplace", "What a client sends to replace a Tag.", __CREWED_REPLACE)
            .key("name");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            _: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftReplace {}
    #[automatically_derived]
    impl __crewed::Object for TagReplace {
        type Draft = __CrewedDraftReplace;
        fn draft() -> Self::Draft {
            __CrewedDraftReplace {}
        }
        fn slot<__V: __crewed::SlotVisitor>(
            _: &mut Self::Draft,
            _: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            visitor.none()
        }
        fn finish(_: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(TagReplace {})
        }
    }
    __crewed::wire_object!([] TagReplace);
    #[automatically_derived]
    impl __crewed::Input for TagReplace {
        fn changes(self, _: &mut __crewed::Changes) {}
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [],
    );
    #[automatically_derived]
    impl __crewed::Fields for TagPatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("TagPatch", "What a client sends to change a Tag.", __CREWED_PATCH)
            .key("name");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            _: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for TagPatch {
        type Draft = Self;
        fn draft() -> Self::Draft {
            <Self as __crewed::Default>::default()
        }
        fn slot<__V: __crewed::SlotVisitor>(
            _: &mut Self::Draft,
            _: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            visitor.none()
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] TagPatch);
    #[automatically_derived]
    impl __crewed::Input for TagPatch {
        fn changes(self, _: &mut __crewed::Changes) {}
    }
};
