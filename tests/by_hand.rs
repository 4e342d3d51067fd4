#![allow(missing_docs, dead_code)]
use crewed::__private as c;
use crewed::__private::*;

// #[model] struct Address { #[field(min_length = 2)] city: String, zip: Option<String>, #[field(default = 1)] floor: i32 }
#[derive(Debug)]
pub struct Address {
    city: String,
    zip: Option<String>,
    floor: i32,
}

const _: () = {
    use ::crewed::__private as __crewed;

    impl __crewed::Fields for Address {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "Address",
            "Where somebody lives.",
            &[
                __crewed::FieldMeta::new("city", <String as __crewed::Wire>::shape)
                    .doc("The city.")
                    .rules(__crewed::Rules::NONE.min_length(2)),
                __crewed::FieldMeta::new("zip", <Option<String> as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.pattern(__crewed::Pattern {
                        source: "^[0-9]{5}$",
                        regex: || {
                            static REGEX: __crewed::LazyLock<__crewed::Regex> =
                                __crewed::LazyLock::new(|| __crewed::regex("^[0-9]{5}$"));
                            &REGEX
                        },
                    }))
                    .optional(),
                __crewed::FieldMeta::new("floor", <i32 as __crewed::Wire>::shape)
                    .default(|| __crewed::json::<i32>(1)),
            ],
        );
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.city))?;
            visitor.field(1, &__crewed::Out(&self.zip))?;
            visitor.field(2, &__crewed::Out(&self.floor))?;
            __crewed::Ok(())
        }
    }

    pub struct Draft {
        city: __crewed::Option<String>,
        zip: __crewed::Option<Option<String>>,
        floor: __crewed::Option<i32>,
    }

    impl __crewed::Object for Address {
        type Draft = Draft;
        fn draft() -> Draft {
            Draft { city: __crewed::None, zip: __crewed::None, floor: __crewed::None }
        }
        fn slot<V: __crewed::SlotVisitor>(draft: &mut Draft, index: usize, visitor: V) -> V::Out {
            match index {
                0 => visitor.visit(&mut draft.city),
                1 => visitor.visit(&mut draft.zip),
                2 => visitor.visit(&mut draft.floor),
                _ => visitor.none(),
            }
        }
        fn finish(draft: Draft) -> __crewed::Option<Self> {
            __crewed::Some(Address {
                city: draft.city?,
                zip: match draft.zip {
                    __crewed::Some(value) => value,
                    __crewed::None => <Option<String> as __crewed::Wire>::absent()?,
                },
                floor: match draft.floor {
                    __crewed::Some(value) => value,
                    __crewed::None => 1,
                },
            })
        }
    }

    __crewed::wire_object!([] Address);
};

// #[model] #[serde(rename_all = "lowercase")] enum Status { Draft, Live }
pub enum Status {
    Draft,
    Live,
}

const _: () = {
    use ::crewed::__private as __crewed;

    impl __crewed::Choice for Status {
        const META: &'static __crewed::ChoiceMeta =
            &__crewed::ChoiceMeta::new("Status", "How far it is.", &["draft", "live"]);
        fn index(&self) -> usize {
            match self {
                Status::Draft => 0,
                Status::Live => 1,
            }
        }
        fn from_index(index: usize) -> __crewed::Option<Self> {
            match index {
                0 => __crewed::Some(Status::Draft),
                1 => __crewed::Some(Status::Live),
                _ => __crewed::None,
            }
        }
    }

    __crewed::wire_choice!(Status);
};

// #[resource("/heroes")] with address: json
pub struct Hero {
    id: i64,
    name: String,
    age: Option<i32>,
    secret_name: String,
    status: Status,
    address: Option<Address>,
    tags: Vec<String>,
}

/// What a client sends to create a hero.
pub struct HeroCreate {
    pub name: String,
    pub age: Option<i32>,
    pub secret_name: String,
    pub status: Status,
    pub address: Option<Address>,
    pub tags: Vec<String>,
}

