//! Types of crewed's in functions under rocket_okapi's own `#[openapi]`.

#![allow(missing_docs)]

use crewed::openapi::{DocumentOptions, Foreign, Info, PageSize, document};
use crewed::render::ErrorFormat;
use rocket::post;
use rocket::serde::json::Json;
use rocket_okapi::{openapi, openapi_get_routes_spec};
use serde_json::{Value, json};

// #[model] enum Mood { Calm, Cross }
pub enum Mood {
    Calm,
    Cross,
}

// #[model] struct Greeting { text: String, mood: Option<Mood> }
pub struct Greeting {
    text: String,
    mood: Option<Mood>,
}

// A struct that is nothing but an answer, as a resource is.
pub struct Page<T> {
    items: Vec<T>,
}

const _: () = {
    use ::crewed::__private as __crewed;

    impl __crewed::Choice for Mood {
        const META: &'static __crewed::ChoiceMeta =
            &__crewed::ChoiceMeta::new("Mood", "How it is meant.", &["calm", "cross"]);
        fn index(&self) -> usize {
            match self {
                Mood::Calm => 0,
                Mood::Cross => 1,
            }
        }
        fn from_index(index: usize) -> __crewed::Option<Self> {
            [Mood::Calm, Mood::Cross].into_iter().nth(index)
        }
    }
    __crewed::wire_choice!(Mood);

    impl __crewed::Fields for Greeting {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "Greeting",
            "What is said.",
            &[
                __crewed::FieldMeta::new("text", <String as __crewed::Wire>::shape)
                    .rules(__crewed::Rules::NONE.min_length(1)),
                __crewed::FieldMeta::new("mood", <Option<Mood> as __crewed::Wire>::shape).optional(),
            ],
        );
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.text))?;
            visitor.field(1, &__crewed::Out(&self.mood))
        }
    }
    impl __crewed::Object for Greeting {
        type Draft = (__crewed::Option<String>, __crewed::Option<Option<Mood>>);
        fn draft() -> Self::Draft {
            (__crewed::None, __crewed::None)
        }
        fn slot<V: __crewed::SlotVisitor>(draft: &mut Self::Draft, index: usize, visitor: V) -> V::Out {
            match index {
                0 => visitor.visit(&mut draft.0),
                1 => visitor.visit(&mut draft.1),
                _ => visitor.none(),
            }
        }
        fn finish((text, mood): Self::Draft) -> __crewed::Option<Self> {
            __crewed::Some(Greeting { text: text?, mood: mood.unwrap_or_default() })
        }
    }
    __crewed::wire_object!([] Greeting);

    impl<T: __crewed::Wire> __crewed::Fields for Page<T> {
        const META: &'static __crewed::ObjectMeta = &__crewed::ObjectMeta::new(
            "Page",
            "",
            &[
                __crewed::FieldMeta::new("items", <Vec<T> as __crewed::Wire>::shape),
                __crewed::FieldMeta::new("secret", <String as __crewed::Wire>::shape).write_only(),
            ],
        )
        .parameters(&[<T as __crewed::Wire>::shape]);
        fn each<V: __crewed::FieldVisitor>(&self, visitor: &mut V) -> __crewed::Result<(), V::Error> {
            visitor.field(0, &__crewed::Out(&self.items))
        }
    }
    __crewed::serialize_object!([T: __crewed::Wire] Page<T>);
};

/// Says it again.
#[openapi]
#[post("/echo", data = "<greeting>")]
fn echo(greeting: Json<Greeting>) -> Json<Page<Greeting>> {
    Json(Page { items: vec![greeting.into_inner()] })
}

#[test]
fn models_are_documented_in_foreign_routes() {
    let (routes, spec) = openapi_get_routes_spec![echo];
    assert_eq!(routes.len(), 1);
    let info = Info { title: "Echo".to_owned(), version: "1".to_owned(), description: String::new() };
    let bytes = document(&DocumentOptions {
        info: &info,
        base: "",
        resources: &[],
        page: PageSize { default: 10, max: 10 },
        errors: ErrorFormat::FastApi,
        foreign: &[Foreign { base: "/extra".to_owned(), document: spec }],
    });
    let document: Value =
        serde_json::from_slice(&bytes.unwrap_or_else(|e| panic!("{e:?}"))).unwrap_or_default();
    let operation = &document["paths"]["/extra/echo"]["post"];
    let schema = |place: &Value| place["content"]["application/json"]["schema"].clone();
    assert_eq!(schema(&operation["requestBody"]), json!({"$ref": "#/components/schemas/Greeting"}));
    assert_eq!(schema(&operation["responses"]["200"]), json!({"$ref": "#/components/schemas/Page_Greeting"}));
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["Greeting"],
        json!({
            "title": "Greeting",
            "description": "What is said.",
            "type": "object",
            "required": ["text"],
            "properties": {
                "text": {"title": "Text", "type": "string", "minLength": 1},
                "mood": {"allOf": [{"$ref": "#/components/schemas/Mood"}], "nullable": true},
            },
        })
    );
    assert_eq!(schemas["Mood"]["enum"], json!(["calm", "cross"]));
    assert_eq!(
        schemas["Page_Greeting"]["properties"],
        json!({"items": {
            "title": "Items",
            "type": "array",
            "items": {"$ref": "#/components/schemas/Greeting"},
        }})
    );
}
