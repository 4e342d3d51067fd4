//! Lists that clients work with: filters, sorts, search, pages and counts, over the wire and in code.

mod forms;
mod indexes;
mod model;
mod pages;
mod plans;
mod queries;
mod unindexed;

use crewed::prelude::*;
use crewed::rocket::http::Method;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::kit::{self, issues, only, post, send};

#[model]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Team {
    Red,
    Blue,
    Green,
}

#[resource("/heroes", filters(adult = Hero::adult, aged = Hero::aged))]
#[derive(Clone, Debug, PartialEq)]
struct Hero {
    #[field(key, generated, filter)]
    id: i64,
    #[field(filter, sort, search)]
    name: String,
    #[field(filter, sort, index)]
    age: Option<i32>,
    #[field(filter)]
    team: Team,
    #[field(json, default, filter)]
    powers: Vec<String>,
    #[field(filter, sort, default = false)]
    masked: bool,
    #[field(filter, sort, scale = 2, default = Decimal::ZERO)]
    price: Decimal,
    #[field(filter, sort, search)]
    motto: Option<String>,
    #[field(write_only, default = "hush")]
    secret: String,
    #[field(filter, sort)]
    born: Option<DateTime<Utc>>,
}

impl Hero {
    fn adult(yes: bool) -> Predicate<Hero> {
        if yes { Hero::FIELDS.age.gte(18) } else { !Hero::FIELDS.age.gte(18) }
    }

    fn aged(all: Vec<i32>) -> Predicate<Hero> {
        Hero::FIELDS.age.is_in(all)
    }
}

fn client_with(api: Api) -> Client {
    kit::client(kit::config(), api)
}

fn client() -> Client {
    client_with(Api::new().resource::<Hero>())
}

fn add(client: &Client, hero: Value) -> i64 {
    let (status, made) = post(client, "/heroes", hero);
    assert_eq!(status, 201, "{made}");
    made["id"].as_i64().unwrap()
}

fn seed(client: &Client) {
    for hero in [
        json!({"name": "Ada", "age": 36, "team": "Red", "powers": ["logic", "flight"], "masked": true, "price": "1.50"}),
        json!({"name": "bob", "age": 9, "team": "Blue", "motto": "100% _true_ \\o/"}),
        json!({"name": "Éva", "team": "Red", "powers": ["flight"], "price": "-2.25", "motto": "Straße"}),
        json!({"name": "강나루", "age": 18, "team": "Green", "born": "1990-02-03T04:05:06.000007Z"}),
        json!({"name": "O'Neil \"x\"", "age": -3, "team": "Blue", "powers": ["1", "true", "\\u0000", "null"], "price": "10"}),
    ] {
        add(client, hero);
    }
}

