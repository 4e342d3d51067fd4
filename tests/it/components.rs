//! The components of the document: which there are, what they are called, and that nobody else is called so.

use crewed::prelude::*;
use crewed::rocket::serde::json::Json;
use crewed::{get, post};
use serde_json::{Value, json};

use crate::kit::{client, config};

#[model]
struct Page<T> {
    items: Vec<T>,
}

mod shop {
    use super::*;

    #[model]
    pub struct Item {
        pub name: String,
    }

    #[model]
    #[serde(rename_all = "lowercase")]
    pub enum Mood {
        Calm,
        Cross,
    }

    #[post("/shop", name = "create_in_shop")]
    pub fn create(item: Item) -> Json<Item> {
        Json(item)
    }

    #[get("/shop/mood")]
    pub fn mood() -> Json<Mood> {
        Json(Mood::Calm)
    }

    #[post("/shop/page", name = "page_in_shop")]
    pub fn page() -> Json<Page<Item>> {
        Json(Page { items: vec![] })
    }
}

mod store {
    use super::*;

    #[model]
    pub struct Item {
        pub price: f64,
    }

    #[model(int)]
    pub enum Mood {
        Calm = 1,
    }

    #[resource("/users")]
    pub struct User {
        #[field(key)]
        pub name: String,
    }

    #[post("/store", name = "create_in_store")]
    pub fn create(item: Item) -> Json<Item> {
        Json(item)
    }

    #[get("/store/mood", name = "mood_in_store")]
    pub fn mood() -> Json<Mood> {
        Json(Mood::Calm)
    }

    #[post("/store/page", name = "page_in_store")]
    pub fn page() -> Json<Page<Item>> {
        Json(Page { items: vec![] })
    }

    pub mod other {
        use super::*;

        /// Has the name that the resource gives to what makes a user.
        #[model]
        pub struct UserCreate {
            pub name: i64,
        }

        #[post("/store/user", name = "user_in_store")]
        pub fn user(body: UserCreate) -> Json<Value> {
            Json(json!(body.name))
        }
    }
}

fn refused(api: Api) -> String {
    let rocket = crewed::rocket::custom(config()).attach(api);
    crewed::rocket::execute(crewed::ignite(rocket)).unwrap_err().to_string()
}

/// Whoever reads the message finds both types, and knows what to write.
#[test]
fn two_of_one_name_are_told_by_their_paths() {
    let told = |message: &str, name: &str, types: [&str; 2]| {
        let line = message.lines().find(|line| line.contains(&format!("two types are called `{name}`")));
        let line = line.unwrap_or_else(|| panic!("nothing of `{name}` in: {message}"));
        for path in types {
            assert!(line.contains(&format!("`it::components::{path}`")), "no {path} in: {line}");
        }
        assert!(line.contains("#[model(name = \"..\")]"), "{line}");
        assert!(line.contains("`name = \"..\"` under `#[resource(..)]`"), "{line}");
    };
    let structs = refused(Api::new().operations(operations![shop::create, store::create]));
    told(&structs, "Item", ["shop::Item", "store::Item"]);
    let enums = refused(Api::new().operations(operations![shop::mood, store::mood]));
    told(&enums, "Mood", ["shop::Mood", "store::Mood"]);
    // Within a generic model as well, and behind a base.
    let generic = refused(Api::new().at("/api").operations(operations![shop::page, store::page]));
    told(&generic, "Item", ["shop::Item", "store::Item"]);
    let input = refused(Api::new().resource::<store::User>().operations(operations![store::other::user]));
    told(&input, "UserCreate", ["store::UserCreate", "store::other::UserCreate"]);
}

#[get("/longs")]
fn longs() -> Json<Page<i64>> {
    Json(Page { items: vec![i64::MAX] })
}

#[get("/shorts")]
fn shorts() -> Json<Page<Page<u16>>> {
    Json(Page { items: vec![Page { items: vec![1] }] })
}

#[get("/ints")]
fn ints() -> Json<Page<i32>> {
    Json(Page { items: vec![1] })
}

#[get("/singles")]
fn singles() -> Json<Page<f32>> {
    Json(Page { items: vec![0.5] })
}

#[get("/doubles")]
fn doubles() -> Json<Page<f64>> {
    Json(Page { items: vec![0.5] })
}

/// One generic model of several widths is several components.
#[test]
fn generic_models_of_numbers_have_names_of_their_own() {
    let client = client(config(), Api::new().operations(operations![longs, shorts, ints, singles, doubles]));
    let document: Value = client.get("/openapi.json").dispatch().into_json().unwrap();
    let mut names: Vec<&String> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        ["Page_Page_uint16", "Page_float", "Page_float32", "Page_int", "Page_int32", "Page_uint16"],
        "and nothing that nobody refers to"
    );
    let items = |name: &str| document["components"]["schemas"][name]["properties"]["items"]["items"].clone();
    assert_eq!(
        items("Page_uint16"),
        json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 65535})
    );
    assert_eq!(items("Page_int"), json!({"type": "integer", "format": "int64"}));
}

/// Every component is referred to, and every reference has a component.
#[test]
fn components_are_those_that_are_referred_to() {
    let apis = [
        Api::new(),
        Api::new().operations(operations![longs]),
        Api::new().operations(operations![shop::create]),
        Api::new().operations(operations![shop::create]).at("/api"),
        Api::new().resource::<store::User>(),
        Api::new().resource::<store::User>().operations(operations![shop::page]),
    ];
    for (index, api) in apis.into_iter().enumerate() {
        let (base, config) = (if index == 3 { "/api" } else { "" }, config());
        let document =
            client(config, api).get(format!("{base}/openapi.json")).dispatch().into_string().unwrap();
        let parsed: Value = serde_json::from_str(&document).unwrap();
        let none = serde_json::Map::new();
        let schemas = parsed["components"]["schemas"].as_object().unwrap_or(&none);
        for name in schemas.keys() {
            assert!(document.contains(&format!("\"#/components/schemas/{name}\"")), "{index}: {name}");
        }
        for reference in document.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{index}: {name}");
        }
    }
}

/// A key that clients choose stands in the path afterwards, and so in the body of a `POST` alone.
#[test]
fn a_chosen_key_is_in_the_body_that_creates_alone() {
    #[resource("/pilots")]
    struct Pilot {
        #[field(key)]
        name: String,
        nickname: String,
    }

    for base in ["", "/api"] {
        let client = client(config(), Api::new().at(base).resource::<Pilot>());
        let document: Value = client.get(format!("{base}/openapi.json")).dispatch().into_json().unwrap();
        for name in ["PilotReplace", "PilotPatch"] {
            let members = document["components"]["schemas"][name]["properties"].as_object().unwrap();
            assert_eq!(members.keys().collect::<Vec<_>>(), ["nickname"], "{name}");
        }
        let key = &document["components"]["schemas"]["PilotCreate"]["properties"]["name"];
        assert_eq!(key["not"], json!({"enum": [".", ".."]}));
    }
}