/// What a client sends to change a hero.
pub struct HeroPatch {
    pub id: Patched<i64>,
    pub name: Patched<String>,
    pub age: Patched<i32>,
    pub secret_name: Patched<String>,
    pub status: Patched<Status>,
    pub address: Patched<Merge<Address>>,
    pub tags: Patched<Vec<String>>,
}

const _: () = {
    use ::crewed::__private as __crewed;

    const HERO: &[__crewed::FieldMeta] = <Hero as __crewed::Fields>::META.fields;

    const CREATE: &[__crewed::FieldMeta] = &[HERO[1], HERO[2], HERO[3], HERO[4], HERO[5], HERO[6]];
    const PATCH: &[__crewed::FieldMeta] = &[
                HERO[0].patched(<Patched<i64> as __crewed::Wire>::shape, false),
                HERO[1].patched(<Patched<String> as __crewed::Wire>::shape, false),
                HERO[2].patched(<Patched<i32> as __crewed::Wire>::shape, true),
                HERO[3].patched(<Patched<String> as __crewed::Wire>::shape, false),
                HERO[4].patched(<Patched<Status> as __crewed::Wire>::shape, false),
                HERO[5].patched(<Patched<Merge<Address>> as __crewed::Wire>::shape, true),
                HERO[6].patched(<Patched<Vec<String>> as __crewed::Wire>::shape, false),
            ];

    impl __crewed::Fields for Hero {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "Hero",
            "A hero.",
            &[
                __crewed::FieldMeta::new("id", <i64 as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored().addressed())
                    .read_only(),
                __crewed::FieldMeta::new("name", <String as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored().min_length(1)),
                __crewed::FieldMeta::new("age", <Option<i32> as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored().ge(__crewed::Bound::Int(0)))
                    .optional(),
                __crewed::FieldMeta::new("secret_name", <String as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored())
                    .write_only(),
                __crewed::FieldMeta::new("status", <Status as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored()),
                __crewed::FieldMeta::new("address", <Option<Address> as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored())
                    .optional(),
                __crewed::FieldMeta::new("tags", <Vec<String> as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.stored())
                    .default(|| __crewed::json::<Vec<String>>(__crewed::Default::default())),
            ],
        );
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.id))?;
            visitor.field(1, &__crewed::Out(&self.name))?;
            visitor.field(2, &__crewed::Out(&self.age))?;
            visitor.field(4, &__crewed::Out(&self.status))?;
            visitor.field(5, &__crewed::Out(&self.address))?;
            visitor.field(6, &__crewed::Out(&self.tags))?;
            __crewed::Ok(())
        }
    }

    __crewed::serialize_object!([] Hero);

    impl __crewed::Resource for Hero {
        const RESOURCE: &'static __crewed::ResourceMeta = &__crewed::ResourceMeta::new(
            "/heroes",
            "heroes",
            <Hero as __crewed::Fields>::META,
            &[
                __crewed::ColumnMeta::of::<i64>("id").generated::<i64>(),
                __crewed::ColumnMeta::of::<String>("name").unique(),
                __crewed::ColumnMeta::of::<Option<i32>>("age"),
                __crewed::ColumnMeta::of::<String>("secret_name"),
                __crewed::ColumnMeta::of::<Status>("status"),
                __crewed::ColumnMeta::json::<Option<Address>>("address"),
                __crewed::ColumnMeta::json::<Vec<String>>("tags"),
            ],
            0,
        )
        .operations(&[__crewed::Operation::Create, __crewed::Operation::Patch]);
        type Key = i64;
        type Create = HeroCreate;
        type Replace = __crewed::Unused;
        type Patch = HeroPatch;
    }

    impl __crewed::Fields for HeroCreate {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "HeroCreate",
            "What a client sends to create a hero.",
            CREATE,
        )
        .deny_unknown()
        .ignore(&["id"]);
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.name))?;
            visitor.field(1, &__crewed::Out(&self.age))?;
            visitor.field(2, &__crewed::Out(&self.secret_name))?;
            visitor.field(3, &__crewed::Out(&self.status))?;
            visitor.field(4, &__crewed::Out(&self.address))?;
            visitor.field(5, &__crewed::Out(&self.tags))?;
            __crewed::Ok(())
        }
    }
    pub struct DraftCreate {
        name: __crewed::Option<String>,
        age: __crewed::Option<Option<i32>>,
        secret_name: __crewed::Option<String>,
        status: __crewed::Option<Status>,
        address: __crewed::Option<Option<Address>>,
        tags: __crewed::Option<Vec<String>>,
    }
    impl __crewed::Object for HeroCreate {
        type Draft = DraftCreate;
        fn draft() -> DraftCreate {
            DraftCreate {
                name: __crewed::None,
                age: __crewed::None,
                secret_name: __crewed::None,
                status: __crewed::None,
                address: __crewed::None,
                tags: __crewed::None,
            }
        }
        fn slot<V: __crewed::SlotVisitor>(draft: &mut DraftCreate, index: usize, visitor: V) -> V::Out {
            match index {
                0 => visitor.visit(&mut draft.name),
                1 => visitor.visit(&mut draft.age),
                2 => visitor.visit(&mut draft.secret_name),
                3 => visitor.visit(&mut draft.status),
                4 => visitor.visit(&mut draft.address),
                5 => visitor.visit(&mut draft.tags),
                _ => visitor.none(),
            }
        }
        fn finish(draft: DraftCreate) -> __crewed::Option<Self> {
            __crewed::Some(HeroCreate {
                name: draft.name?,
                age: match draft.age {
                    __crewed::Some(value) => value,
                    __crewed::None => <Option<i32> as __crewed::Wire>::absent()?,
                },
                secret_name: draft.secret_name?,
                status: draft.status?,
                address: match draft.address {
                    __crewed::Some(value) => value,
                    __crewed::None => <Option<Address> as __crewed::Wire>::absent()?,
                },
                tags: match draft.tags {
                    __crewed::Some(value) => value,
                    __crewed::None => __crewed::Default::default(),
                },
            })
        }
    }
    __crewed::wire_object!([] HeroCreate);
    impl __crewed::Input for HeroCreate {
        const META: &'static __crewed::ObjectMeta = <Self as __crewed::Fields>::META;
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.set(1, &self.name);
            changes.set(2, &self.age);
            changes.set(3, &self.secret_name);
            changes.set(4, &self.status);
            changes.set_json(5, &self.address);
            changes.set_json(6, &self.tags);
        }
    }

    impl __crewed::Fields for HeroPatch {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "HeroPatch",
            "What a client sends to change a hero.",
            PATCH,
        )
        .deny_unknown();
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.id))?;
            visitor.field(1, &__crewed::Out(&self.name))?;
            visitor.field(2, &__crewed::Out(&self.age))?;
            visitor.field(3, &__crewed::Out(&self.secret_name))?;
            visitor.field(4, &__crewed::Out(&self.status))?;
            visitor.field(5, &__crewed::Out(&self.address))?;
            visitor.field(6, &__crewed::Out(&self.tags))?;
            __crewed::Ok(())
        }
    }
    pub struct DraftPatch {
        id: __crewed::Option<Patched<i64>>,
        name: __crewed::Option<Patched<String>>,
        age: __crewed::Option<Patched<i32>>,
        secret_name: __crewed::Option<Patched<String>>,
        status: __crewed::Option<Patched<Status>>,
        address: __crewed::Option<Patched<Merge<Address>>>,
        tags: __crewed::Option<Patched<Vec<String>>>,
    }
    impl __crewed::Object for HeroPatch {
        type Draft = DraftPatch;
        fn draft() -> DraftPatch {
            DraftPatch {
                id: __crewed::None,
                name: __crewed::None,
                age: __crewed::None,
                secret_name: __crewed::None,
                status: __crewed::None,
                address: __crewed::None,
                tags: __crewed::None,
            }
        }
        fn slot<V: __crewed::SlotVisitor>(draft: &mut DraftPatch, index: usize, visitor: V) -> V::Out {
            match index {
                0 => visitor.visit(&mut draft.id),
                1 => visitor.visit(&mut draft.name),
                2 => visitor.visit(&mut draft.age),
                3 => visitor.visit(&mut draft.secret_name),
                4 => visitor.visit(&mut draft.status),
                5 => visitor.visit(&mut draft.address),
                6 => visitor.visit(&mut draft.tags),
                _ => visitor.none(),
            }
        }
        fn finish(draft: DraftPatch) -> __crewed::Option<Self> {
            __crewed::Some(HeroPatch {
                id: __crewed::patched(draft.id),
                name: __crewed::patched(draft.name),
                age: __crewed::patched(draft.age),
                secret_name: __crewed::patched(draft.secret_name),
                status: __crewed::patched(draft.status),
                address: __crewed::patched(draft.address),
                tags: __crewed::patched(draft.tags),
            })
        }
    }
    __crewed::wire_object!([] HeroPatch);
    impl __crewed::Input for HeroPatch {
        const META: &'static __crewed::ObjectMeta = <Self as __crewed::Fields>::META;
        fn changes(self, changes: &mut __crewed::Changes) {
            changes.patch(0, self.id);
            changes.patch(1, self.name);
            changes.patch(2, self.age);
            changes.patch(3, self.secret_name);
            changes.patch(4, self.status);
            changes.merge(5, self.address);
            changes.patch_json(6, self.tags);
        }
    }
};

