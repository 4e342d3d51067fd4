//! APIs that are closed by default, since they were told who asks.

use crewed::rocket::serde::json::Json;
use crewed::{NoAuth, Resource, Router, Served, get, post};

use super::*;
use crate::launch::refusal;

/// What everybody may read and write.
#[resource("/news", access(public))]
struct News {
    #[field(key, generated)]
    id: i64,
    text: String,
}

/// What is published everybody may read, by rules that name no caller.
#[resource("/pages", access(read(published), create(public)))]
struct Page {
    #[field(key, generated)]
    id: i64,
    published: bool,
}

/// Without access rules.
#[resource("/heroes")]
struct Hero {
    #[field(key, generated)]
    id: i64,
}

/// Another one.
#[resource("/teams")]
struct Team {
    #[field(key, generated)]
    id: i64,
}

/// Another caller.
#[crewed::caller(depends(current_operator))]
struct Operator {
    #[caller(id)]
    id: i64,
}

#[crewed::depends]
fn current_operator() -> Option<Operator> {
    None
}

/// What belongs to the other caller.
#[resource("/logs", access(caller = Operator, owner))]
struct Log {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    operator_id: i64,
}

#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

/// A router of an API with callers.
fn inner() -> Router<Me> {
    Router::new("/inner").resource::<News>()
}

/// One of an API without.
fn heroes() -> Router {
    Router::new("/all").resource::<Hero>()
}

fn closed() -> Api<Me> {
    let outer = Router::new("/outer").include(inner()).resource::<Page>().operations(operations![ping]);
    Api::new().auth(Auth::<Me>::new()).resource::<Note>().include(outer)
}

#[test]
fn a_closed_api_answers_by_its_rules() {
    for (client, base) in on_bases(closed) {
        let notes = format!("{base}/notes");
        let id = note(&client, base, "1 user", "of 1", false);
        let path = format!("{notes}/{id}");
        let refused = (403, json!({"detail": "Not permitted"}));
        let unknown = (401, json!({"detail": "Not authenticated"}));
        let body = || Some(json!({"title": "mine", "public_note": true, "slug": null}));
        assert_eq!(ask(&client, "POST", &notes, "", body()), unknown);
        assert_eq!(ask(&client, "GET", &path, "1 user", None).0, 200);
        assert_eq!(ask(&client, "GET", &path, "2 user", None).0, 404);
        assert_eq!(ask(&client, "GET", &path, "3 editor", None).0, 200);
        assert_eq!(ask(&client, "PATCH", &path, "3 editor", Some(json!({}))), refused);
        assert_eq!(ask(&client, "DELETE", &path, "3 admin", None).0, 204);
        // Behind routers it is the same.
        let news = format!("{base}/outer/inner/news");
        let (status, row) = ask(&client, "POST", &news, "", Some(json!({"text": "new"})));
        assert_eq!((status, &row["text"]), (201, &json!("new")));
        let pages = format!("{base}/outer/pages");
        let (status, _) = ask(&client, "POST", &pages, "", Some(json!({"published": true})));
        assert_eq!(status, 201);
        // What nobody could read is not created.
        assert_eq!(ask(&client, "POST", &pages, "", Some(json!({"published": false}))), refused);
        let (status, rows) = ask(&client, "GET", &pages, "", None);
        assert_eq!((status, rows), (200, json!([{"id": 1, "published": true}])));
        // Credentials that are wrong are refused there too.
        let bad = (401, json!({"detail": "Bad credentials"}));
        assert_eq!(ask(&client, "GET", &news, "who", None), bad);
        assert_eq!(ask(&client, "GET", &news, "1 user", None).0, 200);
        let (_, answer) = ask(&client, "GET", &format!("{base}/outer/ping"), "", None);
        assert_eq!(answer, json!("pong"));
    }
}

/// Begins a transaction by rows that nobody has to be known for.
async fn counted<R: Resource + Send>(rows: Repository<R>, me: &Me) -> Result<Json<Value>, HttpError> {
    let counted = rows.transaction(|tx| async move {
        let notes = tx.of::<Note>();
        let new = NoteCreate { public_note: true, title: "new".to_owned(), slug: None };
        let refused = notes.create(new).await.map(drop).map_err(|error| error.code());
        let nobodys = notes.find(Predicate::all()).count().await?;
        let own = tx.as_caller::<Note>(me).find(Predicate::all()).count().await?;
        let all = tx.unscoped::<Note>().find(Predicate::all()).count().await?;
        Ok::<_, HttpError>(json!({"refused": refused.unwrap_err(), "counts": [nobodys, own, all]}))
    });
    counted.await.map(Json)
}

