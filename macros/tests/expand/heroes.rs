#[allow(dead_code)]
/// A hero.
#[derive(Clone, Debug, Default)]
pub struct Hero {
    pub id: i64,
    /// The name in the papers.
    pub name: String,
    age: Option<i32>,
    secret_name: String,
    address: Option<Address>,
    tags: Vec<String>,
    fee: Decimal,
    updated_at: DateTime<Utc>,
}
/// What a client sends to create or replace a Hero.
#[derive(Clone, Debug)]
pub struct HeroCreate {
    /// The name in the papers.
    pub name: String,
    /// The `age` of a Hero.
    age: Option<i32>,
    /// The `secret_name` of a Hero.
    secret_name: String,
    /// The `address` of a Hero.
    address: Option<Address>,
    /// The `tags` of a Hero.
    tags: Vec<String>,
    /// The `fee` of a Hero.
    fee: Decimal,
}
/// What a client sends to change a Hero.
#[derive(Clone, Debug)]
#[derive(::crewed::__private::Default)]
pub struct HeroPatch {
    /// The name in the papers.
    pub name: ::crewed::__private::Patched<String>,
    /// The `age` of a Hero.
    age: ::crewed::__private::Patched<i32>,
    /// The `secret_name` of a Hero.
    secret_name: ::crewed::__private::Patched<String>,
    /// The `address` of a Hero.
    address: ::crewed::__private::Patched<::crewed::__private::Merge<Address>>,
    /// The `tags` of a Hero.
    tags: ::crewed::__private::Patched<Vec<String>>,
    /// The `fee` of a Hero.
    fee: ::crewed::__private::Patched<Decimal>,
}
/// What a client sends to replace a Hero: the same as to create one.
#[allow(dead_code)]
pub type HeroReplace = HeroCreate;
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for Hero {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Hero",
            "A hero.",
            &[
                __crewed::FieldMeta::new("id", <__crewed::Known<i64>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored().addressed())
                    .read_only(),
                __crewed::FieldMeta::new("name", <__crewed::Known<String>>::SHAPE)
                    .doc("The name in the papers.")
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed().min_length(1),
                    ),
                __crewed::FieldMeta::new("age", <__crewed::Known<Option<i32>>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().ge(__crewed::Bound::Int(0)),
                    )
                    .optional(),
                __crewed::FieldMeta::new("secret_name", <__crewed::Known<String>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored())
                    .write_only(),
                __crewed::FieldMeta::new(
                        "address",
                        <__crewed::Known<Option<Address>>>::SHAPE,
                    )
                    .constraints(__crewed::Constraints::NONE.stored())
                    .optional(),
                __crewed::FieldMeta::new("tags", <__crewed::Known<Vec<String>>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored())
                    .default(|| <__crewed::Known<
                        Vec<String>,
                    >>::json(<__crewed::Known<Vec<String>>>::default_of())),
                __crewed::FieldMeta::new("fee", <__crewed::Known<Decimal>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE
                            .stored()
                            .gt(__crewed::Bound::Decimal {
                                digits: 5,
                                scale: 1,
                            })
                            .scale(2),
                    ),
                __crewed::FieldMeta::new(
                        "updated_at",
                        <__crewed::Known<DateTime<Utc>>>::SHAPE,
                    )
                    .constraints(__crewed::Constraints::NONE.stored())
                    .read_only(),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<i64>>::show(&self.id, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.name, 1, visitor)?;
            <__crewed::Known<Option<i32>>>::show(&self.age, 2, visitor)?;
            <__crewed::Known<Option<Address>>>::show(&self.address, 4, visitor)?;
            <__crewed::Known<Vec<String>>>::show(&self.tags, 5, visitor)?;
            <__crewed::Known<Decimal>>::show(&self.fee, 6, visitor)?;
            <__crewed::Known<DateTime<Utc>>>::show(&self.updated_at, 7, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] Hero);
    #[automatically_derived]
    impl __crewed::Resource for Hero {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
            "/heroes",
            "heroes",
            <Hero as __crewed::Fields>::META,
            &[
                __crewed::ColumnMeta::new("id", <__crewed::Known<i64>>::CODEC)
                    .role(<__crewed::Known<i64>>::ROLE),
                __crewed::ColumnMeta::new("name", __crewed::codec::<String>()).unique(),
                __crewed::ColumnMeta::new("age", __crewed::codec::<Option<i32>>()),
                __crewed::ColumnMeta::new("secret_name", __crewed::codec::<String>()),
                __crewed::ColumnMeta::new(
                    "address",
                    __crewed::json_codec::<Option<Address>>(),
                ),
                __crewed::ColumnMeta::new("tags", __crewed::json_codec::<Vec<String>>()),
                __crewed::ColumnMeta::new("fee", __crewed::codec::<Decimal>()).index(),
                __crewed::ColumnMeta::new(
                        "updated_at",
                        __crewed::codec::<DateTime<Utc>>(),
                    )
                    .updated_at(),
            ],
            0,
        );
        type Key = i64;
        type Create = HeroCreate;
        type Replace = HeroReplace;
        type Patch = HeroPatch;
        type Caller = __crewed::NoCaller;
        type Access = __crewed::Open;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Known::<i64>::new().generated();
            <__crewed::Known<Vec<String>>>::has_default();
            __crewed::Ok(Hero {
                id: <__crewed::Known<i64>>::CODEC.take(Self::RESOURCE, row, 0)?,
                name: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 1)?,
                age: <__crewed::Known<Option<i32>>>::CODEC.take(Self::RESOURCE, row, 2)?,
                secret_name: <__crewed::Known<String>>::CODEC
                    .take(Self::RESOURCE, row, 3)?,
                address: <__crewed::Known<Option<Address>>>::JSON_CODEC
                    .take(Self::RESOURCE, row, 4)?,
                tags: <__crewed::Known<Vec<String>>>::JSON_CODEC
                    .take(Self::RESOURCE, row, 5)?,
                fee: <__crewed::Known<Decimal>>::CODEC.take(Self::RESOURCE, row, 6)?,
                updated_at: <__crewed::Known<DateTime<Utc>>>::CODEC
                    .take(Self::RESOURCE, row, 7)?,
            })
        }
    }
    ///The fields of [`Hero`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct HeroFields {
        pub id: __crewed::Field<Hero, i64>,
        pub name: __crewed::Field<Hero, String>,
        pub age: __crewed::Field<Hero, Option<i32>>,
        pub secret_name: __crewed::Field<Hero, String>,
        pub address: __crewed::Field<Hero, Option<Address>>,
        pub tags: __crewed::Field<Hero, Vec<String>>,
        pub fee: __crewed::Field<Hero, Decimal>,
        pub updated_at: __crewed::Field<Hero, DateTime<Utc>>,
    }
    impl Hero {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        pub const FIELDS: HeroFields = HeroFields {
            id: __crewed::Field::at(0),
            name: __crewed::Field::at(1),
            age: __crewed::Field::at(2),
            secret_name: __crewed::Field::at(3),
            address: __crewed::Field::at(4),
            tags: __crewed::Field::at(5),
            fee: __crewed::Field::at(6),
            updated_at: __crewed::Field::at(7),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <Hero as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [1, 2, 3, 4, 5, 6],
    );
    #[automatically_derived]
    impl __crewed::Fields for HeroCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >(
                "HeroCreate",
                "What a client sends to create or replace a Hero.",
                __CREWED_CREATE,
            )
            .ignore(&["id", "updated_at"]);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.name, 0, visitor)?;
            <__crewed::Known<Option<i32>>>::show(&self.age, 1, visitor)?;
            <__crewed::Known<String>>::show(&self.secret_name, 2, visitor)?;
            <__crewed::Known<Option<Address>>>::show(&self.address, 3, visitor)?;
            <__crewed::Known<Vec<String>>>::show(&self.tags, 4, visitor)?;
            <__crewed::Known<Decimal>>::show(&self.fee, 5, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        name: __crewed::Option<String>,
        age: __crewed::Option<Option<i32>>,
        secret_name: __crewed::Option<String>,
        address: __crewed::Option<Option<Address>>,
        tags: __crewed::Option<Vec<String>>,
        fee: __crewed::Option<Decimal>,
    }
    #[automatically_derived]
    impl __crewed::Object for HeroCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                name: __crewed::None,
                age: __crewed::None,
                secret_name: __crewed::None,
                address: __crewed::None,
                tags: __crewed::None,
                fee: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.name, visitor),
                1 => <__crewed::Known<Option<i32>>>::visit(&mut draft.age, visitor),
                2 => <__crewed::Known<String>>::visit(&mut draft.secret_name, visitor),
                3 => {
                    <__crewed::Known<
                        Option<Address>,
                    >>::visit(&mut draft.address, visitor)
                }
                4 => <__crewed::Known<Vec<String>>>::visit(&mut draft.tags, visitor),
                5 => <__crewed::Known<Decimal>>::visit(&mut draft.fee, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(HeroCreate {
                name: __crewed_draft.name?,
                age: __crewed_draft.age.unwrap_or_default(),
                secret_name: __crewed_draft.secret_name?,
                address: __crewed_draft.address.unwrap_or_default(),
                tags: __crewed_draft
                    .tags
                    .unwrap_or_else(<__crewed::Known<Vec<String>>>::default_of),
                fee: __crewed_draft.fee?,
            })
        }
    }
    __crewed::wire_object!([] HeroCreate);
    #[automatically_derived]
    impl __crewed::Input for HeroCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(1, &self.name, <__crewed::Known<String>>::CODEC);
            changes.set(2, &self.age, <__crewed::Known<Option<i32>>>::CODEC);
            changes.set(3, &self.secret_name, <__crewed::Known<String>>::CODEC);
            changes
                .set(4, &self.address, <__crewed::Known<Option<Address>>>::JSON_CODEC);
            changes.set(5, &self.tags, <__crewed::Known<Vec<String>>>::JSON_CODEC);
            changes.set(6, &self.fee, <__crewed::Known<Decimal>>::CODEC);
        }
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [(1, false), (2, true), (3, false), (4, true), (5, false), (6, false)],
    );
    #[automatically_derived]
    impl __crewed::Fields for HeroPatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("HeroPatch", "What a client sends to change a Hero.", __CREWED_PATCH)
            .ignore(&["id", "updated_at"]);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::patched(&self.name, 0, visitor)?;
            <__crewed::Known<i32>>::patched(&self.age, 1, visitor)?;
            <__crewed::Known<String>>::patched(&self.secret_name, 2, visitor)?;
            <__crewed::Known<
                __crewed::Merge<Address>,
            >>::patched(&self.address, 3, visitor)?;
            <__crewed::Known<Vec<String>>>::patched(&self.tags, 4, visitor)?;
            <__crewed::Known<Decimal>>::patched(&self.fee, 5, visitor)?;
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for HeroPatch {
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
                1 => <__crewed::Known<i32>>::visit_patched(&mut draft.age, visitor),
                2 => {
                    <__crewed::Known<
                        String,
                    >>::visit_patched(&mut draft.secret_name, visitor)
                }
                3 => {
                    <__crewed::Known<
                        __crewed::Merge<Address>,
                    >>::visit_patched(&mut draft.address, visitor)
                }
                4 => {
                    <__crewed::Known<
                        Vec<String>,
                    >>::visit_patched(&mut draft.tags, visitor)
                }
                5 => <__crewed::Known<Decimal>>::visit_patched(&mut draft.fee, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] HeroPatch);
    #[automatically_derived]
    impl __crewed::Input for HeroPatch {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(1, self.name, <__crewed::Known<String>>::CODEC);
            changes.patch(2, self.age, <__crewed::Known<i32>>::CODEC);
            changes.patch(3, self.secret_name, <__crewed::Known<String>>::CODEC);
            <__crewed::Known<Address>>::merge(changes, 4, self.address);
            changes.patch(5, self.tags, <__crewed::Known<Vec<String>>>::JSON_CODEC);
            changes.patch(6, self.fee, <__crewed::Known<Decimal>>::CODEC);
        }
    }
};
