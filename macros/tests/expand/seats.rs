#[allow(dead_code)]
struct Seat {
    id: String,
    row: i32,
    number: i32,
    note: String,
    r#type: SeatType,
}
/// What a client sends to create a Seat.
struct SeatCreate {
    /// The `id` of a Seat.
    id: String,
    /// The `row` of a Seat.
    row: i32,
    /// The `number` of a Seat.
    number: i32,
    /// The `note` of a Seat.
    note: String,
    /// The `type` of a Seat.
    r#type: SeatType,
}
/// What a client sends to replace a Seat.
struct SeatReplace {
    /// The `row` of a Seat.
    row: i32,
    /// The `number` of a Seat.
    number: i32,
    /// The `note` of a Seat.
    note: String,
    /// The `type` of a Seat.
    r#type: SeatType,
}
/// What a client sends to change a Seat.
#[derive(::crewed::__private::Default)]
struct SeatPatch {
    /// The `row` of a Seat.
    row: ::crewed::__private::Patched<i32>,
    /// The `number` of a Seat.
    number: ::crewed::__private::Patched<i32>,
    /// The `note` of a Seat.
    note: ::crewed::__private::Patched<String>,
    /// The `type` of a Seat.
    r#type: ::crewed::__private::Patched<SeatType>,
}
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for Seat {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Seat",
            "",
            &[
                __crewed::FieldMeta::new("id", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed().addressed(),
                    ),
                __crewed::FieldMeta::new("row", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("number", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("note", <__crewed::Known<String>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed_within(1300),
                    ),
                __crewed::FieldMeta::new("type", <__crewed::Known<SeatType>>::SHAPE)
                    .constraints(
                        __crewed::Constraints::NONE.stored().indexed_within(1300),
                    ),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.id, 0, visitor)?;
            <__crewed::Known<i32>>::show(&self.row, 1, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 2, visitor)?;
            <__crewed::Known<String>>::show(&self.note, 3, visitor)?;
            <__crewed::Known<SeatType>>::show(&self.r#type, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] Seat);
    #[automatically_derived]
    impl __crewed::Resource for Seat {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                "/seats",
                "seats",
                <Seat as __crewed::Fields>::META,
                &[
                    __crewed::ColumnMeta::new("id", <__crewed::Known<String>>::CODEC)
                        .key(),
                    __crewed::ColumnMeta::new("row", __crewed::codec::<i32>()),
                    __crewed::ColumnMeta::new("number", __crewed::codec::<i32>()).sort(),
                    __crewed::ColumnMeta::new("note", __crewed::codec::<String>()),
                    __crewed::ColumnMeta::new("type", __crewed::codec::<SeatType>()),
                ],
                0,
            )
            .indexes(
                &[
                    __crewed::IndexMeta::new(&[1, 2]),
                    __crewed::IndexMeta::new(&[3, 4]).unique(),
                ],
            )
            .list_page();
        type Key = String;
        type Create = SeatCreate;
        type Replace = SeatReplace;
        type Patch = SeatPatch;
        type Caller = __crewed::NoCaller;
        type Access = __crewed::Open;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Ok(Seat {
                id: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 0)?,
                row: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 1)?,
                number: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 2)?,
                note: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 3)?,
                r#type: <__crewed::Known<SeatType>>::CODEC.take(Self::RESOURCE, row, 4)?,
            })
        }
    }
    ///The fields of [`Seat`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct SeatFields {
        pub id: __crewed::Field<Seat, String>,
        pub row: __crewed::Field<Seat, i32>,
        pub number: __crewed::Field<Seat, i32>,
        pub note: __crewed::Field<Seat, String>,
        pub r#type: __crewed::Field<Seat, SeatType>,
    }
    impl Seat {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        const FIELDS: SeatFields = SeatFields {
            id: __crewed::Field::at(0),
            row: __crewed::Field::at(1),
            number: __crewed::Field::at(2),
            note: __crewed::Field::at(3),
            r#type: __crewed::Field::at(4),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <Seat as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [0, 1, 2, 3, 4],
    );
    #[automatically_derived]
    impl __crewed::Fields for SeatCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("SeatCreate", "What a client sends to create a Seat.", __CREWED_CREATE);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<String>>::show(&self.id, 0, visitor)?;
            <__crewed::Known<i32>>::show(&self.row, 1, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 2, visitor)?;
            <__crewed::Known<String>>::show(&self.note, 3, visitor)?;
            <__crewed::Known<SeatType>>::show(&self.r#type, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        id: __crewed::Option<String>,
        row: __crewed::Option<i32>,
        number: __crewed::Option<i32>,
        note: __crewed::Option<String>,
        r#type: __crewed::Option<SeatType>,
    }
    #[automatically_derived]
    impl __crewed::Object for SeatCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                id: __crewed::None,
                row: __crewed::None,
                number: __crewed::None,
                note: __crewed::None,
                r#type: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<String>>::visit(&mut draft.id, visitor),
                1 => <__crewed::Known<i32>>::visit(&mut draft.row, visitor),
                2 => <__crewed::Known<i32>>::visit(&mut draft.number, visitor),
                3 => <__crewed::Known<String>>::visit(&mut draft.note, visitor),
                4 => <__crewed::Known<SeatType>>::visit(&mut draft.r#type, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(SeatCreate {
                id: __crewed_draft.id?,
                row: __crewed_draft.row?,
                number: __crewed_draft.number?,
                note: __crewed_draft.note?,
                r#type: __crewed_draft.r#type?,
            })
        }
    }
    __crewed::wire_object!([] SeatCreate);
    #[automatically_derived]
    impl __crewed::Input for SeatCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(0, &self.id, <__crewed::Known<String>>::CODEC);
            changes.set(1, &self.row, <__crewed::Known<i32>>::CODEC);
            changes.set(2, &self.number, <__crewed::Known<i32>>::CODEC);
            changes.set(3, &self.note, <__crewed::Known<String>>::CODEC);
            changes.set(4, &self.r#type, <__crewed::Known<SeatType>>::CODEC);
        }
    }
    const __CREWED_REPLACE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [1, 2, 3, 4],
    );
    #[automatically_derived]
    impl __crewed::Fields for SeatReplace {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("SeatReplace", "What a client sends to replace a Seat.", __CREWED_REPLACE)
            .key("id");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<i32>>::show(&self.row, 0, visitor)?;
            <__crewed::Known<i32>>::show(&self.number, 1, visitor)?;
            <__crewed::Known<String>>::show(&self.note, 2, visitor)?;
            <__crewed::Known<SeatType>>::show(&self.r#type, 3, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftReplace {
        row: __crewed::Option<i32>,
        number: __crewed::Option<i32>,
        note: __crewed::Option<String>,
        r#type: __crewed::Option<SeatType>,
    }
    #[automatically_derived]
    impl __crewed::Object for SeatReplace {
        type Draft = __CrewedDraftReplace;
        fn draft() -> Self::Draft {
            __CrewedDraftReplace {
                row: __crewed::None,
                number: __crewed::None,
                note: __crewed::None,
                r#type: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<i32>>::visit(&mut draft.row, visitor),
                1 => <__crewed::Known<i32>>::visit(&mut draft.number, visitor),
                2 => <__crewed::Known<String>>::visit(&mut draft.note, visitor),
                3 => <__crewed::Known<SeatType>>::visit(&mut draft.r#type, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(SeatReplace {
                row: __crewed_draft.row?,
                number: __crewed_draft.number?,
                note: __crewed_draft.note?,
                r#type: __crewed_draft.r#type?,
            })
        }
    }
    __crewed::wire_object!([] SeatReplace);
    #[automatically_derived]
    impl __crewed::Input for SeatReplace {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(1, &self.row, <__crewed::Known<i32>>::CODEC);
            changes.set(2, &self.number, <__crewed::Known<i32>>::CODEC);
            changes.set(3, &self.note, <__crewed::Known<String>>::CODEC);
            changes.set(4, &self.r#type, <__crewed::Known<SeatType>>::CODEC);
        }
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [(1, false), (2, false), (3, false), (4, false)],
    );
    #[automatically_derived]
    impl __crewed::Fields for SeatPatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("SeatPatch", "What a client sends to change a Seat.", __CREWED_PATCH)
            .key("id");
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<i32>>::patched(&self.row, 0, visitor)?;
            <__crewed::Known<i32>>::patched(&self.number, 1, visitor)?;
            <__crewed::Known<String>>::patched(&self.note, 2, visitor)?;
            <__crewed::Known<SeatType>>::patched(&self.r#type, 3, visitor)?;
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for SeatPatch {
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
                0 => <__crewed::Known<i32>>::visit_patched(&mut draft.row, visitor),
                1 => <__crewed::Known<i32>>::visit_patched(&mut draft.number, visitor),
                2 => <__crewed::Known<String>>::visit_patched(&mut draft.note, visitor),
                3 => {
                    <__crewed::Known<
                        SeatType,
                    >>::visit_patched(&mut draft.r#type, visitor)
                }
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] SeatPatch);
    #[automatically_derived]
    impl __crewed::Input for SeatPatch {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(1, self.row, <__crewed::Known<i32>>::CODEC);
            changes.patch(2, self.number, <__crewed::Known<i32>>::CODEC);
            changes.patch(3, self.note, <__crewed::Known<String>>::CODEC);
            changes.patch(4, self.r#type, <__crewed::Known<SeatType>>::CODEC);
        }
    }
};
