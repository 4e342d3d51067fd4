//! In which order a request is refused, by what, and for whom.

use super::*;

/// A paper that reviewers alone accept, and that nobody loses sight of by a write of their own.
#[resource(
    "/papers",
    access(
        caller = Me,
        read(open || owner || caller.is_admin()),
        create(caller),
        update(open || owner || caller.is_admin()),
        delete(owner),
    ),
)]
struct Paper {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    open: bool,
    #[field(unique, read(caller.is_admin()), write(caller.is_admin()))]
    secret: Option<String>,
}

/// What is written says itself what it may be.
#[resource(
    "/talks",
    access(
        caller = Me,
        read(public),
        create(rank >= 1),
        update(owner),
        with_check(rank <= caller.id && rank != 7),
    ),
    operations(list, read, create, replace, patch),
)]
struct Talk {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    rank: i64,
}

#[test]
fn a_row_that_a_write_hides_is_not_written() {
    for (client, base) in on_bases(|| Api::new().resource::<Paper>()) {
        let papers = format!("{base}/papers");
        let (_, row) = ask(&client, "POST", &papers, "1 user", Some(json!({"open": true})));
        let path = format!("{papers}/{}", row["id"]);
        let refused = (403, json!({"detail": "Not permitted"}));
        for (method, body) in [("PATCH", json!({"open": false})), ("PUT", json!({"open": false}))] {
            assert_eq!(ask(&client, method, &path, "2 user", Some(body.clone())), refused, "{method}");
            assert_eq!(ask(&client, "GET", &path, "2 user", None).1["open"], true, "{method}");
        }
        assert_eq!(ask(&client, "PATCH", &path, "1 user", Some(json!({"open": false}))).0, 200);
        assert_eq!(ask(&client, "PATCH", &path, "2 user", Some(json!({"open": true}))).0, 404);
    }
}

#[test]
fn a_check_is_asked_of_what_a_write_makes() {
    for (client, base) in on_bases(|| Api::new().resource::<Talk>()) {
        let talks = format!("{base}/talks");
        let made = |rank: i64| ask(&client, "POST", &talks, "5 user", Some(json!({"rank": rank})));
        let create = |rank: i64| made(rank).0;
        // The rule of the create, the check, and both.
        assert_eq!((create(0), create(6), create(7), create(1)), (403, 403, 403, 201));
        let path = format!("{talks}/{}", made(5).1["id"]);
        let patch = |rank: i64| ask(&client, "PATCH", &path, "5 user", Some(json!({"rank": rank}))).0;
        assert_eq!((patch(6), patch(0), patch(4)), (403, 200, 200));
        assert_eq!(ask(&client, "PATCH", &path, "9 user", Some(json!({"rank": 1}))).0, 403);
        assert_eq!(ask(&client, "GET", &talks, "", None).1.as_array().unwrap().len(), 2);
    }
}

/// Whoever may set a field in no row does not learn which values of it are taken.
#[test]
fn a_value_is_not_told_to_be_taken_to_who_may_not_set_it() {
    for (client, base) in on_bases(|| Api::new().resource::<Paper>()) {
        let papers = format!("{base}/papers");
        let body = |secret: &str| Some(json!({"open": true, "secret": secret}));
        let (_, row) = ask(&client, "POST", &papers, "9 admin", body("taken"));
        let path = format!("{papers}/{}", row["id"]);
        let free = ask(&client, "POST", &papers, "1 user", body("free"));
        assert_eq!(free.0, 403);
        assert_eq!(ask(&client, "POST", &papers, "1 user", body("taken")), free);
        let (_, row) = ask(&client, "POST", &papers, "1 user", Some(json!({"open": true})));
        let own = format!("{papers}/{}", row["id"]);
        for path in [&path, &own] {
            let free = ask(&client, "PATCH", path, "1 user", body("free"));
            assert_eq!(free.0, 403);
            assert_eq!(ask(&client, "PATCH", path, "1 user", body("taken")), free);
        }
        assert_eq!(ask(&client, "POST", &papers, "9 admin", body("taken")).0, 409);
    }
}

