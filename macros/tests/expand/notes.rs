#[allow(dead_code)]
struct Note {
    id: i64,
    owner_id: Option<i64>,
    org_id: i64,
    public_note: bool,
    title: String,
    status: Status,
    views: i32,
    draft: Option<String>,
}
/// What a client sends to create or replace a Note.
struct NoteCreate {
    /// The `public_note` of a Note.
    public_note: bool,
    /// The `title` of a Note.
    title: String,
    /// The `status` of a Note.
    status: Status,
    /// The `views` of a Note.
    views: i32,
    /// The `draft` of a Note.
    draft: Option<String>,
}
/// What a client sends to change a Note.
#[derive(::crewed::__private::Default)]
struct NotePatch {
    /// The `public_note` of a Note.
    public_note: ::crewed::__private::Patched<bool>,
    /// The `title` of a Note.
    title: ::crewed::__private::Patched<String>,
    /// The `status` of a Note.
    status: ::crewed::__private::Patched<Status>,
    /// The `views` of a Note.
    views: ::crewed::__private::Patched<i32>,
    /// The `draft` of a Note.
    draft: ::crewed::__private::Patched<String>,
}
/// What a client sends to replace a Note: the same as to create one.
#[allow(dead_code)]
type NoteReplace = NoteCreate;
#[allow(deprecated, unreachable_pub, unused_qualifications)]
const _: () = {
    use ::crewed::__private as __crewed;
    #[allow(unused_imports)]
    use __crewed::asked::*;
    #[automatically_derived]
    impl __crewed::Fields for Note {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::of::<
            Self,
        >(
            "Note",
            "",
            &[
                __crewed::FieldMeta::new("id", <__crewed::Known<i64>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored().addressed())
                    .read_only(),
                __crewed::FieldMeta::new(
                        "owner_id",
                        <__crewed::Known<Option<i64>>>::SHAPE,
                    )
                    .constraints(__crewed::Constraints::NONE.stored())
                    .optional()
                    .read_only(),
                __crewed::FieldMeta::new("org_id", <__crewed::Known<i64>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored())
                    .read_only(),
                __crewed::FieldMeta::new("public_note", <__crewed::Known<bool>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("title", <__crewed::Known<String>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("status", <__crewed::Known<Status>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new("views", <__crewed::Known<i32>>::SHAPE)
                    .constraints(__crewed::Constraints::NONE.stored()),
                __crewed::FieldMeta::new(
                        "draft",
                        <__crewed::Known<Option<String>>>::SHAPE,
                    )
                    .constraints(__crewed::Constraints::NONE.stored())
                    .optional(),
            ],
        );
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<i64>>::show(&self.id, 0, visitor)?;
            <__crewed::Known<Option<i64>>>::show(&self.owner_id, 1, visitor)?;
            <__crewed::Known<i64>>::show(&self.org_id, 2, visitor)?;
            <__crewed::Known<bool>>::show(&self.public_note, 3, visitor)?;
            <__crewed::Known<String>>::show(&self.title, 4, visitor)?;
            <__crewed::Known<Status>>::show(&self.status, 5, visitor)?;
            <__crewed::Known<i32>>::show(&self.views, 6, visitor)?;
            <__crewed::Known<Option<String>>>::show(&self.draft, 7, visitor)?;
            __crewed::Ok(())
        }
    }
    __crewed::serialize_object!([] Note);
    fn __crewed_owner(caller: &Me) -> Option<i64> {
        __crewed::id_as(caller)
    }
    fn __crewed_of_rule_0() -> Status {
        Status::Draft
    }
    #[allow(clippy::clone_on_copy)]
    fn __crewed_of_rule_1(caller: &Me) -> i32 {
        #[allow(unused_imports)]
        use __crewed::Clone as _;
        const _: () = __crewed::ordered::<i32>();
        caller.level.clone()
    }
    fn __crewed_of_rule_2() -> String {
        <__crewed::String as __crewed::From<&__crewed::str>>::from("locked")
    }
    fn __crewed_of_rule_3(caller: &Me) -> ::core::primitive::bool {
        caller.is_admin()
    }
    #[allow(clippy::clone_on_copy)]
    fn __crewed_of_rule_4(caller: &Me) -> Status {
        #[allow(unused_imports)]
        use __crewed::Clone as _;
        caller.barred.clone()
    }
    fn __crewed_of_rule_5() -> i32 {
        const _: () = __crewed::ordered::<i32>();
        3
    }
    const __CREWED_ACCESS: __crewed::AccessMeta = {
        let __crewed_rule_0 = __crewed::JudgedRule::new(
            __crewed::Rule::Any(
                &[
                    __crewed::Rule::Row(
                        3,
                        __crewed::Comparison::Equal,
                        || __crewed::operand(Note::FIELDS.public_note, true),
                    ),
                    __crewed::Rule::Owner,
                    __crewed::Rule::Not(
                        &__crewed::Rule::Any(
                            &[
                                __crewed::Rule::Row(
                                    5,
                                    __crewed::Comparison::Equal,
                                    || __crewed::operand(
                                        Note::FIELDS.status,
                                        __crewed_of_rule_0(),
                                    ),
                                ),
                                __crewed::Rule::Compared(
                                    6,
                                    __crewed::Comparison::Greater,
                                    |caller| __crewed::caller_operand::<
                                        Note,
                                        Me,
                                        _,
                                    >(caller, Note::FIELDS.views, __crewed_of_rule_1),
                                ),
                            ],
                        ),
                    ),
                ],
            ),
            |row, caller| __crewed::judged::<
                Note,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::or(
                    __crewed::Some(__crewed_row.public_note),
                    || __crewed::or(
                        __crewed_caller
                            .map(|__crewed_caller| __crewed::same(
                                &__crewed_row.owner_id,
                                &__crewed_owner(__crewed_caller),
                            )),
                        || __crewed::not(
                            __crewed::or(
                                __crewed::Some(
                                    __crewed::same(&__crewed_row.status, &__crewed_of_rule_0()),
                                ),
                                || {
                                    __crewed_caller
                                        .map(|__crewed_caller| __crewed::precedes::<
                                            i32,
                                        >(
                                            &__crewed_row.views,
                                            __crewed::Comparison::Greater,
                                            &__crewed_of_rule_1(__crewed_caller),
                                        ))
                                },
                            ),
                        ),
                    ),
                ),
            ),
        );
        let __crewed_rule_1 = __crewed::JudgedRule::new(
            __crewed::Rule::Caller,
            |row, caller| __crewed::judged::<
                Note,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::Some(__crewed_caller.is_some()),
            ),
        );
        let __crewed_rule_2 = __crewed::JudgedRule::new(
            __crewed::Rule::All(
                &[
                    __crewed::Rule::Owner,
                    __crewed::Rule::Row(
                        4,
                        __crewed::Comparison::NotEqual,
                        || __crewed::operand(Note::FIELDS.title, __crewed_of_rule_2()),
                    ),
                    __crewed::Rule::Not(&__crewed::Rule::IsNull(7)),
                ],
            ),
            |row, caller| __crewed::judged::<
                Note,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::and(
                    __crewed_caller
                        .map(|__crewed_caller| __crewed::same(
                            &__crewed_row.owner_id,
                            &__crewed_owner(__crewed_caller),
                        )),
                    || __crewed::and(
                        __crewed::Some(
                            !__crewed::same(&__crewed_row.title, &__crewed_of_rule_2()),
                        ),
                        || __crewed::Some(__crewed_row.draft.is_some()),
                    ),
                ),
            ),
        );
        let __crewed_rule_3 = __crewed::JudgedRule::new(
            __crewed::Rule::Any(
                &[
                    __crewed::Rule::Owner,
                    __crewed::Rule::OfCaller(|caller| __crewed::asked_of::<
                        Me,
                    >(caller, __crewed_of_rule_3)),
                ],
            ),
            |row, caller| __crewed::judged::<
                Note,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::or(
                    __crewed_caller
                        .map(|__crewed_caller| __crewed::same(
                            &__crewed_row.owner_id,
                            &__crewed_owner(__crewed_caller),
                        )),
                    || {
                        __crewed_caller
                            .map(|__crewed_caller| __crewed_of_rule_3(__crewed_caller))
                    },
                ),
            ),
        );
        let __crewed_rule_4 = __crewed::JudgedRule::new(
            __crewed::Rule::All(
                &[
                    __crewed::Rule::Compared(
                        5,
                        __crewed::Comparison::NotEqual,
                        |caller| __crewed::caller_operand::<
                            Note,
                            Me,
                            _,
                        >(caller, Note::FIELDS.status, __crewed_of_rule_4),
                    ),
                    __crewed::Rule::Row(
                        6,
                        __crewed::Comparison::LessOrEqual,
                        || __crewed::operand(Note::FIELDS.views, __crewed_of_rule_5()),
                    ),
                    __crewed::Rule::IsNull(7),
                ],
            ),
            |row, caller| __crewed::judged::<
                Note,
                Me,
            >(
                row,
                caller,
                |__crewed_row, __crewed_caller| __crewed::and(
                    __crewed_caller
                        .map(|__crewed_caller| {
                            !__crewed::same(
                                &__crewed_row.status,
                                &__crewed_of_rule_4(__crewed_caller),
                            )
                        }),
                    || __crewed::and(
                        __crewed::Some(
                            __crewed::precedes::<
                                i32,
                            >(
                                &__crewed_row.views,
                                __crewed::Comparison::LessOrEqual,
                                &__crewed_of_rule_5(),
                            ),
                        ),
                        || __crewed::Some(__crewed_row.draft.is_none()),
                    ),
                ),
            ),
        );
        __crewed::AccessMeta::new(
                __crewed_rule_0,
                __crewed_rule_1,
                __crewed_rule_2,
                __crewed_rule_3,
            )
            .caller(__crewed::caller::<Me>())
            .check(__crewed_rule_4)
            .owner(
                1,
                |caller| __crewed::caller_operand::<
                    Note,
                    Me,
                    _,
                >(caller, Note::FIELDS.owner_id, __crewed_owner),
            )
            .tenant(
                2,
                |caller| __crewed::tenant_of::<Note, Me, _>(caller, Note::FIELDS.org_id),
                |caller| __crewed::is_everywhere::<Me>(caller),
            )
            .fields(
                &[
                    __crewed::FieldAccess::new(7)
                        .read(
                            __crewed::JudgedRule::new(
                                __crewed::Rule::Owner,
                                |row, caller| __crewed::judged::<
                                    Note,
                                    Me,
                                >(
                                    row,
                                    caller,
                                    |__crewed_row, __crewed_caller| {
                                        __crewed_caller
                                            .map(|__crewed_caller| __crewed::same(
                                                &__crewed_row.owner_id,
                                                &__crewed_owner(__crewed_caller),
                                            ))
                                    },
                                ),
                            ),
                        )
                        .write(
                            __crewed::JudgedRule::new(
                                __crewed::Rule::Never,
                                |row, caller| __crewed::judged::<
                                    Note,
                                    Me,
                                >(
                                    row,
                                    caller,
                                    |__crewed_row, __crewed_caller| __crewed::Some(false),
                                ),
                            ),
                        ),
                ],
            )
    };
    #[automatically_derived]
    impl __crewed::Resource for Note {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
                "/notes",
                "notes",
                <Note as __crewed::Fields>::META,
                &[
                    __crewed::ColumnMeta::new("id", <__crewed::Known<i64>>::CODEC)
                        .role(<__crewed::Known<i64>>::ROLE),
                    __crewed::ColumnMeta::new(
                            "owner_id",
                            __crewed::codec::<Option<i64>>(),
                        )
                        .index(),
                    __crewed::ColumnMeta::new("org_id", __crewed::codec::<i64>())
                        .index(),
                    __crewed::ColumnMeta::new("public_note", __crewed::codec::<bool>()),
                    __crewed::ColumnMeta::new("title", __crewed::codec::<String>()),
                    __crewed::ColumnMeta::new("status", __crewed::codec::<Status>()),
                    __crewed::ColumnMeta::new("views", __crewed::codec::<i32>()),
                    __crewed::ColumnMeta::new(
                        "draft",
                        __crewed::codec::<Option<String>>(),
                    ),
                ],
                0,
            )
            .access(&__CREWED_ACCESS);
        type Key = i64;
        type Create = NoteCreate;
        type Replace = NoteReplace;
        type Patch = NotePatch;
        type Caller = Me;
        type Access = __crewed::Ruled;
        fn of_row(
            row: &dyn __crewed::Row,
        ) -> __crewed::Result<Self, __crewed::DecodeError> {
            __crewed::Known::<i64>::new().generated();
            __crewed::Ok(Note {
                id: <__crewed::Known<i64>>::CODEC.take(Self::RESOURCE, row, 0)?,
                owner_id: <__crewed::Known<Option<i64>>>::CODEC
                    .take(Self::RESOURCE, row, 1)?,
                org_id: <__crewed::Known<i64>>::CODEC.take(Self::RESOURCE, row, 2)?,
                public_note: <__crewed::Known<bool>>::CODEC
                    .take(Self::RESOURCE, row, 3)?,
                title: <__crewed::Known<String>>::CODEC.take(Self::RESOURCE, row, 4)?,
                status: <__crewed::Known<Status>>::CODEC.take(Self::RESOURCE, row, 5)?,
                views: <__crewed::Known<i32>>::CODEC.take(Self::RESOURCE, row, 6)?,
                draft: <__crewed::Known<Option<String>>>::CODEC
                    .take(Self::RESOURCE, row, 7)?,
            })
        }
    }
    ///The fields of [`Note`], for predicates and sorts.
    #[allow(dead_code, missing_docs, private_interfaces)]
    pub struct NoteFields {
        pub id: __crewed::Field<Note, i64>,
        pub owner_id: __crewed::Field<Note, Option<i64>>,
        pub org_id: __crewed::Field<Note, i64>,
        pub public_note: __crewed::Field<Note, bool>,
        pub title: __crewed::Field<Note, String>,
        pub status: __crewed::Field<Note, Status>,
        pub views: __crewed::Field<Note, i32>,
        pub draft: __crewed::Field<Note, Option<String>>,
    }
    impl Note {
        /// The fields, for predicates and sorts.
        #[allow(dead_code, private_interfaces)]
        const FIELDS: NoteFields = NoteFields {
            id: __crewed::Field::at(0),
            owner_id: __crewed::Field::at(1),
            org_id: __crewed::Field::at(2),
            public_note: __crewed::Field::at(3),
            title: __crewed::Field::at(4),
            status: __crewed::Field::at(5),
            views: __crewed::Field::at(6),
            draft: __crewed::Field::at(7),
        };
    }
    const __CREWED_FIELDS: &[__crewed::FieldMeta] = <Note as __crewed::Fields>::META
        .fields;
    const __CREWED_CREATE: &[__crewed::FieldMeta] = &__crewed::fields_at(
        __CREWED_FIELDS,
        [3, 4, 5, 6, 7],
    );
    #[automatically_derived]
    impl __crewed::Fields for NoteCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >(
                "NoteCreate",
                "What a client sends to create or replace a Note.",
                __CREWED_CREATE,
            )
            .ignore(&["id", "owner_id", "org_id"]);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<bool>>::show(&self.public_note, 0, visitor)?;
            <__crewed::Known<String>>::show(&self.title, 1, visitor)?;
            <__crewed::Known<Status>>::show(&self.status, 2, visitor)?;
            <__crewed::Known<i32>>::show(&self.views, 3, visitor)?;
            <__crewed::Known<Option<String>>>::show(&self.draft, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    pub struct __CrewedDraftCreate {
        public_note: __crewed::Option<bool>,
        title: __crewed::Option<String>,
        status: __crewed::Option<Status>,
        views: __crewed::Option<i32>,
        draft: __crewed::Option<Option<String>>,
    }
    #[automatically_derived]
    impl __crewed::Object for NoteCreate {
        type Draft = __CrewedDraftCreate;
        fn draft() -> Self::Draft {
            __CrewedDraftCreate {
                public_note: __crewed::None,
                title: __crewed::None,
                status: __crewed::None,
                views: __crewed::None,
                draft: __crewed::None,
            }
        }
        fn slot<__V: __crewed::SlotVisitor>(
            draft: &mut Self::Draft,
            index: __crewed::usize,
            visitor: __V,
        ) -> __V::Out {
            match index {
                0 => <__crewed::Known<bool>>::visit(&mut draft.public_note, visitor),
                1 => <__crewed::Known<String>>::visit(&mut draft.title, visitor),
                2 => <__crewed::Known<Status>>::visit(&mut draft.status, visitor),
                3 => <__crewed::Known<i32>>::visit(&mut draft.views, visitor),
                4 => <__crewed::Known<Option<String>>>::visit(&mut draft.draft, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(NoteCreate {
                public_note: __crewed_draft.public_note?,
                title: __crewed_draft.title?,
                status: __crewed_draft.status?,
                views: __crewed_draft.views?,
                draft: __crewed_draft.draft.unwrap_or_default(),
            })
        }
    }
    __crewed::wire_object!([] NoteCreate);
    #[automatically_derived]
    impl __crewed::Input for NoteCreate {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(3, &self.public_note, <__crewed::Known<bool>>::CODEC);
            changes.set(4, &self.title, <__crewed::Known<String>>::CODEC);
            changes.set(5, &self.status, <__crewed::Known<Status>>::CODEC);
            changes.set(6, &self.views, <__crewed::Known<i32>>::CODEC);
            changes.set(7, &self.draft, <__crewed::Known<Option<String>>>::CODEC);
        }
    }
    const __CREWED_PATCH: &[__crewed::FieldMeta] = &__crewed::patched_fields_at(
        __CREWED_FIELDS,
        [(3, false), (4, false), (5, false), (6, false), (7, true)],
    );
    #[automatically_derived]
    impl __crewed::Fields for NotePatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::input::<
            Self,
        >("NotePatch", "What a client sends to change a Note.", __CREWED_PATCH)
            .ignore(&["id", "owner_id", "org_id"]);
        fn each<__V: __crewed::FieldVisitor>(
            &self,
            visitor: &mut __V,
        ) -> __crewed::Result<(), __V::Error> {
            <__crewed::Known<bool>>::patched(&self.public_note, 0, visitor)?;
            <__crewed::Known<String>>::patched(&self.title, 1, visitor)?;
            <__crewed::Known<Status>>::patched(&self.status, 2, visitor)?;
            <__crewed::Known<i32>>::patched(&self.views, 3, visitor)?;
            <__crewed::Known<String>>::patched(&self.draft, 4, visitor)?;
            __crewed::Ok(())
        }
    }
    #[automatically_derived]
    impl __crewed::Object for NotePatch {
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
                        bool,
                    >>::visit_patched(&mut draft.public_note, visitor)
                }
                1 => <__crewed::Known<String>>::visit_patched(&mut draft.title, visitor),
                2 => <__crewed::Known<Status>>::visit_patched(&mut draft.status, visitor),
                3 => <__crewed::Known<i32>>::visit_patched(&mut draft.views, visitor),
                4 => <__crewed::Known<String>>::visit_patched(&mut draft.draft, visitor),
                _ => visitor.none(),
            }
        }
        fn finish(__crewed_draft: Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(__crewed_draft)
        }
    }
    __crewed::wire_object!([] NotePatch);
    #[automatically_derived]
    impl __crewed::Input for NotePatch {
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(3, self.public_note, <__crewed::Known<bool>>::CODEC);
            changes.patch(4, self.title, <__crewed::Known<String>>::CODEC);
            changes.patch(5, self.status, <__crewed::Known<Status>>::CODEC);
            changes.patch(6, self.views, <__crewed::Known<i32>>::CODEC);
            changes.patch(7, self.draft, <__crewed::Known<String>>::CODEC);
        }
    }
};