/// The ids of the rows of a list.
fn ids(client: &Client, query: &str) -> Vec<i64> {
    let (status, rows) = kit::get(client, &format!("/heroes?{query}"));
    assert_eq!(status, 200, "{query}: {rows}");
    rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn rows_are_found_by_their_fields() {
    let client = client();
    seed(&client);
    for (query, found) in [
        ("", &[1, 2, 3, 4, 5][..]),
        ("name=Ada", &[1]),
        ("name=ada", &[]),
        ("name__ne=Ada", &[2, 3, 4, 5]),
        ("id=3", &[3]),
        ("id__in=3&id__in=1&id__in=1&id__in=99", &[1, 3]),
        ("age__gte=18", &[1, 4]),
        ("age__gt=18", &[1]),
        ("age__lt=18", &[2, 5]),
        ("age__lte=18", &[2, 4, 5]),
        ("age=18", &[4]),
        // NULL differs from every value.
        ("age__ne=18", &[1, 2, 3, 5]),
        ("age__not_in=18&age__not_in=9", &[1, 3, 5]),
        ("age__isnull=true", &[3]),
        ("age__isnull=0", &[1, 2, 4, 5]),
        ("team=Red", &[1, 3]),
        ("team__in=Red&team__in=Green", &[1, 3, 4]),
        ("team__not_in=Red", &[2, 4, 5]),
        ("powers__has=flight", &[1, 3]),
        ("powers__has=1", &[5]),
        ("powers__has=true", &[5]),
        ("powers__has=%5Cu0000", &[5]),
        ("powers__has=a", &[]),
        ("masked=true", &[1]),
        ("masked=off", &[2, 3, 4, 5]),
        ("price__gt=1.5", &[5]),
        ("price=1.5", &[1]),
        ("price=1.501", &[]),
        ("price__gte=1.499", &[1, 5]),
        ("price__lt=-2.249", &[3]),
        ("price__lt=99999999999999999999999", &[1, 2, 3, 4, 5]),
        ("name__contains=N", &[5]),
        ("name__icontains=%C3%A9V", &[3]),
        ("name__contains=%22x", &[5]),
        ("name__contains=%27", &[5]),
        ("name__startswith=%EA%B0%95", &[4]),
        ("name__icontains=%EB%82%98%EB%A3%A8", &[4]),
        ("name__endswith=b", &[2]),
        ("motto__contains=%25+_", &[2]),
        ("motto__endswith=%5Co%2F", &[2]),
        ("motto__icontains=STRA%E1%BA%9EE", &[3]),
        ("motto__isnull=true", &[1, 4, 5]),
        ("born__gte=1990-02-03T04:05:06.000007Z", &[4]),
        ("born__gt=1990-02-03T04:05:06.000007Z", &[]),
        ("adult=true", &[1, 4]),
        ("adult=false", &[2, 3, 5]),
        ("aged=36&aged=9", &[1, 2]),
        ("age__gte=0&team=Red", &[1]),
        ("q=flight", &[]),
        ("q=ADA", &[1]),
        ("q=stra%C3%9Fe+%C3%A9", &[3]),
        ("q=%EB%82%98%EB%A3%A8", &[4]),
        ("q=o%27neil", &[5]),
    ] {
        assert_eq!(ids(&client, query), found, "{query}");
    }
}

#[test]
fn rows_are_sorted() {
    let client = client();
    seed(&client);
    for (query, found) in [
        ("sort=age", &[5, 2, 4, 1, 3][..]),
        ("sort=-age", &[3, 1, 4, 2, 5]),
        ("sort=name", &[1, 5, 2, 3, 4]),
        ("sort=-masked,name", &[1, 5, 2, 3, 4]),
        ("sort=masked", &[2, 3, 4, 5, 1]),
        ("sort=-masked", &[1, 5, 4, 3, 2]),
        ("sort=-id", &[5, 4, 3, 2, 1]),
        ("sort=price", &[3, 2, 4, 1, 5]),
        ("sort=born", &[4, 1, 2, 3, 5]),
        ("sort=-born", &[5, 3, 2, 1, 4]),
        ("sort=masked,-age", &[3, 4, 2, 5, 1]),
        ("sort=age&skip=1&limit=2", &[2, 4]),
        ("sort=age&skip=4", &[3]),
        ("sort=age&skip=5", &[]),
        ("sort=-age&skip=1&limit=1", &[1]),
        ("sort=-born&skip=4", &[4]),
    ] {
        assert_eq!(ids(&client, query), found, "{query}");
    }
}

/// A long text is looked for in another way than a short one.
#[test]
fn a_long_text_is_found_whatever_its_case() {
    let client = client();
    let name = format!("{}Ω.*{}", "Aé".repeat(60), "\u{212a}x".repeat(30));
    let id = add(&client, json!({"name": name, "team": "Red"}));
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for (text, found) in [
        (name.to_uppercase(), true),
        (name.to_lowercase(), true),
        (name.chars().skip(1).collect(), true),
        (name.replace('x', "y"), false),
        (name.replace(".*", "..."), false),
        (format!("{name}!"), false),
    ] {
        let expected: &[i64] = if found { &[id] } else { &[] };
        assert_eq!(ids(&client, &format!("name__icontains={}", encoded(&text))), expected, "{text}");
        assert_eq!(ids(&client, &format!("q={}", encoded(&text))), expected, "{text}");
    }
}

#[resource("/words", index(order, select))]
struct Words {
    #[field(key, generated)]
    id: i64,
    #[field(filter, sort, search, default = "")]
    order: String,
    #[field(filter, sort, default = 0)]
    select: i64,
    #[field(filter, sort, search, default = "")]
    group: String,
    #[field(filter, sort, default = "")]
    from: String,
}

#[test]
fn names_may_be_words_of_sql() {
    let client = client_with(Api::new().resource::<Words>());
    for word in [json!({"order": "DESC", "select": 2, "group": "by"}), json!({"from": "where", "select": 1})]
    {
        assert_eq!(post(&client, "/words", word).0, 201);
    }
    let found = |query: &str| {
        let (status, rows) = kit::get(&client, &format!("/words?{query}"));
        assert_eq!(status, 200, "{query}: {rows}");
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(found("order=DESC&select__gte=1&group__in=by"), [1]);
    assert_eq!(found("sort=select,-from&q=desc"), [1]);
    assert_eq!(found("sort=-order,select&limit=5"), [1, 2]);
    assert_eq!(found("from__startswith=where"), [2]);
    // A query sorts by at most two texts.
    let (status, body) = kit::get(&client, "/words?sort=order,group,from");
    assert_eq!((status, issues(&body)), (422, only("value_error", "query.sort")));
}

/// So many are allowed, and one more is not.
#[test]
fn a_query_has_so_many_conditions_and_values() {
    let client = client();
    seed(&client);
    let words = |count: usize| format!("q={}", vec!["a"; count].join("+"));
    let values = |count: usize| format!("age__in={}", vec!["36"; count].join("&age__in="));
    assert_eq!(ids(&client, &words(50)), [1, 3]);
    assert_eq!(ids(&client, &values(1000)), [1]);
    for query in [words(51), values(1001), format!("{}&age=36", words(50))] {
        assert_eq!(kit::get(&client, &format!("/heroes?{query}")).0, 422, "{query}");
    }
    // Thousands of names that are not known are no work.
    let unknown: Vec<String> = (0..5000).map(|number| format!("x{number}=1")).collect();
    let (status, body) = kit::get(&client, &format!("/heroes?{}", unknown.join("&")));
    assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 100));
}