/// Who may not make such a row is told nothing of the values that others have.
#[resource(
    "/users",
    access(
        caller = Me,
        read(owner),
        create(caller),
        update(owner),
        with_check(owner && level <= 3),
    ),
    operations(list, create, patch),
)]
struct User {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(unique)]
    email: String,
    level: i64,
    #[field(default = 0, write(level < 2))]
    rank: i64,
}

#[test]
fn a_refusal_comes_before_a_conflict() {
    for (client, base) in on_bases(|| Api::new().resource::<User>()) {
        let users = format!("{base}/users");
        let create = |caller: &str, body: Value| ask(&client, "POST", &users, caller, Some(body));
        assert_eq!(create("1 user", json!({"email": "a", "level": 1})).0, 201);
        let (_, own) = create("2 user", json!({"email": "b", "level": 1}));
        let own = format!("{users}/{}", own["id"]);
        for (body, status) in
            [(json!({"level": 9}), 403), (json!({"level": 3, "rank": 1}), 403), (json!({"level": 3}), 0)]
        {
            let with = |email: &str| {
                let mut body = body.clone();
                body["email"] = email.into();
                body
            };
            let (taken, free) = (create("2 user", with("a")), create("2 user", with("c")));
            match status {
                0 => assert_eq!((taken.0, free.0), (409, 201)),
                status => assert_eq!((taken.0, &taken), (status, &free)),
            }
        }
        let patch = |email: &str, level: i64| {
            ask(&client, "PATCH", &own, "2 user", Some(json!({"email": email, "level": level})))
        };
        assert_eq!(patch("a", 9), (403, json!({"detail": "Not permitted"})));
        assert_eq!(patch("d", 9), patch("a", 9));
        assert_eq!((patch("a", 2).0, patch("d", 2).0), (409, 200));
    }
}

/// Fields whose values are compared with those that stand, in their own ways.
#[resource("/vaults", access(caller = Me, read(public), create(caller), update(caller)), operations(create, read, replace, patch))]
struct Vault {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(write_only, write(owner))]
    pin: String,
    #[field(default = Uuid::new_v4(), write(never))]
    token: Uuid,
    #[field(json, default, write(owner))]
    labels: std::collections::HashMap<String, i64>,
    #[field(read(owner))]
    real: Option<f64>,
}

#[test]
fn what_stands_is_told_to_who_sees_it_alone() {
    for (client, base) in on_bases(|| Api::new().resource::<Vault>()) {
        let vaults = format!("{base}/vaults");
        let labels = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6});
        let new = json!({"pin": "4711", "labels": labels, "real": 2.0});
        let (status, row) = ask(&client, "POST", &vaults, "1 user", Some(new));
        assert_eq!((status, &row["real"]), (201, &json!(2.0)), "{row}");
        let path = format!("{vaults}/{}", row["id"]);
        // Nobody is shown a secret, so that nobody finds it out by sending it.
        let guess = |pin: &str| ask(&client, "PATCH", &path, "2 user", Some(json!({"pin": pin})));
        assert_eq!(guess("0000").0, 403);
        assert_eq!(guess("0000"), guess("4711"));
        // The members of a map have no order.
        let mut sent = ask(&client, "GET", &path, "2 user", None).1;
        for _ in 0..4 {
            assert_eq!(ask(&client, "PATCH", &path, "2 user", Some(sent.clone())).0, 200);
        }
        sent["labels"]["a"] = json!(2);
        assert_eq!(ask(&client, "PATCH", &path, "2 user", Some(sent)).0, 403);
        assert_eq!(ask(&client, "GET", &path, "1 user", None).1["real"], json!(2.0));
    }
}

