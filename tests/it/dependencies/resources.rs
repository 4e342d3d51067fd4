//! Dependencies of resources: they are asked before anything of the resource.

use crewed::rocket::State;
use crewed::rocket::http::{ContentType, Header};
use crewed::{HttpError, Router, depends};

use super::*;

#[depends]
fn require_key(
    #[param(query)] key: String,
    #[param(header, default = 0)] x_count: i64,
    journal: &State<Journal>,
) -> Result<(), HttpError> {
    journal.add(format!("require_key {x_count}"));
    if key == "right" { Ok(()) } else { Err(HttpError::new(403, "Wrong key")) }
}

#[resource("/heroes", depends(require_key))]
struct Hero {
    #[field(key, generated)]
    id: i64,
    #[field(filter, sort, index)]
    name: String,
    #[field(write_only)]
    secret: String,
}

#[depends]
fn team(#[param(path)] team_id: i64, #[param(default = 5, le = 7)] limit: i64, journal: &State<Journal>) {
    journal.add(format!("team {team_id} {limit}"));
}

fn api() -> Api {
    Api::new().include(Router::new("/teams/<team_id>").tag("teams").depends::<team>().resource::<Hero>())
}

#[test]
fn a_dependency_is_asked_before_the_resource() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        // The issues of a dependency are told, and nothing of the resource is looked at.
        let (status, body) = get(&client, base, "/teams/x/heroes?limit=8&nonsense=1");
        let expected = vec![
            ("int_parsing".to_owned(), "path.team_id".to_owned()),
            ("less_than_equal".to_owned(), "query.limit".to_owned()),
            ("missing".to_owned(), "query.key".to_owned()),
        ];
        assert_eq!((status, issues(&body)), (422, expected));
        assert_eq!(journal.lines(0), Vec::<String>::new());
        // One that fails answers, whatever the body is.
        let path = format!("{base}/teams/1/heroes?key=wrong");
        let answer = client.post(path).header(ContentType::JSON).body("{").dispatch();
        assert_eq!(json_of(answer), (403, json!({"detail": "Wrong key"})));
        assert_eq!(journal.lines(2), ["team 1 5", "require_key 0"]);

        let path = format!("{base}/teams/1/heroes?key=right");
        let request = client.post(path).header(ContentType::JSON).header(Header::new("x-count", "3"));
        let answer = request.body(json!({"name": "Ada", "secret": "x"}).to_string()).dispatch();
        let location = answer.headers().get_one("location").unwrap().to_owned();
        let (status, row) = json_of(answer);
        assert_eq!((status, &row["name"]), (201, &json!("Ada")));
        assert!(row.get("secret").is_none(), "{row}");
        assert_eq!(location, format!("{base}/teams/1/heroes/{}", row["id"]));
        assert_eq!(journal.lines(2), ["team 1 5", "require_key 3"]);
        assert_eq!(json_of(client.get(format!("{location}?key=right")).dispatch()), (200, row));
        assert_eq!(journal.lines(2), ["team 1 5", "require_key 0"]);
    }
}

#[test]
fn its_names_are_allowed_in_the_query_and_no_others() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        for name in ["Ada", "Bob", "Cleo"] {
            let path = format!("{base}/teams/1/heroes?key=right");
            let body = json!({"name": name, "secret": "x"}).to_string();
            assert_eq!(client.post(path).header(ContentType::JSON).body(body).dispatch().status().code, 201);
        }
        // `limit` is the resource's too.
        let answer = client.get(format!("{base}/teams/1/heroes?key=right&limit=2&sort=name")).dispatch();
        let link = answer.headers().get_one("link").map(str::to_owned);
        assert_eq!(json_of(answer).1.as_array().unwrap().len(), 2);
        // The next page is asked with the key, too.
        let link = link.unwrap();
        let next = link.trim_start_matches('<').split('>').next().unwrap();
        assert_eq!(json_of(client.get(next).dispatch()).1.as_array().unwrap().len(), 1);
        let (status, body) = get(&client, base, "/teams/1/heroes?key=right&kye=1");
        assert_eq!(
            (status, issues(&body)),
            (422, vec![("extra_forbidden".to_owned(), "query.kye".to_owned())])
        );
        // Where the resource has no `limit`, it is the dependency's alone.
        assert_eq!(get(&client, base, "/teams/1/heroes/1?key=right&limit=2").0, 200);
        assert_eq!(
            client.head(format!("{base}/teams/1/heroes/1?key=right&limit=2")).dispatch().status().code,
            200
        );
        let (status, body) = get(&client, base, "/teams/1/heroes/1?key=right&limit=8");
        assert_eq!(
            (status, issues(&body)),
            (422, vec![("less_than_equal".to_owned(), "query.limit".to_owned())])
        );
        let (status, body) = get(&client, base, "/teams/1/heroes/1?key=right&skip=2");
        assert_eq!(
            (status, issues(&body)),
            (422, vec![("extra_forbidden".to_owned(), "query.skip".to_owned())])
        );
    }
}

#[test]
fn the_document_has_its_inputs() {
    let journal = Journal::default();
    for (client, base) in on_bases(api, &journal) {
        let document = get(&client, base, "/openapi.json").1;
        let read = &document["paths"][format!("{base}/teams/{{team_id}}/heroes/{{id}}")]["get"];
        let names: Vec<&str> =
            read["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["id", "team_id", "limit", "key", "x-count"]);
        assert_eq!(read["tags"], json!(["teams", "heroes"]));
    }
}