#[test]
fn a_mistake_returns_no_row() {
    let client = client();
    seed(&client);
    let long = format!("age__in={}", "1&age__in=".repeat(1000)) + "1";
    let many = (0..51).map(|_| "a").collect::<Vec<_>>().join("+");
    for (query, expected) in [
        ("nam=x", only("extra_forbidden", "query.nam")),
        ("name__eq=x", only("extra_forbidden", "query.name__eq")),
        ("name__has=x", only("extra_forbidden", "query.name__has")),
        ("secret=x", only("extra_forbidden", "query.secret")),
        ("name=a&name=b", only("value_error", "query.name")),
        ("powers__has=a&powers__has=b", only("value_error", "query.powers__has")),
        ("limit=", only("int_parsing", "query.limit")),
        ("limit=1&limit=2", only("value_error", "query.limit")),
        ("age=", only("int_parsing", "query.age")),
        ("age=x", only("int_parsing", "query.age")),
        ("age__in=1&age__in=x", only("int_parsing", "query.age__in.1")),
        ("team=Purple", only("enum", "query.team")),
        ("name__contains=", only("value_error", "query.name__contains")),
        ("name=%00", only("value_error", "query.name")),
        ("q=", only("value_error", "query.q")),
        ("q=+%09", only("value_error", "query.q")),
        ("sort=", only("literal_error", "query.sort")),
        ("sort=secret", only("literal_error", "query.sort")),
        ("sort=team", only("literal_error", "query.sort")),
        ("sort=age,-age", only("value_error", "query.sort")),
        ("sort=age,,name", only("literal_error", "query.sort")),
        ("count=maybe", only("bool_parsing", "query.count")),
        ("fields=name", only("extra_forbidden", "query.fields")),
        ("adult=perhaps", only("bool_parsing", "query.adult")),
        ("age__isnull=", only("bool_parsing", "query.age__isnull")),
        ("cursor=", only("value_error", "query.cursor")),
        (&long, only("value_error", "query.age__in")),
        (&format!("q={many}"), only("value_error", "query.q")),
    ] {
        let (status, body) = kit::get(&client, &format!("/heroes?{query}"));
        assert_eq!(status, 422, "{query}: {body}");
        assert_eq!(issues(&body), expected, "{query}: {body}");
    }
    let (_, body) = kit::get(&client, "/heroes?nmae__startwith=x");
    let allowed = body["detail"][0]["ctx"]["allowed"].as_array().unwrap();
    assert_eq!((allowed.len(), &allowed[0]), (20, &json!("name__startswith")), "{body}");
    let (_, body) = kit::get(&client, "/heroes?sort=agee");
    assert_eq!(body["detail"][0]["ctx"]["allowed"][0], "age", "{body}");
    // Empty texts are values.
    assert_eq!(ids(&client, "name="), Vec::<i64>::new());
    assert_eq!(ids(&client, "name__ne="), [1, 2, 3, 4, 5]);
}

#[test]
fn rows_are_counted() {
    let client = client();
    seed(&client);
    for (query, total) in [("count=true", 5), ("count=1&age__gte=18&limit=1", 2), ("count=true&limit=0", 5)] {
        for method in [Method::Get, Method::Head] {
            let path = format!("/heroes?{query}");
            let answer = send(&client, method, &path, None);
            assert_eq!(answer.status().code, 200);
            let expected = total.to_string();
            assert_eq!(answer.headers().get_one("X-Total-Count"), Some(&*expected), "{method} {query}");
        }
    }
    assert_eq!(
        send(&client, Method::Get, "/heroes?count=false", None).headers().get_one("X-Total-Count"),
        None
    );
}