#[post("/counted/news")]
async fn counted_by_news(news: Repository<News>, me: Me) -> Result<Json<Value>, HttpError> {
    counted(news, &me).await
}

#[post("/counted/heroes")]
async fn counted_by_heroes(heroes: Repository<Hero>, me: Me) -> Result<Json<Value>, HttpError> {
    counted(heroes, &me).await
}

/// Rows without a caller lend none to a transaction: what it asks of rules it asks as nobody, unless it says for whom.
#[test]
fn a_transaction_of_rows_without_a_caller_is_nobodys() {
    let api = || {
        let api = Api::new().resource::<News>().resource::<Hero>().resource::<Note>();
        api.operations(operations![counted_by_news, counted_by_heroes])
    };
    for (client, base) in on_bases(api) {
        note(&client, base, "1 user", "private of 1", false);
        note(&client, base, "1 user", "public of 1", true);
        note(&client, base, "2 user", "private of 2", false);
        for path in ["news", "heroes"] {
            let (status, told) = ask(&client, "POST", &format!("{base}/counted/{path}"), "1 user", None);
            assert_eq!((status, told), (200, json!({"refused": 401, "counts": [1, 2, 3]})), "{path}");
        }
    }
}

/// Without `auth` every resource is served, with rules or without, by code that is generic over them too.
#[test]
fn an_open_api_serves_every_resource() {
    fn serving<R: Resource>(api: Api) -> Api {
        api.resource::<R>()
    }
    fn closed_serving<R: Resource + Served<Me>>(api: Api<Me>) -> Api<Me> {
        api.include(Router::default().resource::<R>())
    }
    let api = || serving::<Hero>(Api::default()).resource::<Note>().resource::<Log>().include(heroes());
    for (client, base) in on_bases(api) {
        assert_eq!(ask(&client, "POST", &format!("{base}/heroes"), "", Some(json!({}))).0, 201);
        let (status, rows) = ask(&client, "GET", &format!("{base}/all/heroes"), "", None);
        assert_eq!((status, rows), (200, json!([{"id": 1}])));
        assert_eq!(ask(&client, "GET", &format!("{base}/logs"), "", None).0, 401);
        note(&client, base, "1 user", "of 1", false);
    }
    let api = || closed_serving::<News>(Api::<NoAuth>::new().auth(Auth::new()));
    for (client, base) in on_bases(api) {
        assert_eq!(ask(&client, "GET", &format!("{base}/news"), "", None), (200, json!([])));
    }
}

#[test]
fn auth_comes_first() {
    let late = Api::new().resource::<Hero>().include(heroes()).resource::<Note>().auth(Auth::<Me>::new());
    let report = refusal(crewed::rocket::custom(config()).attach(late.at("/api")));
    let message = "crewed cannot launch:\n  - the API on `/api`: `.auth(..)` comes after `Hero` and `Note`, whose \
                   access rules nothing has asked for: write it before all resources and routers, \
                   `Api::new().auth(..)`";
    assert_eq!(report, message);
    // What is no resource has no rules that could be asked for.
    let early = Api::new().operations(operations![ping]).auth(Auth::<Me>::new()).resource::<Note>();
    let rocket = crewed::rocket::custom(config()).attach(early);
    crewed::rocket::async_test(crewed::ignite(rocket)).unwrap();
}

#[test]
fn all_apis_of_a_rocket_are_closed_by_one_auth() {
    let rocket = || crewed::rocket::custom(config()).attach(closed());
    // The same in both.
    let one = rocket().attach(closed().at("/v2"));
    crewed::rocket::async_test(crewed::ignite(one)).unwrap();
    // Rules for another caller need no `auth` of their own, and functions have no rules.
    let beside = rocket().attach(Api::new().at("/v2").resource::<Log>().operations(operations![ping]));
    crewed::rocket::async_test(crewed::ignite(beside)).unwrap();
    // All that is wrong is told at once.
    let other = Api::new().at("/v2").auth(Auth::<Operator>::new()).resource::<Log>();
    let open = Api::new().at("/v3").include(heroes()).resource::<Team>().resource::<Note>();
    let report = refusal(rocket().attach(open).attach(other));
    for part in [
        "crewed cannot launch:",
        "two APIs of this rocket name callers of different types, the one on `/` `Auth::<it::access::Me>` and the one \
         on `/v2` `Auth::<it::access::closed::Operator>`: name one type in all of them",
        "the API on `/v3` has no `auth`, and the one on `/` has: `Hero` and `Team` do not say who may do what there: \
         write `access(public)`, or rules, in each `#[resource(..)]`",
    ] {
        assert!(report.contains(part), "`{part}` is not in\n{report}");
    }
    assert_eq!(report.lines().count(), 3, "{report}");
}