#[test]
fn parses() {
    use crewed::wire::{Body, parse};
    let body = |t: &'static str| Body { bytes: t.as_bytes(), json: true };
    let a: Address = parse(body(r#"{"city":"Seoul","floor":"3"}"#), &Rules::NONE).unwrap();
    assert_eq!((a.city.as_str(), a.zip, a.floor), ("Seoul", None, 3));
    let e = parse::<HeroCreate>(body(r#"{"name":"","secret_name":3,"x":1,"address":{"zip":"z"}, "id": 4}"#), &Rules::NONE).err().unwrap();
    for i in &e { println!("{i:?}"); }
    assert_eq!(e.len(), 6);
    let _ = c::json(3i32);
}

#[test]
fn serves() {
    use crewed::rocket::local::blocking::Client;
    use crewed::rocket::http::ContentType;
    let config = crewed::rocket::Config::figment().merge(("crewed.store", "sqlite::memory:"));
    let client = Client::untracked(crewed::rocket::custom(config).attach(crewed::Api::new().resource::<Hero>())).unwrap();
    let show = |r: crewed::rocket::local::blocking::LocalResponse<'_>| {
        let l = r.headers().get_one("location").map(|s| s.to_owned()); println!("{} {:?} {}", r.status(), l, r.into_string().unwrap_or_default());
    };
    show(client.post("/heroes").header(ContentType::JSON).body(r#"{"name":"a","secret_name":"s","status":"live"}"#).dispatch());
    show(client.post("/heroes").header(ContentType::JSON).body(r#"{"name":"a","secret_name":"s","status":"live"}"#).dispatch());
    show(client.patch("/heroes/1").header(ContentType::JSON).body(r#"{"age":"4","address":{"city":"Busan"}}"#).dispatch());
    show(client.patch("/heroes/1").header(ContentType::JSON).body(r#"{"address":{"city":"B"}}"#).dispatch());
    show(client.patch("/heroes/x?u=1").header(ContentType::JSON).body(r#"{"address":3}"#).dispatch());
    show(client.get("/heroes/1").dispatch());
    show(client.get("/heroes/").dispatch());
    show(client.post("/heroes/").dispatch());
    show(client.get("/nope").dispatch());
    show(client.get("/docs").dispatch());
}
