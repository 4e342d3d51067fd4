//! Expansions as they are, in `tests/expand`, and how long they may be.
//!
//! `CREWED_UPDATE_GOLDEN=1` rewrites what is expected.

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;

use crate::declare;
use crate::model::Method;

#[test]
fn a_model() {
    golden("model", &address());
}

#[test]
fn a_generic_model() {
    let page = declare::model(
        quote!(name = "PageOf"),
        quote! {
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct Page<T> {
                #[field(max_items = 100)]
                pub items: Vec<T>,
                pub next_page: Option<String>,
                #[serde(skip)]
                pub seen: bool,
                #[field(opaque)]
                pub source: Option<IpAddr>,
            }
        },
    );
    golden("generic_model", &page);
}

#[test]
fn an_enum() {
    let status = declare::model(
        quote!(literal),
        quote! {
            /// How far it is.
            #[derive(Clone, Debug)]
            #[serde(rename_all = "kebab-case")]
            enum Status {
                Draft,
                GoneLive,
            }
        },
    );
    golden("enum", &status);
}

#[test]
fn users() {
    let users = declare::resource(
        quote!("/users", operations(list, create, delete), missing(status = 400, detail = "Name not found.")),
        quote! {
            /// Someone, and the nickname they go by.
            struct User {
                /// The name they are found by.
                #[field(key, min_length = 1, max_length = 64)]
                name: String,
                nickname: String,
            }
        },
    );
    golden("users", &users);
}

#[test]
fn heroes() {
    golden("heroes", &hero());
}

#[test]
fn a_resource_in_the_path() {
    let users = declare::resource(
        quote!("/users", inputs = "path", create = "replace", replies = "status"),
        quote! {
            struct User {
                #[field(key)]
                name: String,
                nickname: String,
            }
        },
    );
    golden("users_in_the_path", &users);
}

#[test]
fn a_function() {
    golden("function", &read_item());
}

#[test]
fn a_function_of_guards() {
    let function = declare::function(
        Method::Get,
        quote!("/", hidden),
        quote! {
            fn index(users: &State<Users>) -> &'static str {
                "Hello"
            }
        },
    );
    golden("function_of_guards", &function);
}

#[test]
fn a_failed_function() {
    let failed = declare::function(
        Method::Post,
        quote!("/items/{item_id}"),
        quote! {
            fn read(item_id: i64) {}
        },
    );
    golden("failed_function", &failed);
}

#[test]
fn an_error() {
    let error = declare::http_error(quote! {
        enum UserError {
            /// Nobody has that name.
            #[answer(status = 404, detail = "No user {name}.")]
            NotFound { name: String, looked: bool },
            #[answer(status = 409, detail = "Taken by {1}.")]
            Taken(i64, String),
            #[answer(status = 503)]
            Away,
            #[answer(transparent)]
            Store(StoreError),
            #[answer(transparent)]
            Other(crewed::HttpError),
        }
    });
    golden("error", &error);
}

#[test]
fn an_enum_of_numbers() {
    let priority = declare::model(
        quote!(int),
        quote! {
            enum Priority {
                Low = 1,
                Middle,
                High = -3,
            }
        },
    );
    golden("enum_of_numbers", &priority);
}

#[test]
fn launch() {
    let launch = declare::launch(
        TokenStream::new(),
        quote! {
            async fn rocket() -> _ {
                rocket::build()
            }
        },
    );
    golden("launch", &launch);
}

/// A declaration with a mistake keeps its item and stands in for its impls.
#[test]
fn a_failed_resource() {
    let failed = declare::resource(
        quote!("/users"),
        quote! {
            pub struct User {
                name: String,
            }
        },
    );
    golden("failed_resource", &failed);
}

/// What is generated is compiled by everybody who declares something: lines for each field, as
/// rustfmt would lay them out, with a little room over what they are now.
#[test]
fn expansions_stay_small() {
    let lines_per_field = |tokens: &TokenStream, fields: usize| pretty(tokens).lines().count() / fields;
    let (model, resource) = (lines_per_field(&address(), 3), lines_per_field(&hero(), 8));
    println!("lines per field: {model} of a model, {resource} of a resource");
    assert!(model <= 34, "a model's field takes {model} lines");
    assert!(resource <= 70, "a resource's field takes {resource} lines");
    let function = lines_per_field(&read_item(), 6);
    println!("lines per argument: {function}");
    assert!(function <= 30, "a function's argument takes {function} lines");
}

fn read_item() -> TokenStream {
    declare::function(
        Method::Get,
        quote!("/items/<item_id>?<q>&<short>", status = 202, tags("items"), response(404, "No such item.")),
        quote! {
            /// Reads an item.
            pub(crate) async fn read_item(
                short: Flag,
                /// Which one.
                #[param(ge = 1)] item_id: i64,
                #[param(max_length = 50)] q: Option<String>,
                #[param(header, default = "none")] x_token: String,
                item: Item,
                user: &State<User>,
            ) -> Result<Json<Item>, ItemError> {
                Ok(Json(item))
            }
        },
    )
}

fn address() -> TokenStream {
    declare::model(
        TokenStream::new(),
        quote! {
            /// Where somebody lives.
            #[derive(Clone, Debug)]
            pub struct Address {
                /// The city.
                #[field(min_length = 2, example = "Seoul")]
                city: String,
                #[field(pattern = "^[0-9]{5}$")]
                zip: Option<String>,
                #[field(ge = -2, default = 1)]
                floor: i32,
            }
        },
    )
}

fn hero() -> TokenStream {
    declare::resource(
        quote!("/heroes"),
        quote! {
            /// A hero.
            #[derive(Clone, Debug, Default)]
            pub struct Hero {
                #[field(key, generated)]
                pub id: i64,
                /// The name in the papers.
                #[field(unique, min_length = 1)]
                pub name: String,
                #[field(ge = 0)]
                age: Option<i32>,
                #[field(write_only)]
                secret_name: String,
                #[field(json)]
                address: Option<Address>,
                #[field(json, default)]
                tags: Vec<String>,
                #[field(scale = 2, gt = 0.5, index)]
                fee: Decimal,
                #[field(updated_at)]
                updated_at: DateTime<Utc>,
            }
        },
    )
}

fn pretty(tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone()).expect("an expansion is a list of items");
    prettyplease::unparse(&file)
}

fn golden(case: &str, tokens: &TokenStream) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/expand/{case}.rs"));
    let found = pretty(tokens);
    if std::env::var_os("CREWED_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).expect("the golden can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).expect("the golden is there");
    assert!(
        found == expected,
        "{} is not what it was; CREWED_UPDATE_GOLDEN=1 rewrites it\n{}",
        path.display(),
        first_difference(&expected, &found)
    );
}

fn first_difference(expected: &str, found: &str) -> String {
    let pair = expected.lines().zip(found.lines()).enumerate().find(|(_, (e, f))| e != f);
    match pair {
        Some((line, (expected, found))) => {
            format!("line {}\nexpected {expected}\nfound    {found}", line + 1)
        }
        None => "one is longer than the other".to_owned(),
    }
}
