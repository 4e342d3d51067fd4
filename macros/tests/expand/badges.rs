#[allow(dead_code)]
struct Badge {
    code: String,
    org: String,
    name: String,
    email: String,
    holder: i64,
    color: i32,
    shape: i32,
    number: i32,
}
/// What a client sends to create a Badge.
struct BadgeCreate {
    /// The `code` of a Badge.
    code: String,
    /// The `name` of a Badge.
    name: String,
    /// The `email` of a Badge.
    email: String,
    /// The `color` of a Badge.
    color: i32,
    /// The `shape` of a Badge.
    shape: i32,
    /// The `number` of a Badge.
    number: i32,
}
/// What a client sends to replace a Badge.
struct BadgeReplace {
    /// The `name` of a Badge.
    name: String,
    /// The `email` of a Badge.
    email: String,
    /// The `color` of a Badge.
    color: i32,
    /// The `shape` of a Badge.
    shape: i32,
    /// The `number` of a Badge.
    number: i32,
}
/// What a client sends to change a Badge.
#[derive(::crewed::__private::Default)]
struct BadgePatch {
    /// The `name` of a Badge.
    name: ::crewed::__private::Patched<String>,
    /// The `email` of a Badge.
    email: ::crewed::__private::Patched<String>,
    /// The `color` of a Badge.
    color: ::crewed::__private::Patched<i32>,
    /// The `shape` of a Badge.
    shape: ::crewed::__private::Patched<i32>,
    /// The `number` of a Badge.
    number: ::crewed::__private::Patched<i32>,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for Badge {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Badge",
            "",
            &[
                __crewed::FieldMeta::new("code", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE
                            .stored()
                            .indexed_within(1300)
                            .addressed(),
                    ),
                __crewed::FieldMeta::new("org", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed_within(1300),
                    )
                    .read_only(),
                __crewed::FieldMeta::new("name", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed_within(1300),
                    ),
                __crewed::FieldMeta::new("email", <__crewed::Known<String>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored().indexed()),
                __crewed::FieldMeta::new("holder", <__crewed::Known<i64>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored())
                    .read_only(),
                __crewed::FieldMeta::new("color", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("shape", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("number", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.code, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.org, 1, visitor)?;
            <__crewed::Known<String>>::show(&self.name, 2, visitor)?;
            <__crewed::Known<String>>::show(&self.email, 3, visitor)?;
            <__crewed::Known<i64>>::show(&self.holder, 4, visitor)?;
            <__crewed::Known<i32>>::show(&self.color, 5, visitor)?;
            <__crewed::Known<i32>>::show(&self.shape, 6, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 7, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] Badge);
    fn __crewed_owner(caller: &Me) -> i64 {
        __crewed::id_as(caller)
    }
    const __CREWED_ACCESS: __crewed::AccessMeta = {
        let __crewed_rule_0 = __crewed::JudgedRule::new(
            __crewed::Rule::Public,
            |row, caller| __crewed::judged::<
                Badge,
                Me,
            >(row, caller, |__crewed_row, __crewed_caller| __crewed::Some(true)),
        );
        let __crewed_rule_1 = __crewed::JudgedRule::new(
            __crewed::Rule::Caller,
            |row, caller| __crewed::judged::<
                Badge,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::Some(__crewed_caller.is_some()),
            ),
        );
        __crewed::AccessMeta::new(
                __crewed_rule_0,
                __crewed_rule_1,
                __crewed_rule_1,
                __crewed_rule_1,
            )
            .caller(__crewed::caller::<Me>())
            .tenant(
                1,
                |caller| __crewed::tenant_of::<Badge, Me, _>(caller, Badge::FIELDS.org),
                |caller| __crewed::is_everywhere::<Me>(caller),
            )
            .owner(
                4,
                |caller| __crewed::caller_operand::<
                    Badge,
                    Me,
                    _,
                >(caller, Badge::FIELDS.holder, __crewed_owner),
            )
    };
    #[automatically_derived]
    impl __crewed::Resource for Badge {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                "/badges",
                "badges",
                <Badge as __crewed::Fields>::META,
                &[
                    __crewed::ColumnMeta::new("code", <__crewed::Known<String>>::CODEC)
                        .key(),
                    __crewed::ColumnMeta::new("org", __crewed::codec::<String>())
                        .index(),
                    __crewed::ColumnMeta::new("name", __crewed::codec::<String>()),
                    __crewed::ColumnMeta::new("email", __crewed::codec::<String>())
                        .unique(),
                    __crewed::ColumnMeta::new("holder", __crewed::codec::<i64>())
                        .index(),
                    __crewed::ColumnMeta::new("color", __crewed::codec::<i32>()),
                    __crewed::ColumnMeta::new("shape", __crewed::codec::<i32>()),
                    __crewed::ColumnMeta::new("number", __crewed::codec::<i32>()),
                ],
                0,
            )
            .indexes(
                &[
                    __crewed::IndexMeta::new(&[1, 2]).unique(),
                    __crewed::IndexMeta::new(&[1, 4]).unique(),
                    __crewed::IndexMeta::new(&[1, 5, 7]).unique(),
                    __crewed::IndexMeta::new(&[5, 6]).unique(),
                    __crewed::IndexMeta::new(&[6, 7]),
                ],
            )
            .access(&__CREWED_ACCESS);
        type Key = String;
        type Create = BadgeCreate;
        type Replace = BadgeReplace;
        type Patch = BadgePatch;
        type Caller = Me;
        type Access = __crewed::Ruled;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Ok(Badge {
                code: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 0)?,
                org: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 1)?,
                name: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 2)?,
                email: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 3)?,
                holder: <__crewed::Known<i64>>::CODEC.take(Self::RESOURCE, row, 4)?,
                color: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 5)?,
                shape: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 6)?,
                number: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 7)?,
            })
        }
    }
    ///The fields of [`Badge`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct BadgeFields {
        pub code: __crewed::Field<Badge, String>,
        pub org: __crewed::Field<Badge, String>,
        pub name: __crewed::Field<Badge, String>,
        pub email: __crewed::Field<Badge, String>,
        pub holder: __crewed::Field<Badge, i64>,
        pub color: __crewed::Field<Badge, i32>,
        pub shape: __crewed::Field<Badge, i32>,
        pub number: __crewed::Field<Badge, i32>,
    }
    impl Badge {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        const FIELDS: BadgeFields = BadgeFields {
            code: __crewed::Field::at(0),
            org: __crewed::Field::at(1),
            name: __crewed::Field::at(2),
            email: __crewed::Field::at(3),
            holder: __crewed::Field::at(4),
            color: __crewed::Field::at(5),
            shape: __crewed::Field::at(6),
            number: __crewed::Field::at(7),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <Badge as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [0, 2, 3, 5, 6, 7],
    );
    #[automatically_derived]
    impl __crewed::Fields for BadgeCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("BadgeCreate", "What a client sends to create a Badge.", __CREWED_CREATE)
            .ignore(&["org", "holder"]);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.code, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.name, 1, visitor)?;
            <__crewed::Known<String>>::show(&self.email, 2, visitor)?;
            <__crewed::Known<i32>>::show(&self.color, 3, visitor)?;
            <__crewed::Known<i32>>::show(&self.shape, 4, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 5, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        code: __crewed::Option<String>,
        name: __crewed::Option<String>,
        email: __crewed::Option<String>,
        color: __crewed::Option<i32>,
        shape: __crewed::Option<i32>,
        number: __crewed::Option<i32>,
    }
    #[automatically_derived]
    impl __crewed::Object for BadgeCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                code: __crewed::None,
                name: __crewed::None,
                email: __crewed::None,
                color: __crewed::None,
                shape: __crewed::None,
                number: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.code, visitor),
                1 => <__crewed::Known<String>>::visit(&mut draft.name, visitor),
                2 => <__crewed::Known<String>>::visit(&mut draft.email, visitor),
                3 => <__crewed::Known<i32>>::visit(&mut draft.color, visitor),
                4 => <__crewed::Known<i32>>::visit(&mut draft.shape, visitor),
                5 => <__crewed::Known<i32>>::visit(&mut draft.number, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(BadgeCreate {
                code: __crewed_draft.code?,
                name: __crewed_draft.name?,
                email: __crewed_draft.email?,
                color: __crewed_draft.color?,
                shape: __crewed_draft.shape?,
                number: __crewed_draft.number?,
            })
        }
    }
    __crewed::wire_object!([] BadgeCreate);
    #[automatically_derived]
    impl __crewed::Input for BadgeCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(0, &self.code, <__crewed::Known<String>>::CODEC);
            changes.set(2, &self.name, <__crewed::Known<String>>::CODEC);
            changes.set(3, &self.email, <__crewed::Known<String>>::CODEC);
            changes.set(5, &self.color, <__crewed::Known<i32>>::CODEC);
            changes.set(6, &self.shape, <__crewed::Known<i32>>::CODEC);
            changes.set(7, &self.number, <__crewed::Known<i32>>::CODEC);
        }
    }
    const __CREWED_REPLACE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [2, 3, 5, 6, 7],
    );
    #[automatically_derived]
    impl __crewed::Fields for BadgeReplace {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("BadgeReplace", "What a client sends to replace a Badge.", __CREWED_REPLACE)
            .ignore(&["org", "holder"])
            .key("code");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.email, 1, visitor)?;
            <__crewed::Known<i32>>::show(&self.color, 2, visitor)?;
            <__crewed::Known<i32>>::show(&self.shape, 3, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftReplace {
        name: __crewed::Option<String>,
        email: __crewed::Option<String>,
        color: __crewed::Option<i32>,
        shape: __crewed::Option<i32>,
        number: __crewed::Option<i32>,
    }
    #[automatically_derived]
    impl __crewed::Object for BadgeReplace {
        type Draft = __CrewedDraftReplace;
        fn draft() -> Self::Draft {
            __CrewedDraftReplace {
                name: __crewed::None,
                email: __crewed::None,
                color: __crewed::None,
                shape: __crewed::None,
                number: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.name, visitor),
                1 => <__crewed::Known<String>>::visit(&mut draft.email, visitor),
                2 => <__crewed::Known<i32>>::visit(&mut draft.color, visitor),
                3 => <__crewed::Known<i32>>::visit(&mut draft.shape, visitor),
                4 => <__crewed::Known<i32>>::visit(&mut draft.number, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(BadgeReplace {
                name: __crewed_draft.name?,
                email: __crewed_draft.email?,
                color: __crewed_draft.color?,
                shape: __crewed_draft.shape?,
                number: __crewed_draft.number?,
            })
        }
    }
    __crewed::wire_object!([] BadgeReplace);
    #[automatically_derived]
    impl __crewed::Input for BadgeReplace {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(2, &self.name, <__crewed::Known<String>>::CODEC);
            changes.set(3, &self.email, <__crewed::Known<String>>::CODEC);
            changes.set(5, &self.color, <__crewed::Known<i32>>::CODEC);
            changes.set(6, &self.shape, <__crewed::Known<i32>>::CODEC);
            changes.set(7, &self.number, <__crewed::Known<i32>>::CODEC);
        }
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [(2, false), (3, false), (5, false), (6, false), (7, false)],
    );
    #[automatically_derived]
    impl __crewed::Fields for BadgePatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("BadgePatch", "What a client sends to change a Badge.", __CREWED_PATCH)
            .ignore(&["org", "holder"])
            .key("code");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::patched(&self.name, 0, visitor)?;
            <__crewed::Known<String>>::patched(&self.email, 1, visitor)?;
            <__crewed::Known<i32>>::patched(&self.color, 2, visitor)?;
            <__crewed::Known<i32>>::patched(&self.shape, 3, visitor)?;
            <__crewed::Known<i32>>::patched(&self.number, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for BadgePatch {
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
                0 => <__crewed::Known<String>>::visit_patched(&mut draft.name, visitor),
                1 => <__crewed::Known<String>>::visit_patched(&mut draft.email, visitor),
                2 => <__crewed::Known<i32>>::visit_patched(&mut draft.color, visitor),
                3 => <__crewed::Known<i32>>::visit_patched(&mut draft.shape, visitor),
                4 => <__crewed::Known<i32>>::visit_patched(&mut draft.number, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] BadgePatch);
    #[automatically_derived]
    impl __crewed::Input for BadgePatch {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(2, self.name, <__crewed::Known<String>>::CODEC);
            changes.patch(3, self.email, <__crewed::Known<String>>::CODEC);
            changes.patch(5, self.color, <__crewed::Known<i32>>::CODEC);
            changes.patch(6, self.shape, <__crewed::Known<i32>>::CODEC);
            changes.patch(7, self.number, <__crewed::Known<i32>>::CODEC);
        }
    }
};