/// Answers are for whoever has asked, whatever they are, and say how to be somebody.
#[test]
fn answers_are_private() {
    for (client, base) in on_bases(|| Api::new().resource::<Paper>()) {
        let papers = format!("{base}/papers");
        ask(&client, "POST", &papers, "1 user", Some(json!({"open": true})));
        let one = format!("{papers}/1");
        for (method, path, caller, status) in [
            ("GET", &papers, "1 user", 200),
            ("HEAD", &papers, "1 user", 200),
            ("GET", &one, "", 200),
            ("GET", &format!("{papers}/9"), "1 user", 404),
            ("GET", &format!("{papers}?no=1"), "1 user", 422),
            ("DELETE", &format!("{one}?no=1"), "2 user", 403),
            ("DELETE", &format!("{one}?no=1"), "1 user", 422),
            ("GET", &format!("{papers}/9?no=1"), "1 user", 404),
            ("POST", &papers, "", 401),
            ("DELETE", &one, "2 user", 403),
            ("GET", &one, "who", 401),
            ("DELETE", &one, "1 user", 204),
        ] {
            let mut request = client.req(method.parse().unwrap(), path.clone());
            if !caller.is_empty() {
                request.add_header(Header::new("x-caller", caller));
            }
            let answer = request.dispatch();
            assert_eq!(answer.status().code, status, "{method} {path} {caller}");
            let headers = answer.headers();
            assert_eq!(headers.get_one("cache-control"), Some("private, no-cache"), "{method} {path}");
            let vary: Vec<&str> = headers.get("vary").collect();
            assert!(
                vary.join(", ").contains("Authorization, Cookie, X-API-Key"),
                "{method} {path}: {vary:?}"
            );
            // Nobody is told how to be somebody, and so is whoever tries in vain.
            let challenge = (status == 401).then_some("Bearer");
            assert_eq!(headers.get_one("www-authenticate"), challenge, "{method} {path}");
        }
    }
}

/// What a dependency or a function says of caches, for an answer that not everybody may be given.
mod caches {
    use crewed::rocket::serde::json::Json;
    use crewed::{Reply, ResponseParts, get};

    use super::*;

    #[crewed::depends]
    fn cached(#[param(header)] x_cached: Option<String>, parts: ResponseParts) {
        if let Some(control) = x_cached {
            parts.header("Cache-Control", control);
        }
    }

    #[resource("/drafts", access(caller = Me, read(owner), create(caller)), depends(cached))]
    struct Draft {
        #[field(key, generated)]
        id: i64,
        #[field(owner)]
        owner_id: i64,
    }

    #[get("/count", depends(cached))]
    async fn count(drafts: Repository<Draft>) -> Result<Json<u64>, HttpError> {
        Ok(Json(drafts.find(Predicate::all()).count().await?))
    }

    #[get("/said")]
    async fn said(
        #[param(header)] x_cached: Option<String>,
        drafts: Repository<Draft>,
    ) -> Result<Reply<u64>, HttpError> {
        let count =
            Reply::new(drafts.find(Predicate::all()).count().await?).header("Cache-Control", "public");
        Ok(match x_cached {
            Some(control) => count.header("Cache-Control", control),
            None => count,
        })
    }

    #[test]
    fn an_answer_for_one_caller_is_never_public() {
        for (client, base) in on_bases(|| Api::new().resource::<Draft>().operations(operations![count, said]))
        {
            assert_eq!(ask(&client, "POST", &format!("{base}/drafts"), "1 user", Some(json!({}))).0, 201);
            for path in ["/drafts", "/drafts/1", "/count", "/said"] {
                let cached = |control: &'static str| {
                    let mut request = client.get(format!("{base}{path}"));
                    request.add_header(Header::new("x-caller", "1 user"));
                    if !control.is_empty() {
                        request.add_header(Header::new("x-cached", control));
                    }
                    let answer = request.dispatch();
                    assert_eq!(answer.status().code, 200, "{path}");
                    answer.headers().get("cache-control").map(str::to_owned).collect::<Vec<_>>()
                };
                for control in [
                    "",
                    "public, max-age=60",
                    "max-age=60",
                    "private, max-age=60",
                    "no-cache",
                    "private=\"a, no-store, b\", max-age=60",
                    "max-age=60, no-stored",
                ] {
                    assert_eq!(cached(control), ["private, no-cache"], "{path} {control}");
                }
                for control in ["no-store", "private, No-Store"] {
                    assert_eq!(cached(control).last().map(String::as_str), Some(control), "{path}");
                }
            }
        }
    }
}

