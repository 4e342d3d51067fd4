//! Compares expansions with the golden files in `tests/expand`, and bounds their length.
//!
//! `CREWED_UPDATE_GOLDEN=1` rewrites the golden files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proc_macro2::{Group, TokenStream, TokenTree};
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
        quote!(
            "/users",
            operations(list, create, delete),
            missing(status = 400, detail = "Name not found."),
            rate_limit = "100/1m"
        ),
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
fn a_resource_with_indexes() {
    let seats = declare::resource(
        quote!("/seats", index(row, number), unique(note, r#type), list = "page"),
        quote! {
            struct Seat {
                #[field(key)]
                id: String,
                row: i32,
                #[field(sort)]
                number: i32,
                note: String,
                r#type: SeatType,
            }
        },
    );
    golden("seats", &seats);
}

#[test]
fn a_resource_with_access_rules() {
    golden("notes", &note());
}

#[test]
fn a_resource_of_tenants() {
    let badges = declare::resource(
        quote!(
            "/badges",
            access(caller = Me, read(public), write(caller)),
            unique(color, number),
            unique(color, shape, everywhere),
            index(shape, number)
        ),
        quote! {
            struct Badge {
                #[field(key, unique(everywhere))]
                code: String,
                #[field(tenant)]
                org: String,
                #[field(unique)]
                name: String,
                #[field(unique(everywhere))]
                email: String,
                #[field(owner, unique)]
                holder: i64,
                color: i32,
                shape: i32,
                number: i32,
            }
        },
    );
    golden("badges", &badges);
}

#[test]
fn access_for_all() {
    let tags = declare::resource(
        quote!("/tags", access(public)),
        quote! {
            struct Tag {
                #[field(key)]
                name: String,
            }
        },
    );
    golden("tags", &tags);
}

#[test]
fn a_blocking_function() {
    let function = declare::function(
        Method::Post,
        quote!("/reports", blocking, rate_limit = "5/2h"),
        quote! {
            fn write_report(report: Report, db: &State<Db>) -> Result<Json<Report>, HttpError> {
                db.write(report)
            }
        },
    );
    golden("blocking_function", &function);
}

#[test]
fn a_caller() {
    let caller = declare::caller(
        quote!(depends(current_user), all_tenants = self.is_root),
        quote! {
            /// Who asks.
            #[derive(Debug)]
            struct Me {
                #[caller(id)]
                id: Uuid,
                #[caller(tenant)]
                org: Uuid,
                is_root: bool,
            }
        },
    );
    golden("caller", &caller);
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
    let launch = declare::launch(
        quote!(own_logger),
        quote! {
            fn rocket() -> _ {
                rocket::build()
            }
        },
    );
    golden("launch_with_own_logger", &launch);
}

/// The expansion of a declaration with a mistake keeps the item, and has stand-in implementations.
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

/// Every user compiles the generated code, so its length is bounded: by a number of lines for a declaration and for
/// each of its fields, as formatted by rustfmt, a little above the present length. The expansion of a macro of
/// `__private` counts where it is used.
#[test]
fn expansions_stay_small() {
    let rules = rules();
    let lines = |tokens: TokenStream| pretty(&expanded(tokens, &rules)).lines().count();
    let cost = |what: &str, bare: TokenStream, (whole, fields): (TokenStream, usize)| {
        let (bare, whole) = (lines(bare), lines(whole));
        let each = (whole - bare).div_ceil(fields);
        println!("{what}: {bare} lines, and {each} for each field or argument");
        (bare, each)
    };
    let model = cost("a model", bare_model(), (address(), 3));
    assert!(model.0 <= 112 && model.1 <= 22, "a model takes {model:?} lines");
    let resource = cost("a resource", bare_resource(), (hero(), 7));
    assert!(resource.0 <= 334 && resource.1 <= 30, "a resource takes {resource:?} lines");
    let function = cost("a function", bare_function(), (read_item(), 6));
    assert!(function.0 <= 78 && function.1 <= 23, "a function takes {function:?} lines");
}

/// The macros of `__private` by name, each with the expansion of its only rule.
fn rules() -> BTreeMap<String, TokenStream> {
    let source = include_str!("../../src/__private.rs");
    let items = syn::parse_file(source).expect("`__private` is Rust").items;
    let rules = items.into_iter().filter_map(|item| {
        let syn::Item::Macro(syn::ItemMacro { ident: Some(name), mac, .. }) = item else { return None };
        let mut tokens = mac.tokens.into_iter();
        let body = tokens.nth(3).expect("`(pattern) => { body }`");
        assert!(tokens.all(|rest| rest.to_string() == ";"), "`{name}` has one rule");
        let TokenTree::Group(body) = body else { panic!("the body of `{name}` is no group") };
        Some((name.to_string().trim_start_matches('_').to_owned(), body.stream()))
    });
    rules.collect()
}

/// The tokens with the macros of `__private` expanded. Variables are kept without their `$`, and repetitions, which are
/// generics, are left out.
fn expanded(tokens: TokenStream, rules: &BTreeMap<String, TokenStream>) -> TokenStream {
    let mut found: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let is =
        |token: Option<&TokenTree>, c: char| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == c);
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                if matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                    drop(tokens.by_ref().take(2).collect::<Vec<_>>());
                }
            }
            TokenTree::Ident(name) if is(tokens.peek(), '!') && rules.contains_key(&name.to_string()) => {
                // This removes the path before the macro, the `!`, its arguments, and the `;` of a statement.
                while is(found.last(), ':') {
                    found.truncate(found.len() - 2);
                    found.pop();
                }
                drop(tokens.by_ref().take(2).collect::<Vec<_>>());
                if is(tokens.peek(), ';') {
                    tokens.next();
                }
                found.extend(expanded(rules[&name.to_string()].clone(), rules));
            }
            TokenTree::Group(group) => {
                let inner = expanded(group.stream(), rules);
                found.push(Group::new(group.delimiter(), inner).into());
            }
            other => found.push(other),
        }
    }
    found.into_iter().collect()
}

fn bare_model() -> TokenStream {
    declare::model(
        TokenStream::new(),
        quote! {
            /// Where somebody lives.
            #[derive(Clone, Debug)]
            pub struct Address {}
        },
    )
}

fn bare_resource() -> TokenStream {
    declare::resource(
        quote!("/heroes"),
        quote! {
            /// A hero.
            #[derive(Clone, Debug, Default)]
            pub struct Hero {
                #[field(key, generated)]
                pub id: i64,
            }
        },
    )
}

fn bare_function() -> TokenStream {
    declare::function(
        Method::Get,
        quote!("/items", status = 202, tags("items"), response(404, "No such item.")),
        quote! {
            /// Reads an item.
            pub(crate) async fn read_item() -> Result<Json<Item>, ItemError> {
                Ok(Json(item))
            }
        },
    )
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

fn note() -> TokenStream {
    declare::resource(
        quote!(
            "/notes",
            access(
                caller = Me,
                read(public_note || owner || !(status == Status::Draft || caller.level < views)),
                create(caller),
                update(owner && title != "locked" && draft.is_some()),
                delete(owner || caller.is_admin()),
                with_check(self.status != caller.barred && 3 >= views && draft.is_none()),
            )
        ),
        quote! {
            struct Note {
                #[field(key, generated)]
                id: i64,
                #[field(owner)]
                owner_id: Option<i64>,
                #[field(tenant)]
                org_id: i64,
                public_note: bool,
                title: String,
                status: Status,
                views: i32,
                #[field(read(owner), write(never))]
                draft: Option<String>,
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