/// Whoever asks in another capacity is nobody to rules that are not about them.
mod capacities {
    use crewed::rocket::serde::json::Json;
    use crewed::{get, post};

    use super::*;

    #[crewed::caller(depends(operator))]
    struct Operator {
        suspended: bool,
    }

    #[crewed::depends]
    fn operator(#[param(header)] x_operator: Option<i64>) -> Option<Operator> {
        x_operator.map(|number| Operator { suspended: number == 0 })
    }

    #[resource("/logs", access(caller = Operator, read(caller && !caller.suspended), write(caller)))]
    struct Log {
        #[field(key, generated)]
        id: i64,
        text: String,
    }

    #[post("/both")]
    async fn both(notes: Repository<Note>) -> Result<Json<usize>, HttpError> {
        let logs = notes.transaction(|tx| async move { tx.of::<Log>().find(Predicate::all()).all().await });
        Ok(Json(logs.await?.len()))
    }

    /// Takes what two resources lend, which have one caller.
    #[get("/two")]
    async fn two(notes: Repository<Note>, papers: Repository<Paper>) -> Result<Json<u64>, HttpError> {
        let all = notes.find(Predicate::all()).count().await?;
        Ok(Json(all + papers.find(Predicate::all()).count().await?))
    }

    #[get("/logs/all")]
    async fn logs(logs: Repository<Log>) -> Result<Json<u64>, HttpError> {
        Ok(Json(logs.find(Predicate::all()).count().await?))
    }

    fn api() -> Api {
        let api = Api::new().resource::<Note>().resource::<Log>().resource::<Paper>();
        api.operations(operations![both, two, logs])
    }

    #[test]
    fn a_caller_of_other_rules_is_nobody() {
        for (client, base) in on_bases(api) {
            assert_eq!(ask(&client, "POST", &format!("{base}/both"), "1 user", None).0, 401);
        }
    }

    #[test]
    fn a_function_takes_what_several_resources_lend() {
        for (client, base) in on_bases(api) {
            note(&client, base, "1 user", "mine", false);
            let request = client.get(format!("{base}/two")).header(Header::new("x-caller", "1 user"));
            let answer = request.dispatch();
            assert_eq!(answer.headers().get_one("cache-control"), Some("private, no-cache"));
            assert_eq!(answer.into_string().as_deref(), Some("1"));
        }
    }

    /// What is wrong with the inputs of the caller's dependency is told as elsewhere.
    #[test]
    fn inputs_of_the_callers_dependency_are_told() {
        for (client, base) in on_bases(api) {
            for path in ["/logs", "/logs/all"] {
                let request = client.get(format!("{base}{path}")).header(Header::new("x-operator", "x"));
                assert_eq!(request.dispatch().status().code, 422, "{path}");
            }
        }
    }

    #[test]
    fn rows_that_nobody_serves_are_told_at_launch() {
        let api = Api::new().resource::<Note>().operations(operations![two]);
        let told = crate::launch::refusal(crewed::rocket::custom(config()).attach(api));
        assert!(
            told.contains(
                "the function `two` takes `Repository<Paper>`, and no API of this rocket serves `Paper`"
            ),
            "{told}"
        );
        assert!(!told.contains("`Repository<Note>`"), "{told}");
    }
}
